#pragma once

#include "study/features.h"
#include "study/panel.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fineline::study {

/// How trees are grown.
struct TreeSettings {
    std::size_t leaves_max = 64;
    std::size_t conditions_max = 4;  ///< of one leaf's expression
    double leaf_rows_min = 50;       ///< in the growing half and in the estimating half
    std::uint64_t seed = 1;
};

/// A feature cut at thresholds that read well; rows hold the number of thresholds ≤ their value.
struct BinnedFeature {
    std::size_t feature = 0;           ///< number in the catalogue
    std::vector<double> thresholds{};  ///< ascending
    std::vector<std::uint8_t> bin{};   ///< a row each; missing_bin: no value
    bool has_missing = false;          ///< some row of the panel has no value
};

inline constexpr std::uint8_t missing_bin = 255;

/// What becomes of features that grow with the history.
enum class Growing : std::uint8_t { read, left_out };

/// Cuts the features of a panel at quantiles of its fitting rows, rounded to two figures; leaves
/// out those that do not vary there. Of features that put the fitting rows into (nearly) the same
/// order bins the first is kept; `merged` says which went.
struct BinnedPanel {
    std::vector<BinnedFeature> features{};
    std::vector<std::string> merged{};
};

[[nodiscard]] BinnedPanel bin_features(const Panel& panel,
                                       std::span<const Feature> features,
                                       std::span<const std::uint32_t> fit_rows,
                                       Growing growing = Growing::read);

/// A node: a leaf, or a question `value ≥ thresholds[threshold]`.
struct TreeNode {
    std::int32_t feature = -1;  ///< number in BinnedPanel; −1: a leaf
    std::uint8_t threshold = 0;
    bool missing_goes_up = false;  ///< rows without a value follow those at or above
    std::uint32_t below = 0;       ///< child for values under the threshold
    std::uint32_t above = 0;
    std::int32_t parent = -1;
};

/// A binary tree of questions with the order in which its splits are taken back: pruned to any
/// number of leaves it stays nested. Immutable once grown.
class Tree {
  public:
    /// Number of the leaf of each row of the panel, in the tree as grown; leaves count from 0.
    [[nodiscard]] const std::vector<std::uint32_t>& leaf_of_row() const { return leaf_of_row_; }

    [[nodiscard]] std::size_t leaves() const { return leaf_nodes_.size(); }

    /// For each leaf of the tree as grown, its number in the tree pruned to `k` leaves, 1 ≤ k ≤
    /// leaves(). Numbers are dense, in the order of the leaves.
    [[nodiscard]] std::vector<std::uint32_t> pruned_to(std::size_t k) const;

    /// The expressions of the leaves of the tree pruned to `k`, in the numbering of pruned_to.
    [[nodiscard]] std::vector<std::string> expressions(std::size_t k,
                                                       const BinnedPanel& binned,
                                                       std::span<const Feature> features) const;

    /// A word for each leaf from its conditions: "purchase_amount_365d_high".
    [[nodiscard]] std::vector<std::string> names(std::size_t k,
                                                 const BinnedPanel& binned,
                                                 std::span<const Feature> features) const;

  private:
    friend class TreeGrower;

    /// The nodes that are leaves when pruned to `k`, ascending.
    [[nodiscard]] std::vector<std::uint32_t> leaf_nodes(std::size_t k) const;

    std::vector<TreeNode> nodes_;
    std::vector<std::uint32_t> leaf_nodes_;  ///< node of each leaf as grown
    std::vector<std::uint32_t> leaf_of_row_;
    std::vector<std::uint32_t> collapse_order_;  ///< nodes that become leaves, first to last
};

/// Rows a tree is grown on, with how often each counts (a bootstrap draw; empty: once).
struct TreeRows {
    std::span<const std::uint32_t> rows{};
    std::span<const double> outcome{};        ///< a value per row of the panel
    std::span<const std::uint32_t> weight{};  ///< a value per row of the panel, or empty
};

/// Grows the purposeful tree: each split is the one that takes most from the squared error of the
/// outcome. Honest: one half of the customers picks the splits, the other says what each is worth,
/// and splits that are worth nothing there are never made. Best first up to leaves_max; then taken
/// back one pair of leaves at a time, the split worth least on the other half first, so that the
/// trees of 1, 2, 3 … leaves are nested. Cost: rows · features per level. Source: Breiman et al.
/// (1984), "Classification and regression trees"; Athey & Imbens (2016).
[[nodiscard]] Tree grow_tree(const Panel& panel,
                             const BinnedPanel& binned,
                             const TreeRows& rows,
                             const TreeSettings& settings);

}  // namespace fineline::study
