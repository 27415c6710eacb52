#include "study/statistics/likeness.h"

#include "study/findings/check.h"
#include "study/patch.h"
#include "study/statistics/clustered_mean.h"
#include "study/statistics/mean_tests.h"
#include "study/statistics/power.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace fineline::study {

namespace {

constexpr double jaccard_max = 0.5;
constexpr double inside_max = 0.9;
constexpr double redundant_share = 0.01;
constexpr double uncovered_share = 0.2;
constexpr double test_level = 0.05;

/// Marginal values are measured for portfolios up to this size; each costs a judgement.
constexpr std::size_t marginal_segments_max = 256;

using SegmentPair = std::pair<std::size_t, std::size_t>;

/// Whether a test among so many like a segment's own members could show the effect worth detecting.
bool can_be_tested(const AuditFacts& facts, std::size_t segment, double members) {
    const OutcomeSums& own = facts.segments[segment].own;
    const auto needed = least_size({own.mean(), own.variance()}, facts.purpose().detect);
    return needed && members >= *needed;
}

bool can_be_tested(const AuditFacts& facts, std::size_t segment) {
    return can_be_tested(facts, segment, facts.segments[segment].own.n);
}

void add_neighbours(const std::vector<std::size_t>& by_mean, std::set<SegmentPair>& pairs) {
    for (std::size_t i = 0; i + 1 < by_mean.size(); ++i) {
        pairs.insert(std::minmax(by_mean[i], by_mean[i + 1]));
    }
}

/// Neighbours by mean, and those with the same action: the pairs a merge would ask about. Those
/// large enough for a test are neighbours of each other whatever small one lies between them, since
/// a small one's mean lies anywhere.
std::vector<SegmentPair> pairs_to_test(const AuditFacts& facts) {
    std::vector<std::size_t> by_mean;
    for (std::size_t s = 0; s < facts.segments.size(); ++s) {
        if (facts.segments[s].own.n >= 2) {
            by_mean.push_back(s);
        }
    }
    std::stable_sort(by_mean.begin(), by_mean.end(), [&](std::size_t a, std::size_t b) {
        return facts.segments[a].own.mean() < facts.segments[b].own.mean();
    });
    std::set<SegmentPair> pairs;
    add_neighbours(by_mean, pairs);
    std::vector<std::size_t> large;
    std::copy_if(by_mean.begin(), by_mean.end(), std::back_inserter(large), [&](std::size_t s) {
        return can_be_tested(facts, s);
    });
    add_neighbours(large, pairs);
    std::map<std::string, std::size_t> last_with_action;
    for (const std::size_t s : by_mean) {
        const std::string& action = facts.purpose().segments[s].action;
        if (const auto known = last_with_action.find(action);
            known != last_with_action.end() && !action.empty()) {
            pairs.insert(std::minmax(known->second, s));
        }
        last_with_action.insert_or_assign(action, s);
    }
    return {pairs.begin(), pairs.end()};
}

/// Some rows' outcomes by segment, each customer under the first that holds them; those in none
/// stand last.
struct OwnOutcomes {
    std::vector<Moments> of{};
    double margin = 0;  ///< the change worth detecting, in the metric's unit
};

OwnOutcomes own_outcomes(const AuditFacts& facts, std::span<const std::uint32_t> rows) {
    const Groundwork& ground = *facts.ground;
    const auto grouping = group_by_priority(
        ground.panel.sets, *ground.first().cells, parts_of(facts.segments.size()));
    OwnOutcomes own{.of = std::vector<Moments>(grouping.groups)};
    Moments everybody;
    for (const std::uint32_t row : rows) {
        own.of[grouping.group_of_cell[ground.first().cells->of_row(row)]].add(ground.outcome[row]);
        everybody.add(ground.outcome[row]);
    }
    own.margin = facts.purpose().detect * std::abs(everybody.mean());
    return own;
}

/// The rows of the last snapshot before the judged one; with one snapshot, of the customers who are
/// not judged in the first rotation. No customer stands among them twice.
std::vector<std::uint32_t> rows_before(const Groundwork& ground) {
    std::vector<std::uint32_t> rows = ground.first().earlier_rows();
    std::uint32_t last = 0;
    for (const std::uint32_t row : rows) {
        last = std::max(last, ground.panel.snapshot[row]);
    }
    rows.erase(std::remove_if(rows.begin(),
                              rows.end(),
                              [&](std::uint32_t row) { return ground.panel.snapshot[row] < last; }),
               rows.end());
    return rows;
}

Estimate difference_estimate(const WelchDifference& apart,
                             const Moments& a,
                             const Moments& b,
                             const Purpose& purpose) {
    return {.name = "difference of the metric",
            .value = apart.difference,
            .interval = apart.interval,
            .n = a.count() + b.count(),
            .scale = purpose.metric_is_rate ? Scale::share : Scale::amount};
}

Estimate deciding_size(const Moments& a, const Moments& b, double margin) {
    const double pooled = std::sqrt((a.variance() + b.variance()) / 2);
    const auto size = size_per_arm_for_means({.difference = margin, .standard_deviation = pooled});
    return {.name = "members in each that would decide",
            .value = size.value_or(0),
            .why_no_interval = "a plan, from today's spread",
            .scale = Scale::count};
}

/// The p-value that two segments are the same: both on the judged rows and on those before, so the
/// greater of the two (an intersection-union test, Berger 1982). Rows before on which one of them
/// was too small for a test say nothing.
double equivalence(const AuditFacts& facts,
                   const SegmentPair& pair,
                   const OwnOutcomes& judged,
                   const OwnOutcomes& before) {
    const auto [a, b] = pair;
    const auto p_of = [a = a, b = b](const OwnOutcomes& own) {
        const auto p = equivalence_p_value(own.of[a], own.of[b], own.margin);
        return p ? *p : 1.0;
    };
    const auto known = [&](std::size_t segment) {
        return can_be_tested(facts, segment, static_cast<double>(before.of[segment].count()));
    };
    const bool known_before = known(a) && known(b);
    return known_before ? std::max(p_of(judged), p_of(before)) : p_of(judged);
}

/// Holm's adjusted p-values that two segments are the same. Pairs with a segment too small for a
/// test are not tested: their size settles beforehand that nothing could be shown, and they would
/// only make it harder for the others. Their p-value is 1.
std::vector<double> equivalence_by_pair(const AuditFacts& facts,
                                        const std::vector<SegmentPair>& pairs,
                                        const OwnOutcomes& judged,
                                        const OwnOutcomes& before) {
    std::vector<double> tested;
    for (const auto& [a, b] : pairs) {
        if (can_be_tested(facts, a) && can_be_tested(facts, b)) {
            tested.push_back(equivalence(facts, {a, b}, judged, before));
        }
    }
    const std::vector<double> adjusted = holm_adjusted(tested);
    std::vector<double> by_pair;
    std::size_t next = 0;
    for (const auto& [a, b] : pairs) {
        const bool was_tested = can_be_tested(facts, a) && can_be_tested(facts, b);
        by_pair.push_back(was_tested ? adjusted[next++] : 1);
    }
    return by_pair;
}

/// Mean outcomes by segment over the judged rows and those before together. A customer who stands
/// in both is one unit: what two quarters of one person say is not said twice. Cost: sorts the
/// rows.
std::vector<ClusteredMean> pooled_means(const AuditFacts& facts,
                                        std::span<const std::uint32_t> before) {
    const Groundwork& ground = *facts.ground;
    const auto grouping = group_by_priority(
        ground.panel.sets, *ground.first().cells, parts_of(facts.segments.size()));
    std::vector<std::vector<ClusteredValue>> values(grouping.groups);
    for (const auto rows : {std::span<const std::uint32_t>(ground.first().judge.rows), before}) {
        for (const std::uint32_t row : rows) {
            values[grouping.group_of_cell[ground.first().cells->of_row(row)]].push_back(
                {.unit = ground.panel.who[row].value(), .value = ground.outcome[row]});
        }
    }
    std::vector<ClusteredMean> means;
    for (std::vector<ClusteredValue>& of : values) {
        means.push_back(clustered_mean(std::move(of)));
    }
    return means;
}

}  // namespace

