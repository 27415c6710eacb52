#include "expr/evaluation.h"
#include "expr/functions/calendar_units.h"
#include "expr/operators.h"

#include <algorithm>

// did and the aggregates: which events count, what the function makes of them, and when that may
// change.

namespace fineline::expr {

ResolvedWindow Evaluation::resolve(const BoundWindow& window, Outcome& outcome) {
    std::optional<Instant> start;
    if (window.kind == WindowKind::first) {
        start = first_window_start(window, outcome);
    }
    const ResolvedWindow resolved(window, {zone_, &written_zone()}, now_, start);
    if (tracks() && window.kind != WindowKind::all) {
        outcome.limit_cap(resolved.cap());
        limit_by_zone(outcome);
    }
    return resolved;
}

std::optional<Instant> Evaluation::first_window_start(const BoundWindow& window, Outcome& outcome) {
    if (window.created_at) {
        const Outcome created = value_at_now(subject_->trait(*window.created_at));
        outcome.limit(created);
        const Datum time = as_timestamp(created.value, written_zone());
        if (time.kind() == ValueKind::timestamp) {
            return time.timestamp();
        }
    }
    const Instant first = first_event_time(outcome);
    return first <= now_ ? std::optional(first) : std::nullopt;
}

Instant Evaluation::first_event_time(Outcome& outcome) {
    scratch_.tables.clear();
    append_tables({.any = true, .name = {}, .event_count = event_count_}, scratch_.tables);
    Instant first = instant_max;
    for (const Table& table : scratch_.tables) {
        first = std::min(first, table.rows.time(0));
    }
    if (first > now_) {
        outcome.limit_next(first);
    }
    return first;
}

void Evaluation::append_tables(const BoundEvents& events, std::vector<Table>& tables) {
    const auto append = [&](EventNameId name) {
        const columns::EventRows rows = subject_->events(name);
        if (!rows.empty()) {
            tables.push_back({.rows = rows, .name = name});
        }
    };
    if (!events.any) {
        if (events.name) {
            append(*events.name);
        }
        return;
    }
    for (std::uint32_t i = 0; i < events.event_count; ++i) {
        append(EventNameId{i});
    }
}

Evaluation::RowRange Evaluation::rows_in(const Table& table, const Span& span) const {
    const columns::EventRows& rows = table.rows;
    RowRange range;
    if (span.end == just_after(now_)) {
        range.end = rows.count_until(now_);
        while (range.end > 0 && rows.time(range.end - 1) == now_ &&
               rows.arrival(range.end - 1) > arrival_max_) {
            --range.end;
        }
    } else {
        range.end = rows.count_before(span.end);
    }
    range.begin =
        span.begin == instant_min ? 0 : std::min(rows.count_before(span.begin), range.end);
    return range;
}

bool Evaluation::selects(const BoundNode* where, const RowPlace& place, Outcome& limits) {
    if (where == nullptr) {
        return true;
    }
    place_ = place;
    const std::size_t strings_before = scratch_.strings_used;
    const Outcome outcome = run(*where);
    scratch_.strings_used = strings_before;
    limits.limit(outcome);
    return to_truth(outcome.value) == Truth::yes;
}

void Evaluation::limit_by_rows(Outcome& outcome, const ResolvedWindow& window) const {
    if (tracks()) {
        for (const Table& table : scratch_.tables) {
            outcome.limit_next(window.next_change(table.rows));
        }
    }
}

bool Evaluation::any_selected(const BoundDid& node, const Span& span, Outcome& outcome) {
    bool found = false;
    for (const Table& table : scratch_.tables) {
        const RowRange range = rows_in(table, span);
        if (!node.where) {
            found = found || range.begin < range.end;
            continue;
        }
        // The latest first: what is asked for is more often recent than not.
        for (std::uint32_t row = range.end; row > range.begin && !found; --row) {
            found = selects(node.where.get(), {.table = &table, .row = row - 1}, outcome);
        }
    }
    return found;
}

Outcome Evaluation::evaluate(const BoundDid& node) {
    if (withheld_) {
        return withheld_outcome();
    }
    Outcome outcome;
    const ResolvedWindow window = resolve(node.window, outcome);
    scratch_.tables.clear();
    append_tables(node.events, scratch_.tables);
    outcome.value = Datum::of(any_selected(node, window.span(), outcome) != node.negated);
    limit_by_rows(outcome, window);
    return outcome;
}

void Evaluation::sort_places() {
    std::sort(
        scratch_.places.begin(), scratch_.places.end(), [](const RowPlace& a, const RowPlace& b) {
            return a.time() != b.time() ? a.time() < b.time() : a.arrival() < b.arrival();
        });
}

Selection Evaluation::select(const BoundAggregate& node, const Span& span) {
    Selection selection;
    scratch_.places.clear();
    for (const Table& table : scratch_.tables) {
        const RowRange range = rows_in(table, span);
        selection.unfiltered += range.end - range.begin;
        for (std::uint32_t row = range.begin; row < range.end; ++row) {
            const RowPlace place{.table = &table, .row = row};
            if (selects(node.where.get(), place, selection.limits)) {
                scratch_.places.push_back(place);
            }
        }
    }
    if (scratch_.tables.size() > 1) {
        sort_places();
    }
    scratch_.selected.clear();
    for (const RowPlace& place : scratch_.places) {
        scratch_.selected.push_back(
            {.time = place.time(),
             .arrival = place.arrival(),
             .value = node.has_property ? place.value(node.property) : Datum()});
    }
    return selection;
}

Outcome Evaluation::evaluate(const BoundAggregate& node) {
    if (withheld_) {
        return withheld_outcome();
    }
    Outcome outcome;
    const ResolvedWindow window = resolve(node.window, outcome);
    const Span& span = window.span();
    scratch_.tables.clear();
    append_tables(node.events, scratch_.tables);
    const AggregateFunction& function = *node.function;
    if (function.evaluate_rows != nullptr && !node.where && scratch_.tables.size() == 1) {
        const Table& table = scratch_.tables.front();
        const RowRange range = rows_in(table, span);
        outcome.value = function.evaluate_rows({.rows = table.rows,
                                                .begin = range.begin,
                                                .end = range.end,
                                                .property = node.property.of(table.name),
                                                .now = now_});
    } else {
        const Selection selection = select(node, span);
        outcome.limit(selection.limits);
        outcome.value = function.evaluate({.events = scratch_.selected,
                                           .unfiltered_count = selection.unfiltered,
                                           .numbers = node.numbers,
                                           .now = now_,
                                           .window_begin = span.begin,
                                           .window_end = span.end - Duration{1},
                                           .zone = zone_,
                                           .has_property = node.has_property,
                                           .scratch = &scratch_.aggregate});
    }
    if (function.drifts && outcome.value.kind() == ValueKind::duration) {
        outcome.slope = 1;
    }
    limit_by_rows(outcome, window);
    if (function.by_local_day) {
        limit_by_zone(outcome);
    }
    if (function.by_window_day) {
        limit_trend(outcome, window);
    }
    return outcome;
}

void Evaluation::limit_trend(Outcome& outcome, const ResolvedWindow& window) const {
    if (!tracks()) {
        return;
    }
    // The days of the window change when either end of it crosses a local midnight.
    const auto limit = [&](Instant bound) {
        if (bound != instant_min && bound != instant_max) {
            const Instant midnight = zone_->start_of(TimeUnit::day, bound, 1);
            outcome.limit_cap(shifted(now_, midnight - bound));
        }
    };
    limit(now_);
    if (window.rolls()) {
        limit(window.span().begin);
        limit(window.span().end - Duration{1});
    }
}

const std::vector<RowPlace>& Evaluation::gather(const BoundEvents& events,
                                                const BoundNode* where,
                                                const BoundWindow& window) {
    Outcome ignored;
    const ResolvedWindow resolved = resolve(window, ignored);
    scratch_.tables.clear();
    append_tables(events, scratch_.tables);
    scratch_.places.clear();
    for (const Table& table : scratch_.tables) {
        const RowRange range = rows_in(table, resolved.span());
        for (std::uint32_t row = range.begin; row < range.end; ++row) {
            const RowPlace place{.table = &table, .row = row};
            if (selects(where, place, ignored)) {
                scratch_.places.push_back(place);
            }
        }
    }
    sort_places();
    return scratch_.places;
}

}  // namespace fineline::expr
