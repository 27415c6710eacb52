#include "expr/ranges/row_filter.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fineline::expr {

namespace {

bool is_byte_column(const columns::Column& column) {
    return column.bytes != nullptr && (column.encoding == columns::Encoding::code8 ||
                                       column.encoding == columns::Encoding::boolean);
}

}  // namespace

std::unique_ptr<RowFilter> RowFilter::plan(const BoundNode& where,
                                           EventNameId event,
                                           const RangeQuestion& question) {
    const Reads reads = reads_of(where);
    if (reads.elsewhere || !reads.traits.empty()) {
        return nullptr;
    }
    return std::make_unique<RowFilter>(where, event, question);
}

RowFilter::RowFilter(const BoundNode& where, EventNameId event, const RangeQuestion& question)
    : event_(event) {
    add(where, question);
}

void RowFilter::add(const BoundNode& node, const RangeQuestion& question) {
    const auto* junction = std::get_if<BoundJunction>(&node.kind);
    if (junction != nullptr && junction->conjunction) {
        for (const BoundPtr& operand : junction->operands) {
            add(*operand, question);
        }
        return;
    }
    const Reads reads = reads_of(node);
    Condition condition;
    condition.node = &node;
    const bool one_property =
        !reads.properties.empty() && !reads.moment &&
        std::all_of(reads.properties.begin(), reads.properties.end(), [&](const auto* property) {
            return property->of(event_) == reads.properties.front()->of(event_);
        });
    if (one_property) {
        condition.property = reads.properties.front()->of(event_);
        condition.by_value = std::make_unique<ValueMemo>(node, question, ValueMemo::Of::property);
    } else if (reads.properties.empty() && reads.moment) {
        condition.by_moment = std::make_unique<MomentMemo>(node, question, reads);
    }
    conditions_.push_back(std::move(condition));
}

void RowFilter::open(const columns::RangeRows& rows) {
    for (Condition& condition : conditions_) {
        condition.column = condition.property ? rows.chunk->column_of(condition.property->value())
                                              : columns::Column{};
        condition.is_marked = false;
        if (condition.by_moment) {
            condition.by_moment->prepare(*rows.table);
        }
    }
    const bool by_row = std::any_of(conditions_.begin(), conditions_.end(), [](const auto& c) {
        return !c.by_value && !c.by_moment;
    });
    if (by_row) {
        source_.reset(rows.table, rows.chunk);
        const columns::Chunk& chunk = *rows.chunk;
        // Conditions of an event never read its arrival.
        table_ = {.rows = columns::EventRows(
                      chunk.times(), chunk.long_arrivals(), chunk.rows(), &source_, 0),
                  .name = event_};
    }
}

void RowFilter::mark_by_column(const columns::TableView& table, Condition& condition) {
    const auto* stored = condition.column.as<std::uint8_t>();
    const std::size_t rows = marks_.size();
    std::uint8_t* marks = marks_.data();
    std::uint8_t last = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        last = std::max(last, stored[row]);
    }
    const std::span<const Truth> truths =
        condition.by_value->of_codes(table, condition.column, last);
    const auto wanted = std::count(truths.begin(), truths.end(), Truth::yes);
    if (wanted == 1) {
        const auto code = static_cast<std::uint8_t>(
            std::find(truths.begin(), truths.end(), Truth::yes) - truths.begin());
        for (std::size_t row = 0; row < rows; ++row) {
            marks[row] = static_cast<std::uint8_t>(marks[row] & (stored[row] == code ? 1U : 0U));
        }
        return;
    }
    const Truth* truth = truths.data();
    for (std::size_t row = 0; row < rows; ++row) {
        marks[row] =
            static_cast<std::uint8_t>(marks[row] & (truth[stored[row]] == Truth::yes ? 1U : 0U));
    }
}

