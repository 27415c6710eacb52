#include "study/audit.h"

#include "base/text.h"
#include "study/audit_work.h"
#include "study/patch.h"
#include "study/statistics/power.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <iterator>
#include <numeric>

namespace fineline::study {

namespace {

/// Up to here the curve names the segments of each size; nobody reads longer lists.
constexpr std::size_t portfolio_sizes_read = 20;

std::string percent_with_interval(const Measured& share) {
    const Estimate estimate{
        .value = share.value, .interval = share.interval, .scale = Scale::share};
    return print(estimate);
}

/// "revenue of the next 90 days" as the purpose calls it.
std::string about(const Purpose& purpose) {
    return "about " + purpose.metric;
}

std::uint64_t segments_below_size(const AuditFacts& facts) {
    std::uint64_t below = 0;
    for (const SegmentFacts& segment : facts.segments) {
        below += is_too_small(facts, segment) ? 1U : 0U;
    }
    return below;
}

bool nothing_told(const Ceiling& ceiling) {
    const Measured boosted = ceiling.boosted.measured();
    const Measured best = ceiling.skill.measured();
    return !boosted.interval || !best.interval ||
           std::max(boosted.interval->low, best.interval->low) <= 0;
}

std::vector<SegmentValue> segment_values(const AuditWork& work) {
    const AuditFacts& facts = work.facts;
    constexpr std::size_t marginal_segments_max = 64;
    std::vector<SegmentValue> values;
    for (std::size_t s = 0; s < facts.segments.size(); ++s) {
        const SegmentFacts& segment = facts.segments[s];
        SegmentValue value{.name = facts.name(s),
                           .when = facts.purpose().segments[s].when,
                           .members = segment.members.size(),
                           .unreachable = segment.unreachable,
                           .metric = mean_estimate("metric", segment.all, facts.purpose()),
                           .marginal = {},
                           .judged = work.ground.judged_rows.size()};
        if (facts.can_divide && facts.segments.size() <= marginal_segments_max) {
            const Skill without = skill_without(work.ground, s);
            value.marginal =
                paired_difference({facts.portfolio.value / work.ceiling.skill.value,
                                   captured_draws(facts.portfolio, work.ceiling.skill)},
                                  {without.value / work.ceiling.skill.value,
                                   captured_draws(without, work.ceiling.skill)});
        }
        values.push_back(std::move(value));
    }
    return values;
}

std::vector<MergeSummary> merge_summaries(const AuditWork& work) {
    std::vector<MergeSummary> summaries;
    for (const MergeStep& step : work.merges) {
        if (!step.on_judge) {
            continue;
        }
        MergeSummary summary{.segments = step.parts.size(),
                             .move = step.move,
                             .first = part_name(step.first, work.ground.purpose),
                             .second = part_name(step.second, work.ground.purpose),
                             .ground = step.move == MergeMove::today ? "" : to_string(step.ground),
                             .captured = {},
                             .reversed = {}};
        if (work.facts.can_divide) {
            summary.captured = share_of(*step.on_judge, work.ceiling.skill);
            summary.reversed = share_of(*step.reversed, work.ceiling.skill);
        }
        summaries.push_back(std::move(summary));
    }
    return summaries;
}

/// What is to be recommended, with the numbers it rests on.
struct Advice {
    RotatedChoice choice;
    mapping::Portfolio portfolio;
    Skill on_judge;
    std::size_t segments = 0;
};

/// A rotation's merge path, ascending; of its steps those that are measured.
MeasuredPath ascending(const Groundwork& ground,
                       const Rotation& rotation,
                       const std::vector<MergeStep>& merges) {
    MeasuredPath path;
    std::vector<OutcomeSums> earlier = rotation.fit_cells;
    for (std::size_t cell = 0; cell < earlier.size(); ++cell) {
        earlier[cell].add(rotation.choose.cells[cell]);
    }
    const std::size_t earlier_count = rotation.fit_rows.size() + rotation.choose.rows.size();
    for (auto step = merges.rbegin(); step != merges.rend(); ++step) {
        if (!step->on_choose) {
            continue;
        }
        const auto sums =
            group_by_priority(ground.panel.sets, *rotation.cells, step->parts).sums(earlier);
        const auto parts = std::span(sums).first(step->parts.size());
        path.points.push_back(
            {.segments = step->parts.size(),
             .on_choose = *step->on_choose,
             .usable = large_enough(ground, rotation, {.parts = parts, .rows = earlier_count})});
        path.on_judge.push_back(*step->on_judge);
    }
    return path;
}

/// The parts of a path's step of some size.
const Parts& parts_at(const std::vector<MergeStep>& merges, std::size_t size) {
    return merges[merges.size() - size].parts;
}

Advice advise_by_merging(const AuditWork& work) {
    const Groundwork& ground = work.ground;
    std::vector<MeasuredPath> rotations;
    for (std::size_t i = 0; i < work.paths.size(); ++i) {
        rotations.push_back(ascending(ground, ground.rotations[i], work.paths[i]));
    }
    const MeasuredPath together = ascending(ground, ground.first(), work.merges);
    Advice advice{.choice = choose_rotated(together, rotations, ground.purpose.capacity),
                  .portfolio = {},
                  .on_judge = {}};
    const std::size_t today = work.facts.segments.size();
    const Recommendation& taken = advice.choice.recommendation;
    Parts parts = parts_at(work.merges, together.points[taken.point].segments);
    advice.on_judge = advice.choice.on_judge;
    if (!taken.anything_told) {
        // Where nothing is told, no segment is better than another: all of them are one.
        parts = {std::vector<std::size_t>(today)};
        std::iota(parts.front().begin(), parts.front().end(), std::size_t{0});
        advice.on_judge = ground.judged(parts);
    }
    advice.portfolio = with_parts(ground.purpose, parts);
    advice.segments = parts.size();
    return advice;
}

Advice advise_by_tree(const AuditWork& work) {
    Advice advice{.choice = choose_rotated(
                      work.trees.together, work.trees.rotations, work.ground.purpose.capacity),
                  .portfolio = {},
                  .on_judge = {}};
    advice.segments = advice.choice.recommendation.point + 1;
    advice.portfolio = tree_portfolio(work.ground, advice.segments);
    advice.on_judge = advice.choice.on_judge;
    return advice;
}

std::string why_recommended(const Advice& advice, bool anything_told) {
    const Recommendation& taken = advice.choice.recommendation;
    if (!anything_told) {
        return std::string(nothing_is_told);
    }
    if (is_worse_than_everybody(advice.on_judge)) {
        return std::string(not_to_be_used);
    }
    if (!taken.anything_told) {
        return "No portfolio on the path tells more than one group of everyone (one-sided 5 %, by "
               "the maximum "
               "over the path).";
    }
    std::string why = "The fewest segments within one standard error of the best on the path";
    why += taken.capacity_binds ? " that fit the capacity; more would tell more." : ".";
    return why;
}

/// Today's portfolio and the one recommended, each by itself, where one of them is worth nothing.
std::string sentence_of_worth(const AuditWork& work, const Advice& advice) {
    const std::size_t today = work.facts.segments.size();
    std::string sentence;
    if (today > 0) {
        sentence = worth_sentence("Your", today, work.facts.portfolio, work.facts);
    }
    return advice.segments == today
               ? sentence
               : sentence + (sentence.empty() ? "" : " ") +
                     worth_sentence("These", advice.segments, advice.on_judge, work.facts);
}

std::string sentence_of(const AuditReport& report, const AuditWork& work, const Advice& advice) {
    const std::size_t today = work.facts.segments.size();
    if (report.anything_told && (is_worse_than_everybody(work.facts.portfolio) ||
                                 is_worse_than_everybody(advice.on_judge))) {
        return sentence_of_worth(work, advice);
    }
    if (std::string plain = sentence_without_shares(work); !plain.empty()) {
        return plain;
    }
    const std::string taken = segments_tell(advice.segments) +
                              percent_with_interval(share_of(advice.on_judge, work.ceiling.skill));
    if (today == 0) {
        std::string sentence =
            taken + " of what can be told in advance " + about(work.ground.purpose) + ".";
        sentence.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(taken[0])));
        return sentence;
    }
    std::string sentence =
        "Your " + segments_tell(today) +
        percent_with_interval(share_of(work.facts.portfolio, work.ceiling.skill)) +
        " of what can be told in advance " + about(work.ground.purpose) + "; ";
    sentence += advice.segments == today
                    ? "no smaller number tells as much."
                    : (advice.segments == 1 ? "this " : "these ") + taken + ".";
    if (report.line.below_size > 0) {
        sentence += " " + std::to_string(report.line.below_size) + " of the " +
                    std::to_string(today) + (report.line.below_size == 1 ? " is" : " are") +
                    " too small for a test ever to detect a " +
                    print_number(work.ground.purpose.detect, Scale::share) + " difference.";
    }
    return sentence;
}

