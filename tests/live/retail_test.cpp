#include "base/random.h"
#include "engine/live.h"
#include "engine/live_for_tests.h"
#include "engine/question.h"
#include "retail_records.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <set>

// A year of a British retailer, message by message under a simulated clock. At the end of days the
// membership of more than forty segments is what a question asked from scratch answers, and the
// feed adds up to it. FINELINE_SCALE=full plays all days and looks at each.

namespace fineline::live {
namespace {

using engine::Change;
using engine::LiveDirectory;
using Ids = std::set<std::string>;

constexpr std::array<const char*, 46> questions{
    "did purchase",
    "did refund and did not purchase",
    "did purchase today",
    "did purchase yesterday",
    "did purchase this week",
    "did purchase last week",
    "count(purchase, this month) >= 5",
    "count(purchase, last month) >= 5",
    "did purchase last 7 days",
    "did purchase last 1 month",
    "count(purchase, 14 to 7 days ago) >= 1",
    "did purchase since 2011-01-01",
    "did purchase before 2010-12-10",
    "did purchase from 2010-12-05 to 2010-12-20",
    "did purchase first 2 days",
    "count(purchase) >= 20",
    "sum(purchase.amount) > 500",
    "sum(purchase.amount, last 14 days) > 200",
    "avg(purchase.amount) > 20",
    "min(purchase.amount) < 5",
    "max(purchase.quantity) >= 100",
    "median(purchase.amount) > 15",
    "quantile(purchase.amount, 0.9) > 30",
    "first(purchase.product) = '85123A'",
    "last(purchase.quantity) > 10",
    "distinct(purchase.invoice) >= 2",
    "days(purchase) >= 2",
    "weeks(purchase, last 4 weeks) >= 2",
    "months(purchase) >= 2",
    "since_last(purchase) > 10 days",
    "since_first(purchase) <= 5 days",
    "gap(purchase) > 1 hours",
    "share(purchase where quantity >= 12) > 0.5",
    "trend(purchase.amount, last 14 days) > 0",
    "top(purchase.product) = '85123A'",
    "count(any where hour < 10) >= 1",
    "did purchase where weekend",
    "sequence(purchase -> refund within 10 days)",
    "sequence(purchase -> no purchase within 3 days, last 20 days)",
    "sequence_count(purchase -> purchase within 7 days) >= 2",
    "country != 'United Kingdom'",
    "country in ('France', 'Germany') and since_changed(country) > 2 days",
    "count(purchase) > 3 and not (did refund) and last_time(purchase) < now - 4 days",
    "case when did refund then 'r' when did purchase last 5 days then 'p' else 'n' end = 'p'",
    "percentile(sum(purchase.amount)) >= 90",
    "rfm.recency >= 4 and rfm.frequency >= 4"};

bool is_full() {
    const char* scale = std::getenv("FINELINE_SCALE");  // NOLINT(concurrency-mt-unsafe)
    return scale != nullptr && std::string_view(scale) == "full";
}

constexpr std::chrono::sys_days first_day{std::chrono::year(2010) / 12 / 1};

/// One message on its way.
struct Arrival {
    Instant at{};
    std::uint32_t record = 0;

