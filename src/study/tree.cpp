#include "study/tree.h"

#include "base/require.h"
#include "base/text.h"

#include <algorithm>
#include <map>
#include <set>

namespace fineline::study {

namespace {

/// The stream of draws that halves the customers for honest estimates.
constexpr std::uint64_t half_stream = 3;

/// Weighted sums of one half in one bin.
struct HalfSums {
    double n = 0;
    double sum = 0;

    void add(const HalfSums& other) {
        n += other.n;
        sum += other.sum;
    }

    [[nodiscard]] HalfSums without(const HalfSums& other) const {
        return {n - other.n, sum - other.sum};
    }

    [[nodiscard]] double mean() const { return n > 0 ? sum / n : 0; }
};

/// The growing and the estimating half side by side.
struct Halves {
    HalfSums grow;
    HalfSums estimate;

    void add(const Halves& other) {
        grow.add(other.grow);
        estimate.add(other.estimate);
    }

    [[nodiscard]] Halves without(const Halves& other) const {
        return {grow.without(other.grow), estimate.without(other.estimate)};
    }
};

struct Split {
    std::int32_t feature = -1;
    std::uint8_t threshold = 0;
    bool missing_goes_up = false;
    double grow_gain = 0;
    double honest_gain = 0;
};

double weight_between(double a, double b) {
    return a + b > 0 ? a * b / (a + b) : 0;
}

/// What a path says of one feature: bins from `low` to below `high`, and whether no value is in.
struct Range {
    std::size_t feature = 0;
    int low = -1;   ///< number of the threshold below, −1: none
    int high = -1;  ///< number of the threshold above, −1: none
    bool missing_in = true;

    [[nodiscard]] std::size_t conditions() const {
        return (low >= 0 ? 1U : 0U) + (high >= 0 ? 1U : 0U);
    }
};

using Path = std::vector<Range>;

/// The path with one more answer.
Path extended(Path path, const Split& split, bool above) {
    const auto feature = static_cast<std::size_t>(split.feature);
    auto range = std::find_if(
        path.begin(), path.end(), [&](const Range& known) { return known.feature == feature; });
    if (range == path.end()) {
        range = path.insert(path.end(), Range{.feature = feature});
    }
    (above ? range->low : range->high) = split.threshold;
    range->missing_in = range->missing_in && split.missing_goes_up == above;
    return path;
}

std::size_t conditions_of(const Path& path) {
    std::size_t count = 0;
    for (const Range& range : path) {
        count += range.conditions();
    }
    return count;
}

}  // namespace

/// Grows one tree. One thread at a time.
class TreeGrower {
  public:
    TreeGrower(const Panel& panel,
               const BinnedPanel& binned,
               const TreeRows& rows,
               const TreeSettings& settings)
        : panel_(panel), binned_(binned), rows_(rows), settings_(settings) {
        for (const std::uint32_t row : rows.rows) {
            const bool grows =
                customer_draw(settings.seed, half_stream, panel.who[row].value()) < 0.5;
            half_.push_back(grows ? 1 : 0);
        }
    }

    [[nodiscard]] Tree grow() {
        Open root{.node = 0, .members = {}, .path = {}, .split = {}};
        for (std::uint32_t i = 0; i < rows_.rows.size(); ++i) {
            root.members.push_back(i);
        }
        tree_.nodes_.emplace_back();
        root.split = best_split(root);
        open_.push_back(std::move(root));
        while (open_.size() < settings_.leaves_max && expand_best()) {
        }
        number_leaves(0);
        order_collapses();
        assign_rows();
        return std::move(tree_);
    }

  private:
    /// A leaf that may still be split.
    struct Open {
        std::uint32_t node = 0;
        std::vector<std::uint32_t> members;  ///< positions in rows_.rows
        Path path;
        Split split;
    };

