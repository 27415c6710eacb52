#pragma once

#include "study/audit.h"
#include "study/findings/check.h"
#include "study/rotated_choice.h"

namespace fineline::study {

/// The paths of the purposeful tree: of each rotation by itself, and of all of them together.
struct TreePaths {
    std::vector<MeasuredPath> rotations{};
    MeasuredPath together{};
};

/// Everything a report is made from. Facts point into the other members: not to be moved apart.
struct AuditWork {
    StudyRequest request{};
    Groundwork ground{};
    Ceiling ceiling{};
    AuditFacts facts{};
    std::vector<std::vector<MergeStep>> paths{};  ///< merge paths of the rotations
    std::vector<MergeStep> merges{};              ///< of all rotations: see pooled_path()
    TreePaths trees{};
};

/// Does the work of an audit. Errors: those of lay_groundwork and find_ceiling.
[[nodiscard]] Result<std::unique_ptr<AuditWork>> do_audit(const StudyRequest& request);

/// The same from groundwork that is laid, and with a ceiling that is known.
[[nodiscard]] Result<std::unique_ptr<AuditWork>> do_audit(const StudyRequest& request,
                                                          Groundwork ground);
[[nodiscard]] std::unique_ptr<AuditWork> work_from(const StudyRequest& request,
                                                   Groundwork ground,
                                                   Ceiling ceiling);

/// How the purposeful tree does at each of its sizes. A rotation whose tree has fewer leaves than
/// the one that is shown tells the larger sizes by all it has.
[[nodiscard]] TreePaths measure_trees(const Groundwork& ground);

/// The shapes that tell of the segment of one.
[[nodiscard]] std::vector<Shape> ceiling_shapes(const AuditWork& work);

/// What a number tells that each rotation chooses apart; nothing where there is one rotation.
[[nodiscard]] std::vector<Shape> chosen_apart(const RotatedChoice& choice, const AuditWork& work);

/// Makes the report: findings, values, curve, sentence, recommendation by the merge path (or by the
/// tree, where the purpose has no segments).
[[nodiscard]] AuditReport report_of(const AuditWork& work);

/// Sums over some rows that a rotation does not judge, a part of a portfolio each.
struct PartSums {
    std::span<const OutcomeSums> parts{};
    std::size_t rows = 0;  ///< how many those are, those in no part among them
};

/// Whether every part is large enough for a test, where the customers judged would be enough for a
/// test at all.
[[nodiscard]] bool large_enough(const Groundwork& ground,
                                const Rotation& rotation,
                                const PartSums& sums);

/// "6 segments tell ", "one segment tells ".
[[nodiscard]] std::string segments_tell(std::size_t segments);

/// What is said where nothing can be told, or too little to divide by; empty where shares are said.
[[nodiscard]] std::string sentence_without_shares(const AuditWork& work);

/// How a number was measured: protocol, snapshots, rows, what was left out.
[[nodiscard]] std::vector<Shape> how_measured(const Groundwork& ground);

/// Said of whatever is recommended where the ceiling is not above nothing.
inline constexpr std::string_view nothing_is_told =
    "Nothing can be told in advance, so one segment is as good as any number.";

/// Said of a portfolio that is recommended by the rows that choose and shown to be worth nothing.
inline constexpr std::string_view not_to_be_used =
    "Not to be used: chosen on other rows, these segments predict worse than one group of "
    "everybody "
    "where they are judged. What they rest on did not hold.";

/// "Your 8 segments tell 11 % (6 to 14) of …", or that they do not earn their keep. `whose`: "Your"
/// or "These".
[[nodiscard]] std::string worth_sentence(const std::string& whose,
                                         std::size_t segments,
                                         const Skill& judged,
                                         const AuditFacts& facts);

/// What a report comes to, given the skill of the recommended portfolio on the judging rows.
[[nodiscard]] std::string verdict_of(bool anything_told, const Skill& recommended);

/// A point of the curve: a skill, and its share of the ceiling where that is sure.
[[nodiscard]] CurveSample curve_sample(std::size_t segments,
                                       const Skill& skill,
                                       const AuditFacts& facts);

/// The curve of a finished piece of work.
[[nodiscard]] FineLine line_of(const AuditWork& work);

/// The shown tree pruned to `k` as a portfolio of the purpose, segments by descending fitted mean.
[[nodiscard]] mapping::Portfolio tree_portfolio(const Groundwork& ground, std::size_t k);

}  // namespace fineline::study
