#pragma once

#include "study/recommendation.h"

#include <optional>
#include <vector>

namespace fineline::study {

/// A path of portfolios with what each tells, by the choosing and by the judging rows.
struct MeasuredPath {
    std::vector<PathPoint> points{};
    std::vector<Skill> on_judge{};
};

/// Which number of segments to keep, and what keeping it tells.
struct RotatedChoice {
    Recommendation recommendation{};  ///< a point of the path of all rotations together
    Skill on_judge{};                 ///< at that point, each judged by what was made without him
    /// Where customers take turns and something is told: how many segments each rotation chooses by
    /// itself, and what that tells. Nobody judges a number that he helped to choose.
    std::vector<std::size_t> chosen_apart{};
    std::optional<Skill> apart{};
};

/// Chooses by the choosing rows of all rotations together, and once more in each rotation apart.
/// Together there is more to choose by, but who chooses also judges, in another rotation; apart
/// shows whether that flatters. `together` is the path of all rotations, pooled; of one rotation it
/// is that rotation's. Neither is empty.
[[nodiscard]] RotatedChoice choose_rotated(const MeasuredPath& together,
                                           const std::vector<MeasuredPath>& rotations,
                                           std::optional<int> capacity);

}  // namespace fineline::study