    [[nodiscard]] std::vector<Halves> histogram(const Open& leaf,
                                                const BinnedFeature& feature) const {
        std::vector<Halves> bins(feature.thresholds.size() + 2);  // the last one: missing
        for (const std::uint32_t i : leaf.members) {
            const std::uint32_t row = rows_.rows[i];
            const double weight = rows_.weight.empty() ? 1 : rows_.weight[row];
            const std::uint8_t bin = feature.bin[row];
            Halves& halves = bins[bin == missing_bin ? bins.size() - 1 : bin];
            (half_[i] != 0 ? halves.grow : halves.estimate)
                .add({weight, weight * rows_.outcome[row]});
        }
        return bins;
    }

    void consider(Split candidate,
                  const Halves& below,
                  const Halves& above,
                  const Open& leaf,
                  Split& best) const {
        const double least = settings_.leaf_rows_min;
        if (std::min({below.grow.n, above.grow.n, below.estimate.n, above.estimate.n}) < least) {
            return;
        }
        const double apart = above.grow.mean() - below.grow.mean();
        candidate.grow_gain = weight_between(below.grow.n, above.grow.n) * apart * apart;
        if (!(candidate.grow_gain > best.grow_gain)) {
            return;
        }
        // The product of the two halves' differences is free of the luck that picked the split.
        candidate.honest_gain = weight_between(below.estimate.n, above.estimate.n) * apart *
                                (above.estimate.mean() - below.estimate.mean());
        if (conditions_of(extended(leaf.path, candidate, false)) > settings_.conditions_max ||
            conditions_of(extended(leaf.path, candidate, true)) > settings_.conditions_max) {
            return;
        }
        best = candidate;
    }

    [[nodiscard]] Split best_split(const Open& leaf) const {
        Split best;
        for (std::size_t f = 0; f < binned_.features.size(); ++f) {
            const std::vector<Halves> bins = histogram(leaf, binned_.features[f]);
            const Halves& missing = bins.back();
            const bool has_missing = missing.grow.n + missing.estimate.n > 0;
            Halves all;
            for (const Halves& bin : bins) {
                all.add(bin);
            }
            Halves below;
            for (std::size_t t = 0; t + 2 < bins.size(); ++t) {
                below.add(bins[t]);
                Split split{.feature = static_cast<std::int32_t>(f),
                            .threshold = static_cast<std::uint8_t>(t),
                            .missing_goes_up = true};
                if (has_missing) {
                    consider(split, below, all.without(below), leaf, best);
                }
                split.missing_goes_up = false;
                Halves with_missing = below;
                with_missing.add(missing);
                consider(split, with_missing, all.without(with_missing), leaf, best);
            }
        }
        return best.honest_gain > 0 ? best : Split{};
    }

    [[nodiscard]] bool goes_up(const Split& split, std::uint32_t row) const {
        const std::uint8_t bin = binned_.features[static_cast<std::size_t>(split.feature)].bin[row];
        return bin == missing_bin ? split.missing_goes_up : bin > split.threshold;
    }

    /// Splits the open leaf that gains most; false where none gains anything.
    bool expand_best() {
        const auto best =
            std::max_element(open_.begin(), open_.end(), [](const Open& a, const Open& b) {
                return a.split.grow_gain < b.split.grow_gain;
            });
        if (best->split.feature < 0) {
            return false;
        }
        const Open leaf = std::move(*best);
        open_.erase(best);
        const auto first = static_cast<std::uint32_t>(tree_.nodes_.size());
        TreeNode& node = tree_.nodes_[leaf.node];
        node.feature = leaf.split.feature;
        node.threshold = leaf.split.threshold;
        node.missing_goes_up = leaf.split.missing_goes_up;
        node.below = first;
        node.above = first + 1;
        gain_of_node_[leaf.node] = leaf.split.honest_gain;
        for (const bool above : {false, true}) {
            TreeNode& child = tree_.nodes_.emplace_back();
            child.parent = static_cast<std::int32_t>(leaf.node);
            Open next{.node = above ? first + 1 : first,
                      .members = {},
                      .path = extended(leaf.path, leaf.split, above),
                      .split = {}};
            for (const std::uint32_t i : leaf.members) {
                if (goes_up(leaf.split, rows_.rows[i]) == above) {
                    next.members.push_back(i);
                }
            }
            next.split = best_split(next);
            open_.push_back(std::move(next));
        }
        return true;
    }

