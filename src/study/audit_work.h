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

/// A point of the curve: a skill, and its share of the ceiling where that is sure.
[[nodiscard]] CurveSample curve_sample(std::size_t segments,
                                       const Skill& skill,
                                       const AuditFacts& facts);

/// The curve of a finished piece of work.
[[nodiscard]] FineLine line_of(const AuditWork& work);

/// The tree pruned to `k` as a portfolio of the purpose, segments by descending fitted mean.
[[nodiscard]] mapping::Portfolio tree_portfolio(const Groundwork& ground, std::size_t k);

}  // namespace fineline::study
