#pragma once

#include "study/groundwork.h"
#include "study/methods/catalogue.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace fineline::study {

/// A group told as an expression of the language, and how faithfully.
struct DistilledGroup {
    std::uint32_t group = 0;
    std::string when{};  ///< canonical expression
    std::string name{};
    /// Of the judging rows: those in the group and in the expression, and in either alone.
    std::uint64_t in_both = 0;
    std::uint64_t in_group = 0;
    std::uint64_t in_expression = 0;
};

/// All groups that could be told, largest first.
struct Distillation {
    std::vector<DistilledGroup> groups{};
    std::vector<std::string> left_out{};  ///< groups that no few conditions tell, and why
    Table fidelity{};
};

/// What groups are told by: rows, features of them, and who shapes, chooses and judges.
struct DistilGround {
    const Panel& panel;
    const BinnedPanel& binned;
    std::span<const Feature> features{};
    std::span<const std::uint32_t> fit_rows{};
    std::span<const std::uint32_t> choose_rows{};
    std::span<const std::uint32_t> judge_rows{};
    TreeSettings settings{};
    unsigned threads = 1;
};

/// Tells each group by a small tree of its own: grown on the fitting rows to tell members from the
/// rest, pruned to the size whose leaves (those where members are most) overlap best with the
/// group, smaller ones preferred. Fidelity is measured on the judging rows, which neither the
/// groups nor the trees have seen. Cost: one tree a group.
[[nodiscard]] Distillation distil(const DistilGround& ground, const Groups& groups);

/// The same of customers at snapshots.
[[nodiscard]] Distillation distil(const Groundwork& ground, const Groups& groups);

}  // namespace fineline::study
