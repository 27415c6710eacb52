#include "study/merge_path.h"

#include "study/path_choice.h"
#include "study/statistics/mean_tests.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace fineline::study {

namespace {

/// Every size up to here is judged; beyond, each about an eighth larger than the one before.
constexpr std::size_t judged_sizes_max = 64;

/// What joining two groups takes from what they tell, where nobody changes sides by it.
double loss_of_union(const OutcomeSums& a, const OutcomeSums& b) {
    const double apart = a.mean() - b.mean();
    return a.n + b.n > 0 ? a.n * b.n / (a.n + b.n) * apart * apart : 0;
}

/// A step from a portfolio: two parts by number, the one of higher priority first, or one to drop.
struct Step {
    MergeMove move = MergeMove::join;
    std::size_t first = 0;
    std::size_t second = 0;  ///< of a drop: the part to which most members fall; or the rest
    double loss = std::numeric_limits<double>::infinity();
};

/// The portfolio after the step. What is joined stands where the first of the two stood.
Parts parts_after(const Parts& before, const Step& step) {
    Parts parts = before;
    const std::size_t gone = step.move == MergeMove::drop ? step.first : step.second;
    if (step.move == MergeMove::join) {
        auto& joined = parts[step.first];
        joined.insert(joined.end(), parts[step.second].begin(), parts[step.second].end());
        std::sort(joined.begin(), joined.end());
    }
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(gone));
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

/// What a search needs to know of the whole path.
struct PathFacts {
    bool overlaps = false;
    double rest_max = 0;  ///< the rest does not outgrow this
};

/// Finds the step that loses least on some rows. One thread at a time.
class StepSearch {
  public:
    StepSearch(const PathRows& rows, const Parts& parts, const PathFacts& facts)
        : rows_(rows),
          parts_(parts),
          facts_(facts),
          grouping_(group_by_priority(rows.sets, rows.cells, parts)),
          sums_(grouping_.sums(rows.sums)),
          told_(told_by(sums_)),
          reevaluates_(facts.overlaps && parts.size() <= judged_sizes_max) {}

