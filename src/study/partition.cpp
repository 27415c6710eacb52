#include "study/partition.h"

#include "base/require.h"

#include <algorithm>
#include <unordered_map>

namespace fineline::study {

double OutcomeSums::variance() const {
    return n < 2 ? 0 : std::max(0.0, (squares - sum * sum / n) / (n - 1));
}

Cells::Cells(const Panel& panel, std::span<const std::uint32_t> leaf) {
    require(leaf.empty() || leaf.size() == panel.rows(), "a leaf per row");
    std::unordered_map<std::uint64_t, std::uint32_t> numbers;
    of_row_.reserve(panel.rows());
    for (std::size_t row = 0; row < panel.rows(); ++row) {
        const std::uint32_t in_leaf = leaf.empty() ? 0 : leaf[row];
        const std::uint64_t key = std::uint64_t{panel.set[row]} << 32U | in_leaf;
        const auto [at, is_new] = numbers.emplace(key, static_cast<std::uint32_t>(set_of_.size()));
        if (is_new) {
            set_of_.push_back(panel.set[row]);
            leaf_of_.push_back(in_leaf);
        }
        of_row_.push_back(at->second);
    }
}

std::vector<OutcomeSums> Cells::sums(std::span<const std::uint32_t> rows,
                                     std::span<const double> outcome) const {
    std::vector<OutcomeSums> sums(size());
    for (const std::uint32_t row : rows) {
        sums[of_row_[row]].add(outcome[row]);
    }
    return sums;
}

std::vector<OutcomeSums> Grouping::sums(std::span<const OutcomeSums> of_cells) const {
    std::vector<OutcomeSums> sums(groups);
    for (std::size_t cell = 0; cell < of_cells.size(); ++cell) {
        sums[group_of_cell[cell]].add(of_cells[cell]);
    }
    return sums;
}

Parts parts_of(std::size_t segments) {
    Parts parts;
    for (std::size_t s = 0; s < segments; ++s) {
        parts.push_back({s});
    }
    return parts;
}

Grouping group_by_priority(const MembershipSets& sets, const Cells& cells, const Parts& parts) {
    const auto rest = static_cast<std::uint32_t>(parts.size());
    std::vector<std::uint32_t> part_of_segment(sets.words() * 64, rest);
    for (std::uint32_t part = 0; part < rest; ++part) {
        for (const std::size_t segment : parts[part]) {
            part_of_segment[segment] = std::min(part_of_segment[segment], part);
        }
    }
    std::vector<std::uint32_t> group_of_set(sets.size(), rest);
    for (std::uint32_t set = 0; set < sets.size(); ++set) {
        sets.for_each_segment(set, [&](std::size_t segment) {
            group_of_set[set] = std::min(group_of_set[set], part_of_segment[segment]);
        });
    }
    Grouping grouping{.groups = parts.size() + 1};
    for (std::size_t cell = 0; cell < cells.size(); ++cell) {
        grouping.group_of_cell.push_back(group_of_set[cells.set_of(cell)]);
    }
    return grouping;
}

std::vector<double> fitted_values(const Grouping& grouping,
                                  std::span<const OutcomeSums> fit_cells) {
    const std::vector<OutcomeSums> groups = grouping.sums(fit_cells);
    OutcomeSums all;
    for (const OutcomeSums& group : groups) {
        all.add(group);
    }
    std::vector<double> values;
    values.reserve(grouping.group_of_cell.size());
    for (const std::uint32_t group : grouping.group_of_cell) {
        values.push_back(groups[group].n > 0 ? groups[group].mean() : all.mean());
    }
    return values;
}

}  // namespace fineline::study
