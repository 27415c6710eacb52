#include "study/findings/check.h"
#include "study/patch.h"
#include "study/size_needed.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace fineline::study {

namespace {

constexpr double reachable_share_min = 0.5;

/// The segment whose mean on the fitting rows is nearest: with whom to join one that cannot stand.
std::optional<std::size_t> nearest_by_mean(const AuditFacts& facts, std::size_t segment) {
    const Groundwork& ground = *facts.ground;
    const Rotation& rotation = ground.first();
    const auto grouping = group_by_priority(
        ground.panel.sets, *rotation.cells, parts_of(ground.purpose.segments.size()));
    const auto sums = grouping.sums(rotation.fit_cells);
    std::optional<std::size_t> nearest;
    for (std::size_t other = 0; other < facts.segments.size(); ++other) {
        const double apart = std::abs(sums[other].mean() - sums[segment].mean());
        if (other != segment && sums[other].n > 0 &&
            (!nearest || apart < std::abs(sums[*nearest].mean() - sums[segment].mean()))) {
            nearest = other;
        }
    }
    return nearest;
}

std::string patch_to_nearest(const AuditFacts& facts, std::size_t segment) {
    const auto other = nearest_by_mean(facts, segment);
    return other ? patch_joined(facts.purpose(), segment, *other)
                 : patch_without(facts.purpose(), segment);
}

std::vector<double> outcomes_of(const AuditFacts& facts, const SegmentFacts& segment) {
    std::vector<double> outcomes;
    outcomes.reserve(segment.members.size());
    for (const std::uint32_t row : segment.members) {
        outcomes.push_back(facts.ground->outcome[row]);
    }
    return outcomes;
}

BootstrapPlan plan_of_draws(const AuditFacts& facts) {
    return {.seed = facts.ground->seed, .draws = facts.ground->draws, .threads = 1};
}

}  // namespace

bool is_too_small(const AuditFacts& facts, const SegmentFacts& segment) {
    return is_too_small_for_a_test(
        outcomes_of(facts, segment), facts.purpose().detect, plan_of_draws(facts));
}

void check_size(const AuditFacts& facts, std::vector<Finding>& findings) {
    const std::string detect = print_number(facts.purpose().detect, Scale::share);
    for (std::size_t s = 0; s < facts.segments.size(); ++s) {
        const SegmentFacts& segment = facts.segments[s];
        if (!facts.ground->unusable[s].empty()) {
            continue;
        }
        if (!is_too_small(facts, segment)) {
            continue;
        }
        Finding finding{.code = "too_small",
                        .segments = {facts.name(s)},
                        .says = "Could never show a change of " + detect + ".",
                        .why =
                            "A test in it would end without an answer whatever is true, so "
                            "nobody will learn whether it earns its keep.",
                        .evidence = {counted("reachable members", segment.all.n)}};
        if (segment.members.empty()) {
            finding.says = "Holds nobody at the last snapshot.";
        } else if (auto needed = size_needed(
                       outcomes_of(facts, segment), facts.purpose().detect, plan_of_draws(facts))) {
            finding.evidence.emplace_back(std::move(*needed));
        } else {
            finding.evidence.emplace_back(
                Note{"The metric's mean in it is 0, so no relative change of it exists."});
        }
        finding.evidence.emplace_back(mean_estimate("metric", segment.all, facts.purpose()));
        finding.patch = patch_to_nearest(facts, s);
        findings.push_back(std::move(finding));
    }
}

void check_small_cell(const AuditFacts& facts, std::vector<Finding>& findings) {
    for (std::size_t s = 0; s < facts.segments.size(); ++s) {
        const SegmentFacts& segment = facts.segments[s];
        const std::uint64_t members = segment.members.size() + segment.unreachable;
        if (members >= facts.purpose().small_cell || !facts.ground->unusable[s].empty()) {
            continue;
        }
        findings.push_back(
            {.code = "small_cell",
             .segments = {facts.name(s)},
             .says = "Fewer than " + std::to_string(facts.purpose().small_cell) + " members.",
             .why =
                 "So small a group points at people: its numbers say something about each of them.",
             .evidence = {counted("members", static_cast<double>(members))},
             .patch = patch_to_nearest(facts, s)});
    }
}

void check_capacity(const AuditFacts& facts, std::vector<Finding>& findings) {
    const auto capacity = facts.purpose().capacity;
    if (!capacity || facts.segments.size() <= static_cast<std::size_t>(*capacity)) {
        return;
    }
    findings.push_back(
        {.code = "over_capacity",
         .segments = {},
         .says = std::to_string(facts.segments.size()) + " segments, but only " +
                 std::to_string(*capacity) + " can be acted upon at once.",
         .why = "What is not acted upon costs attention and returns nothing.",
         .evidence = {counted("segments", static_cast<double>(facts.segments.size())),
                      counted("capacity", *capacity),
                      Note{"The merge path below says which to join down to the capacity."}}});
}

void check_reach(const AuditFacts& facts, std::vector<Finding>& findings) {
    if (!facts.purpose().consent) {
        return;
    }
    for (std::size_t s = 0; s < facts.segments.size(); ++s) {
        const SegmentFacts& segment = facts.segments[s];
        const auto reachable = static_cast<double>(segment.members.size());
        const double members = reachable + static_cast<double>(segment.unreachable);
        if (members == 0 || reachable >= reachable_share_min * members) {
            continue;
        }
        findings.push_back(
            {.code = "unreachable",
             .segments = {facts.name(s)},
             .says = "Most of it has not consented to '" + *facts.purpose().consent + "'.",
             .why = "A segment that may not be written to cannot be acted upon.",
             .evidence = {counted("members", members), counted("reachable", reachable)},
             .patch = patch_without(facts.purpose(), s)});
    }
    const auto& excluded = facts.ground->panel.excluded.back();
    if (facts.purpose().no_record_is_granted) {
        findings.push_back(
            {.code = "unreachable",
             .segments = {},
             .says = "Who was never asked counts as having consented (`no_record: granted`).",
             .why = "In most jurisdictions silence is no consent; the reach shown here may be too "
                    "large.",
             .evidence = {
                 counted("customers without consent", static_cast<double>(excluded.unreachable))}});
    }
}

}  // namespace fineline::study