void check_distinct(const AuditFacts& facts, std::vector<Finding>& findings) {
    const auto pairs = pairs_to_test(facts);
    const OwnOutcomes judged = own_outcomes(facts, facts.ground->judged_rows);
    if (!(judged.margin > 0)) {
        return;
    }
    // Segments to be shown the same twice are shown so on two sets of rows, also where everybody
    // judges in some rotation.
    const OwnOutcomes once = own_outcomes(facts, facts.ground->first().judge.rows);
    const std::vector<std::uint32_t> earlier = rows_before(*facts.ground);
    const OwnOutcomes before = own_outcomes(facts, earlier);
    const auto adjusted = equivalence_by_pair(facts, pairs, once, before);
    const auto pooled = pooled_means(facts, earlier);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto [a, b] = pairs[i];
        const auto apart = welch_difference(judged.of[a], judged.of[b]);
        const bool same = adjusted[i] <= test_level;
        if (!apart || (!same && shown_to_differ(pooled[a], pooled[b]))) {
            continue;
        }
        Finding finding{
            .code = same ? "indistinct" : "undecided",
            .segments = {facts.name(a), facts.name(b)},
            .says = same ? "Shown to have the same outcome, within " +
                               print_number(facts.purpose().detect, Scale::share) + " of the mean."
                         : "Neither shown to differ nor shown to be the same, so far.",
            .why = same ? "Two segments that answer alike cost twice what one costs."
                        : "Until it is decided, the border between them rests on belief.",
            .evidence = {difference_estimate(*apart, judged.of[a], judged.of[b], facts.purpose()),
                         mean_estimate(facts.name(a), facts.segments[a].own, facts.purpose()),
                         mean_estimate(facts.name(b), facts.segments[b].own, facts.purpose())},
            .patch = same ? patch_joined(facts.purpose(), a, b) : std::string()};
        if (!same) {
            finding.evidence.emplace_back(deciding_size(judged.of[a], judged.of[b], judged.margin));
        }
        findings.push_back(std::move(finding));
    }
}

