#pragma once

#include "columns/cursor.h"
#include "expr/ranges/range_predicate.h"
#include "expr/ranges/row_span.h"
#include "expr/ranges/value_memo.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace fineline::expr {

/// Selects the rows of a chunk that meet a `where` and lie in a window. One thread at a time.
class RowFilter {
  public:
    /// nullptr where the condition reads more than the event: the customer or the context.
    [[nodiscard]] static std::unique_ptr<RowFilter> plan(const BoundNode& where,
                                                         EventNameId event,
                                                         const RangeQuestion& question);

    RowFilter(const BoundNode& where, EventNameId event, const RangeQuestion& question);

    /// The rows of at least the asked lanes, ascending; valid until the next call.
    [[nodiscard]] std::span<const std::uint32_t> select(RangeStand& stand,
                                                        const columns::RangeRows& rows,
                                                        const RowSpan& span,
                                                        Asked asked);

  private:
    /// One operand of the conjunction: exactly one memo is there, or none where it needs the row.
    struct Condition {
        const BoundNode* node = nullptr;
        std::optional<PropertyId> property;
        std::unique_ptr<ValueMemo> by_value;
        std::unique_ptr<MomentMemo> by_moment;
        columns::Column column;  ///< of the chunk at hand
        bool is_marked = false;  ///< decided for all its rows at once: marks_ says how
    };

    void add(const BoundNode& node, const RangeQuestion& question);
    void open(const columns::RangeRows& rows);
    /// Looks at the columns of one byte a row, all rows at once; says whether there were any.
    [[nodiscard]] bool mark_rows(const columns::RangeRows& rows);
    void mark_by_column(const columns::TableView& table, Condition& condition);
    [[nodiscard]] bool passes(RangeStand& stand, const columns::RangeRows& rows, std::uint32_t row);
    [[nodiscard]] bool passes_whole(RangeStand& stand, const BoundNode& node, std::uint32_t row);
    void keep_marked(RangeStand& stand, const columns::RangeRows& rows, const RowSpan& span);
    void keep_in_window(const columns::Chunk& chunk, const RowSpan& span);

    EventNameId event_;
    std::vector<Condition> conditions_;
    std::vector<std::uint8_t> marks_;
    std::vector<std::uint32_t> selected_;
    columns::ChunkSource source_;
    Table table_;
};

/// Calls `visit(index of the customer, their rows among the selected)` for each customer of the
/// chunk with a selected row.
template <class Visit>
void for_each_customer(const columns::Chunk& chunk,
                       std::span<const std::uint32_t> selected,
                       Visit visit) {
    const std::uint32_t* offsets = chunk.offsets();
    std::uint32_t customer = 0;
    for (std::size_t begin = 0; begin < selected.size();) {
        while (offsets[customer + 1] <= selected[begin]) {
            ++customer;
        }
        std::size_t end = begin + 1;
        while (end < selected.size() && selected[end] < offsets[customer + 1]) {
            ++end;
        }
        visit(customer, selected.subspan(begin, end - begin));
        begin = end;
    }
}

}  // namespace fineline::expr
