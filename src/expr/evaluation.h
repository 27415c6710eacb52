#pragma once

#include "expr/evaluate.h"
#include "expr/program.h"
#include "expr/windows.h"

#include <deque>
#include <map>
#include <string>
#include <vector>

/// One evaluation of one program for one customer at one instant: docs/evaluation.md explains it.
namespace fineline::expr {

/// What a node yields. `next` is the earliest instant after now at which the value might change by
/// itself; nothing may be assumed beyond `cap`. Both are instant_max where evaluation does not
/// track them.
struct Outcome {
    Datum value;
    /// How fast a timestamp or duration moves with the clock: microseconds per microsecond.
    std::int64_t slope = 0;
    Instant next = instant_max;
    Instant cap = instant_max;

    void limit(const Outcome& other) {
        next = std::min(next, other.next);
        cap = std::min(cap, other.cap);
    }

    void limit_next(Instant at) { next = std::min(next, at); }

    void limit_cap(Instant at) { cap = std::min(cap, at); }

    /// Until when the value is sure to stand.
    [[nodiscard]] Instant sure_until() const { return std::min(next, cap); }
};

/// The rows of one event name.
struct Table {
    columns::EventRows rows;
    EventNameId name;
};

/// One event: a row of a table.
struct RowPlace {
    const Table* table = nullptr;
    std::uint32_t row = 0;

    [[nodiscard]] Instant time() const { return table->rows.time(row); }

    [[nodiscard]] std::uint64_t arrival() const { return table->rows.arrival(row); }

    [[nodiscard]] Datum value(const BoundProperty& property) const {
        const auto id = property.of(table->name);
        return id ? table->rows.value(*id, row) : Datum();
    }
};

/// Memory that lasts from one evaluation to the next, so that evaluating allocates nothing once
/// warm.
struct Scratch {
    std::deque<std::string> strings;
    std::size_t strings_used = 0;
    std::vector<Datum> arguments;
    std::vector<Table> tables;
    std::vector<RowPlace> places;
    std::vector<SelectedEvent> selected;
    AggregateScratch aggregate;
    std::vector<Instant> chain_times;
    std::map<std::string, std::optional<TimeZone>, std::less<>> zones;  ///< none: no such zone

    /// A string that keeps its capacity from evaluation to evaluation.
    std::string& string() {
        if (strings_used == strings.size()) {
            strings.emplace_back();
        }
        return strings[strings_used++];
    }
};

/// What selecting an aggregate's events told beside the events themselves.
struct Selection {
    std::uint64_t unfiltered = 0;  ///< events before `where`
    Outcome limits;                ///< of the `where` conditions; no value
};

enum class Tracking : std::uint8_t { off, on };

/// Where an evaluation stands: the customer, the world, the instant.
struct Stand {
    Subject* subject = nullptr;
    const World* world = nullptr;
    Instant now{};
    /// Events at `now` that arrived later are invisible: an occasion sees those up to itself.
    std::uint64_t arrival_max = ~std::uint64_t{0};
    /// The event whose fields context.… reads; null: the world's context.
    const RowPlace* occasion = nullptr;
};

/// Walks a bound tree. One thread at a time; lives for one evaluation.
class Evaluation {
  public:
    Evaluation(const Program& program, const Stand& stand, Tracking tracking, Scratch& scratch);

    /// The program's own value, and when it or the consent it needs may change.
    [[nodiscard]] Outcome run_root(const Program& program);

    [[nodiscard]] Outcome run(const BoundNode& node) {
        return std::visit([this](const auto& kind) { return evaluate(kind); }, node.kind);
    }

    /// The events a selection of one kind or another counts, newest last; for explanations.
    /// Valid until the next evaluation.
    [[nodiscard]] const std::vector<RowPlace>& gather(const BoundEvents& events,
                                                      const BoundNode* where,
                                                      const BoundWindow& window);

    /// Whether a `where` selects the event.
    [[nodiscard]] bool selects(const BoundNode* where, const RowPlace& place, Outcome& limits);

    [[nodiscard]] const TimeZone& zone() const { return *zone_; }

    /// The zone of times written without an offset.
    [[nodiscard]] const TimeZone& written_zone() const { return world_->settings->zone; }

  private:
    // Values, names and the customer: evaluation_leaves.cpp
    [[nodiscard]] Outcome evaluate(const BoundConstant& node);
    [[nodiscard]] Outcome evaluate(const BoundMonths& node);
    [[nodiscard]] Outcome evaluate(const BoundMoment& node);
    [[nodiscard]] Outcome evaluate(const BoundNow& node);
    [[nodiscard]] Outcome evaluate(const BoundTrait& node);
    [[nodiscard]] Outcome evaluate(const BoundAccountTrait& node);
    [[nodiscard]] Outcome evaluate(const BoundContext& node);
    [[nodiscard]] Outcome evaluate(const BoundPropertyOf& node);
    [[nodiscard]] Outcome evaluate(const BoundMomentField& node);
    [[nodiscard]] Outcome evaluate(const BoundConsent& node);
    [[nodiscard]] Outcome evaluate(const BoundTraitChange& node);
    [[nodiscard]] Outcome evaluate(const BoundSegment& node);
    [[nodiscard]] Outcome evaluate(const BoundPopulation& node);

