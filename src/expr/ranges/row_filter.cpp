#include "expr/ranges/row_filter.h"

#include <algorithm>
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
    const Instant* times = rows.chunk->times();
    const auto keep = [&](std::size_t at) {
        const auto row = static_cast<std::uint32_t>(at);
        if (marks_[at] != 0 && span.holds(times[row]) && passes(stand, rows, row)) {
            selected_.push_back(row);
        }
    };
    // Few rows are marked: eight at a time are passed over.
    std::size_t row = 0;
    for (; row + 8 <= marks_.size(); row += 8) {
        std::uint64_t eight = 0;
        std::memcpy(&eight, marks_.data() + row, sizeof eight);
        for (std::size_t i = 0; eight != 0 && i < 8; ++i) {
            keep(row + i);
        }
    }
    for (; row < marks_.size(); ++row) {
        keep(row);
    }
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
