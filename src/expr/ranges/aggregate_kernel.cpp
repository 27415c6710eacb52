#include "expr/ranges/aggregate_kernel.h"

#include "expr/functions/exact_sum.h"
#include "expr/functions/table.h"

#include <bit>
#include <cmath>

namespace fineline::expr {

namespace {

/// Rows that lie together, to be walked like a list of rows.
struct RowsBetween {
    std::uint32_t first = 0;
    std::uint32_t count = 0;

    [[nodiscard]] std::size_t size() const { return count; }

    [[nodiscard]] std::uint32_t operator[](std::size_t i) const {
        return first + static_cast<std::uint32_t>(i);
    }
};

template <class Rows>
double sum_of(const std::uint64_t* bits, const Rows& rows) {
    return functions::exact_sum(rows.size(), [&](std::size_t i) {
        const std::uint64_t stored = bits[rows[i]];
        const bool is_number = stored != columns::number_absent && stored != columns::number_null;
        return is_number ? std::bit_cast<double>(stored) : 0.0;
    });
}

/// Codes below two stand for no value.
constexpr std::uint32_t first_code = 2;

/// Stored codes that one word has room for.
constexpr std::uint32_t word_codes = 64;

template <class Rows>
int distinct_of_few(const std::uint8_t* codes, const Rows& rows) {
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        seen |= std::uint64_t{1} << codes[rows[i]];
    }
    return std::popcount(seen >> first_code);
}

}  // namespace

std::unique_ptr<AggregateKernel> AggregateKernel::plan(const BoundAggregate& aggregate,
                                                       const BoundNode& node,
                                                       const RangeQuestion& question) {
    const TimeZone& zone = question.world->settings->zone;
    const auto span = RowSpan::of(aggregate.window, zone, question.now);
    if (!span || aggregate.events.any || !aggregate.events.name) {
        return nullptr;
    }
    std::unique_ptr<RowFilter> filter;
    if (aggregate.where) {
        filter = RowFilter::plan(*aggregate.where, *aggregate.events.name, question);
        if (filter == nullptr) {
            return nullptr;
        }
    }
    return std::make_unique<AggregateKernel>(aggregate, node, *span, std::move(filter));
}

AggregateKernel::AggregateKernel(const BoundAggregate& aggregate,
                                 const BoundNode& node,
                                 const RowSpan& span,
                                 std::unique_ptr<RowFilter> filter)
    : aggregate_(aggregate), node_(node), span_(span), filter_(std::move(filter)) {}

int AggregateKernel::cost() const {
    return (filter_ == nullptr ? 2 : 4) + (aggregate_.has_property ? 1 : 0);
}

columns::Column AggregateKernel::column_of(const columns::RangeRows& rows) const {
    const auto property = aggregate_.property.of(*aggregate_.events.name);
    return aggregate_.has_property && property ? rows.chunk->column_of(property->value())
                                               : columns::Column{};
}

AggregateKernel::Way AggregateKernel::way_for(const columns::RangeRows& rows) const {
    using columns::Encoding;
    const AggregateFunction* function = aggregate_.function;
    const columns::Column column = column_of(rows);
    if (function == &functions::count_row) {
        return Way::count;
    }
    if (function == &functions::share_row) {
        return Way::share;
    }
    if (function == &functions::sum_row && column.bytes != nullptr &&
        column.encoding == Encoding::number) {
        return Way::sum;
    }
    const bool coded = column.bytes != nullptr &&
                       (column.encoding == Encoding::code8 || column.encoding == Encoding::code16);
    if (function == &functions::distinct_row && coded) {
        return Way::distinct;
    }
    return function->evaluate_rows != nullptr && filter_ == nullptr ? Way::rows : Way::events;
}

template <class Visit>
void AggregateKernel::each(RangeStand& stand,
                           const columns::RangeRows& rows,
                           Asked asked,
                           Visit visit) {
    const std::uint16_t* locals = rows.chunk->locals().data();
    if (filter_ != nullptr) {
        for_each_customer(*rows.chunk,
                          filter_->select(stand, rows, span_, asked),
                          [&](std::uint32_t i, std::span<const std::uint32_t> selected) {
                              if (asked[locals[i]] != 0) {
                                  visit(locals[i], selected);
                              }
                          });
        return;
    }
    span_.each_customer(
        *rows.chunk, asked, [&](std::uint32_t i, std::uint32_t begin, std::uint32_t end) {
            visit(locals[i], RowsBetween{.first = begin, .count = end - begin});
        });
}

Datum AggregateKernel::of_events(const RangeStand& stand, std::uint64_t unfiltered) {
    const Span& span = span_.span();
    return aggregate_.function->evaluate({.events = events_,
                                          .unfiltered_count = unfiltered,
                                          .numbers = aggregate_.numbers,
                                          .now = stand.now(),
                                          .window_begin = span.begin,
                                          .window_end = span.end - Duration{1},
                                          .zone = &stand.zone(),
                                          .has_property = aggregate_.has_property,
                                          .scratch = &scratch_});
}

void AggregateKernel::run(RangeStand& stand, Asked asked, ValueSink& sink) {
    events_.clear();
    sink.fill(of_events(stand, 0));
    const columns::RangeRows rows =
        stand.rows(columns::TableKind::event, aggregate_.events.name->value());
    if (rows.chunk != nullptr) {
        run_chunk(stand, rows, asked, sink);
    }
    stand.each_elsewhere(
        rows, asked, [&](std::uint32_t lane) { sink.datum(lane, stand.value(node_, lane)); });
}