    friend bool operator<(const Arrival& a, const Arrival& b) {
        return a.at != b.at ? a.at < b.at : a.record < b.record;
    }
};

enum class Order : std::uint8_t { in_time, shuffled_and_twice };

std::vector<Arrival> arrivals(const std::vector<RetailRecord>& records, Order order) {
    Random random(11);
    std::vector<Arrival> all;
    const auto delay = [&] {
        return Duration(static_cast<std::int64_t>(random.below(86'400'000'000)));
    };
    for (std::uint32_t i = 0; i < records.size(); ++i) {
        const bool late = order == Order::shuffled_and_twice;
        all.push_back({.at = records[i].time + (late ? delay() : Duration{0}), .record = i});
        if (late) {
            all.push_back({.at = records[i].time + delay(), .record = i});
        }
    }
    std::sort(all.begin(), all.end());
    return all;
}

/// A retailer's year lived through. One thread at a time.
class Retail {
  public:
    Retail(const std::vector<RetailRecord>& records, Order order)
        : records_(records),
          arrivals_(arrivals(records, order)),
          there_(order == Order::in_time ? "retail" : "retail_shuffled", Instant(first_day)) {}

    void begin() {
        there_.open();
        ASSERT_TRUE(there_.live->define_setting("time_zone", "Europe/London"));
        std::vector<engine::PortfolioEdit> edits;
        for (std::size_t i = 0; i < questions.size(); ++i) {
            edits.push_back({engine::PortfolioEdit::Kind::segment, name(i), questions[i]});
        }
        edits.push_back({engine::PortfolioEdit::Kind::segment, "of", "segment q0 and segment q16"});
        edits.push_back(
            {engine::PortfolioEdit::Kind::segment, "of_of", "segment of and not segment q8"});
        const auto defined = there_.live->edit(edits, std::nullopt);
        ASSERT_TRUE(defined) << defined.error().message;
        ASSERT_TRUE(there_.live->settle());
    }

    /// Plays what arrives up to the end of a day, and lets the clock reach it.
    void play_until(Instant end) {
        constexpr std::uint32_t at_once = 150;
        RecordBatchBuilder builder;
        while (next_ < arrivals_.size() && arrivals_[next_].at < end) {
            const Arrival& arrival = arrivals_[next_++];
            add(builder, records_[arrival.record], "r" + std::to_string(arrival.record));
            const bool is_last = next_ == arrivals_.size() || arrivals_[next_].at >= end;
            if (builder.count() == at_once || is_last) {
                there_.clock.set(arrival.at);
                const auto appended = there_.live->append_and_wait(
                    builder.finish({.source = "till", .received_at = arrival.at, .sequence = {}}));
                ASSERT_TRUE(appended) << appended.error().message;
            }
        }
        there_.go_to(end);
        ASSERT_TRUE(there_.live->settle());
    }

    void expect_exact() {
        const auto checked = there_.live->check_memberships();
        ASSERT_TRUE(checked);
        ASSERT_EQ(checked->differences, std::vector<std::string>{});
        ASSERT_GE(checked->segments, 40U);
        const auto view = there_.live->view();
        count_changes();
        for (const engine::LiveSegment& segment : view->segments()) {
            const auto question = engine::PreparedQuestion::prepare(
                view->columns(), {.text = segment.text, .at = view->as_of(), .purpose = {}});
            ASSERT_TRUE(question) << question.error().message;
            const bool is_fresh =
                segment.thresholds_at == instant_min || segment.thresholds_at == view->as_of();
            const auto held = *view->member_ordinals(segment.name);
            if (is_fresh) {
                ASSERT_EQ(held, engine::ask(*question, 2)->members) << segment.text;
                ++compared_;
            }
            const auto ids = engine::customer_ids(view->columns(), held);
            ASSERT_EQ(Ids(ids.begin(), ids.end()), told_[segment.name])
                << segment.text << ": the feed adds up";
        }
    }

    /// How many memberships were compared with a question from scratch.
    [[nodiscard]] std::uint64_t compared() const { return compared_; }

    [[nodiscard]] std::uint64_t heard() const { return heard_; }

    [[nodiscard]] engine::Live& live() { return *there_.live; }

  private:
    static std::string name(std::size_t question) { return "q" + std::to_string(question); }

    void count_changes() {
        for (const Change& change : there_.changes(heard_)) {
            ASSERT_EQ(change.number, ++heard_);
            Ids& members = told_[change.segment];
            const bool entered = change.direction == membership::Direction::entered;
            ASSERT_TRUE(entered ? members.insert(change.customer).second
                                : members.erase(change.customer) == 1)
                << engine::line(change);
        }
    }

    const std::vector<RetailRecord>& records_;
    std::vector<Arrival> arrivals_;
    std::size_t next_ = 0;
    LiveDirectory there_;
    std::map<std::string, Ids> told_;
    std::uint64_t heard_ = 0;
    std::uint64_t compared_ = 0;
};

void live_through(Order order) {
    const int days = is_full() ? 374 : 45;
    const int looked_at_every = is_full() ? 1 : 5;
    const auto records = read_retail(Instant(first_day + std::chrono::days(days)));
    ASSERT_TRUE(records) << records.error().message;
    Retail retail(*records, order);
    ASSERT_NO_FATAL_FAILURE(retail.begin());
    for (int day = 1; day <= days + 1; ++day) {
        ASSERT_NO_FATAL_FAILURE(retail.play_until(Instant(first_day + std::chrono::days(day))));
        if (day % looked_at_every == 0 || day == days + 1) {
            ASSERT_NO_FATAL_FAILURE(retail.expect_exact()) << "day " << day;
        }
    }
    const auto verification = retail.live().verify();
    ASSERT_TRUE(verification);
    EXPECT_TRUE(verification->agrees());
    std::uint64_t events = 0;
    for (const engine::SourceCounts& source : retail.live().status().sources) {
        events += source.source == "till" ? source.kept : 0;
    }
    EXPECT_EQ(events, records->size()) << "every message is there once";
    std::cout << records->size() << " records, " << retail.heard() << " changes, "
              << retail.compared() << " memberships compared with a question from scratch\n";
}

TEST(Retail, InOrder) {
    live_through(Order::in_time);
}

TEST(Retail, ShuffledByUpToADayAndEachMessageTwice) {
    live_through(Order::shuffled_and_twice);
}

}  // namespace
}  // namespace fineline::live
