// Worlds that hold one horizon only, whose truth is known: what taking turns gains over one split
// into thirds, and whether its intervals say what is true. Both ways see the same worlds.
// FINELINE_WORLDS says how many, of which half are taken, for each is studied both ways; seeds are
// fresh in every run unless FINELINE_SEED sets one.
#include "made_workspace.h"
#include "planted_worlds.h"
#include "study/audit_work.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <map>
#include <random>

namespace fineline::study_tests {
namespace {

using study::AuditWork;
using study::Groundwork;
using study::MeasuredPath;
using study::Rotation;
using study::Skill;

int worlds_wanted(int few) {
    const char* wanted = std::getenv("FINELINE_WORLDS");  // NOLINT(concurrency-mt-unsafe)
    return wanted == nullptr ? few : std::clamp(std::atoi(wanted) / 2, 1, 400);
}

std::uint64_t fresh_seed() {
    const char* wanted = std::getenv("FINELINE_SEED");  // NOLINT(concurrency-mt-unsafe)
    return wanted == nullptr ? std::random_device{}() : std::strtoull(wanted, nullptr, 10);
}

/// The chance of a purchase that is planted in each set of segments.
std::vector<double> rates_of_sets(const Groundwork& ground,
                                  const PlantedWorld& world,
                                  const WorldPlan& plan) {
    std::vector<double> rates(ground.panel.sets.size());
    for (std::uint32_t set = 0; set < rates.size(); ++set) {
        ground.panel.sets.for_each_segment(set, [&](std::size_t segment) {
            rates[set] = true_rate(plan, world.segments[segment].truth);
        });
    }
    return rates;
}

/// What a model gives each cell of a rotation.
using ValuesOf = std::function<std::vector<double>(const Rotation&)>;

/// The skill that models really have: that of infinitely many customers like those judged.
double true_skill(const Groundwork& ground,
                  const std::vector<double>& rates,
                  const ValuesOf& values_of) {
    double model = 0;
    double mean = 0;
    for (const Rotation& rotation : ground.rotations) {
        const std::vector<double> values = values_of(rotation);
        double expected = 0;
        for (const std::uint32_t row : rotation.judge.rows) {
            expected += rates[ground.panel.set[row]];
        }
        const double fitted = rotation.fit_all.mean();
        const double factor = expected / static_cast<double>(rotation.judge.rows.size()) / fitted;
        for (const std::uint32_t row : rotation.judge.rows) {
            const double rate = rates[ground.panel.set[row]];
            const double noise = rate * (1 - rate);
            const double value = values[rotation.cells->of_row(row)];
            model += noise + std::pow(rate - factor * value, 2);
            mean += noise + std::pow(rate - factor * fitted, 2);
        }
    }
    return 1 - model / mean;
}

/// A measured skill beside the true one.
struct Beside {
    double width = 0;
    bool covers = false;
    double too_high = 0;  ///< value less truth, in standard errors
};

Beside beside(const Skill& skill, double truth) {
    const auto measured = skill.measured();
    EXPECT_TRUE(measured.interval);
    // One group of everybody tells nothing, which is known without an error.
    const bool is_exact = std::abs(measured.value - truth) < 1e-12;
    return {.width = measured.interval->high - measured.interval->low,
            .covers = is_exact || measured.interval->contains(truth),
            .too_high = is_exact ? 0 : (measured.value - truth) / measured.standard_error};
}

/// What one way of going through the roles says of a world.
struct Said {
    std::size_t recommended = 0;
    std::size_t by_tree = 0;  ///< the number of leaves the tree's path recommends
    Beside today{};
    Beside at_point{};   ///< at the recommended number, which the same customers chose
    Beside apart{};      ///< at the numbers that each rotation chooses by itself
    Beside by_leaves{};  ///< at the recommended number of leaves
};

MeasuredPath ascending(const std::vector<study::MergeStep>& steps) {
    MeasuredPath path;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        path.points.push_back({.segments = step->parts.size(), .on_choose = *step->on_choose});
        path.on_judge.push_back(*step->on_judge);
    }
    return path;
}

class Judge {
  public:
    Judge(const AuditWork& work, const PlantedWorld& world, const WorldPlan& plan)
        : work_(work), ground_(work.ground), rates_(rates_of_sets(ground_, world, plan)) {}

