#pragma once

#include "study/groundwork.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fineline::study {

/// What a step of the merge path rests on.
enum class MergeGround : std::uint8_t {
    shown_same,       ///< two one-sided tests: the difference lies within ± detect · μ
    no_evidence,      ///< the 90 % interval of the difference holds 0
    least_different,  ///< they do differ, but less is lost than by any other step
    nobody_moves,     ///< everybody of it is held by another part as well, or there is nobody
};

[[nodiscard]] const char* to_string(MergeGround ground);

/// How a portfolio came from the one before it on the path.
enum class MergeMove : std::uint8_t {
    today,  ///< the first of the path: nothing was changed
    join,   ///< two parts became one
    drop,   ///< a part is gone; its members fall to the next part that holds them, or to the rest
};

/// A portfolio on the way from today's down to one segment.
struct MergeStep {
    Parts parts{};
    MergeMove move = MergeMove::today;
    std::vector<std::size_t> first{};  ///< the segments of a joined part, or of the one dropped
    /// The segments of the other joined part, or of the part to which most members of the dropped
    /// one fall; empty where that is the rest.
    std::vector<std::size_t> second{};
    double lost = 0;  ///< squared error added on the rows the path is laid on; below 0: taken away
    MergeGround ground = MergeGround::no_evidence;  ///< on the judging rows
    /// Measured only at some sizes: all up to 64 and a few beyond.
    std::optional<Skill> on_choose{};  ///< of this size, cross-validated: see cross_validated()
    std::optional<Skill> on_judge{};
    std::optional<Skill> reversed{};  ///< judged, under the opposite order of priority
};

/// What a path is laid on: sets of segments, cells that keep them apart, and sums of the cells.
struct PathRows {
    const MembershipSets& sets;
    const Cells& cells;
    std::span<const OutcomeSums> sums;
    std::size_t segments = 0;
};

/// Takes, again and again, the step that loses least squared error on some rows: joining two parts,
/// n_a n_b / (n_a + n_b) · (μ_a − μ_b)², or dropping one. Only neighbours by mean need be looked at
/// for joining: no other pair can lose less. The joined part stands where the first of the two
/// stood, and the portfolio is evaluated anew under its priorities. Dropping is a step only as long
/// as the rest does not outgrow twice what it holds today: beyond that it would be a segment in all
/// but name. Element 0 is today's portfolio, each step has one part fewer, the last one has one.
/// Cost: segments² + segments · sets of memberships.
[[nodiscard]] std::vector<MergeStep> lay_path(const PathRows& rows);

/// The path laid on all rows before the judged ones of a rotation, each step measured. Empty
/// without segments.
[[nodiscard]] std::vector<MergeStep> merge_path(const Groundwork& ground, const Rotation& rotation);

/// The path of the first rotation with what the paths of all rotations tell at each of its sizes,
/// by the judging rows of all of them; cross-validated over all customers. `paths`: of each
/// rotation.
[[nodiscard]] std::vector<MergeStep> pooled_path(const Groundwork& ground,
                                                 const std::vector<std::vector<MergeStep>>& paths);

/// Whether a portfolio of this size on the path is measured.
[[nodiscard]] bool is_judged(std::size_t size, std::size_t today);

/// The expression of a part: its segments joined by `or`, each once.
[[nodiscard]] std::string part_expression(const std::vector<std::size_t>& part,
                                          const Purpose& purpose);

/// The names of a part's segments, joined by a plus sign.
[[nodiscard]] std::string part_name(const std::vector<std::size_t>& part, const Purpose& purpose);

}  // namespace fineline::study
