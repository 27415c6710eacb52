#pragma once

#include "study/audit.h"
#include "study/findings/check.h"

namespace fineline::study {

/// Everything a report is made from. Facts point into the other members: not to be moved apart.
struct AuditWork {
    StudyRequest request{};
    Groundwork ground{};
    Ceiling ceiling{};
    AuditFacts facts{};
    std::vector<MergeStep> merges{};
    std::vector<Skill> tree_on_choose{};  ///< element i: pruned to i + 1
    std::vector<Skill> tree_on_judge{};
};

/// Does the work of an audit. Errors: those of lay_groundwork and find_ceiling.
[[nodiscard]] Result<std::unique_ptr<AuditWork>> do_audit(const StudyRequest& request);

/// Makes the report: findings, values, curve, sentence, recommendation by the merge path (or by the
/// tree, where the purpose has no segments).
[[nodiscard]] AuditReport report_of(const AuditWork& work);

/// Whether every part of a portfolio is large enough for a test, where the customers judged would
/// be enough for a test at all. `parts`: sums of each over some rows that are not the judged ones;
/// `rows`: how many those are, those in no part among them.
[[nodiscard]] bool large_enough(const Groundwork& ground,
                                std::span<const OutcomeSums> parts,
                                std::size_t rows);

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

/// The tree pruned to `k` as a portfolio of the purpose, segments by descending fitted mean.
[[nodiscard]] mapping::Portfolio tree_portfolio(const Groundwork& ground, std::size_t k);

}  // namespace fineline::study