    [[nodiscard]] Said say() const {
        Said said{.recommended = study::report_of(work_).recommended.segments.size()};
        const std::size_t segments = ground_.purpose.segments.size();
        said.today = beside(work_.facts.portfolio, true_skill(ground_, rates_, [&](const auto& r) {
                                return values(r, study::parts_of(segments));
                            }));
        say_of_merging(said);
        say_of_tree(said);
        return said;
    }

  private:
    [[nodiscard]] std::vector<double> values(const Rotation& rotation,
                                             const study::Parts& parts) const {
        return study::fitted_values(
            study::group_by_priority(ground_.panel.sets, *rotation.cells, parts),
            rotation.fit_cells);
    }

    [[nodiscard]] std::size_t number_of(const Rotation& rotation) const {
        return static_cast<std::size_t>(&rotation - ground_.rotations.data());
    }

    void say_of_merging(Said& said) const {
        std::vector<MeasuredPath> rotations;
        for (const auto& path : work_.paths) {
            rotations.push_back(ascending(path));
        }
        const MeasuredPath together = ascending(work_.merges);
        const auto choice = study::choose_rotated(together, rotations, std::nullopt);
        const std::size_t point = choice.recommendation.point;
        const auto truth = [&](const auto& size_in) {
            return true_skill(ground_, rates_, [&](const Rotation& rotation) {
                const auto& path = work_.paths[number_of(rotation)];
                return values(rotation, path[path.size() - size_in(rotation)].parts);
            });
        };
        said.at_point = beside(choice.on_judge, truth([&](const Rotation&) { return point + 1; }));
        said.apart = !choice.apart ? said.at_point
                                   : beside(*choice.apart, truth([&](const Rotation& rotation) {
                                         return choice.chosen_apart[number_of(rotation)];
                                     }));
    }

    void say_of_tree(Said& said) const {
        const auto& trees = work_.trees;
        const auto choice = study::choose_rotated(trees.together, trees.rotations, std::nullopt);
        said.by_tree = choice.recommendation.point + 1;
        said.by_leaves =
            beside(choice.on_judge, true_skill(ground_, rates_, [&](const Rotation& rotation) {
                       const std::size_t k = std::min(said.by_tree, rotation.tree.leaves());
                       return study::fitted_values(rotation.tree_grouping(k), rotation.fit_cells);
                   }));
    }

    const AuditWork& work_;
    const Groundwork& ground_;
    std::vector<double> rates_;
};

/// The steps of an audit with the portfolio itself in the place of the segment of one.
Said audit_once(study::StudyRequest request, const PlantedWorld& world, const WorldPlan& plan) {
    request.seed = plan.seed;
    auto ground = study::lay_groundwork(request);
    EXPECT_TRUE(ground) << ground.error().message;
    const Skill skill = ground->judged(study::parts_of(ground->purpose.segments.size()));
    study::Ceiling ceiling{.name = "portfolio", .skill = skill, .boosted = skill, .untuned = skill};
    const auto work = study::work_from(request, std::move(*ground), std::move(ceiling));
    return Judge(*work, world, plan).say();
}

/// Many worlds by one way.
struct Tally {
    int worlds = 0;
    int right = 0;
    int right_by_tree = 0;
    int one = 0;
    int one_by_tree = 0;
    double width = 0;
    int covers = 0;
    int apart_covers = 0;
    int point_covers = 0;
    int leaves_cover = 0;
    double apart_too_high = 0;
    double point_too_high = 0;
    std::map<std::size_t, int> numbers{};  ///< how often which was recommended
    std::map<std::size_t, int> leaves{};   ///< and by the tree

    void add(const Said& said, std::size_t truth) {
        ++worlds;
        right += said.recommended == truth ? 1 : 0;
        right_by_tree += said.by_tree == truth ? 1 : 0;
        one += said.recommended == 1 ? 1 : 0;
        one_by_tree += said.by_tree == 1 ? 1 : 0;
        width += said.today.width;
        covers += said.today.covers ? 1 : 0;
        apart_covers += said.apart.covers ? 1 : 0;
        point_covers += said.at_point.covers ? 1 : 0;
        leaves_cover += said.by_leaves.covers ? 1 : 0;
        apart_too_high += said.apart.too_high;
        point_too_high += said.at_point.too_high;
        ++numbers[said.recommended];
        ++leaves[said.by_tree];
    }