/// By the rows that choose, which are not judged.
bool tree_is_large_enough(const Groundwork& ground, const Rotation& rotation, std::size_t k) {
    const auto sums = rotation.tree_grouping(k).sums(rotation.choose.cells);
    return large_enough(ground, rotation, {.parts = sums, .rows = rotation.choose.rows.size()});
}

}  // namespace

std::vector<Shape> ceiling_shapes(const AuditWork& work) {
    const Ceiling& ceiling = work.ceiling;
    const std::uint64_t n = work.ground.judged_rows.size();
    const std::string words = work.ground.purpose.metric_is_rate ? "Brier skill" : "R²";
    std::vector<Shape> shapes;
    shapes.emplace_back(measured_estimate(
        words + " of the segment of one (boosted trees)", ceiling.boosted.measured(), n));
    shapes.emplace_back(measured_estimate(
        words + " of the best model, " + ceiling.name, ceiling.skill.measured(), n));
    shapes.emplace_back(measured_estimate("margin of the best over untuned boosted trees",
                                          difference(ceiling.skill, ceiling.untuned),
                                          n));
    Estimate raw{.name = words + " of the best without re-basing the level",
                 .value = ceiling.skill.raw,
                 .why_no_interval = "shown beside the re-based one",
                 .n = n,
                 .scale = Scale::share};
    shapes.emplace_back(std::move(raw));
    std::string settings;
    for (const BoostedSettings& each : ceiling.settings) {
        settings += std::string(settings.empty() ? "" : "; ") + "depth " +
                    std::to_string(each.depth) + ", learning rate " +
                    number_text(each.learning_rate) + ", " + std::to_string(each.rounds) +
                    " rounds";
    }
    shapes.emplace_back(
        Note{"Boosted trees read " + std::to_string(ceiling.features) + " features; " + settings +
             (ceiling.settings.size() > 1 ? ": in each rotation" : "") + ", the best of " +
             std::to_string(ceiling.models_tried) + " settings on the choosing rows."});
    return shapes;
}

