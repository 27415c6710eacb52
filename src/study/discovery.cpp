#include "base/text.h"
#include "study/audit_work.h"
#include "study/cards.h"
#include "study/patch.h"
#include "study/statistics/bootstrap.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <iterator>
#include <map>

namespace fineline::study {

namespace {

constexpr std::size_t refits = 20;
constexpr double stable_jaccard_min = 0.6;

/// The stream of draws that weights customers in refits.
constexpr std::uint64_t refit_stream = 4;

/// Sizes of two partitions' groups and of what they share, over some rows.
struct Contingency {
    std::vector<double> first;
    std::vector<double> second;
    std::map<std::pair<std::uint32_t, std::uint32_t>, double> shared;
};

/// For each group of the first partition, its Jaccard with the group of the second most like it.
std::vector<double> best_jaccards(const Contingency& table) {
    std::vector<double> best(table.first.size());
    for (const auto& [groups, shared] : table.shared) {
        const double either = table.first[groups.first] + table.second[groups.second] - shared;
        best[groups.first] = std::max(best[groups.first], shared / either);
    }
    return best;
}

std::vector<double> jaccards_with(const Rotation& rotation, const Tree& refit, std::size_t k) {
    const auto first = rotation.tree.pruned_to(k);
    const std::size_t other_k = std::min(k, refit.leaves());
    const auto second = refit.pruned_to(other_k);
    Contingency table{
        .first = std::vector<double>(k), .second = std::vector<double>(other_k), .shared = {}};
    for (const std::uint32_t row : rotation.choose.rows) {
        const std::uint32_t a = first[rotation.tree.leaf_of_row()[row]];
        const std::uint32_t b = second[refit.leaf_of_row()[row]];
        table.first[a] += 1;
        table.second[b] += 1;
        table.shared[{a, b}] += 1;
    }
    return best_jaccards(table);
}

/// How alike each leaf is found again when the tree is grown on bootstrap draws of the customers:
/// element k − 1 holds, for each leaf of the tree pruned to k, its Jaccard in each refit.
using Stability = std::vector<std::vector<std::vector<double>>>;

Stability refit_stability(const Groundwork& ground, const Rotation& rotation) {
    std::vector<Tree> trees(refits);
    for_each_index(refits, ground.threads, [&](std::size_t refit) {
        std::vector<std::uint32_t> weight(ground.panel.rows());
        for (const std::uint32_t row : rotation.fit_rows) {
            weight[row] =
                bootstrap_weight(ground.seed ^ refit_stream, refit, ground.panel.who[row].value());
        }
        trees[refit] =
            grow_tree(ground.panel,
                      ground.binned,
                      {.rows = rotation.fit_rows, .outcome = ground.outcome, .weight = weight},
                      rotation.tree_settings);
    });
    Stability stability(rotation.tree.leaves());
    for_each_index(stability.size(), ground.threads, [&](std::size_t i) {
        stability[i].resize(i + 1);
        for (const Tree& tree : trees) {
            const auto jaccards = jaccards_with(rotation, tree, i + 1);
            for (std::size_t leaf = 0; leaf <= i; ++leaf) {
                stability[i][leaf].push_back(jaccards[leaf]);
            }
        }
    });
    return stability;
}

double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) {
        sum += value;
    }
    return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

bool all_stable(const std::vector<std::vector<double>>& leaves) {
    return std::all_of(leaves.begin(), leaves.end(), [](const std::vector<double>& jaccards) {
        return mean_of(jaccards) >= stable_jaccard_min;
    });
}

/// The order in which tree_portfolio lists the leaves: by descending fitted mean.
std::vector<std::size_t> leaf_order(const Groundwork& ground, std::size_t k) {
    const auto sums = ground.shown().tree_grouping(k).sums(ground.shown().fit_cells);
    std::vector<std::size_t> order(k);
    for (std::size_t i = 0; i < k; ++i) {
        order[i] = i;
    }
    const bool up = ground.purpose.higher_is_better;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return up ? sums[a].mean() > sums[b].mean() : sums[a].mean() < sums[b].mean();
    });
    return order;
}

void add_stability(const Stability& stability,
                   const Groundwork& ground,
                   const mapping::Portfolio& portfolio,
                   AuditReport& report) {
    const std::size_t k = portfolio.segments.size();
    const auto order = leaf_order(ground, k);
    for (std::size_t i = 0; i < k; ++i) {
        const auto& jaccards = stability[k - 1][order[i]];
        const Measured measured = estimate_from_draws(mean_of(jaccards), jaccards);
        if (measured.value >= stable_jaccard_min) {
            continue;
        }
        report.findings.push_back(
            {.code = "unstable",
             .segments = {portfolio.segments[i].name},
             .says = "Would not be found again: refitted on other draws of the same customers, its "
                     "like is another group.",
             .why = "A border that moves with the draw says more about the draw than about people.",
             .evidence = {measured_estimate(
                 "mean Jaccard with its like in " + std::to_string(refits) + " refits",
                 measured,
                 ground.shown().choose.rows.size())}});
    }
}