    void print(const char* way) const {
        std::printf(
            "  %-6s right number %d of %d (tree %d), one %d (tree %d); covered: today %d, apart "
            "%d, at the point %d, leaves %d; too high by: apart %.2f, at the point %.2f errors\n",
            way,
            right,
            worlds,
            right_by_tree,
            one,
            one_by_tree,
            covers,
            apart_covers,
            point_covers,
            leaves_cover,
            apart_too_high / worlds,
            point_too_high / worlds);
        for (const auto& [number, times] : numbers) {
            std::printf("         recommended %zu: %d\n", number, times);
        }
        for (const auto& [number, times] : leaves) {
            std::printf("         tree of %zu: %d\n", number, times);
        }
    }
};

struct BothWays {
    Tally split;
    Tally turns;

    /// Mean width by turns as a share of that by one split.
    [[nodiscard]] double width_ratio() const { return turns.width / split.width; }
};

BothWays run_worlds(WorldPlan plan, int wanted) {
    const std::uint64_t seed = fresh_seed();
    BothWays both;
    plan.quarters = 2;
    for (int i = 0; i < wanted; ++i) {
        plan.seed = seed + static_cast<std::uint64_t>(i);
        const PlantedWorld world = make_world(plan);
        MadeWorkspace workspace(world.at);
        workspace.append(world.batches);
        study::StudyRequest request = workspace.request(world.portfolio);
        both.turns.add(audit_once(request, world, plan), plan.true_segments);
        request.first_rotation_only = true;
        both.split.add(audit_once(request, world, plan), plan.true_segments);
    }
    std::printf(
        "measured: seed %llu: %zu true%s, size %.2f, effect %.2f: widths %.3f of one split's\n",
        static_cast<unsigned long long>(seed),
        plan.true_segments,
        plan.faultless ? ", without faults" : "",
        plan.size,
        plan.effect,
        both.width_ratio());
    both.split.print("split");
    both.turns.print("turns");
    std::fflush(stdout);
    return both;
}

/// What is left of a count after an accident of one in a thousand.
double least(int worlds, double rate) {
    return worlds * rate - 3.1 * std::sqrt(worlds * rate * (1 - rate));
}

// 1/√3 = 0.577: three times as many customers judge. Nominal coverage is 90 %.
TEST(OneHorizon, TakingTurnsNarrowsIntervalsThatStillHoldTheTruth) {
    const BothWays both = run_worlds(
        {.true_segments = 3, .effect = 2, .faultless = true, .size = 0.2}, worlds_wanted(8));
    EXPECT_GT(both.width_ratio(), 0.50);
    EXPECT_LT(both.width_ratio(), 0.66);
    EXPECT_GE(both.turns.covers, least(both.turns.worlds, 0.88));
    EXPECT_GE(both.turns.point_covers, least(both.turns.worlds, 0.88));
    EXPECT_GE(both.turns.leaves_cover, least(both.turns.worlds, 0.85));
}

void expect_right_number(const BothWays& both) {
    const double accident = 3.1 * std::sqrt(0.25 * both.split.worlds);
    EXPECT_GE(both.turns.right, both.split.right - accident);
    EXPECT_GE(both.turns.right_by_tree, both.split.right_by_tree - accident);
}

TEST(OneHorizon, TakingTurnsFindsThreeAsOften) {
    expect_right_number(run_worlds({.true_segments = 3}, worlds_wanted(3)));
}

TEST(OneHorizon, TakingTurnsFindsFiveAsOften) {
    expect_right_number(run_worlds({.true_segments = 5}, worlds_wanted(3)));
}

// Nothing that is known of a customer tells what he will do: of all segments one is kept.
TEST(OneHorizon, WhereNothingIsToldOneSegmentIsKept) {
    const BothWays both = run_worlds({.true_segments = 1, .size = 0.2}, worlds_wanted(8));
    EXPECT_GE(both.turns.one, least(both.turns.worlds, 0.95));
    EXPECT_GE(both.turns.one_by_tree, least(both.turns.worlds, 0.95));
    EXPECT_GE(both.turns.covers, least(both.turns.worlds, 0.88));
}

}  // namespace
}  // namespace fineline::study_tests
