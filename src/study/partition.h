#pragma once

#include "study/panel.h"

#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// Sums over rows; mergeable.
struct OutcomeSums {
    double n = 0;
    double sum = 0;
    double squares = 0;

    void add(double outcome) {
        n += 1;
        sum += outcome;
        squares += outcome * outcome;
    }

    void add(const OutcomeSums& other) {
        n += other.n;
        sum += other.sum;
        squares += other.squares;
    }

    [[nodiscard]] double mean() const { return n > 0 ? sum / n : 0; }

    /// With the divisor n − 1; 0 of fewer than two rows.
    [[nodiscard]] double variance() const;
};

/// Rows that no partition here tells apart are in one cell: the same set of segments and the same
/// leaf of the tree. Every portfolio, patch and pruned tree is a grouping of cells. Immutable.
class Cells {
  public:
    /// `leaf`: a leaf per row, or empty where there is no tree.
    Cells(const Panel& panel, std::span<const std::uint32_t> leaf);

    [[nodiscard]] std::size_t size() const { return set_of_.size(); }

    [[nodiscard]] std::uint32_t of_row(std::uint32_t row) const { return of_row_[row]; }

    [[nodiscard]] std::uint32_t set_of(std::size_t cell) const { return set_of_[cell]; }

    [[nodiscard]] std::uint32_t leaf_of(std::size_t cell) const { return leaf_of_[cell]; }

    /// Sums of `outcome` (a value per row of the panel) over some rows, a cell each.
    [[nodiscard]] std::vector<OutcomeSums> sums(std::span<const std::uint32_t> rows,
                                                std::span<const double> outcome) const;

  private:
    std::vector<std::uint32_t> of_row_;
    std::vector<std::uint32_t> set_of_;
    std::vector<std::uint32_t> leaf_of_;
};

/// Which group each cell is in. Groups are numbered from 0; all cells have one.
struct Grouping {
    std::vector<std::uint32_t> group_of_cell{};
    std::size_t groups = 0;

    /// Sums of groups from sums of cells.
    [[nodiscard]] std::vector<OutcomeSums> sums(std::span<const OutcomeSums> of_cells) const;
};

/// A portfolio in which segments may stand for several of the purpose's, joined by `or`: parts in
/// order of priority, each with the numbers of its segments.
using Parts = std::vector<std::vector<std::size_t>>;

/// Every segment of the purpose on its own, in the order of the file.
[[nodiscard]] Parts parts_of(std::size_t segments);

/// Makes overlapping parts a partition: a row belongs to the first part that holds it; the rest is
/// the last group, number parts.size(), which is there even where nobody is in it.
[[nodiscard]] Grouping group_by_priority(const MembershipSets& sets,
                                         const Cells& cells,
                                         const Parts& parts);

/// What a partition predicts for each of its cells: the mean of its group over the fitting rows,
/// the mean of all where the group had none.
[[nodiscard]] std::vector<double> fitted_values(const Grouping& grouping,
                                                std::span<const OutcomeSums> fit_cells);

}  // namespace fineline::study