    void number_leaves(std::uint32_t root) {
        std::vector<std::uint32_t> stack{root};
        while (!stack.empty()) {
            const std::uint32_t at = stack.back();
            stack.pop_back();
            const TreeNode& node = tree_.nodes_[at];
            if (node.feature < 0) {
                tree_.leaf_nodes_.push_back(at);
            } else {
                stack.push_back(node.above);
                stack.push_back(node.below);
            }
        }
    }

    /// Of the splits whose children are leaves by now, the one worth least goes first.
    void order_collapses() {
        std::set<std::uint32_t> inner;
        for (const auto& [node, gain] : gain_of_node_) {
            inner.insert(node);
        }
        while (!inner.empty()) {
            std::uint32_t least = *inner.begin();
            bool found = false;
            for (const std::uint32_t node : inner) {
                const TreeNode& split = tree_.nodes_[node];
                const bool ready = !inner.contains(split.below) && !inner.contains(split.above);
                if (ready && (!found || gain_of_node_[node] < gain_of_node_[least])) {
                    least = node;
                    found = true;
                }
            }
            tree_.collapse_order_.push_back(least);
            inner.erase(least);
        }
    }

    void assign_rows() {
        std::vector<std::uint32_t> leaf_of_node(tree_.nodes_.size());
        for (std::uint32_t leaf = 0; leaf < tree_.leaf_nodes_.size(); ++leaf) {
            leaf_of_node[tree_.leaf_nodes_[leaf]] = leaf;
        }
        tree_.leaf_of_row_.reserve(panel_.rows());
        for (std::uint32_t row = 0; row < panel_.rows(); ++row) {
            std::uint32_t at = 0;
            while (tree_.nodes_[at].feature >= 0) {
                const TreeNode& node = tree_.nodes_[at];
                const Split split{.feature = node.feature,
                                  .threshold = node.threshold,
                                  .missing_goes_up = node.missing_goes_up};
                at = goes_up(split, row) ? node.above : node.below;
            }
            tree_.leaf_of_row_.push_back(leaf_of_node[at]);
        }
    }

