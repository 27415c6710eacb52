#include "expr/ranges/range_evaluator.h"

#include "base/random.h"
#include "columns/log_for_tests.h"
#include "expr/view_subject.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

// Kernels against the walk of the tree, customer by customer, on made histories: what lies in
// chunks, what lies in deltas, persons of several ids, customers yet to come.

namespace fineline::expr {
namespace {

using columns::day;

constexpr int people = 150;
constexpr int rows = 4000;
/// Events lie on days 0 to 52: on the first some are still to come, on the second none.
constexpr int among_events = 40;
constexpr int after_events = 54;

Value drawn_value(Random& random) {
    switch (random.below(12)) {
        case 0: return Value(random.below(2) == 0);
        case 1: return Value(day(static_cast<int>(random.below(50))));
        case 2: return Value(Value::List{Value(1.0), Value("x")});
        case 3: return {};
        case 4: return Value("c" + std::to_string(random.below(4)));
        default: return Value(static_cast<double>(random.below(40)) * 0.1);
    }
}

void add_event(columns::Log& log, Random& random, const std::string& who) {
    const Instant at = day(static_cast<int>(random.below(50))) +
                       std::chrono::minutes(random.below(std::uint64_t{48} * 60));
    switch (random.below(4)) {
        case 0:
            log.event(who,
                      at,
                      "buy",
                      {{"amount", Value(static_cast<double>(random.below(3000)) / 100)},
                       {"gift", Value(random.below(3) == 0)}});
            break;
        case 1: log.event(who, at, "mix", {{"any", drawn_value(random)}}); break;
        default:
            log.event(who,
                      at,
                      "view",
                      {{"category", Value("cat" + std::to_string(random.below(6)))},
                       {"page", Value("page" + std::to_string(random.below(500)))}});
    }
}

void add_trait(columns::Log& log, Random& random, const std::string& who) {
    const auto at = random.below(3) == 0 ? std::nullopt
                                         : std::optional(day(static_cast<int>(random.below(50))));
    log.traits(who,
               at,
               {{"country", Value("C" + std::to_string(random.below(4)))},
                {"age", Value(static_cast<double>(random.below(60)))}});
    if (random.below(3) == 0) {
        log.traits(who, at, {{"odd", drawn_value(random)}});
    }
}

/// `few` rows come after everything was compacted.
std::shared_ptr<const columns::View> make_view(columns::Log& log, Random& random, int few) {
    for (int i = 0; i < rows; ++i) {
        const std::string who = "id" + std::to_string(random.below(people));
        if (random.below(8) == 0) {
            add_trait(log, random, who);
        } else {
            add_event(log, random, who);
        }
    }
    for (int i = 0; i < 6; ++i) {
        log.merge("id" + std::to_string(random.below(people)),
                  "id" + std::to_string(random.below(people)));
    }
    log.fold();
    log.store.compact_all();
    for (int i = 0; i < few; ++i) {
        add_event(log, random, "id" + std::to_string(random.below(people + 20)));
    }
    return log.view();
}

constexpr auto conditions = std::to_array<const char*>({
    "did buy",
    "did not buy",
    "did buy last 7 days",
    "did not buy 30 to 10 days ago",
    "did unheard_of",
    "did view where category = 'cat3'",
    "did view where category = 'cat3' last 20 days",
    "did view where (category in ('cat1', 'cat2') and page like '%7') last 20 days",
    "did buy where gift",
    "did buy where (gift and amount > 20) since 1970-01-11",
    "did buy where amount between 3 and 4",
    "did buy where (not amount in (5, 7.5, 9))",
    "did mix where any > 2",
    "did mix where any is missing",
    "did mix where any = 'c1'",
    "did buy where (gift or amount < 1)",
    "did buy where weekend last 30 days",
    "did buy where (hour between 6 and 9)",
    "did buy where amount > customer.age",
    "did any last 2 days",
    "count(buy) >= 3",
    "count(buy, last 10 days) = 2",
    "3 > count(view where category = 'cat1', last 30 days)",
    "count(view where page ~ 'PAGE1') > 2",
    "count(buy, first 9 days) > 1",
    "sum(buy.amount) > 60",
    "sum(buy.amount, last 10 days) <= 20.25",
    "sum(buy.amount where gift) > 10",
    "sum(mix.any) > 3",
    "avg(buy.amount) > 15",
    "min(mix.any) < 1",
    "max(view.category) = 'cat5'",
    "median(buy.amount where weekend) > 12",
    "distinct(view.category, last 30 days) >= 4",
    "distinct(view.page) >= 12",
    "distinct(mix.any) >= 3",
    "distinct(view.page where category = 'cat2') >= 2",
    "share(buy where weekend) > 0.4",
    "share(view where category = 'cat0', last 25 days) <= 0.1",
    "last(view.category) = 'cat2'",
    "first(mix.any) = 0.1",
    "since_last(buy) > 5 days",
    "since_first(buy, last 30 days) <= 20 days",
    "last_time(buy) > date '1970-02-05'",
    "gap(buy) < 8 days",
    "top(view.category) = 'cat4'",
    "days(view) > 9",
    "trend(buy.amount, last 20 days) > 0",
    "country = 'C1'",
    "country in ('C0', 'C2') and age between 20 and 40 and count(buy, last 30 days) >= 2",
    "age > 30 or did buy last 3 days",
    "not (age > 30) or not did buy",
    "odd > 1",
    "odd is missing",
    "odd",
    "not odd and did buy",
    "segment regulars and did not view last 3 days",
    "not segment regulars",
    "sequence(view -> buy within 2 days, last 20 days)",
    "sequence(buy -> buy within 3 days)",
    "sequence(view -> no buy within 1 day, last 9 days)",
    "sequence(view where category = 'cat1' -> buy where gift within 5 days)",
    "sequence_count(view -> buy) > 2",
    "percentile(sum(buy.amount)) >= 80 and did buy",
    "percentile(sum(buy.amount)) < 30",
    "percentile(avg(buy.amount)) > 50",
    "rank(count(view)) <= 10",
    "ntile(4, count(view, last 30 days)) = 4",
    "ntile(5, since_last(buy)) > 3",
    "60 <= percentile(count(buy))",
    "rfm.monetary >= 4",
});

/// A view and the zone it is asked in. One thread at a time.
class Asking {
  public:
    Asking(std::shared_ptr<const columns::View> view, std::string_view zone, int today)
        : view_(std::move(view)), now_(day(today)) {
        settings_.purchase_event = "buy";
        settings_.zone = *TimeZone::find(zone);
        catalog_.segment_names = {"regulars"};
        catalog_.segment = [](std::string_view) { return std::optional<std::string>(regulars); };
    }