std::string sentence_without_shares(const AuditWork& work) {
    if (nothing_told(work.ceiling)) {
        return "No segmentation earns its keep for this purpose yet: nothing " +
               about(work.ground.purpose) + " can be told in advance from what the data holds.";
    }
    if (!work.facts.can_divide) {
        return "Something can be told in advance " + about(work.ground.purpose) +
               ", but too little to say what share of it a portfolio tells.";
    }
    return {};
}

std::string segments_tell(std::size_t segments) {
    return segments == 1 ? "one segment tells " : std::to_string(segments) + " segments tell ";
}

TreePaths measure_trees(const Groundwork& ground) {
    TreePaths paths;
    for (const Rotation& rotation : ground.rotations) {
        MeasuredPath path;
        const auto on_choose = tree_path_skills(ground, rotation, *rotation.choose.judgement);
        path.on_judge = tree_path_skills(ground, rotation, *rotation.judge.judgement);
        for (std::size_t k = 1; k <= on_choose.size(); ++k) {
            path.points.push_back({.segments = k,
                                   .on_choose = on_choose[k - 1],
                                   .usable = tree_is_large_enough(ground, rotation, k)});
        }
        paths.rotations.push_back(std::move(path));
    }
    for (std::size_t k = 1; k <= ground.shown().tree.leaves(); ++k) {
        std::vector<Skill> on_choose;
        std::vector<Skill> on_judge;
        for (const MeasuredPath& path : paths.rotations) {
            const std::size_t at = std::min(k, path.points.size()) - 1;
            on_choose.push_back(path.points[at].on_choose);
            on_judge.push_back(path.on_judge[at]);
        }
        paths.together.points.push_back(
            {.segments = k,
             .on_choose = pooled(on_choose),
             .usable = tree_is_large_enough(ground, ground.shown(), k)});
        paths.together.on_judge.push_back(pooled(on_judge));
    }
    return paths;
}

