#include "study/audit_work.h"
#include "study/cards.h"
#include "study/patch.h"
#include "study/statistics/bootstrap.h"
#include "study/statistics/parallel.h"

#include <algorithm>
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

std::vector<double> jaccards_with(const Groundwork& ground, const Tree& refit, std::size_t k) {
    const auto first = ground.tree.pruned_to(k);
    const std::size_t other_k = std::min(k, refit.leaves());
    const auto second = refit.pruned_to(other_k);
    Contingency table{
        .first = std::vector<double>(k), .second = std::vector<double>(other_k), .shared = {}};
    for (const std::uint32_t row : ground.choose.rows) {
        const std::uint32_t a = first[ground.tree.leaf_of_row()[row]];
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

Stability refit_stability(const Groundwork& ground) {
    std::vector<Tree> trees(refits);
    for_each_index(refits, ground.threads, [&](std::size_t refit) {
        std::vector<std::uint32_t> weight(ground.panel.rows());
        for (const std::uint32_t row : ground.fit_rows) {
            weight[row] =
                bootstrap_weight(ground.seed ^ refit_stream, refit, ground.panel.who[row].value());
        }
        trees[refit] =
            grow_tree(ground.panel,
                      ground.binned,
                      {.rows = ground.fit_rows, .outcome = ground.outcome, .weight = weight},
                      ground.tree_settings);
    });
    Stability stability(ground.tree.leaves());
    for_each_index(stability.size(), ground.threads, [&](std::size_t i) {
        stability[i].resize(i + 1);
        for (const Tree& tree : trees) {
            const auto jaccards = jaccards_with(ground, tree, i + 1);
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
    const auto sums = ground.tree_grouping(k).sums(ground.fit_cells);
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
                 ground.choose.rows.size())}});
    }
}

/// What a proposal rests on.
struct Proposal {
    mapping::Portfolio portfolio;
    Recommendation recommendation;
    Stability stability;
};

Proposal propose(const Groundwork& ground, std::optional<std::size_t> segments) {
    Proposal proposal{.portfolio = {}, .recommendation = {}, .stability = refit_stability(ground)};
    const auto skills = tree_path_skills(ground, *ground.choose.judgement);
    std::vector<PathPoint> path;
    for (std::size_t k = 1; k <= skills.size(); ++k) {
        path.push_back({.segments = k,
                        .on_choose = skills[k - 1],
                        .usable = large_enough(ground,
                                               ground.tree_grouping(k).sums(ground.choose.cells),
                                               ground.choose.rows.size()) &&
                                  all_stable(proposal.stability[k - 1])});
    }
    proposal.recommendation = recommend(path, ground.purpose.capacity);
    const std::size_t k = segments ? std::clamp<std::size_t>(*segments, 1, skills.size())
                                   : proposal.recommendation.point + 1;
    proposal.portfolio = tree_portfolio(ground, k);
    return proposal;
}

std::string why_proposed(const Proposal& proposal, std::optional<std::size_t> segments) {
    if (segments) {
        return "As many as were asked for; without asking it would be " +
               std::to_string(proposal.recommendation.point + 1) + ".";
    }
    return proposal.recommendation.anything_told
               ? "The fewest segments within one standard error of the best tree, each large "
                 "enough "
                 "and found again in refits" +
                     std::string(proposal.recommendation.capacity_binds ? ", that fit the capacity."
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
    return ground.judge.judgement->of_cells(fitted_values(
        group_by_priority(ground.panel.sets, *ground.cells, parts_of(segments)), ground.fit_cells));
}

std::string told_text(const CurveSample& sample) {
    return print(Estimate{.value = sample.captured->value,
                          .interval = sample.captured->interval,
                          .scale = Scale::share});
}

std::string proposal_sentence(const FineLine& line, std::size_t segments) {
    std::string sentence = "These " + std::to_string(segments) +
                           (segments == 1 ? " segment tells " : " segments tell ") +
                           told_text(*line.recommended) + " of what can be told in advance about " +
                           line.metric;
    if (line.today) {
        sentence +=
            "; today's " + std::to_string(line.today->segments) + " tell " + told_text(*line.today);
    }
    return sentence + ".";
}

/// The proposal and today's portfolio, each by itself, where one of them is worth nothing.
std::string sentence_of_worth(const Proposal& proposal,
                              const StudyRequest& request,
                              const std::optional<Skill>& own,
                              const AuditFacts& facts) {
    const std::string sentence =
        worth_sentence("These", proposal.portfolio.segments.size(), facts.portfolio, facts);
    return own ? sentence + " " +
                     worth_sentence("Your", request.portfolio.segments.size(), *own, facts)
               : sentence;
}

}  // namespace

mapping::Portfolio tree_portfolio(const Groundwork& ground, std::size_t k) {
    const auto& features = ground.catalogue.features;
    const auto expressions = ground.tree.expressions(k, ground.binned, features);
    const auto names = ground.tree.names(k, ground.binned, features);
    const auto sums = ground.tree_grouping(k).sums(ground.fit_cells);
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

Result<Discovery> discover(const StudyRequest& request, std::optional<std::size_t> segments) {
    auto ground = lay_groundwork(request);
    if (!ground) {
        return ground.error();
    }
    const Proposal proposal = propose(*ground, segments);
    // Both judgements draw the same customers, so that what is today's and what is proposed are
    // paired.
    const std::optional<Skill> own = own_skill(*ground);
    ground->panel.features.clear();  // the audit below evaluates its own; two would be held at once
    StudyRequest with_proposal = request;
    with_proposal.portfolio = proposal.portfolio;
    const auto work = do_audit(with_proposal);
    if (!work) {
        return work.error();
    }
    Discovery discovery{.report = report_of(**work), .cards = cards((*work)->facts)};
    AuditReport& report = discovery.report;
    add_stability(proposal.stability, *ground, proposal.portfolio, report);
    report.recommended = proposal.portfolio;
    report.recommended_why = why_proposed(proposal, segments);
    report.patch = portfolio_patch(request.portfolio, proposal.portfolio);
    report.line.recommended = report.line.today;
    report.line.merges.clear();  // they were those of the proposal
    report.line.today =
        own ? std::optional(curve_sample(request.portfolio.segments.size(), *own, (*work)->facts))
            : std::nullopt;
    const auto& taken = report.line.recommended;
    const Skill& judged = (*work)->facts.portfolio;
    const bool not_held = is_worse_than_everybody(judged);
    report.verdict = verdict_of(report.anything_told, judged);
    if (!report.anything_told) {
        report.recommended_why = nothing_is_told;
        return discovery;
    }
    if (not_held) {
        report.recommended_why = not_to_be_used;
    }
    if (not_held || (own && is_worse_than_everybody(*own))) {
        report.sentence = sentence_of_worth(proposal, request, own, (*work)->facts);
    } else if (taken && taken->captured) {
        report.sentence = proposal_sentence(report.line, proposal.portfolio.segments.size());
    }
    return discovery;
}

}  // namespace fineline::study
