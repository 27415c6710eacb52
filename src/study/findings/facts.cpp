#include "study/findings/check.h"
#include "study/patch.h"
#include "study/statistics/distributions.h"

#include <array>
#include <cmath>

namespace fineline::study {

AuditFacts collect_facts(const StudyRequest& request,
                         const Groundwork& ground,
                         const Ceiling& ceiling) {
    AuditFacts facts{.request = &request, .ground = &ground, .ceiling = &ceiling};
    const std::size_t segments = ground.purpose.segments.size();
    facts.segments.resize(segments);
    for (std::size_t s = 0; s < segments; ++s) {
        facts.segments[s].unreachable = ground.panel.members_unreachable[s];
    }
    for (const std::uint32_t row : ground.judged_rows) {
        const double outcome = ground.outcome[row];
        facts.everybody.add(outcome);
        bool taken = false;
        ground.panel.sets.for_each_segment(ground.panel.set[row], [&](std::size_t s) {
            SegmentFacts& segment = facts.segments[s];
            segment.members.push_back(row);
            segment.customers.push_back(ground.panel.who[row].value());
            segment.all.add(outcome);
            if (!taken) {
                segment.own.add(outcome);
                taken = true;
            }
        });
        if (!taken) {
            facts.none.add(outcome);
        }
    }
    if (segments > 0) {
        facts.portfolio = ground.judged(parts_of(segments));
    }
    facts.can_divide = can_divide_by(ceiling.skill);
    return facts;
}

std::span<const CheckRow> checks() {
    static constexpr std::array<CheckRow, 16> all{{{"purposeless", check_purposeless},
                                                   {"faded", check_lasting},
                                                   {"over_capacity", check_capacity},
                                                   {"too_small", check_size},
                                                   {"small_cell", check_small_cell},
                                                   {"indistinct undecided", check_distinct},
                                                   {"redundant", check_redundant},
                                                   {"overlapping", check_overlap},
                                                   {"uncovered", check_uncovered},
                                                   {"unreachable", check_reach},
                                                   {"unstable", check_churn},
                                                   {"drifting", check_drift},
                                                   {"stale", check_stale},
                                                   {"hindsight", check_hindsight},
                                                   {"sensitive", check_sensitive},
                                                   {"unexplained", check_explained}}};
    return all;
}

Skill skill_without(const Groundwork& ground, std::size_t segment) {
    const std::size_t segments = ground.purpose.segments.size();
    return ground.judged([&](const Rotation& rotation) {
        const auto rest_today =
            group_by_priority(ground.panel.sets, *rotation.cells, parts_of(segments))
                .sums(rotation.fit_cells)
                .back();
        const auto grouping =
            group_by_priority(ground.panel.sets, *rotation.cells, parts_without(segments, segment));
        auto values = fitted_values(grouping, rotation.fit_cells);
        for (std::size_t cell = 0; cell < values.size(); ++cell) {
            if (grouping.group_of_cell[cell] + 1 == grouping.groups) {
                values[cell] = rest_today.n > 0 ? rest_today.mean() : rotation.fit_all.mean();
            }
        }
        return rotation.judge.judgement->of_cells(values);
    });
}

Estimate mean_estimate(std::string name, const OutcomeSums& sums, const Purpose& purpose) {
    Estimate estimate{.name = std::move(name),
                      .value = sums.mean(),
                      .n = static_cast<std::uint64_t>(sums.n),
                      .scale = purpose.metric_is_rate ? Scale::share : Scale::amount};
    if (sums.n < 2) {
        estimate.why_no_interval = "fewer than two customers";
        return estimate;
    }
    const double half = student_t_quantile(0.95, sums.n - 1) * std::sqrt(sums.variance() / sums.n);
    estimate.interval = Interval{estimate.value - half, estimate.value + half};
    return estimate;
}

Estimate measured_estimate(std::string name, const Measured& measured, std::uint64_t n) {
    Estimate estimate{.name = std::move(name),
                      .value = measured.value,
                      .interval = measured.interval,
                      .n = n,
                      .scale = Scale::share};
    if (!measured.interval) {
        estimate.why_no_interval = "too few draws could tell";
    }
    return estimate;
}

std::string patch_without(const Purpose& purpose, std::size_t segment) {
    return portfolio_patch(purpose.portfolio,
                           with_parts(purpose, parts_without(purpose.segments.size(), segment)));
}

std::string patch_joined(const Purpose& purpose, std::size_t first, std::size_t second) {
    return portfolio_patch(
        purpose.portfolio,
        with_parts(purpose, parts_joined(purpose.segments.size(), first, second)));
}

}  // namespace fineline::study
