#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// How much two sets of members share; all in [0, 1], 0 where there is nobody to share.
struct Overlap {
    std::uint64_t shared = 0;
    double jaccard = 0;    ///< shared / in either
    double of_first = 0;   ///< shared / in the first: how much of it lies inside the second
    double of_second = 0;  ///< shared / in the second
};

/// Compares two ascending lists of members. Cost: their lengths.
[[nodiscard]] Overlap overlap_of(std::span<const std::uint32_t> first,
                                 std::span<const std::uint32_t> second);

/// The population stability index of two counts over the same bins: Σ (a − e) ln(a / e) of their
/// shares; 0 is no change, above 0.2 a change worth a look. Half a count is added to each bin, so
/// that an empty one is not infinite; 0 where either holds nobody. Lengths are equal (required).
/// Source: Lewis (1994), as Kullback's symmetric divergence (1951).
[[nodiscard]] double stability_index(std::span<const std::uint64_t> expected,
                                     std::span<const std::uint64_t> actual);

/// The same of two samples of one number, over bins that hold equal shares of `expected` (ties make
/// fewer). Cost: sorts a copy.
struct TwoSamples {
    std::span<const double> expected{};
    std::span<const double> actual{};
};

[[nodiscard]] double stability_index(const TwoSamples& samples, std::size_t bins = 10);

}  // namespace fineline::study