void check_redundant(const AuditFacts& facts, std::vector<Finding>& findings) {
    const std::size_t segments = facts.segments.size();
    if (!facts.can_divide || segments > marginal_segments_max || facts.portfolio.value <= 0) {
        return;
    }
    const Groundwork& ground = *facts.ground;
    for (std::size_t s = 0; s < segments; ++s) {
        if (facts.segments[s].members.empty()) {
            continue;
        }
        const Skill without = skill_without(ground, s);
        Skill lost{.value = facts.portfolio.value - without.value, .raw = 0, .draws = {}};
        for (std::size_t draw = 0; draw < without.draws.size(); ++draw) {
            lost.draws.push_back(facts.portfolio.draws[draw] - without.draws[draw]);
        }
        const Measured marginal = share_of(lost, facts.ceiling->skill);
        const double captured = share_of(facts.portfolio, facts.ceiling->skill).value;
        if (!marginal.interval || marginal.interval->high >= redundant_share * captured) {
            continue;
        }
        findings.push_back(
            {.code = "redundant",
             .segments = {facts.name(s)},
             .says = "Dropping it loses nothing that can be measured.",
             .why =
                 "Its members fall to the next segment in priority, and as much is told as before.",
             .evidence = {measured_estimate(
                 "marginal value captured", marginal, ground.judged_rows.size())},
             .patch = patch_without(facts.purpose(), s)});
    }
}