bool RowFilter::mark_rows(const columns::RangeRows& rows) {
    bool any = false;
    for (Condition& condition : conditions_) {
        if (!condition.by_value || !is_byte_column(condition.column)) {
            continue;
        }
        if (!any) {
            marks_.assign(rows.chunk->rows(), 1);
        }
        any = true;
        mark_by_column(*rows.table, condition);
        condition.is_marked = true;
    }
    return any;
}

bool RowFilter::passes_whole(RangeStand& stand, const BoundNode& node, std::uint32_t row) {
    const Stand at{.subject = nullptr, .world = stand.question().world, .now = stand.now()};
    stand.scratch().strings_used = 0;
    Evaluation evaluation(*stand.question().program, at, Tracking::off, stand.scratch());
    Outcome ignored;
    return evaluation.selects(&node, {.table = &table_, .row = row}, ignored);
}

bool RowFilter::passes(RangeStand& stand, const columns::RangeRows& rows, std::uint32_t row) {
    return std::all_of(conditions_.begin(), conditions_.end(), [&](Condition& condition) {
        if (condition.is_marked) {
            return true;
        }
        if (condition.by_moment) {
            return condition.by_moment->at(rows.chunk->times()[row]) == Truth::yes;
        }
        if (condition.by_value) {
            return condition.by_value->of_row(*rows.table, condition.column, row) == Truth::yes;
        }
        return passes_whole(stand, *condition.node, row);
    });
}

void RowFilter::keep_marked(RangeStand& stand,
                            const columns::RangeRows& rows,
                            const RowSpan& span) {
    const auto keep = [&](std::size_t row) {
        selected_.push_back(static_cast<std::uint32_t>(row));
    };
    // Few rows are marked: eight at a time are passed over, and each bit that is set is a row.
    constexpr std::size_t step = 8;
    constexpr std::size_t byte_bits = 8;
    std::size_t row = 0;
    for (; row + step <= marks_.size(); row += step) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, marks_.data() + row, sizeof eight);
        for (; eight != 0; eight &= eight - 1) {
            keep(row + static_cast<std::size_t>(std::countr_zero(eight)) / byte_bits);
        }
    }
    for (; row < marks_.size(); ++row) {
        if (marks_[row] != 0) {
            keep(row);
        }
    }
    keep_in_window(*rows.chunk, span);
    const bool decided = std::all_of(
        conditions_.begin(), conditions_.end(), [](const auto& c) { return c.is_marked; });
    if (!decided) {
        std::erase_if(selected_, [&](std::uint32_t at) { return !passes(stand, rows, at); });
    }
}

/// The times of selected rows lie far apart. Nothing branches on them, so that the processor
/// fetches many at once.
void RowFilter::keep_in_window(const columns::Chunk& chunk, const RowSpan& span) {
    const Instant* times = chunk.times();
    const Span window = span.span();
    std::uint32_t* rows = selected_.data();
    const std::size_t count = selected_.size();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint32_t row = rows[i];
        const Instant at = times[row];
        rows[kept] = row;
        kept += static_cast<std::size_t>(at >= window.begin) &
                static_cast<std::size_t>(at < window.end);
    }
    selected_.resize(kept);
}

std::span<const std::uint32_t> RowFilter::select(RangeStand& stand,
                                                 const columns::RangeRows& rows,
                                                 const RowSpan& span,
                                                 Asked asked) {
    selected_.clear();
    open(rows);
    if (mark_rows(rows)) {
        keep_marked(stand, rows, span);
        return selected_;
    }
    const Instant* times = rows.chunk->times();
    MomentMemo* moment = conditions_.size() == 1 ? conditions_.front().by_moment.get() : nullptr;
    span.each_customer(
        *rows.chunk, asked, [&](std::uint32_t, std::uint32_t begin, std::uint32_t end) {
            for (std::uint32_t row = begin; row < end; ++row) {
                const bool passed = moment != nullptr ? moment->at(times[row]) == Truth::yes
                                                      : passes(stand, rows, row);
                if (passed) {
                    selected_.push_back(row);
                }
            }
        });
    return selected_;
}

}  // namespace fineline::expr