    // Operators: evaluation_operators.cpp
    [[nodiscard]] Outcome evaluate(const BoundNot& node);
    [[nodiscard]] Outcome evaluate(const BoundMinus& node);
    [[nodiscard]] Outcome evaluate(const BoundJunction& node);
    [[nodiscard]] Outcome evaluate(const BoundCompare& node);
    [[nodiscard]] Outcome evaluate(const BoundCompareMonths& node);
    [[nodiscard]] Outcome evaluate(const BoundBetween& node);
    [[nodiscard]] Outcome evaluate(const BoundIn& node);
    [[nodiscard]] Outcome evaluate(const BoundTextTest& node);
    [[nodiscard]] Outcome evaluate(const BoundMatches& node);
    [[nodiscard]] Outcome evaluate(const BoundContains& node);
    [[nodiscard]] Outcome evaluate(const BoundArithmetic& node);
    [[nodiscard]] Outcome evaluate(const BoundMinusMonths& node);
    [[nodiscard]] Outcome evaluate(const BoundIsMissing& node);
    [[nodiscard]] Outcome evaluate(const BoundCase& node);
    [[nodiscard]] Outcome evaluate(const BoundCall& node);

    // Events: evaluation_events.cpp, evaluation_sequence.cpp
    [[nodiscard]] Outcome evaluate(const BoundAggregate& node);
    [[nodiscard]] Outcome evaluate(const BoundDid& node);
    [[nodiscard]] Outcome evaluate(const BoundSequence& node);

    [[nodiscard]] bool tracks() const { return tracking_ == Tracking::on; }

    [[nodiscard]] static Outcome withheld_outcome() { return Outcome{.value = Datum::withheld()}; }

    void resolve_consent();
    void resolve_zone(TraitId timezone);
    [[nodiscard]] const TimeZone* find_zone(std::string_view name);

    void limit_by_zone(Outcome& outcome) const { outcome.limit_next(zone_next_); }

    /// The value of a trait-like table at now; property 0.
    [[nodiscard]] Outcome value_at_now(const columns::EventRows& rows) const;
    [[nodiscard]] columns::EventRows account_rows(std::optional<AccountTraitId> trait,
                                                  Outcome& outcome);
    [[nodiscard]] Datum moment_field(MomentField field, std::string_view holiday, Instant at) const;

    /// Compares two outcomes; with tracking, finds when the clock alone turns the comparison.
    [[nodiscard]] Outcome compared(CompareOp op, const Outcome& left, const Outcome& right);
    /// The value no longer moves like a sum of times: it holds a minute.
    void limit_to_minute(Outcome& outcome, const Outcome& operand) const;

    [[nodiscard]] ResolvedWindow resolve(const BoundWindow& window, Outcome& outcome);
    [[nodiscard]] std::optional<Instant> first_window_start(const BoundWindow& window,
                                                            Outcome& outcome);
    [[nodiscard]] Instant first_event_time(Outcome& outcome);
    void append_tables(const BoundEvents& events, std::vector<Table>& tables);

    /// Rows [begin, end) of the table that lie in the span and are visible.
    struct RowRange {
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
    };

    [[nodiscard]] RowRange rows_in(const Table& table, const Span& span) const;
    void limit_by_rows(Outcome& outcome, const ResolvedWindow& window) const;
    [[nodiscard]] Selection select(const BoundAggregate& node, const Span& span);
    void sort_places();
    [[nodiscard]] bool any_selected(const BoundDid& node, const Span& span, Outcome& outcome);
    void limit_trend(Outcome& outcome, const ResolvedWindow& window) const;

    friend class SequenceRun;

    const World* world_;
    Subject* subject_;
    Instant now_;
    std::uint64_t arrival_max_;
    const RowPlace* occasion_;
    std::uint32_t event_count_;
    Tracking tracking_;
    Scratch& scratch_;
    const TimeZone* zone_;
    Instant zone_next_ = instant_max;
    Instant consent_next_ = instant_max;
    bool withheld_ = false;
    RowPlace place_;  ///< the event that `where` looks at
};

/// Draws the truth from a value: a boolean's, else unknown.
[[nodiscard]] Truth to_truth(const Datum& value);

/// Evaluates as Evaluator::verdict does, stepping over instants at which the answer stays the same.
[[nodiscard]] Verdict verdict_of(const Program& program, const Stand& stand, Scratch& scratch);

/// Returns the answer alone.
[[nodiscard]] Truth truth_of(const Program& program, const Stand& stand, Scratch& scratch);

}  // namespace fineline::expr
