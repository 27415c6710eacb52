#pragma once

#include "study/ceiling.h"
#include "study/finding.h"
#include "study/groundwork.h"
#include "study/merge_path.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The checks of an audit: one function per family of findings, listed in order in table.cpp.
namespace fineline::study {

/// What is known of one segment on the judging rows.
struct SegmentFacts {
    std::vector<std::uint32_t> members{};  ///< judging rows that satisfy its expression, ascending
    std::vector<std::uint32_t> customers{};  ///< their ordinals, ascending as the rows are
    OutcomeSums all{};                       ///< outcome of its members
    OutcomeSums own{};                       ///< of those no segment before it takes
    std::uint64_t unreachable = 0;           ///< members without consent, counted and not read
};

/// What checks look at. Immutable.
struct AuditFacts {
    const StudyRequest* request = nullptr;
    const Groundwork* ground = nullptr;
    const Ceiling* ceiling = nullptr;
    Skill portfolio{};  ///< of today's portfolio, judged
    bool can_divide = false;
    std::vector<SegmentFacts> segments{};
    OutcomeSums none{};  ///< judged outcome of those in no segment
    OutcomeSums everybody{};

    [[nodiscard]] const Purpose& purpose() const { return ground->purpose; }

    [[nodiscard]] const std::string& name(std::size_t segment) const {
        return ground->purpose.segments[segment].name;
    }
};

/// Collects the facts. Cost: judging rows · segments they are in.
[[nodiscard]] AuditFacts collect_facts(const StudyRequest& request,
                                       const Groundwork& ground,
                                       const Ceiling& ceiling);

/// One check: looks at the facts, appends what it finds.
struct CheckRow {
    std::string_view codes;  ///< of the findings it can make, separated by spaces
    void (*run)(const AuditFacts& facts, std::vector<Finding>& findings) = nullptr;
};

/// All checks, in the order their findings are printed.
[[nodiscard]] std::span<const CheckRow> checks();

void check_purposeless(const AuditFacts& facts, std::vector<Finding>& findings);
void check_capacity(const AuditFacts& facts, std::vector<Finding>& findings);
void check_lasting(const AuditFacts& facts, std::vector<Finding>& findings);
void check_size(const AuditFacts& facts, std::vector<Finding>& findings);
void check_small_cell(const AuditFacts& facts, std::vector<Finding>& findings);
void check_distinct(const AuditFacts& facts, std::vector<Finding>& findings);
void check_redundant(const AuditFacts& facts, std::vector<Finding>& findings);
void check_overlap(const AuditFacts& facts, std::vector<Finding>& findings);
void check_uncovered(const AuditFacts& facts, std::vector<Finding>& findings);
void check_reach(const AuditFacts& facts, std::vector<Finding>& findings);
void check_churn(const AuditFacts& facts, std::vector<Finding>& findings);
void check_drift(const AuditFacts& facts, std::vector<Finding>& findings);
void check_stale(const AuditFacts& facts, std::vector<Finding>& findings);
void check_hindsight(const AuditFacts& facts, std::vector<Finding>& findings);
void check_sensitive(const AuditFacts& facts, std::vector<Finding>& findings);
void check_explained(const AuditFacts& facts, std::vector<Finding>& findings);

/// Whether nobody is in the segment, or a test in it is shown never to show the smallest change
/// worth detecting. Cost: draws × members where it may be.
[[nodiscard]] bool is_too_small(const AuditFacts& facts, const SegmentFacts& segment);

/// Makes the estimates of evidence.
[[nodiscard]] Estimate mean_estimate(std::string name,
                                     const OutcomeSums& sums,
                                     const Purpose& purpose);
[[nodiscard]] Estimate measured_estimate(std::string name,
                                         const Measured& measured,
                                         std::uint64_t n);

/// Skill of today's portfolio without one segment, judged: its members fall to the next segment
/// that holds them, and those whom none holds to the rest as it is today (everybody's mean where
/// today nobody is in it), so that the last of a set that covers everybody is not free to drop.
[[nodiscard]] Skill skill_without(const Groundwork& ground, std::size_t segment);

/// The portfolio without a segment, or with two joined, as a patch.
[[nodiscard]] std::string patch_without(const Purpose& purpose, std::size_t segment);
[[nodiscard]] std::string patch_joined(const Purpose& purpose,
                                       std::size_t first,
                                       std::size_t second);

}  // namespace fineline::study