    const Panel& panel_;
    const BinnedPanel& binned_;
    const TreeRows& rows_;
    const TreeSettings& settings_;
    std::vector<std::uint8_t> half_;  ///< by position in rows_.rows: 1 grows, 0 estimates
    std::vector<Open> open_;
    std::map<std::uint32_t, double> gain_of_node_;
    Tree tree_;
};

std::vector<std::uint32_t> Tree::pruned_to(std::size_t k) const {
    require(k >= 1 && k <= leaves(), "a tree is pruned to one of its sizes");
    std::vector<bool> collapsed(nodes_.size());
    for (std::size_t i = 0; i + k < leaves(); ++i) {
        collapsed[collapse_order_[i]] = true;
    }
    std::map<std::uint32_t, std::uint32_t> numbers;
    std::vector<std::uint32_t> mapping;
    for (const std::uint32_t leaf : leaf_nodes_) {
        std::uint32_t top = leaf;
        for (std::int32_t at = nodes_[leaf].parent; at >= 0;
             at = nodes_[static_cast<std::size_t>(at)].parent) {
            top = collapsed[static_cast<std::size_t>(at)] ? static_cast<std::uint32_t>(at) : top;
        }
        const auto number =
            numbers.emplace(top, static_cast<std::uint32_t>(numbers.size())).first->second;
        mapping.push_back(number);
    }
    return mapping;
}

std::vector<std::uint32_t> Tree::leaf_nodes(std::size_t k) const {
    std::vector<bool> collapsed(nodes_.size());
    for (std::size_t i = 0; i + k < leaves(); ++i) {
        collapsed[collapse_order_[i]] = true;
    }
    std::vector<std::uint32_t> found;
    std::vector<std::uint32_t> stack{0};
    while (!stack.empty()) {
        const std::uint32_t at = stack.back();
        stack.pop_back();
        if (nodes_[at].feature < 0 || collapsed[at]) {
            found.push_back(at);
        } else {
            stack.push_back(nodes_[at].above);
            stack.push_back(nodes_[at].below);
        }
    }
    return found;
}

namespace {

/// The answers that lead to a node, root first.
Path path_to(const std::vector<TreeNode>& nodes, std::uint32_t node) {
    std::vector<std::pair<Split, bool>> answers;
    for (std::uint32_t at = node; nodes[at].parent >= 0;) {
        const auto parent = static_cast<std::uint32_t>(nodes[at].parent);
        const TreeNode& question = nodes[parent];
        answers.push_back({Split{.feature = question.feature,
                                 .threshold = question.threshold,
                                 .missing_goes_up = question.missing_goes_up},
                           question.above == at});
        at = parent;
    }
    Path path;
    for (auto answer = answers.rbegin(); answer != answers.rend(); ++answer) {
        path = extended(std::move(path), answer->first, answer->second);
    }
    return path;
}

std::string threshold_text(double threshold, FeatureKind kind) {
    return number_text(threshold) + (kind == FeatureKind::duration ? " days" : "");
}

std::string condition_text(const Range& range,
                           const BinnedFeature& binned,
                           const Feature& feature) {
    std::string text;
    if (feature.kind == FeatureKind::condition) {
        text = range.low >= 0 ? feature.text : "not (" + feature.text + ")";
    } else {
        if (range.low >= 0) {
            text = feature.text + " >= " +
                   threshold_text(binned.thresholds[static_cast<std::size_t>(range.low)],
                                  feature.kind);
        }
        if (range.high >= 0) {
            text += (text.empty() ? "" : " and ") + feature.text + " < " +
                    threshold_text(binned.thresholds[static_cast<std::size_t>(range.high)],
                                   feature.kind);
        }
    }
    if (!binned.has_missing || !range.missing_in) {
        return text;
    }
    const bool both = range.low >= 0 && range.high >= 0;
    return "(" + (both ? "(" + text + ")" : text) + " or " + feature.subject + " is missing)";
}

std::string word_of(const Range& range, const Feature& feature) {
    if (feature.kind == FeatureKind::condition) {
        return (range.low >= 0 ? "" : "not_") + feature.label;
    }
    return feature.label + (range.low >= 0 && range.high >= 0 ? "_middle"
                            : range.low >= 0                  ? "_high"
                                                              : "_low");
}

}  // namespace

std::vector<std::string> Tree::expressions(std::size_t k,
                                           const BinnedPanel& binned,
                                           std::span<const Feature> features) const {
    std::vector<std::string> texts;
    for (const std::uint32_t node : leaf_nodes(k)) {
        std::string text;
        for (const Range& range : path_to(nodes_, node)) {
            const BinnedFeature& feature = binned.features[range.feature];
            text += (text.empty() ? "" : " and ") +
                    condition_text(range, feature, features[feature.feature]);
        }
        texts.push_back(text.empty() ? "true" : text);
    }
    return texts;
}

std::vector<std::string> Tree::names(std::size_t k,
                                     const BinnedPanel& binned,
                                     std::span<const Feature> features) const {
    std::vector<std::string> names;
    std::map<std::string, int> used;
    for (const std::uint32_t node : leaf_nodes(k)) {
        const Path path = path_to(nodes_, node);
        std::string name;
        for (std::size_t i = 0; i < std::min<std::size_t>(2, path.size()); ++i) {
            const Feature& feature = features[binned.features[path[i].feature].feature];
            name += (name.empty() ? "" : "_and_") + word_of(path[i], feature);
        }
        name = name.empty() ? "everybody" : name;
        const int count = ++used[name];
        names.push_back(count == 1 ? name : name + "_" + std::to_string(count));
    }
    return names;
}

Tree grow_tree(const Panel& panel,
               const BinnedPanel& binned,
               const TreeRows& rows,
               const TreeSettings& settings) {
    return TreeGrower(panel, binned, rows, settings).grow();
}

}  // namespace fineline::study
