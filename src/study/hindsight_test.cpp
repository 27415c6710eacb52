#include "study/hindsight.h"

#include "engine/definitions.h"
#include "study/panel.h"
#include "study/world_for_tests.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace fineline::study {
namespace {

using columns::day;

constexpr int snapshot = 50;

/// Six who bought on day 10, known then; after day 50 the log tells of a purchase of `c0` on day
/// 20, that `c1` and `c2` are one person, of somebody new who bought on day 30, and what all bought
/// on day 60.
struct LateWorld {
    std::shared_ptr<const columns::View> known;
    std::shared_ptr<const columns::View> full;

    LateWorld() {
        columns::Log log;
        for (int c = 0; c < 6; ++c) {
            buy(log, "c" + std::to_string(c), 10, 1);
        }
        known = log.view();
        buy(log, "c0", 20, 100);
        log.merge("c1", "c2");
        buy(log, "unheard", 30, 1);
        for (int c = 0; c < 6; ++c) {
            buy(log, "c" + std::to_string(c), 60, c + 1);
        }
        full = log.view();
    }

    [[nodiscard]] Panel panel(const AsKnown& as_known) const {
        const auto portfolio = mapping::parse_portfolio(
            "purpose: p\nmetric: sum(purchase.amount, next 20 days)\npopulation: did purchase\n"
            "owner: t\n",
            "test.yaml");
        EXPECT_TRUE(portfolio) << portfolio.error().message;
        const auto purpose = check_purpose(*portfolio, engine::make_catalog(full));
        EXPECT_TRUE(purpose) << purpose.error().message;
        const Protocol protocol{.separation = Separation::out_of_sample,
                                .snapshots = {day(snapshot)}};
        auto panel = build_panel(full,
                                 {.purpose = &*purpose,
                                  .protocol = &protocol,
                                  .features = {"sum(purchase.amount)"},
                                  .segments = {"sum(purchase.amount) > 50"},
                                  .as_known = as_known});
        EXPECT_TRUE(panel) << panel.error().message;
        return panel ? std::move(*panel) : Panel();
    }

  private:
    static void buy(columns::Log& log, const std::string& who, int on, double amount) {
        log.event(who, day(on), "purchase", {{"amount", Value(amount)}});
    }
};

/// What a panel says of each customer: the feature, whether in the segment, the outcome.
std::map<std::string, std::vector<double>> by_customer(const LateWorld& world, const Panel& panel) {
    const columns::Reader reader(world.full);
    std::map<std::string, std::vector<double>> rows;
    for (std::uint32_t row = 0; row < panel.rows(); ++row) {
        rows[std::string(reader.customer_id(panel.who[row]))] = {
            panel.features[0][row],
            panel.sets.holds(panel.set[row], 0) ? 1.0 : 0.0,
            panel.outcome[row]};
    }
    return rows;
}

TEST(Hindsight, CountsWhatArrivedAndWhoWasMergedAfterTheSnapshot) {
    const LateWorld world;
    const auto reached = [&](Instant) -> Result<Position> { return world.known->position(); };
    const auto hindsight = measure_hindsight(world.full, day(snapshot), reached);
    ASSERT_TRUE(hindsight) << hindsight.error().message;
    EXPECT_EQ(hindsight->events, 8U);
    EXPECT_EQ(hindsight->events_late, 2U);
    EXPECT_EQ(hindsight->customers, 6U);
    EXPECT_EQ(hindsight->customers_late, 1U);
    EXPECT_TRUE(hindsight->is_much());
    const auto in_time = [&](Instant) -> Result<Position> { return world.full->position(); };
    const auto none = measure_hindsight(world.full, day(snapshot), in_time);
    ASSERT_TRUE(none) << none.error().message;
    EXPECT_EQ(none->events_late + none->customers_late, 0U);
    EXPECT_FALSE(none->is_much());
}

TEST(Hindsight, WithoutItCustomersAreLookedAtAsTheyWereKnown) {
    const LateWorld world;
    const Panel panel =
        world.panel([&](Instant at) -> Result<std::shared_ptr<const columns::View>> {
            EXPECT_EQ(at, day(snapshot));
            return world.known;
        });
    const std::map<std::string, std::vector<double>> expected{
        {"c0", {1, 0, 1}}, {"c3", {1, 0, 4}}, {"c4", {1, 0, 5}}, {"c5", {1, 0, 6}}};
    EXPECT_EQ(by_customer(world, panel), expected);
    EXPECT_EQ(panel.excluded[0].merged_since, 1U);
    EXPECT_EQ(panel.excluded[0].unknown_then, 1U);
}

TEST(Hindsight, WithItTheyAreLookedAtAsTheyAreKnownToday) {
    const LateWorld world;
    const std::map<std::string, std::vector<double>> expected{{"c0", {101, 1, 1}},
                                                              {"c1", {2, 0, 5}},
                                                              {"c3", {1, 0, 4}},
                                                              {"c4", {1, 0, 5}},
                                                              {"c5", {1, 0, 6}},
                                                              {"unheard", {1, 0, 0}}};
    EXPECT_EQ(by_customer(world, world.panel({})), expected);
}

}  // namespace
}  // namespace fineline::study