/// What a proposal rests on.
struct Proposal {
    mapping::Portfolio portfolio;
    RotatedChoice choice;
    Stability stability;  ///< of the shown tree
};

/// Sizes of which some leaf would not be found again are not usable.
void require_stability(const Stability& stability, MeasuredPath& path) {
    for (std::size_t i = 0; i < path.points.size(); ++i) {
        path.points[i].usable = path.points[i].usable && all_stable(stability[i]);
    }
}

Proposal propose(const Groundwork& ground, std::optional<std::size_t> segments) {
    Proposal proposal{
        .portfolio = {}, .choice = {}, .stability = refit_stability(ground, ground.shown())};
    TreePaths trees = measure_trees(ground);
    require_stability(proposal.stability, trees.together);
    for (std::size_t i = 0; ground.takes_turns() && i < trees.rotations.size(); ++i) {
        require_stability(refit_stability(ground, ground.rotations[i]), trees.rotations[i]);
    }
    proposal.choice = choose_rotated(trees.together, trees.rotations, ground.purpose.capacity);
    std::size_t k = proposal.choice.recommendation.point + 1;
    if (segments) {
        k = std::clamp<std::size_t>(*segments, 1, trees.together.points.size());
        proposal.choice.on_judge = trees.together.on_judge[k - 1];
        proposal.choice.apart.reset();
    }
    proposal.portfolio = tree_portfolio(ground, k);
    return proposal;
}

std::string why_proposed(const Proposal& proposal, std::optional<std::size_t> segments) {
    if (segments) {
        return "As many as were asked for; without asking it would be " +
               std::to_string(proposal.choice.recommendation.point + 1) + ".";
    }
    return proposal.choice.recommendation.anything_told
               ? "The fewest segments within one standard error of the best tree, each large "
                 "enough "
                 "and found again in refits" +
                     std::string(proposal.choice.recommendation.capacity_binds
                                     ? ", that fit the capacity."
                                     : ".")
               : "No tree tells more than one group of everyone (one-sided 5 %, by the maximum "
                 "over the "
                 "path).";
}

/// Skill of the segments the purpose has of its own, judged; nothing where it has none.
std::optional<Skill> own_skill(const Groundwork& ground) {
    const std::size_t segments = ground.purpose.segments.size();
    if (segments == 0) {
        return std::nullopt;
    }
    return ground.judged(parts_of(segments));
}

std::string told_text(const CurveSample& sample) {
    return print(Estimate{.value = sample.captured->value,
                          .interval = sample.captured->interval,
                          .scale = Scale::share});
}

std::string proposal_sentence(const FineLine& line, std::size_t segments) {
    std::string sentence = (segments == 1 ? "This " : "These ") + segments_tell(segments) +
                           told_text(*line.recommended) + " of what can be told in advance about " +
                           line.metric;
    if (line.today) {
        const std::size_t today = line.today->segments;
        sentence += (today == 1 ? "; today's one tells "
                                : "; today's " + std::to_string(today) + " tell ") +
                    told_text(*line.today);
    }
    return sentence + ".";
}

/// What a proposal and today's portfolio tell, judged.
struct Told {
    const Skill& proposal;
    const std::optional<Skill>& own;
};

/// The proposal and today's portfolio, each by itself, where one of them is worth nothing.
std::string sentence_of_worth(const Told& told, const FineLine& line, const AuditFacts& facts) {
    const std::string sentence =
        worth_sentence("These", line.recommended->segments, told.proposal, facts);
    return told.own && line.today
               ? sentence + " " + worth_sentence("Your", line.today->segments, *told.own, facts)
               : sentence;
}

}  // namespace

mapping::Portfolio tree_portfolio(const Groundwork& ground, std::size_t k) {
    const auto& features = ground.catalogue.features;
    const Rotation& shown = ground.shown();
    const auto expressions = shown.tree.expressions(k, ground.binned, features);
    const auto names = shown.tree.names(k, ground.binned, features);
    const auto sums = shown.tree_grouping(k).sums(shown.fit_cells);
    mapping::Portfolio portfolio{.purpose = ground.purpose.portfolio.purpose, .segments = {}};
    for (const std::size_t leaf : leaf_order(ground, k)) {
        mapping::SegmentDefinition segment{
            .name = names[leaf], .when = {}, .because = {}, .action = {}};
        segment.when.text = expressions[leaf];
        segment.because = "Found by the purposeful tree: " +
                          print(mean_estimate("metric", sums[leaf], ground.purpose)) +
                          " on the fitting rows.";
        portfolio.segments.push_back(std::move(segment));
    }
    return portfolio;
}