void check_overlap(const AuditFacts& facts, std::vector<Finding>& findings) {
    std::set<SegmentPair> pairs;
    for (std::uint32_t set = 0; set < facts.ground->panel.sets.size(); ++set) {
        std::vector<std::size_t> together;
        facts.ground->panel.sets.for_each_segment(
            set, [&](std::size_t segment) { together.push_back(segment); });
        for (std::size_t i = 0; i < together.size(); ++i) {
            for (std::size_t j = i + 1; j < together.size(); ++j) {
                pairs.insert({together[i], together[j]});
            }
        }
    }
    for (const auto& [a, b] : pairs) {
        const auto& first = facts.segments[a];
        const auto& second = facts.segments[b];
        const Overlap overlap = overlap_of(first.members, second.members);
        const bool inside = std::max(overlap.of_first, overlap.of_second) >= inside_max;
        if (overlap.shared == 0 || (overlap.jaccard < jaccard_max && !inside)) {
            continue;
        }
        Estimate jaccard{.name = "shared by both, of those in either (Jaccard)",
                         .value = overlap.jaccard,
                         .why_no_interval = "counted, not estimated",
                         .n = first.members.size() + second.members.size() - overlap.shared,
                         .scale = Scale::share};
        Estimate contained = jaccard;
        contained.name = "of the smaller one inside the larger";
        contained.value = std::max(overlap.of_first, overlap.of_second);
        contained.n = std::min(first.members.size(), second.members.size());
        findings.push_back(
            {.code = "overlapping",
             .segments = {facts.name(a), facts.name(b)},
             .says = "Mostly the same people.",
             .why = "Who is in both gets both actions, and neither can be judged alone.",
             .evidence = {jaccard, contained},
             .patch = patch_joined(facts.purpose(), a, b)});
    }
}

void check_uncovered(const AuditFacts& facts, std::vector<Finding>& findings) {
    if (facts.segments.empty() || facts.none.n == 0 || facts.everybody.sum <= 0) {
        return;
    }
    const Groundwork& ground = *facts.ground;
    std::vector<std::uint8_t> is_none;
    for (const std::uint32_t row : ground.judged_rows) {
        bool any = false;
        ground.panel.sets.for_each_segment(ground.panel.set[row], [&](std::size_t) { any = true; });
        is_none.push_back(any ? 0 : 1);
    }
    const auto share = [&](std::span<const std::uint32_t> weights) {
        double none = 0;
        double all = 0;
        for (std::size_t i = 0; i < is_none.size(); ++i) {
            const double value =
                (weights.empty() ? 1 : weights[i]) * ground.panel.outcome[ground.judged_rows[i]];
            none += is_none[i] != 0 ? value : 0;
            all += value;
        }
        return all > 0 ? none / all : 0;
    };
    const double value = share({});
    if (value < uncovered_share) {
        return;
    }
    const DrawTable draws = bootstrap(
        is_none.size(),
        1,
        {.seed = ground.seed, .draws = ground.draws, .threads = ground.threads},
        [&](std::span<const std::uint32_t> weights) { return std::vector{share(weights)}; });
    mapping::Portfolio covered = facts.purpose().portfolio;
    mapping::SegmentDefinition rest{.name = "rest"};
    rest.when.text = facts.purpose().population;
    rest.because = "Eligible, and in no segment before this one.";
    covered.segments.push_back(rest);
    findings.push_back(
        {.code = "uncovered",
         .segments = {},
         .says = "Eligible customers whom no segment holds carry much of the metric.",
         .why = "What no segment holds nobody looks after.",
         .evidence = {measured_estimate("share of the metric in no segment",
                                        estimate_from_draws(value, draws.column(0)),
                                        ground.judged_rows.size()),
                      counted("customers in no segment", facts.none.n)},
         .patch = portfolio_patch(facts.purpose().portfolio, covered)});
}

}  // namespace fineline::study
