#pragma once

#include "study/captured.h"
#include "study/statistics/permutation.h"

#include <optional>
#include <string>
#include <vector>

namespace fineline::study {

/// A portfolio on a path, by the number of its segments.
struct PathPoint {
    std::size_t segments = 0;
    Skill on_choose{};
    bool usable = true;  ///< every segment is large enough and, where refitted, stable
};

/// Which point of a path to take, and how sure that is. All of it rests on the choosing rows.
struct Recommendation {
    std::size_t point = 0;  ///< index of the path
    std::size_t best = 0;   ///< index of the most skilled point
    bool anything_told = false;
    std::optional<MaxStatisticGate> gate{};
    Measured behind_best{};       ///< skill of the best less that of the one taken, paired
    bool capacity_binds = false;  ///< without the capacity a larger one had been taken
};

/// Gate first: unless some point beats everyone alike (skill 0) at one-sided 5 % by the maximum
/// over the path, the point of fewest segments is taken and `anything_told` is false. Then the
/// smallest whose paired difference from the best is within one standard error of that difference,
/// among those that fit the capacity and are usable; where none is that near, the smallest within
/// one standard error of the most skilled of them. The path is not empty and ascends in segments.
[[nodiscard]] Recommendation recommend(const std::vector<PathPoint>& path,
                                       std::optional<int> capacity);

}  // namespace fineline::study