namespace {

/// Audits the proposal like any portfolio, by customers who saw nothing of it. Errors: as audit.
Result<std::unique_ptr<AuditWork>> audit_proposal(const StudyRequest& request,
                                                  const Proposal& proposal) {
    StudyRequest with_proposal = request;
    with_proposal.portfolio = proposal.portfolio;
    with_proposal.first_rotation_only = true;
    return do_audit(with_proposal);
}

/// What is proposed, into a report that was made of its audit.
void put_proposal(const Proposal& proposal,
                  const Groundwork& ground,
                  std::optional<std::size_t> segments,
                  AuditReport& report) {
    add_stability(proposal.stability, ground, proposal.portfolio, report);
    report.recommended = proposal.portfolio;
    report.recommended_why = why_proposed(proposal, segments);
    report.patch = portfolio_patch(ground.purpose.portfolio, proposal.portfolio);
}

/// What the report comes to, and its first sentence where that is not yet right.
void put_verdict(const Told& told, const AuditFacts& facts, AuditReport& report) {
    const auto& taken = report.line.recommended;
    const bool not_held = is_worse_than_everybody(told.proposal);
    report.verdict = verdict_of(report.anything_told, told.proposal);
    if (!report.anything_told) {
        report.recommended_why = nothing_is_told;
        return;
    }
    if (not_held) {
        report.recommended_why = not_to_be_used;
    }
    if (not_held || (told.own && is_worse_than_everybody(*told.own))) {
        report.sentence = sentence_of_worth(told, report.line, facts);
    } else if (taken && taken->captured) {
        report.sentence = proposal_sentence(report.line, taken->segments);
    }
}

/// Says of a proposal what the judging rows of all rotations say of the way to it: curve, ceiling
/// and headline. The segments' own numbers stay those of the customers who saw nothing of it.
void tell_by_turns(const AuditWork& turned, const Proposal& proposal, AuditReport& report) {
    const std::size_t segments = proposal.portfolio.segments.size();
    const std::uint64_t below_size = report.line.below_size;
    const std::uint64_t judged_once = report.line.n;
    report.line = line_of(turned);
    report.line.merges.clear();
    report.line.below_size = below_size;
    report.line.recommended = curve_sample(segments, proposal.choice.on_judge, turned.facts);
    report.anything_told = report.line.anything_told;
    report.sentence = sentence_without_shares(turned);
    report.ceiling = ceiling_shapes(turned);
    report.measured = how_measured(turned.ground);
    report.measured.emplace_back(
        Note{"The segments proposed were found by all who fit and choose in the first rotation. "
             "What is said of each of them, in tables, findings and cards, was measured on the " +
             with_commas(judged_once) + " customers who judge in it and saw nothing of them."});
    std::ranges::move(chosen_apart(proposal.choice, turned), std::back_inserter(report.measured));
}

Result<Discovery> discover_by_turns(const StudyRequest& request,
                                    Groundwork ground,
                                    std::optional<std::size_t> segments) {
    const Proposal proposal = propose(ground, segments);
    const auto turned = do_audit(request, std::move(ground));
    if (!turned) {
        return turned.error();
    }
    (*turned)->ground.panel.features.clear();  // as below
    const auto work = audit_proposal(request, proposal);
    if (!work) {
        return work.error();
    }
    Discovery discovery{.report = report_of(**work), .cards = cards((*work)->facts)};
    put_proposal(proposal, (*turned)->ground, segments, discovery.report);
    tell_by_turns(**turned, proposal, discovery.report);
    const AuditFacts& facts = (*turned)->facts;
    const auto own = facts.segments.empty() ? std::nullopt : std::optional(facts.portfolio);
    put_verdict({.proposal = proposal.choice.on_judge, .own = own}, facts, discovery.report);
    return discovery;
}

}  // namespace

Result<Discovery> discover(const StudyRequest& request, std::optional<std::size_t> segments) {
    auto ground = lay_groundwork(request);
    if (!ground) {
        return ground.error();
    }
    if (ground->takes_turns()) {
        return discover_by_turns(request, std::move(*ground), segments);
    }
    const Proposal proposal = propose(*ground, segments);
    // Both judgements draw the same customers, so that what is today's and what is proposed are
    // paired.
    const std::optional<Skill> own = own_skill(*ground);
    ground->panel.features.clear();  // the audit below evaluates its own; two would be held at once
    const auto work = audit_proposal(request, proposal);
    if (!work) {
        return work.error();
    }
    Discovery discovery{.report = report_of(**work), .cards = cards((*work)->facts)};
    AuditReport& report = discovery.report;
    put_proposal(proposal, *ground, segments, report);
    report.line.recommended = report.line.today;
    report.line.merges.clear();  // they were those of the proposal
    report.line.today =
        own ? std::optional(curve_sample(request.portfolio.segments.size(), *own, (*work)->facts))
            : std::nullopt;
    put_verdict({.proposal = (*work)->facts.portfolio, .own = own}, (*work)->facts, report);
    return discovery;
}

}  // namespace fineline::study