std::vector<Shape> chosen_apart(const RotatedChoice& choice, const AuditWork& work) {
    if (!choice.apart) {
        return {};
    }
    std::string numbers;
    for (std::size_t i = 0; i < choice.chosen_apart.size(); ++i) {
        numbers += (i == 0                                ? ""
                    : i + 1 == choice.chosen_apart.size() ? " and "
                                                          : ", ") +
                   std::to_string(choice.chosen_apart[i]);
    }
    std::vector<Shape> shapes;
    shapes.emplace_back(
        Note{"The number recommended was chosen by all choosing customers together, who also "
             "judge, each in another rotation. Each rotation by itself chose " +
             numbers + " segments."});
    const bool is_share = work.facts.can_divide;
    shapes.emplace_back(measured_estimate(
        std::string(is_share ? "value captured" : "share of the variance told") +
            " by those numbers, judged by customers who did not choose them",
        is_share ? share_of(*choice.apart, work.ceiling.skill) : choice.apart->measured(),
        work.ground.judged_rows.size()));
    return shapes;
}

std::unique_ptr<AuditWork> work_from(const StudyRequest& request,
                                     Groundwork ground,
                                     Ceiling ceiling) {
    auto work = std::make_unique<AuditWork>();
    work->request = request;
    work->ground = std::move(ground);
    work->ceiling = std::move(ceiling);
    work->facts = collect_facts(work->request, work->ground, work->ceiling);
    for (const Rotation& rotation : work->ground.rotations) {
        work->paths.push_back(merge_path(work->ground, rotation));
    }
    work->merges = pooled_path(work->ground, work->paths);
    work->trees = measure_trees(work->ground);
    return work;
}

Result<std::unique_ptr<AuditWork>> do_audit(const StudyRequest& request) {
    auto ground = lay_groundwork(request);
    if (!ground) {
        return ground.error();
    }
    return do_audit(request, std::move(*ground));
}

Result<std::unique_ptr<AuditWork>> do_audit(const StudyRequest& request, Groundwork ground) {
    auto ceiling = find_ceiling(ground, [&](double share) {
        return !request.progress || request.progress("fitting the segment of one", share);
    });
    if (!ceiling) {
        return ceiling.error();
    }
    return work_from(request, std::move(ground), std::move(*ceiling));
}

std::string worth_sentence(const std::string& whose,
                           std::size_t segments,
                           const Skill& judged,
                           const AuditFacts& facts) {
    const bool one = segments == 1;
    const std::string who = whose == "These" && one ? "This" : whose;
    const std::string counted =
        who + (one ? " one segment" : " " + std::to_string(segments) + " segments");
    if (is_worse_than_everybody(judged)) {
        return counted + (one ? " does" : " do") + " not earn " + (one ? "its" : "their") +
               " keep: judged, " + (one ? "it predicts" : "they predict") +
               " worse than one group of everybody (" +
               (facts.purpose().metric_is_rate ? "Brier skill " : "R² ") +
               percent_with_interval(judged.measured()) + ").";
    }
    const std::string tells = counted + (one ? " tells " : " tell ");
    const std::string what = "of what can be told in advance " + about(facts.purpose()) + ".";
    return facts.can_divide
               ? tells + percent_with_interval(share_of(judged, facts.ceiling->skill)) + " " + what
               : tells + percent_with_interval(judged.measured()) + " of the variance of " +
                     facts.purpose().metric + ".";
}

std::string verdict_of(bool anything_told, const Skill& recommended) {
    return !anything_told ? "No segmentation earns its keep for this purpose yet."
           : is_worse_than_everybody(recommended)
               ? std::string(not_to_be_used)
               : "Something can be told in advance about this metric.";
}

