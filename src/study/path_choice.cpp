#include "study/path_choice.h"

#include "study/statistics/parallel.h"

#include <algorithm>

namespace fineline::study {

namespace {

constexpr std::size_t folds = 10;

/// The stream of draws that deals customers into folds.
constexpr std::uint64_t fold_stream = 5;

/// Apart from the draws of the judging and of the choosing rows.
constexpr std::uint64_t choice_seed = 3;

std::size_t fold_of(std::uint64_t seed, CustomerOrdinal who) {
    const double draw = customer_draw(seed, fold_stream, who.value());
    return std::min(folds - 1, static_cast<std::size_t>(draw * folds));
}

/// The rows before the judged ones, dealt into folds. A cell of the judgement is a cell of a fold.
struct Dealt {
    JudgedRows rows;
    std::vector<std::vector<OutcomeSums>> of_fold;  ///< sums of the cells, within each fold
};

Dealt deal(const Groundwork& ground, const std::vector<std::uint32_t>& rows, const Cells& cells) {
    Dealt dealt{.rows = {.cells = folds * cells.size()},
                .of_fold = std::vector<std::vector<OutcomeSums>>(
                    folds, std::vector<OutcomeSums>(cells.size()))};
    OutcomeSums all;
    for (const std::uint32_t row : rows) {
        const CustomerOrdinal who = ground.panel.who[row];
        const std::size_t fold = fold_of(ground.seed, who);
        const std::size_t cell = cells.of_row(row);
        dealt.of_fold[fold][cell].add(ground.outcome[row]);
        dealt.rows.outcome.push_back(ground.outcome[row]);
        dealt.rows.cell.push_back(static_cast<std::uint32_t>(fold * cells.size() + cell));
        dealt.rows.unit.push_back(who.value());
        all.add(ground.outcome[row]);
    }
    dealt.rows.fitted_mean = all.mean();
    return dealt;
}

/// Sums of the cells over all folds but one.
std::vector<OutcomeSums> sums_without(const Dealt& dealt, std::size_t left_out) {
    std::vector<OutcomeSums> sums(dealt.of_fold.front().size());
    for (std::size_t fold = 0; fold < folds; ++fold) {
        for (std::size_t cell = 0; fold != left_out && cell < sums.size(); ++cell) {
            sums[cell].add(dealt.of_fold[fold][cell]);
        }
    }
    return sums;
}

}  // namespace

std::vector<Skill> cross_validated(const Groundwork& ground,
                                   const std::vector<std::uint32_t>& rows,
                                   const Cells& cells) {
    const std::size_t segments = ground.purpose.segments.size();
    const MembershipSets& sets = ground.panel.sets;
    Dealt dealt = deal(ground, rows, cells);
    // What each size tells in each cell of each fold.
    std::vector<std::vector<double>> told(segments);
    for (std::size_t size = 1; size <= segments; ++size) {
        if (is_judged(size, segments)) {
            told[size - 1].resize(folds * cells.size());
        }
    }
    for_each_index(folds, ground.threads, [&](std::size_t fold) {
        const std::vector<OutcomeSums> sums = sums_without(dealt, fold);
        for (const MergeStep& step : lay_path({sets, cells, sums, segments})) {
            std::vector<double>& of_size = told[step.parts.size() - 1];
            if (!of_size.empty()) {
                const auto values = fitted_values(group_by_priority(sets, cells, step.parts), sums);
                std::copy(values.begin(),
                          values.end(),
                          of_size.begin() + static_cast<std::ptrdiff_t>(fold * cells.size()));
            }
        }
    });
    const Judgement judgement(
        std::move(dealt.rows),
        {.seed = ground.seed + choice_seed, .draws = ground.draws, .threads = ground.threads});
    std::vector<Skill> skills(segments);
    for_each_index(segments, ground.threads, [&](std::size_t i) {
        if (!told[i].empty()) {
            skills[i] = judgement.of_cells(told[i]);
        }
    });
    return skills;
}

}  // namespace fineline::study
