#pragma once

#include "study/distil.h"
#include "study/groundwork.h"
#include "study/methods/catalogue.h"

#include <cstdint>
#include <string>
#include <vector>

/// Occasions: events grouped by when they were and what they held, instead of customers.
namespace fineline::study {

/// Events as rows, each with what its `where` can ask.
struct OccasionRows {
    Panel panel{};  ///< `who`, and a column per feature; NaN: the event has no such value
    std::vector<Feature> features{};        ///< expressions that stand in `where`
    NumericTable likeness{};                ///< what they are grouped by, a row an event
    std::vector<ColumnKind> kinds{};        ///< one a column of `likeness`
    std::vector<std::string> names{};       ///< one a column of `likeness`
    std::vector<std::uint32_t> fit_rows{};  ///< a third of the customers, ascending
    std::vector<std::uint32_t> choose_rows{};
    std::vector<std::uint32_t> judge_rows{};
    std::vector<std::string> left_out{};  ///< properties that cannot tell occasions, and why
};

/// Collects the events of that name up to the last snapshot before the judged one (with one
/// snapshot, up to it) of the customers who are eligible and reachable there: hour, weekend, season
/// where a year was seen, numbers by their rank, texts of few values. Above
/// limits::occasion_rows_max events a seeded share of the customers is looked at. Roles are by
/// customer. Errors: invalid_argument where the log has no such event.
/// Cost: one pass over those customers' events.
[[nodiscard]] Result<OccasionRows> collect_occasions(const StudyRequest& request,
                                                     const Groundwork& ground,
                                                     const std::string& event);

/// `where` conditions as a condition on the moment of decision: `hour >= 18` is
/// `context.hour >= 18`. Errors: those of the parser.
[[nodiscard]] Result<std::string> in_context(const std::string& condition);

/// An occasion, and the customers for whom it is the usual one.
struct OccasionMix {
    std::string name{};
    std::string share{};  ///< expression: the share of a customer's events that are of it
};

/// Occasions as segments of customers: those more than half of whose events are of one occasion,
/// and those of no usual occasion.
struct OccasionProposal {
    mapping::Portfolio portfolio{};
    std::vector<OccasionMix> mix{};
    std::vector<Shape> told{};
    std::vector<std::string> left_out{};
};

/// Groups the events that the metric reads by a method of the catalogue, tells each group as a
/// condition, and proposes segments. Errors: as lay_groundwork and collect_occasions;
/// invalid_argument for fewer events than the method needs, or where no group can be told.
[[nodiscard]] Result<OccasionProposal> propose_occasions(const Method& method,
                                                         const StudyRequest& request,
                                                         const std::string& event,
                                                         std::size_t segments);

}  // namespace fineline::study
