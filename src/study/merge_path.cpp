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

/// What joining two groups takes from what they tell, where nobody changes sides by it.
double loss_of_union(const OutcomeSums& a, const OutcomeSums& b) {
    const double apart = a.mean() - b.mean();
    return a.n + b.n > 0 ? a.n * b.n / (a.n + b.n) * apart * apart : 0;
}

/// Two parts by number, the one of higher priority first.
struct Pair {
    std::size_t first = 0;
    std::size_t second = 0;
    double loss = std::numeric_limits<double>::infinity();
};

/// The part with the two joined: it stands where the first of them stood.
Parts joined_parts(const Parts& before, const Pair& pair) {
    Parts parts = before;
    auto& joined = parts[pair.first];
    joined.insert(joined.end(), parts[pair.second].begin(), parts[pair.second].end());
    std::sort(joined.begin(), joined.end());
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(pair.second));
    return parts;
}

/// Where segments overlap a joined part may take members of parts that stand between the two.
bool any_overlap(const MembershipSets& sets) {
    for (std::uint32_t set = 0; set < sets.size(); ++set) {
        std::size_t segments = 0;
        sets.for_each_segment(set, [&](std::size_t) { ++segments; });
        if (segments > 1) {
            return true;
        }
    }
    return false;
}

/// Finds the pair whose union loses least on the fitting rows. One thread at a time.
class PairSearch {
  public:
    PairSearch(const Groundwork& ground, const Parts& parts, const Grouping& grouping)
        : ground_(ground), parts_(parts), grouping_(grouping) {
        sums_ = grouping.sums(ground.fit_cells);
        told_ = told_by(sums_);
        reevaluates_ = parts.size() <= judged_sizes_max && any_overlap(ground.panel.sets);
    }

    [[nodiscard]] Pair cheapest() const {
        std::vector<std::size_t> by_mean(parts_.size());
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            by_mean[i] = i;
        }
        std::stable_sort(by_mean.begin(), by_mean.end(), [&](std::size_t a, std::size_t b) {
            return sums_[a].mean() < sums_[b].mean();
        });
        Pair best;
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            const std::size_t part = by_mean[i];
            if (sums_[part].n > 0 && i + 1 == parts_.size()) {
                continue;
            }
            const std::size_t other = sums_[part].n == 0 ? owner_of(part) : by_mean[i + 1];
            const Pair pair{std::min(part, other), std::max(part, other), loss_of(part, other)};
            best = pair.loss < best.loss ? pair : best;
        }
        return best;
    }

  private:
    /// Σ n · mean²: up to a constant, the sum of squares that groups take from the outcome.
    static double told_by(const std::vector<OutcomeSums>& groups) {
        double told = 0;
        for (const OutcomeSums& group : groups) {
            told += group.sum * group.mean();
        }
        return told;
    }

    /// The part that holds most of the members of a part of nobody, so that joining the two moves
    /// nobody; any other where it has no members at all.
    [[nodiscard]] std::size_t owner_of(std::size_t part) const {
        std::vector<double> held(parts_.size());
        for (std::size_t cell = 0; cell < grouping_.group_of_cell.size(); ++cell) {
            const std::uint32_t set = ground_.cells->set_of(cell);
            const bool inside =
                std::any_of(parts_[part].begin(), parts_[part].end(), [&](std::size_t segment) {
                    return ground_.panel.sets.holds(set, segment);
                });
            if (inside && grouping_.group_of_cell[cell] < parts_.size()) {
                held[grouping_.group_of_cell[cell]] += ground_.fit_cells[cell].n;
            }
        }
        held[part] = -1;
        return static_cast<std::size_t>(std::max_element(held.begin(), held.end()) - held.begin());
    }

    [[nodiscard]] double loss_of(std::size_t a, std::size_t b) const {
        if (!reevaluates_) {
            return loss_of_union(sums_[a], sums_[b]);
        }
        const Parts joined = joined_parts(parts_, {std::min(a, b), std::max(a, b)});
        const Grouping grouping = group_by_priority(ground_.panel.sets, *ground_.cells, joined);
        return told_ - told_by(grouping.sums(ground_.fit_cells));
    }

    const Groundwork& ground_;
    const Parts& parts_;
    const Grouping& grouping_;
    std::vector<OutcomeSums> sums_;
    double told_ = 0;
    bool reevaluates_ = false;
};

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
        const Pair pair = PairSearch(ground, before, grouping).cheapest();
        MergeStep step{.parts = joined_parts(before, pair),
                       .first = before[pair.first],
                       .second = before[pair.second],
                       .ground = ground_of(ground, grouping, pair),
                       .lost = pair.loss};
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
