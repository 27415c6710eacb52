#pragma once

#include "base/random.h"
#include "columns/log_for_tests.h"
#include "mapping/portfolio_file.h"
#include "study/groundwork.h"

#include <string>
#include <vector>

namespace fineline::study {

/// A purchase as the tests know it, beside the log.
struct MadePurchase {
    std::size_t customer = 0;
    Instant at{};
    double amount = 0;
};

/// A made world: customers who buy often and much or seldom and little, and purchases in memory to
/// check the log's answers by lists and loops. Amounts are multiples of 0.25, so sums are exact.
struct MadeWorld {
    std::shared_ptr<const columns::View> view{};
    std::vector<MadePurchase> purchases{};
    std::vector<bool> heavy{};
    Instant end{};

    static std::string id(std::size_t customer) { return "c" + std::to_string(customer); }

    /// Sum of a customer's amounts in (begin, end].
    [[nodiscard]] double sum(std::size_t customer, Instant begin, Instant until) const {
        double total = 0;
        for (const MadePurchase& purchase : purchases) {
            if (purchase.customer == customer && purchase.at > begin && purchase.at <= until) {
                total += purchase.amount;
            }
        }
        return total;
    }
};

struct WorldPlan {
    std::size_t customers = 600;
    int days = 300;
    std::uint64_t seed = 7;
    bool types_differ = true;  ///< false: everybody buys alike, nothing can be told
    /// Called for each customer before the log is folded, to plant what a test is about.
    std::function<void(columns::Log&, std::size_t customer, bool heavy)> plant{};
};

inline MadeWorld make_world(const WorldPlan& plan) {
    MadeWorld world;
    columns::Log log;
    Random random(plan.seed);
    for (std::size_t c = 0; c < plan.customers; ++c) {
        const bool heavy = random.below(3) == 0;
        world.heavy.push_back(heavy);
        const bool buys_much = heavy && plan.types_differ;
        const double daily = plan.types_differ ? (buys_much ? 0.10 : 0.02) : 0.05;
        for (int d = 0; d < plan.days; ++d) {
            if (d > 0 && random.uniform() >= daily) {
                continue;
            }
            const Instant at = columns::day(d) + std::chrono::hours(random.below(24)) +
                               std::chrono::minutes(c % 60);
            const double amount =
                0.25 * static_cast<double>(random.below(40) + (buys_much ? 160 : 20));
            world.purchases.push_back({c, at, amount});
            log.event(MadeWorld::id(c), at, "purchase", {{"amount", Value(amount)}});
            world.end = std::max(world.end, at);
        }
        if (plan.plant) {
            plan.plant(log, c, heavy);
        }
    }
    world.view = log.view();
    return world;
}

/// A request over a made world for a portfolio file's text.
inline StudyRequest request_for(const MadeWorld& world, std::string_view yaml) {
    auto portfolio = mapping::parse_portfolio(yaml, "test.yaml");
    EXPECT_TRUE(portfolio) << portfolio.error().message;
    return {.view = world.view,
            .portfolio = portfolio ? *portfolio : mapping::Portfolio{},
            .at = world.end,
            .draws = 100};
}

inline constexpr std::string_view made_purpose =
    "purpose: made\n"
    "metric: sum(purchase.amount, next 60 days)\n"
    "population: did purchase\n"
    "owner: tests\n";

}  // namespace fineline::study