CurveSample curve_sample(std::size_t segments, const Skill& skill, const AuditFacts& facts) {
    CurveSample point{.segments = segments, .skill = skill.measured(), .captured = {}};
    if (facts.can_divide) {
        point.captured = share_of(skill, facts.ceiling->skill);
    }
    return point;
}

bool large_enough(const Groundwork& ground, const Rotation& rotation, const PartSums& sums) {
    const auto judged = static_cast<double>(ground.judged_rows.size());
    const auto for_all =
        least_size({rotation.fit_all.mean(), rotation.fit_all.variance()}, ground.purpose.detect);
    if (!for_all || *for_all > judged / 2 || sums.parts.size() == 1) {
        return true;  // not even everybody together could be tested: the finding says so
    }
    const double scale = judged / static_cast<double>(sums.rows);
    return std::all_of(sums.parts.begin(), sums.parts.end(), [&](const OutcomeSums& part) {
        const auto needed = least_size({part.mean(), part.variance()}, ground.purpose.detect);
        return needed && part.n * scale >= *needed;
    });
}

FineLine line_of(const AuditWork& work) {
    const AuditFacts& facts = work.facts;
    FineLine line{
        .metric = work.ground.purpose.metric,
        .protocol = work.ground.protocol.words() + ", judged at " +
                    to_iso(work.ground.protocol.snapshots.back()),
        .one_each = curve_sample(work.ground.judged_rows.size(), work.ceiling.skill, facts),
        .ceiling_name = work.ceiling.name,
        .capacity = work.ground.purpose.capacity,
        .n = work.ground.judged_rows.size(),
        .below_size = segments_below_size(facts),
        .anything_told = !nothing_told(work.ceiling)};
    const std::vector<Skill>& tree_on_judge = work.trees.together.on_judge;
    for (std::size_t i = 0; i < tree_on_judge.size(); ++i) {
        line.discovered.push_back(curve_sample(i + 1, tree_on_judge[i], facts));
        if (i < portfolio_sizes_read) {
            line.portfolios.push_back(tree_portfolio(work.ground, i + 1).segments);
        }
    }
    for (auto step = work.merges.rbegin(); step != work.merges.rend(); ++step) {
        if (step->on_judge) {
            line.merges.push_back(curve_sample(step->parts.size(), *step->on_judge, facts));
        }
    }
    if (!work.merges.empty()) {
        line.today = line.merges.back();
    }
    return line;
}

AuditReport report_of(const AuditWork& work) {
    const Advice advice = work.merges.empty() ? advise_by_tree(work) : advise_by_merging(work);
    AuditReport report{.purpose = work.ground.purpose.name,
                       .question = work.ground.purpose.question,
                       .measured = how_measured(work.ground),
                       .ceiling = ceiling_shapes(work),
                       .segments = segment_values(work),
                       .merges = merge_summaries(work),
                       .line = line_of(work),
                       .anything_told = !nothing_told(work.ceiling),
                       .recommended = advice.portfolio};
    for (const CheckRow& check : checks()) {
        check.run(work.facts, report.findings);
    }
    for (const Finding& finding : report.findings) {
        require(is_finite(finding), "a finding holds a number that is not finite");
    }
    report.line.recommended = curve_sample(advice.segments, advice.on_judge, work.facts);
    report.recommended_why = why_recommended(advice, report.anything_told);
    report.patch = portfolio_patch(work.ground.purpose.portfolio, advice.portfolio);
    report.verdict = verdict_of(report.anything_told, advice.on_judge);
    report.sentence = sentence_of(report, work, advice);
    std::ranges::move(chosen_apart(advice.choice, work), std::back_inserter(report.measured));
    return report;
}

Result<AuditReport> audit(const StudyRequest& request) {
    const auto work = do_audit(request);
    if (!work) {
        return work.error();
    }
    return report_of(**work);
}

Result<FineLine> fine_line(const StudyRequest& request) {
    auto report = audit(request);
    if (!report) {
        return report.error();
    }
    return std::move(report->line);
}

}  // namespace fineline::study