    [[nodiscard]] Step cheapest() const {
        Step best;
        for (std::size_t part = 0; part < parts_.size(); ++part) {
            const Step drop = dropped(part);
            best = drop.loss < best.loss ? drop : best;
        }
        const std::vector<std::size_t> by_mean = parts_by_mean();
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            const std::size_t part = by_mean[i];
            if (sums_[part].n > 0 && i + 1 == parts_.size()) {
                continue;
            }
            const std::size_t other = sums_[part].n == 0 ? owner_of(part) : by_mean[i + 1];
            const Step join{MergeMove::join,
                            std::min(part, other),
                            std::max(part, other),
                            loss_of_join(part, other)};
            best = join.loss < best.loss ? join : best;
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

    [[nodiscard]] std::vector<std::size_t> parts_by_mean() const {
        std::vector<std::size_t> by_mean(parts_.size());
        std::iota(by_mean.begin(), by_mean.end(), std::size_t{0});
        std::stable_sort(by_mean.begin(), by_mean.end(), [&](std::size_t a, std::size_t b) {
            return sums_[a].mean() < sums_[b].mean();
        });
        return by_mean;
    }

    /// Of the members a part holds by itself or behind others, how many each group holds.
    [[nodiscard]] std::vector<double> holders_of(std::size_t part, const Grouping& by) const {
        std::vector<double> held(by.groups);
        for (std::size_t cell = 0; cell < by.group_of_cell.size(); ++cell) {
            const std::uint32_t set = rows_.cells.set_of(cell);
            const bool inside =
                std::any_of(parts_[part].begin(), parts_[part].end(), [&](std::size_t segment) {
                    return rows_.sets.holds(set, segment);
                });
            held[by.group_of_cell[cell]] += inside ? rows_.sums[cell].n : 0;
        }
        return held;
    }

    /// The part that holds most of the members of a part of nobody, so that joining the two moves
    /// nobody; any other where it has no members at all.
    [[nodiscard]] std::size_t owner_of(std::size_t part) const {
        std::vector<double> held = holders_of(part, grouping_);
        held.pop_back();
        held[part] = -1;
        return static_cast<std::size_t>(std::max_element(held.begin(), held.end()) - held.begin());
    }

    [[nodiscard]] double loss_of_join(std::size_t a, std::size_t b) const {
        if (!reevaluates_) {
            return loss_of_union(sums_[a], sums_[b]);
        }
        return told_ - told_by(sums_after({MergeMove::join, std::min(a, b), std::max(a, b)}));
    }

    [[nodiscard]] std::vector<OutcomeSums> sums_after(const Step& step) const {
        return group_by_priority(rows_.sets, rows_.cells, parts_after(parts_, step))
            .sums(rows_.sums);
    }

    /// Dropping a part; of infinite loss where that may not be.
    [[nodiscard]] Step dropped(std::size_t part) const {
        Step step{MergeMove::drop, part, parts_.size()};
        const OutcomeSums& rest = sums_.back();
        if (!reevaluates_) {
            const bool may = !facts_.overlaps && rest.n + sums_[part].n <= facts_.rest_max;
            step.loss = may ? loss_of_union(sums_[part], rest) : step.loss;
            return step;
        }
        const Grouping after =
            group_by_priority(rows_.sets, rows_.cells, parts_after(parts_, step));
        const std::vector<OutcomeSums> sums = after.sums(rows_.sums);
        if (sums.back().n > facts_.rest_max) {
            return step;
        }
        const std::vector<double> held = holders_of(part, after);
        const auto most =
            static_cast<std::size_t>(std::max_element(held.begin(), held.end()) - held.begin());
        step.second = most + (most >= part ? 1U : 0U);
        step.loss = told_ - told_by(sums);
        return step;
    }

    const PathRows& rows_;
    const Parts& parts_;
    const PathFacts& facts_;
    Grouping grouping_;
    std::vector<OutcomeSums> sums_;
    double told_ = 0;
    bool reevaluates_ = false;
};

/// What a step rests on, by the judging rows: they shaped none of it.
MergeGround ground_of(const Groundwork& ground,
                      const Rotation& rotation,
                      const Parts& before,
                      const MergeStep& step) {
    const Grouping grouping = group_by_priority(ground.panel.sets, *rotation.cells, before);
    const auto group_of = [&](const std::vector<std::size_t>& part) {
        return static_cast<std::size_t>(std::find(before.begin(), before.end(), part) -
                                        before.begin());  // the rest where there is no such part
    };
    const std::size_t first = group_of(step.first);
    const std::size_t second = group_of(step.second);
    Moments of_first;
    Moments of_second;
    OutcomeSums all;
    for (const std::uint32_t row : rotation.judge.rows) {
        const std::size_t group = grouping.group_of_cell[rotation.cells->of_row(row)];
        all.add(ground.outcome[row]);
        if (group == first) {
            of_first.add(ground.outcome[row]);
        } else if (group == second) {
            of_second.add(ground.outcome[row]);
        }
    }
    if (of_first.count() == 0 || (step.move == MergeMove::join && of_second.count() == 0)) {
        return MergeGround::nobody_moves;
    }
    const double margin = ground.purpose.detect * std::abs(all.mean());
    const auto same = equivalence_p_value(of_first, of_second, margin);
    if (same && *same <= 0.05) {
        return MergeGround::shown_same;
    }
    const auto apart = welch_difference(of_first, of_second);
    return apart && !apart->interval.contains(0) ? MergeGround::least_different
                                                 : MergeGround::no_evidence;
}

}  // namespace

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

const char* to_string(MergeGround ground) {
    switch (ground) {
        case MergeGround::shown_same: return "shown the same";
        case MergeGround::no_evidence: return "no evidence of a difference";
        case MergeGround::least_different: return "different, but less than by any other step";
        case MergeGround::nobody_moves: return "nobody changes sides by it";
    }
    return "";
}

std::vector<MergeStep> lay_path(const PathRows& rows) {
    std::vector<MergeStep> path;
    if (rows.segments == 0) {
        return path;
    }
    path.push_back({.parts = parts_of(rows.segments)});
    const double rest_today =
        group_by_priority(rows.sets, rows.cells, path.back().parts).sums(rows.sums).back().n;
    const PathFacts facts{.overlaps = any_overlap(rows.sets), .rest_max = 2 * rest_today};
    while (path.back().parts.size() > 1) {
        const Parts& before = path.back().parts;
        const Step step = StepSearch(rows, before, facts).cheapest();
        MergeStep next{.parts = parts_after(before, step),
                       .move = step.move,
                       .first = before[step.first],
                       .second = step.second < before.size() ? before[step.second]
                                                             : std::vector<std::size_t>(),
                       .lost = step.loss};
        path.push_back(std::move(next));
    }
    return path;
}

std::vector<MergeStep> merge_path(const Groundwork& ground, const Rotation& rotation) {
    const std::size_t segments = ground.purpose.segments.size();
    if (segments == 0) {
        return {};
    }
    const MembershipSets& sets = ground.panel.sets;
    const Cells by_set(ground.panel, {});
    const std::vector<OutcomeSums> sums = by_set.sums(rotation.earlier_rows(), ground.outcome);
    std::vector<MergeStep> path = lay_path({sets, by_set, sums, segments});
    std::vector<Skill> chosen_by = cross_validated(ground, rotation.earlier_rows(), by_set);
    for_each_index(path.size(), ground.threads, [&](std::size_t i) {
        MergeStep& step = path[i];
        if (i > 0) {
            step.ground = ground_of(ground, rotation, path[i - 1].parts, step);
        }
        if (!is_judged(step.parts.size(), segments)) {
            return;
        }
        const auto judged = [&](const Parts& parts) {
            return rotation.judge.judgement->of_cells(
                fitted_values(group_by_priority(sets, *rotation.cells, parts), rotation.fit_cells));
        };
        step.on_choose = std::move(chosen_by[step.parts.size() - 1]);
        step.on_judge = judged(step.parts);
        step.reversed = judged(Parts(step.parts.rbegin(), step.parts.rend()));
    });
    return path;
}

std::vector<MergeStep> pooled_path(const Groundwork& ground,
                                   const std::vector<std::vector<MergeStep>>& paths) {
    std::vector<MergeStep> together = paths.front();
    if (paths.size() == 1 || together.empty()) {
        return together;
    }
    const Cells by_set(ground.panel, {});
    std::vector<Skill> chosen_by = cross_validated(ground, ground.judged_rows, by_set);
    for (std::size_t i = 0; i < together.size(); ++i) {
        MergeStep& step = together[i];
        if (!step.on_choose) {
            continue;
        }
        step.on_choose = std::move(chosen_by[step.parts.size() - 1]);
        for (const auto skill : {&MergeStep::on_judge, &MergeStep::reversed}) {
            std::vector<Skill> skills;
            skills.reserve(paths.size());
            for (const auto& path : paths) {
                skills.push_back(*(path[i].*skill));
            }
            step.*skill = pooled(skills);
        }
    }
    return together;
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
