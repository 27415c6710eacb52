#pragma once

#include "study/groundwork.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fineline::study {

/// What a merge rests on.
enum class MergeGround : std::uint8_t {
    shown_same,       ///< two one-sided tests: the difference lies within ± detect · μ
    no_evidence,      ///< the 90 % interval of the difference holds 0
    least_different,  ///< they do differ, but less is lost than by any other pair
};

[[nodiscard]] const char* to_string(MergeGround ground);

/// A portfolio on the way from today's down to one segment.
struct MergeStep {
    Parts parts{};
    std::vector<std::size_t> first{};   ///< the segments of the two parts that were joined; both
    std::vector<std::size_t> second{};  ///< empty in the first step, which is today's portfolio
    MergeGround ground = MergeGround::no_evidence;
    double lost = 0;  ///< squared error added on the fitting rows
    /// Measured only at some sizes: all up to 64 and a few beyond.
    std::optional<Skill> on_choose{};
    std::optional<Skill> on_judge{};
    std::optional<Skill> reversed{};  ///< judged, under the opposite order of priority
};

/// Joins, again and again, the pair of parts whose union loses least squared error on the fitting
/// rows, n_a n_b / (n_a + n_b) · (μ_a − μ_b)². Only neighbours by mean need be looked at: no other
/// pair can lose less. The joined part stands where the first of the two stood, and the portfolio
/// is evaluated anew under its priorities. Element 0 is today's portfolio, the last one has one
/// segment. Cost: segments² + segments · sets of memberships.
[[nodiscard]] std::vector<MergeStep> merge_path(const Groundwork& ground);

/// The expression of a part: its segments joined by `or`, each once.
[[nodiscard]] std::string part_expression(const std::vector<std::size_t>& part,
                                          const Purpose& purpose);

/// The names of a part's segments, joined by a plus sign.
[[nodiscard]] std::string part_name(const std::vector<std::size_t>& part, const Purpose& purpose);

}  // namespace fineline::study