void AggregateKernel::run_chunk(RangeStand& stand,
                                const columns::RangeRows& rows,
                                Asked asked,
                                ValueSink& sink) {
    switch (way_for(rows)) {
        case Way::count:
            each(stand, rows, asked, [&](std::uint32_t lane, const auto& selected) {
                sink.number(lane, static_cast<double>(selected.size()));
            });
            break;
        case Way::share: run_share(stand, rows, asked, sink); break;
        case Way::sum: run_sum(stand, rows, asked, sink); break;
        case Way::distinct: run_distinct(stand, rows, asked, sink); break;
        case Way::rows: run_rows(stand, rows, asked, sink); break;
        case Way::events: run_events(stand, rows, asked, sink); break;
    }
}

void AggregateKernel::run_share(RangeStand& stand,
                                const columns::RangeRows& rows,
                                Asked asked,
                                ValueSink& sink) {
    const std::span<const std::uint32_t> selected = filter_->select(stand, rows, span_, asked);
    const std::uint16_t* locals = rows.chunk->locals().data();
    std::size_t next = 0;
    span_.each_customer(
        *rows.chunk, asked, [&](std::uint32_t i, std::uint32_t begin, std::uint32_t end) {
            while (next < selected.size() && selected[next] < begin) {
                ++next;
            }
            const std::size_t first = next;
            while (next < selected.size() && selected[next] < end) {
                ++next;
            }
            sink.number(locals[i],
                        static_cast<double>(next - first) / static_cast<double>(end - begin));
        });
}

void AggregateKernel::run_sum(RangeStand& stand,
                              const columns::RangeRows& rows,
                              Asked asked,
                              ValueSink& sink) {
    const auto* bits = column_of(rows).as<std::uint64_t>();
    each(stand, rows, asked, [&](std::uint32_t lane, const auto& selected) {
        const double sum = sum_of(bits, selected);
        if (std::isfinite(sum)) {
            sink.number(lane, sum);
        } else {
            sink.datum(lane, functions::finite(sum));
        }
    });
}

void AggregateKernel::run_distinct(RangeStand& stand,
                                   const columns::RangeRows& rows,
                                   Asked asked,
                                   ValueSink& sink) {
    const columns::Column column = column_of(rows);
    const bool bytes = column.encoding == columns::Encoding::code8;
    const auto* narrow = column.as<std::uint8_t>();
    std::uint8_t last = 0;
    const std::uint32_t byte_rows = bytes ? column.rows : 0;
    for (std::uint32_t row = 0; row < byte_rows; ++row) {
        last = std::max(last, narrow[row]);
    }
    if (bytes && last < word_codes) {
        each(stand, rows, asked, [&](std::uint32_t lane, const auto& selected) {
            sink.number(lane, distinct_of_few(narrow, selected));
        });
        return;
    }
    seen_.resize(std::size_t{1} << 16U);
    const auto* wide = column.as<std::uint16_t>();
    each(stand, rows, asked, [&](std::uint32_t lane, const auto& selected) {
        ++seen_by_;
        int distinct = 0;
        for (std::size_t i = 0; i < selected.size(); ++i) {
            const std::uint32_t code = bytes ? narrow[selected[i]] : wide[selected[i]];
            distinct += code >= first_code && seen_[code] != seen_by_ ? 1 : 0;
            seen_[code] = seen_by_;
        }
        sink.number(lane, distinct);
    });
}

void AggregateKernel::run_rows(RangeStand& stand,
                               const columns::RangeRows& rows,
                               Asked asked,
                               ValueSink& sink) {
    const columns::Chunk& chunk = *rows.chunk;
    source_.reset(rows.table, &chunk);
    // No function of rows looks at arrivals: within a customer the rows are in order.
    const columns::EventRows all(chunk.times(), chunk.long_arrivals(), chunk.rows(), &source_, 0);
    const std::uint16_t* locals = chunk.locals().data();
    span_.each_customer(chunk, asked, [&](std::uint32_t i, std::uint32_t begin, std::uint32_t end) {
        sink.datum(locals[i],
                   aggregate_.function->evaluate_rows(
                       {.rows = all,
                        .begin = begin,
                        .end = end,
                        .property = aggregate_.property.of(*aggregate_.events.name),
                        .now = stand.now()}));
    });
}

void AggregateKernel::run_events(RangeStand& stand,
                                 const columns::RangeRows& rows,
                                 Asked asked,
                                 ValueSink& sink) {
    const columns::Chunk& chunk = *rows.chunk;
    const columns::Column column = column_of(rows);
    each(stand, rows, asked, [&](std::uint32_t lane, const auto& selected) {
        events_.clear();
        for (std::size_t i = 0; i < selected.size(); ++i) {
            const std::uint32_t row = selected[i];
            events_.push_back(
                {.time = chunk.times()[row],
                 .arrival = chunk.arrival(row),
                 .value = column.bytes == nullptr
                              ? Datum()
                              : rows.table->datum(column.property, column.cell(row))});
        }
        sink.datum(lane, of_events(stand, selected.size()));
    });
}

}  // namespace fineline::expr
