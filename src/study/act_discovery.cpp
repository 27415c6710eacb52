#include "engine/definitions.h"
#include "study/act_audit.h"
#include "study/patch.h"
#include "study/tree.h"

#include <algorithm>
#include <numeric>
#include <set>

namespace fineline::study {

namespace {

constexpr std::size_t leaves_default = 8;

/// The exposures as the tree reads them: one snapshot, everybody's own.
Panel panel_of(const ExposurePanel& exposures, const TrialRoles& roles) {
    Panel panel;
    panel.who = exposures.who;
    panel.snapshot.assign(exposures.who.size(), 0);
    panel.role.assign(exposures.who.size(), Role::judge);
    for (const std::uint32_t row : roles.fit) {
        panel.role[row] = Role::fit;
    }
    for (const std::uint32_t row : roles.choose) {
        panel.role[row] = Role::choose;
    }
    panel.features = exposures.features;
    return panel;
}

/// What an action would bring each customer beyond the best single one: differences of doubly
/// robust scores, right on average whatever the propensities.
std::vector<double> contrast_scores(const Trial& everybody,
                                    const SegmentArms& arms,
                                    std::uint32_t action) {
    std::vector<std::uint32_t> rows(everybody.rows());
    std::iota(rows.begin(), rows.end(), 0U);
    std::vector<double> scores = robust_scores(everybody, rows, arms, single_action(1, action));
    const std::vector<double> best =
        robust_scores(everybody, rows, arms, single_action(1, arms.best_for_all()));
    std::transform(scores.begin(), scores.end(), best.begin(), scores.begin(), std::minus<>());
    return scores;
}

/// A tree cut to some leaves as a partition, and what acting on it promises to the fitting rows.
struct Candidate {
    Tree tree;
    std::size_t leaves = 1;
    double promised = 0;
};

double promise_of(const Trial& everybody,
                  const TrialRoles& roles,
                  const std::vector<std::uint32_t>& leaf_of_row,
                  const std::vector<std::uint32_t>& pruned) {
    Trial trial = everybody;
    trial.segments = 1 + *std::max_element(pruned.begin(), pruned.end());
    for (std::size_t row = 0; row < trial.rows(); ++row) {
        trial.segment[row] = pruned[leaf_of_row[row]];
    }
    const SegmentArms arms(trial, roles.fit);
    const auto scores =
        robust_scores(trial, roles.fit, arms, choose_actions(arms, Contrasts::shrunk));
    return std::accumulate(scores.begin(), scores.end(), 0.0);
}

std::vector<mapping::SegmentDefinition> segments_of(const Candidate& best,
                                                    const BinnedPanel& binned,
                                                    const FeatureCatalogue& catalogue) {
    const auto expressions = best.tree.expressions(best.leaves, binned, catalogue.features);
    const auto names = best.tree.names(best.leaves, binned, catalogue.features);
    std::vector<mapping::SegmentDefinition> segments;
    std::set<std::string> used;
    for (std::size_t leaf = 0; leaf < expressions.size(); ++leaf) {
        mapping::SegmentDefinition segment{.name = segment_name(names[leaf])};
        while (!used.insert(segment.name).second) {
            segment.name += "_2";
        }
        segment.when.text = expressions[leaf];
        segment.because = "Found: here the actions seemed to differ otherwise than elsewhere.";
        segments.push_back(std::move(segment));
    }
    return segments;
}

}  // namespace

Result<ActReport> act_discover(const StudyRequest& request, std::optional<std::size_t> segments) {
    StudyRequest bare = request;
    bare.portfolio.segments.clear();
    auto purpose = check_purpose(bare.portfolio, engine::make_catalog(request.view));
    if (!purpose) {
        return purpose.error();
    }
    const auto panel = read_act_panel(bare, *purpose, {});
    if (!panel) {
        return panel.error();
    }
    if (panel->catalogue.features.empty()) {
        return Error{ErrorCode::invalid_argument,
                     "nothing was known of the customers before they were exposed, so there is "
                     "nothing to tell them apart by",
                     {}};
    }
    const Trial& everybody = panel->exposures.trial;
    const TrialRoles roles = deal_roles(customer_numbers(panel->exposures), request.seed);
    const SegmentArms arms(everybody, roles.fit);
    const Panel rows = panel_of(panel->exposures, roles);
    const BinnedPanel binned = bin_features(rows, panel->catalogue.features, roles.fit);
    const std::size_t leaves_max = segments.value_or(
        purpose->capacity ? static_cast<std::size_t>(*purpose->capacity) : leaves_default);
    std::optional<Candidate> best;
    for (std::uint32_t action = 0; action < everybody.actions; ++action) {
        if (action == arms.best_for_all()) {
            continue;
        }
        const std::vector<double> contrast = contrast_scores(everybody, arms, action);
        Candidate candidate{grow_tree(rows,
                                      binned,
                                      {.rows = roles.fit, .outcome = contrast},
                                      {.leaves_max = std::max<std::size_t>(2, leaves_max),
                                       .leaf_rows_min = 200,
                                       .seed = request.seed})};
        candidate.leaves = std::min(candidate.tree.leaves(), leaves_max);
        candidate.promised = promise_of(everybody,
                                        roles,
                                        candidate.tree.leaf_of_row(),
                                        candidate.tree.pruned_to(candidate.leaves));
        if (!best || candidate.promised > best->promised) {
            best = std::move(candidate);
        }
    }
    bare.portfolio.segments = segments_of(*best, binned, panel->catalogue);
    return act_audit(bare);
}

}  // namespace fineline::study
