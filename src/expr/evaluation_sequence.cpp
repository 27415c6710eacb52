#include "expr/evaluation.h"

#include <algorithm>

// Chains of events: one pass over the merged rows, keeping for each step the latest event that ends
// a chain up to it. The latest is the best there is: whatever an earlier one can reach within its
// bound, a later one can as well.

namespace fineline::expr {

/// Walks over the events of one sequence. One thread at a time; lives for one evaluation.
class SequenceRun {
  public:
    SequenceRun(Evaluation& evaluation, const BoundSequence& node, const ResolvedWindow& window)
        : evaluation_(evaluation), node_(node), window_(window) {}

    /// Returns the number of chains, at most one unless counting.
    std::uint64_t count(Outcome& outcome);

  private:
    /// The rows of one event name that are still to come, in order.
    struct Cursor {
        Table table;
        std::uint32_t row = 0;
        std::uint32_t end = 0;

        [[nodiscard]] bool before(const Cursor& other) const {
            const Instant mine = table.rows.time(row);
            const Instant theirs = other.table.rows.time(other.row);
            return mine != theirs ? mine < theirs
                                  : table.rows.arrival(row) < other.table.rows.arrival(other.row);
        }
    };

    /// The next event that the final `no` forbids. Rows before `row` are known not to match.
    struct AbsentCursor {
        Table table;
        std::uint32_t row = 0;
        std::uint32_t end = 0;
        bool matched = false;
    };

    void open(Outcome& outcome);
    void open_absent(Outcome& outcome);
    [[nodiscard]] Cursor* earliest();
    /// Whether the event is a last step that completes a chain; notes it as the end of shorter
    /// ones.
    [[nodiscard]] bool completes(const RowPlace& place, Outcome& outcome);
    [[nodiscard]] bool matches(std::size_t step, const RowPlace& place, Outcome& outcome);
    [[nodiscard]] bool stays_absent(const RowPlace& last, Outcome& outcome);
    [[nodiscard]] bool occurs(AbsentCursor& cursor,
                              const RowPlace& after,
                              Instant until,
                              Outcome& outcome);

    Evaluation& evaluation_;
    const BoundSequence& node_;
    const ResolvedWindow& window_;
    std::vector<Cursor> cursors_;
    std::vector<AbsentCursor> absent_;
};

void SequenceRun::open(Outcome& outcome) {
    Scratch& scratch = evaluation_.scratch_;
    scratch.tables.clear();
    for (const BoundEvents& events : node_.sources) {
        evaluation_.append_tables(events, scratch.tables);
    }
    for (const Table& table : scratch.tables) {
        const Evaluation::RowRange range = evaluation_.rows_in(table, window_.span());
        if (range.begin < range.end) {
            cursors_.push_back({.table = table, .row = range.begin, .end = range.end});
        }
    }
    evaluation_.limit_by_rows(outcome, window_);
    if (node_.absent) {
        open_absent(outcome);
    }
    scratch.chain_times.assign(node_.steps.size(), instant_min);
}

void SequenceRun::open_absent(Outcome& outcome) {
    Scratch& scratch = evaluation_.scratch_;
    scratch.tables.clear();
    evaluation_.append_tables(node_.absent->events, scratch.tables);
    const Span visible{.begin = instant_min, .end = just_after(evaluation_.now_)};
    for (const Table& table : scratch.tables) {
        const std::uint32_t end = evaluation_.rows_in(table, visible).end;
        if (end < table.rows.size()) {
            outcome.limit_next(table.rows.time(end));
        }
        absent_.push_back({.table = table, .row = 0, .end = end, .matched = false});
    }
}

SequenceRun::Cursor* SequenceRun::earliest() {
    Cursor* first = nullptr;
    for (Cursor& cursor : cursors_) {
        if (cursor.row < cursor.end && (first == nullptr || cursor.before(*first))) {
            first = &cursor;
        }
    }
    return first;
}

bool SequenceRun::matches(std::size_t step, const RowPlace& place, Outcome& outcome) {
    const BoundStep& wanted = node_.steps[step];
    if (!wanted.events.any && wanted.events.name != place.table->name) {
        return false;
    }
    if (step > 0) {
        const Instant before = evaluation_.scratch_.chain_times[step - 1];
        if (before == instant_min) {
            return false;
        }
        if (wanted.within && place.time() > plus(evaluation_.zone(), before, *wanted.within)) {
            return false;
        }
    }
    return evaluation_.selects(wanted.where.get(), place, outcome);
}

bool SequenceRun::completes(const RowPlace& place, Outcome& outcome) {
    // From the last step back, so that one event never serves two steps of a chain.
    std::vector<Instant>& times = evaluation_.scratch_.chain_times;
    for (std::size_t step = node_.steps.size(); step > 0; --step) {
        if (!matches(step - 1, place, outcome)) {
            continue;
        }
        if (step == node_.steps.size() && (!node_.absent || stays_absent(place, outcome))) {
            return true;
        }
        times[step - 1] = place.time();
    }
    return false;
}

bool SequenceRun::stays_absent(const RowPlace& last, Outcome& outcome) {
    const Instant until = plus(evaluation_.zone(), last.time(), *node_.absent->within);
    if (until > evaluation_.now_) {
        outcome.limit_next(until);
        return false;
    }
    return std::none_of(absent_.begin(), absent_.end(), [&](AbsentCursor& cursor) {
        return occurs(cursor, last, until, outcome);
    });
}

bool SequenceRun::occurs(AbsentCursor& cursor,
                         const RowPlace& after,
                         Instant until,
                         Outcome& outcome) {
    const columns::EventRows& rows = cursor.table.rows;
    std::uint32_t first = rows.count_before(after.time());
    while (first < cursor.end && rows.time(first) == after.time() &&
           rows.arrival(first) <= after.arrival()) {
        ++first;
    }
    if (first > cursor.row) {
        cursor.row = first;
        cursor.matched = false;
    }
    while (cursor.row < cursor.end && rows.time(cursor.row) <= until) {
        const RowPlace place{.table = &cursor.table, .row = cursor.row};
        cursor.matched =
            cursor.matched || evaluation_.selects(node_.absent->where.get(), place, outcome);
        if (cursor.matched) {
            return true;
        }
        ++cursor.row;
    }
    return false;
}

std::uint64_t SequenceRun::count(Outcome& outcome) {
    open(outcome);
    std::vector<Instant>& times = evaluation_.scratch_.chain_times;
    std::uint64_t chains = 0;
    for (Cursor* cursor = earliest(); cursor != nullptr; cursor = earliest()) {
        const RowPlace place{.table = &cursor->table, .row = cursor->row};
        if (completes(place, outcome)) {
            ++chains;
            if (!node_.counting) {
                break;
            }
            std::fill(times.begin(), times.end(), instant_min);
        }
        ++cursor->row;
    }
    return chains;
}

Outcome Evaluation::evaluate(const BoundSequence& node) {
    if (withheld_) {
        return withheld_outcome();
    }
    Outcome outcome;
    const ResolvedWindow window = resolve(node.window, outcome);
    limit_by_zone(outcome);
    const std::uint64_t chains = SequenceRun(*this, node, window).count(outcome);
    outcome.value = node.counting ? Datum::of(static_cast<double>(chains)) : Datum::of(chains > 0);
    return outcome;
}

}  // namespace fineline::expr
