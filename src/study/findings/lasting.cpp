#include "study/findings/check.h"

#include <algorithm>

namespace fineline::study {

namespace {

/// More segments than this are not listed one by one: the means of a few show what happened.
constexpr std::size_t segments_shown = 24;

Grouping portfolio_grouping(const Groundwork& ground, const Rotation& rotation) {
    return group_by_priority(
        ground.panel.sets, *rotation.cells, parts_of(ground.purpose.segments.size()));
}

/// How large each segment is and what the metric's mean is in it, in one role after the other.
Table means_table(const AuditFacts& facts) {
    const Groundwork& ground = *facts.ground;
    // Where customers take turns the first rotation shows it: together all roles have everybody.
    const Rotation& rotation = ground.first();
    const Grouping grouping = portfolio_grouping(ground, rotation);
    Table table{.title =
                    "The metric's mean, and the share of the customers, where it was fitted, "
                    "chosen and judged",
                .columns = {"segment", "fit", "choose", "judge", "share", "share", "share"},
                .rows = {}};
    const std::size_t segments = facts.segments.size();
    for (std::size_t s = 0; s < std::min(segments, segments_shown); ++s) {
        table.rows.push_back({facts.name(s)});
    }
    if (segments <= segments_shown) {
        table.rows.push_back({std::string("none of them")});
    }
    const auto add_column = [&](const std::vector<OutcomeSums>& cells, const auto& cell_of) {
        const std::vector<OutcomeSums> sums = grouping.sums(cells);
        double all = 0;
        for (const OutcomeSums& group : sums) {
            all += group.n;
        }
        for (std::size_t row = 0; row < table.rows.size(); ++row) {
            table.rows[row].push_back(cell_of(sums[row], all));
        }
    };
    const auto each_role = [&](const auto& cell_of) {
        for (const auto* cells :
             {&rotation.fit_cells, &rotation.choose.cells, &rotation.judge.cells}) {
            add_column(*cells, cell_of);
        }
    };
    each_role([&](const OutcomeSums& group, double) {
        return group.n > 0 ? Cell(mean_estimate("metric", group, facts.purpose())) : Cell();
    });
    each_role([](const OutcomeSums& group, double all) {
        return Cell(Estimate{.name = "share",
                             .value = all > 0 ? group.n / all : 0,
                             .why_no_interval = "counted, not estimated",
                             .scale = Scale::share});
    });
    return table;
}

}  // namespace

void check_lasting(const AuditFacts& facts, std::vector<Finding>& findings) {
    if (facts.segments.empty() || !is_worse_than_everybody(facts.portfolio)) {
        return;
    }
    const Groundwork& ground = *facts.ground;
    std::size_t choosing = 0;
    const Skill chosen = ground.judged([&](const Rotation& rotation) {
        choosing += rotation.choose.rows.size();
        return rotation.choose.judgement->of_cells(
            fitted_values(portfolio_grouping(ground, rotation), rotation.fit_cells));
    });
    const auto before = chosen.measured().interval;
    const bool told_before = before && before->low > 0;
    const bool over_time = ground.protocol.separation != Separation::out_of_sample;
    Estimate raw{.name = "on the judging rows without re-basing the level",
                 .value = facts.portfolio.raw,
                 .why_no_interval = "shown beside the re-based one",
                 .n = ground.judged_rows.size(),
                 .scale = Scale::share};
    findings.push_back(
        {.code = "faded",
         .segments = {},
         .says =
             told_before && over_time
                 ? "Told on the choosing rows, but not at the judging snapshot: the relation "
                   "did not last."
                 : "On the judging rows the segments' means predict worse than the mean of all.",
         .why = "Plans made on these means go further wrong than plans for everybody alike.",
         .evidence = {
             measured_estimate("variance told on the choosing rows", chosen.measured(), choosing),
             measured_estimate("variance told on the judging rows",
                               facts.portfolio.measured(),
                               ground.judged_rows.size()),
             std::move(raw),
             means_table(facts)}});
}

}  // namespace fineline::study
