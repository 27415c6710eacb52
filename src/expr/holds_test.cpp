#include "expr/test_world.h"

#include <gtest/gtest.h>

#include <random>

// Random small worlds: no verdict may turn before its `holds_until`, and those the language calls
// exact turn at it.

namespace fineline::expr {
namespace {

struct Claim {
    const char* text;
    bool exact;
};

constexpr std::array<Claim, 14> claims = {{
    {"did a last 3 days", true},
    {"count(a, last 5 days) >= 2", true},
    {"count(any, 6 to 2 days ago) between 1 and 2", true},
    {"sum(a.p where p > 2, last 4 days) > 5", true},
    {"since_last(b) > 2 days and did not a last 1 day", true},
    {"did a this week or did b yesterday", true},
    {"sequence(a -> no b within 1 day, last 6 days)", true},
    {"sequence_count(a -> b within 2 days, last 7 days) = 1", true},
    {"did a first 3 days", true},
    {"created_at < now - 4 days", true},
    {"did a last 1 month", false},
    {"since_first(a) > 1 month", false},
    {"since_last(a) / 1 day > 2.5", false},
    {"trend(a, last 3 days) > 0 or median(a.p, last 2 days) > 3", false},
}};

/// Adds up to six events and a trait around January 2024, many of them at equal or neighbouring
/// hours.
void fill(test::TestWorld& world, std::mt19937& random) {
    const auto draw = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    const auto time = [&] {
        return to_iso(test::at("2024-01-25") + std::chrono::hours{6 * draw(60)});
    };
    for (unsigned i = draw(7); i > 0; --i) {
        world.event(draw(2) == 0 ? "a" : "b", time(), {{"p", Value(static_cast<double>(draw(6)))}});
    }
    if (draw(2) == 0) {
        world.trait("created_at", time(), Value(time()));
    }
}

TEST(HoldsUntil, IsNeverLateAndExactWhereItIsSaidToBe) {
    std::mt19937 random(20240229);  // NOLINT(cert-msc51-cpp): the same worlds in every run
    for (int round = 0; round < 60; ++round) {
        test::TestWorld world;
        fill(world, random);
        for (const Claim& claim : claims) {
            const auto program = world.program(claim.text);
            const Instant now = test::at("2024-02-01") + std::chrono::hours{random() % 200};
            const auto truth = [&](Instant when) {
                return world.evaluator().truth(*program, world, world.world(), when);
            };
            const Verdict verdict = world.evaluator().verdict(*program, world, world.world(), now);
            ASSERT_EQ(verdict.truth, truth(now)) << claim.text;
            ASSERT_GT(verdict.holds_until, now) << claim.text;
            const Instant until = std::min(verdict.holds_until, now + std::chrono::hours{24 * 60});
            EXPECT_EQ(truth(until - Duration{1}), verdict.truth)
                << claim.text << " at " << to_iso(now);
            for (int i = 0; i < 5; ++i) {
                const Instant between = now + (until - now) / 7 * static_cast<int>(random() % 7);
                EXPECT_EQ(truth(between), verdict.truth) << claim.text << " at " << to_iso(between);
            }
            if (claim.exact && verdict.holds_until != instant_max) {
                EXPECT_NE(truth(verdict.holds_until), verdict.truth)
                    << claim.text << " at " << to_iso(now);
            }
        }
    }
}

}  // namespace
}  // namespace fineline::expr
