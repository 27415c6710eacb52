// Worlds whose truth is known, through the whole path: log, columns, evaluator, audit. Seeds are
// fresh in every run and printed; FINELINE_WORLDS says how many per world.
#include "planted_worlds.h"

#include "audited_world.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <random>

namespace fineline::study_tests {
namespace {

/// Share of worlds in which the true number must be recommended.
constexpr double number_required = 0.90;

int worlds_wanted() {
    const char* wanted = std::getenv("FINELINE_WORLDS");  // NOLINT(concurrency-mt-unsafe)
    return wanted == nullptr ? 3 : std::min(100, std::atoi(wanted));
}

std::uint64_t fresh_seed() {
    const char* wanted = std::getenv("FINELINE_SEED");  // NOLINT(concurrency-mt-unsafe)
    return wanted == nullptr ? std::random_device{}() : std::strtoull(wanted, nullptr, 10);
}

/// How often each planted code was found where it was planted, and what sound segments were blamed
/// for, over many worlds of one plan.
struct Tally {
    int worlds = 0;
    int true_number = 0;
    int sound_blamed = 0;  ///< worlds in which some sound segment had a finding
    std::map<std::string, int> planted{};
    std::map<std::string, int> found{};
    std::map<std::size_t, int> recommended{};
    std::map<std::string, int> blamed{};       ///< by code
    std::map<std::string, int> not_implied{};  ///< on faulty segments, beyond fault and implied
};

bool holds(const std::vector<std::string>& codes, const std::string& code) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

void count(const PlantedWorld& world, const AuditedWorld& audited, Tally& tally) {
    bool any_blamed = false;
    for (std::size_t s = 0; s < world.segments.size(); ++s) {
        const PlantedSegment& segment = world.segments[s];
        for (const std::string& code : segment.faults) {
            ++tally.planted[code];
            tally.found[code] += audited.codes[s].count(code) > 0 ? 1 : 0;
        }
        if (segment.faults.empty()) {
            any_blamed |= !audited.blamed[s].empty();
            for (const std::string& code : audited.blamed[s]) {
                ++tally.blamed[code];
            }
            continue;
        }
        for (const std::string& code : audited.codes[s]) {
            // Being inside another segment is a finding of both.
            const bool allowed = holds(segment.faults, code) || holds(segment.implied, code) ||
                                 code == "overlapping";
            tally.not_implied[code] += allowed ? 0 : 1;
        }
    }
    tally.sound_blamed += any_blamed ? 1 : 0;
}

Tally run_worlds(WorldPlan plan, int wanted) {
    const std::uint64_t seed = fresh_seed();
    Tally tally;
    for (int i = 0; i < wanted; ++i) {
        plan.seed = seed + static_cast<std::uint64_t>(i);
        const PlantedWorld world = make_world(plan);
        const AuditedWorld audited = audit_world(world, plan.seed, CeilingOf::tree);
        EXPECT_EQ(audited.error, "") << "seed " << plan.seed;
        ++tally.worlds;
        tally.true_number += audited.recommended == plan.true_segments ? 1 : 0;
        ++tally.recommended[audited.recommended];
        count(world, audited, tally);
    }
    std::printf(
        "measured: seed %llu: %zu true%s%s, effect %.2f: right number in %d of %d; sound blamed in "
        "%d\n",
        static_cast<unsigned long long>(seed),
        plan.true_segments,
        plan.amounts ? ", amounts" : "",
        plan.faultless ? ", without faults" : "",
        plan.effect,
        tally.true_number,
        tally.worlds,
        tally.sound_blamed);
    for (const auto& [code, planted] : tally.planted) {
        std::printf("  %-12s found %d of %d\n", code.c_str(), tally.found[code], planted);
    }
    for (const auto& [code, times] : tally.blamed) {
        std::printf("  sound segments blamed for %s: %d\n", code.c_str(), times);
    }
    for (const auto& [code, times] : tally.not_implied) {
        if (times > 0) {
            std::printf("  faulty segments, not implied %s: %d\n", code.c_str(), times);
        }
    }
    for (const auto& [number, times] : tally.recommended) {
        std::printf("  recommended %zu: %d\n", number, times);
    }
    std::fflush(stdout);
    return tally;
}

/// The least count of successes that is not a one-in-a-thousand accident at a rate; of a hundred or
/// more the rate itself.
int least_expected(int tries, double rate) {
    if (tries >= 100) {
        return static_cast<int>(std::ceil(rate * tries));
    }
    double below = 0;
    for (int k = 0; k <= tries; ++k) {
        const double ways =
            std::lgamma(tries + 1) - std::lgamma(k + 1) - std::lgamma(tries - k + 1);
        below += std::exp(ways + k * std::log(rate) + (tries - k) * std::log(1 - rate));
        if (below > 0.001) {
            return k;
        }
    }
    return tries;
}

/// Every planted fault is found with its code, and sound segments are left in peace.
void expect_faults_found(const Tally& tally) {
    for (const auto& [code, planted] : tally.planted) {
        EXPECT_GE(tally.found.at(code), least_expected(planted, 0.95)) << code;
    }
    EXPECT_GE(tally.worlds - tally.sound_blamed, least_expected(tally.worlds, 0.95));
    EXPECT_TRUE(std::all_of(tally.not_implied.begin(),
                            tally.not_implied.end(),
                            [](const auto& code) { return code.second == 0; }));
}

TEST(PlantedWorlds, OneTrueSegment) {
    const Tally tally = run_worlds({.true_segments = 1}, worlds_wanted());
    expect_faults_found(tally);
    EXPECT_GE(tally.true_number, least_expected(tally.worlds, 0.90));
}

TEST(PlantedWorlds, ThreeTrueSegments) {
    const Tally tally = run_worlds({.true_segments = 3}, worlds_wanted());
    expect_faults_found(tally);
    EXPECT_GE(tally.true_number, least_expected(tally.worlds, number_required));
}

TEST(PlantedWorlds, FiveTrueSegments) {
    const Tally tally = run_worlds({.true_segments = 5}, worlds_wanted());
    expect_faults_found(tally);
    EXPECT_GE(tally.true_number, least_expected(tally.worlds, number_required));
}

TEST(PlantedWorlds, ThreeTrueSegmentsOfAnAmount) {
    const Tally tally = run_worlds({.true_segments = 3, .amounts = true}, worlds_wanted());
    expect_faults_found(tally);
    EXPECT_GE(tally.true_number, least_expected(tally.worlds, number_required));
}

// By name only, since it takes long: the right number against the distance of true segments.
TEST(PlantedWorlds, DISABLED_EffectSize) {
    for (const double effect : {0.5, 0.75, 1.0, 1.5, 2.0}) {
        for (const std::size_t truth : {3U, 5U}) {
            run_worlds({.true_segments = truth, .effect = effect}, worlds_wanted());
        }
    }
}

}  // namespace
}  // namespace fineline::study_tests
