#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// Two labelings of the same rows, and the rows' weights (empty: all 1). Lengths are equal
/// (required).
struct TwoLabelings {
    std::span<const std::uint32_t> first{};
    std::span<const std::uint32_t> second{};
    std::span<const double> weights{};
};

/// How alike two partitions are beyond chance: 1 the same, 0 as alike as random ones of the same
/// sizes. 1 where both are one cluster. Source: Hubert & Arabie 1985.
[[nodiscard]] double adjusted_rand_index(const TwoLabelings& labelings);

/// For each cluster of `first`, its best Jaccard index with any cluster of `second`; 0 for an empty
/// one.
[[nodiscard]] std::vector<double> best_jaccard(const TwoLabelings& labelings, std::size_t clusters);

/// For each cluster of `second`, the entropy (natural logarithm) of the clusters of `first` its
/// members came from; 0: taken over unchanged from one, or empty.
[[nodiscard]] std::vector<double> origin_entropy(const TwoLabelings& labelings,
                                                 std::size_t clusters);

}  // namespace fineline::study