    /// Complaints; empty if kernels and walk agree about every ordinal.
    std::string disagreement(const std::string& text) {
        const columns::Reader reader(view_);
        const ViewSymbols symbols(reader);
        const auto checked = compile(text, Use::segment, catalog_);
        EXPECT_TRUE(checked.has_value()) << text;
        if (!checked) {
            return checked.error().message;
        }
        const auto program = bind(
            *checked,
            symbols,
            [&](std::string_view) { return compile(regulars, Use::segment, catalog_); },
            settings_);
        EXPECT_TRUE(program.has_value()) << text;
        world_.settings = &settings_;
        world_.thresholds = &thresholds_;
        thresholds_ = {};
        std::string complaints = compute_thresholds(**program);
        RangeEvaluator kernels(view_, question(**program, Kernels::on));
        RangeEvaluator walk(view_, question(**program, Kernels::off));
        for (std::uint32_t range = 0; range < kernels.range_count(); ++range) {
            const auto by_kernel = kernels.truths(range);
            const auto by_walk = walk.truths(range);
            complaints += differences(by_kernel, by_walk, kernels.first_ordinal(range));
        }
        return complaints + against_evaluator(**program, walk);
    }

  private:
    static constexpr const char* regulars = "count(buy) >= 4 and age > 10";

