#include "study/merge_path.h"

#include "study/statistics/mean_tests.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

/// Every size up to here is judged; beyond, each about an eighth larger than the one before.
constexpr std::size_t judged_sizes_max = 64;

double loss_of(const OutcomeSums& a, const OutcomeSums& b) {
    const double apart = a.mean() - b.mean();
    return a.n + b.n > 0 ? a.n * b.n / (a.n + b.n) * apart * apart : 0;
}

/// Two parts by number, the one of higher priority first.
struct Pair {
    std::size_t first = 0;
    std::size_t second = 0;
    double loss = std::numeric_limits<double>::infinity();
};

Pair cheapest_pair(const std::vector<OutcomeSums>& parts) {
    std::vector<std::size_t> by_mean(parts.size());
    for (std::size_t i = 0; i < parts.size(); ++i) {
        by_mean[i] = i;
    }
    std::stable_sort(by_mean.begin(), by_mean.end(), [&](std::size_t a, std::size_t b) {
        return parts[a].mean() < parts[b].mean();
    });
    Pair best;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        // A part of nobody loses nothing by joining whatever comes first.
        const std::size_t other = parts[by_mean[i]].n == 0 ? (by_mean[i] == 0 ? 1 : 0)
                                  : i + 1 < parts.size()   ? by_mean[i + 1]
                                                           : by_mean[i];
        if (other == by_mean[i]) {
            continue;
        }
        const double loss = loss_of(parts[by_mean[i]], parts[other]);
        if (loss < best.loss) {
            best = {std::min(by_mean[i], other), std::max(by_mean[i], other), loss};
        }
    }
    return best;
}

MergeGround ground_of(const Groundwork& ground, const Grouping& grouping, const Pair& pair) {
    Moments first;
    Moments second;
    OutcomeSums all;
    for (const std::uint32_t row : ground.choose.rows) {
        const std::size_t group = grouping.group_of_cell[ground.cells->of_row(row)];
        all.add(ground.outcome[row]);
        if (group == pair.first) {
            first.add(ground.outcome[row]);
        } else if (group == pair.second) {
            second.add(ground.outcome[row]);
        }
    }
    const double margin = ground.purpose.detect * std::abs(all.mean());
    const auto same = equivalence_p_value(first, second, margin);
    if (same && *same <= 0.05) {
        return MergeGround::shown_same;
    }
    const auto apart = welch_difference(first, second);
    return apart && !apart->interval.contains(0) ? MergeGround::least_different
                                                 : MergeGround::no_evidence;
}

bool is_judged(std::size_t size, std::size_t today) {
    if (size <= judged_sizes_max || size == today) {
        return true;
    }
    for (std::size_t some = judged_sizes_max; some <= size; some += some / 8) {
        if (some == size) {
            return true;
        }
    }
    return false;
}

}  // namespace

const char* to_string(MergeGround ground) {
    switch (ground) {
        case MergeGround::shown_same: return "shown the same";
        case MergeGround::no_evidence: return "no evidence of a difference";
        case MergeGround::least_different: return "different, but less than any other pair";
    }
    return "";
}

std::vector<MergeStep> merge_path(const Groundwork& ground) {
    std::vector<MergeStep> path;
    const std::size_t segments = ground.purpose.segments.size();
    if (segments == 0) {
        return path;
    }
    path.push_back({.parts = parts_of(segments)});
    while (path.back().parts.size() > 1) {
        const Parts& before = path.back().parts;
        const Grouping grouping = group_by_priority(ground.panel.sets, *ground.cells, before);
        std::vector<OutcomeSums> sums = grouping.sums(ground.fit_cells);
        sums.pop_back();  // those in no segment
        const Pair pair = cheapest_pair(sums);
        MergeStep step{.parts = before,
                       .first = before[pair.first],
                       .second = before[pair.second],
                       .ground = ground_of(ground, grouping, pair),
                       .lost = pair.loss};
        auto& joined = step.parts[pair.first];
        joined.insert(joined.end(), step.second.begin(), step.second.end());
        std::sort(joined.begin(), joined.end());
        step.parts.erase(step.parts.begin() + static_cast<std::ptrdiff_t>(pair.second));
        path.push_back(std::move(step));
    }
    for_each_index(path.size(), ground.threads, [&](std::size_t i) {
        MergeStep& step = path[i];
        if (!is_judged(step.parts.size(), segments)) {
            return;
        }
        const auto values = fitted_values(
            group_by_priority(ground.panel.sets, *ground.cells, step.parts), ground.fit_cells);
        step.on_choose = ground.choose.judgement->of_cells(values);
        step.on_judge = ground.judge.judgement->of_cells(values);
        Parts reversed(step.parts.rbegin(), step.parts.rend());
        step.reversed = ground.judge.judgement->of_cells(fitted_values(
            group_by_priority(ground.panel.sets, *ground.cells, reversed), ground.fit_cells));
    });
    return path;
}

std::string part_expression(const std::vector<std::size_t>& part, const Purpose& purpose) {
    std::vector<std::string> texts;
    for (const std::size_t segment : part) {
        const std::string& when = purpose.segments[segment].when;
        if (std::find(texts.begin(), texts.end(), when) == texts.end()) {
            texts.push_back(when);
        }
    }
    if (texts.size() == 1) {
        return texts.front();
    }
    std::string joined;
    for (const std::string& text : texts) {
        joined += (joined.empty() ? "(" : " or (") + text + ")";
    }
    return joined;
}

std::string part_name(const std::vector<std::size_t>& part, const Purpose& purpose) {
    std::string name;
    for (const std::size_t segment : part) {
        name += (name.empty() ? "" : " + ") + purpose.segments[segment].name;
    }
    return name;
}

}  // namespace fineline::study
