#pragma once

#include "mapping/portfolio.h"
#include "study/ceiling.h"
#include "study/finding.h"
#include "study/groundwork.h"
#include "study/merge_path.h"
#include "study/recommendation.h"

#include <optional>
#include <string>
#include <vector>

namespace fineline::study {

/// One size of a partition on the curve: what it captures of what can be told.
struct CurveSample {
    std::size_t segments = 0;
    Measured skill{};  ///< R² on the judging rows
    std::optional<Measured>
        captured{};  ///< its share of the ceiling; absent where that is too unsure
};

/// The Fine Line: value captured against the number of segments.
struct FineLine {
    std::string metric{};
    std::string protocol{};                 ///< "out of time, judged at 2011-09-10"
    std::vector<CurveSample> discovered{};  ///< the nested partitions of the tree, from 1
    /// Their segments, element i those of size i + 1; of sizes that somebody may want to read.
    std::vector<std::vector<mapping::SegmentDefinition>> portfolios{};
    std::vector<CurveSample> merges{};   ///< today's portfolio down to 1, ascending
    std::optional<CurveSample> today{};  ///< the portfolio as it is
    std::optional<CurveSample> recommended{};
    CurveSample one_each{};  ///< the ceiling
    std::string ceiling_name{};
    std::optional<int> capacity{};
    std::uint64_t n = 0;           ///< customers judged
    std::uint64_t below_size = 0;  ///< of today's segments: too small for a test
    bool anything_told = false;
};

/// What a segment is worth.
struct SegmentValue {
    std::string name{};
    std::string when{};
    std::uint64_t members = 0;
    std::uint64_t unreachable = 0;
    Estimate metric{};
    std::optional<Measured> marginal{};  ///< captured with it less captured without it
    std::uint64_t judged = 0;            ///< customers the marginal value rests on
};

/// A portfolio on the merge path, as it is printed.
struct MergeSummary {
    std::size_t segments = 0;
    MergeMove move = MergeMove::today;
    std::string first{};
    std::string second{};  ///< of a drop: to whom most members fall; empty: the rest
    std::string ground{};
    std::optional<Measured> captured{};
    std::optional<Measured> reversed{};
};

/// An audit: what the segments of a purpose are worth, and which to keep. Explain mode: what can be
/// told in advance, never what anything brings about.
struct AuditReport {
    std::string purpose{};
    std::string question{};
    std::string sentence{};
    std::vector<Shape> measured{};  ///< how: protocol, dates, rows, what was left out
    std::vector<Shape> ceiling{};   ///< the segment of one and its margin
    std::vector<SegmentValue> segments{};
    std::vector<Finding> findings{};
    std::vector<MergeSummary> merges{};
    FineLine line{};
    bool anything_told = false;
    std::string verdict{};
    mapping::Portfolio recommended{};
    std::string recommended_why{};
    std::string patch{};  ///< from today's portfolio to the recommended one
};

/// Audits the segments of a purpose. Errors: those of lay_groundwork and find_ceiling.
[[nodiscard]] Result<AuditReport> audit(const StudyRequest& request);

/// Proposes a portfolio for a purpose: the leaves of the purposeful tree, pruned by the gate and
/// the one-standard-error rule, or to `segments` of them. The report's findings are those of the
/// proposed portfolio, `line.today` that of the purpose's own. Errors: as audit.
struct Discovery {
    AuditReport report{};
    std::vector<Finding> cards{};  ///< one per segment
};

[[nodiscard]] Result<Discovery> discover(const StudyRequest& request,
                                         std::optional<std::size_t> segments);

/// The Fine Line alone. Errors: as audit.
[[nodiscard]] Result<FineLine> fine_line(const StudyRequest& request);

/// Prints a report for people, or as JSON; `with_definitions` names the page of definitions.
[[nodiscard]] std::string print(const AuditReport& report);
[[nodiscard]] Json to_json(const AuditReport& report);

}  // namespace fineline::study