    [[nodiscard]] RangeQuestion question(const Program& program, Kernels kernels) const {
        return {.program = &program, .world = &world_, .now = now_, .kernels = kernels};
    }

    static std::string differences(std::span<const RangeEvaluator::Lane> a,
                                   std::span<const RangeEvaluator::Lane> b,
                                   std::uint32_t first) {
        std::string text;
        for (std::size_t lane = 0; lane < a.size(); ++lane) {
            if (a[lane] != b[lane]) {
                text += " " + std::to_string(first + lane) + ": " +
                        std::to_string(static_cast<int>(a[lane])) + " is " +
                        std::to_string(static_cast<int>(b[lane]));
            }
        }
        return text;
    }

    /// The walk over ranges against the evaluator of one customer.
    std::string against_evaluator(const Program& program, RangeEvaluator& walk) {
        columns::Reader reader(view_);
        ViewSubject subject(reader);
        Evaluator evaluator;
        std::string text;
        for (std::uint32_t range = 0; range < walk.range_count(); ++range) {
            const auto lanes = walk.truths(range);
            for (std::uint32_t lane = 0; lane < lanes.size(); ++lane) {
                const CustomerOrdinal who{walk.first_ordinal(range) + lane};
                auto expected = RangeEvaluator::Lane::no_customer;
                if (reader.exists(who, now_)) {
                    subject.move_to(who);
                    expected = static_cast<RangeEvaluator::Lane>(
                        evaluator.truth(program, subject, world_, now_));
                }
                text += lanes[lane] == expected ? "" : " walk of " + std::to_string(who.value());
            }
        }
        return text;
    }

    std::string compute_thresholds(const Program& program) {
        std::string text;
        for (const PopulationOperand& operand : population_operands(program)) {
            std::vector<Distribution> both;
            for (const Kernels kernels : {Kernels::on, Kernels::off}) {
                RangeEvaluator evaluator(view_, question(*operand.program, kernels));
                DistributionBuilder first;
                DistributionBuilder second;
                for (std::uint32_t range = 0; range < evaluator.range_count(); ++range) {
                    evaluator.add_values(range, range % 2 == 0 ? first : second);
                }
                first.merge(std::move(second));
                both.push_back(first.finish());
            }
            const bool same = both[0].values == both[1].values && both[0].below == both[1].below &&
                              both[0].present == both[1].present && both[0].kind == both[1].kind;
            text += same ? "" : " the distribution of " + operand.text;
            thresholds_.by_operand.insert_or_assign(operand.text, both[1]);
        }
        return text;
    }

    std::shared_ptr<const columns::View> view_;
    Instant now_;
    Settings settings_;
    Thresholds thresholds_;
    World world_;
    Catalog catalog_;
};

void expect_agreement(const columns::StoreOptions& options, int few, std::string_view zone) {
    Random random(static_cast<std::uint64_t>(few) + options.range_size);
    columns::Log log(options);
    const auto view = make_view(log, random, few);
    for (const int today : {among_events, after_events}) {
        Asking asking(view, zone, today);
        for (const char* text : conditions) {
            EXPECT_EQ(asking.disagreement(text), "") << text << " on day " << today;
        }
    }
}

TEST(RangeEvaluator, agrees_with_the_walk_over_chunks) {
    expect_agreement({.range_size = 64}, 0, "UTC");
}

TEST(RangeEvaluator, agrees_with_the_walk_where_rows_have_arrived_since) {
    expect_agreement({.range_size = 32}, 60, "UTC");
}

TEST(RangeEvaluator, agrees_with_the_walk_in_a_zone_with_summer_time) {
    expect_agreement({.range_size = 4096}, 10, "America/St_Johns");
}

}  // namespace
}  // namespace fineline::expr
