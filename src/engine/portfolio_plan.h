#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "columns/view.h"
#include "mapping/portfolio.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::engine {

enum class PlannedChange : std::uint8_t {
    added,
    changed,
    unchanged,
    gone,
    follows,  ///< says the same, but a segment it is built on changes
};

/// Returns the word: "added", "changed" …
[[nodiscard]] const char* to_string(PlannedChange change);

/// One thing that a definition says, before and after; empty where it does not say it.
struct FieldChange {
    std::string field;  ///< "when", "because", "metric" …
    std::string before;
    std::string after;
};

/// Who a segment holds, before and after.
struct PlannedMembership {
    std::uint64_t size_before = 0;
    std::uint64_t size_after = 0;
    std::uint64_t entering = 0;
    std::uint64_t leaving = 0;
    std::uint64_t unknown_after = 0;             ///< for whom it would be neither true nor false
    std::vector<std::string> entering_examples;  ///< the first few ids of those entering
    std::vector<std::string> leaving_examples;
};

struct PlannedDefinition {
    std::string kind;  ///< "purpose" or "segment"
    std::string name;
    PlannedChange change = PlannedChange::unchanged;
    std::string text;  ///< a segment's expression after; before, if it goes
    std::vector<FieldChange> fields;
    std::vector<std::string> warnings;  ///< names never seen, nobody in it …
    PlannedMembership membership;       ///< of segments
};

/// Two segments of the portfolio that would hold mostly the same people, and did not before.
struct PlannedOverlap {
    std::string first;
    std::string second;
    std::uint64_t first_size = 0;
    std::uint64_t second_size = 0;
    std::uint64_t both = 0;

    /// Share of those in either who are in both, in [0, 1].
    [[nodiscard]] double jaccard() const;

    /// Share of the smaller one that lies inside the other, in [0, 1].
    [[nodiscard]] double containment() const;
};

/// Bars from which on two segments count as mostly the same people.
inline constexpr double overlap_jaccard_min = 0.5;
inline constexpr double overlap_containment_min = 0.9;

/// What a change of definitions would do, shown before anything changes. A value.
struct PortfolioPlan {
    std::string id;  ///< of what is stored now and what shall be: "7-3f9c21ab44d0"
    std::string note;
    Instant at{};
    std::uint64_t customers = 0;
    std::uint64_t base_change = 0;               ///< the newest change it builds on
    std::vector<PlannedDefinition> definitions;  ///< purposes, then segments in priority order
    std::vector<PlannedOverlap> overlaps;
    std::vector<std::string> warnings;
    std::vector<columns::DefinitionEdit> edits;  ///< what would be stored

    /// Nothing would change.
    [[nodiscard]] bool empty() const { return edits.empty(); }
};

struct PlanOptions {
    Instant at{};
    unsigned threads = 2;
    std::size_t examples = 5;
    std::string file = "the portfolio";  ///< its name in messages
    /// Judges a purpose and its segments beyond their grammar, over the view as it would be:
    /// returns warnings, or the error that forbids it. May be empty; without a metric it is not
    /// asked.
    std::function<Result<std::vector<std::string>>(
        const std::shared_ptr<const columns::View>& after, const mapping::Portfolio& portfolio)>
        check_purpose;
};

/// Plans to make the workspace hold the portfolio: its purpose, its segments in their order, and
/// none of those that it held before and does not name. Cost: a pass over the customers for each
/// segment. Errors: as edits_of; corrupt (a damaged block of the checkpoint).
[[nodiscard]] Result<PortfolioPlan> plan_portfolio(const std::shared_ptr<const columns::View>& view,
                                                   const mapping::Portfolio& portfolio,
                                                   const PlanOptions& options);

/// Plans to archive a segment. Errors: not_found, with the nearest name; conflict, with the list of
/// those that depend on it; corrupt.
[[nodiscard]] Result<PortfolioPlan> plan_removal(const std::shared_ptr<const columns::View>& view,
                                                 std::string_view segment,
                                                 const PlanOptions& options);

/// Plans to make all segments and purposes what they were after the change of that number. Errors:
/// invalid_argument (no such change), conflict, corrupt.
[[nodiscard]] Result<PortfolioPlan> plan_rollback(const std::shared_ptr<const columns::View>& view,
                                                  std::uint64_t change,
                                                  const PlanOptions& options);

}  // namespace fineline::engine
