#pragma once

#include "columns/event_rows.h"
#include "columns/table.h"
#include "columns/view_state.h"

#include <cstdint>
#include <span>
#include <vector>

namespace fineline::columns {

/// One row wherever it lies: in a chunk, or in a delta.
struct RowRef {
    const Chunk* chunk = nullptr;
    const Delta* delta = nullptr;
    std::uint32_t row = 0;

    [[nodiscard]] Instant time() const {
        return chunk != nullptr ? chunk->times()[row] : Instant(Duration(delta->row(row).time));
    }

    [[nodiscard]] std::uint64_t arrival() const {
        return chunk != nullptr ? chunk->arrival(row) : delta->row(row).arrival;
    }

    [[nodiscard]] Cell cell(std::uint32_t property) const {
        if (delta != nullptr) {
            return delta->cell(property, row);
        }
        const Column column = chunk->column_of(property);
        return column.bytes == nullptr ? Cell{} : column.cell(row);
    }
};

/// Values of rows that lie together in one chunk. One thread at a time.
class ChunkSource final : public ValueSource {
  public:
    void reset(const TableView* table, const Chunk* chunk);

    void forget() { chunk_ = nullptr; }

    [[nodiscard]] const Chunk* chunk() const { return chunk_; }

    [[nodiscard]] Datum value(PropertyId property, std::uint32_t row) const override;

  private:
    const TableView* table_ = nullptr;
    const Chunk* chunk_ = nullptr;
    std::vector<Column> by_property_;
};

/// Values of rows gathered from anywhere. One thread at a time.
class GatheredSource final : public ValueSource {
  public:
    [[nodiscard]] Datum value(PropertyId property, std::uint32_t row) const override;

    const TableView* table = nullptr;
    std::vector<RowRef> rows;
};

/// Reads the rows of one table customer by customer; ascending ordinals cost O(1). One thread at a
/// time.
class Cursor {
  public:
    Cursor(const ViewState& view, const TableView& table) { look_at(view, table); }

    /// Turns to a table, which may be the same one of a later View; keeps its memory. Rows handed
    /// out before are no longer valid.
    void look_at(const ViewState& view, const TableView& table);

    /// Rows of these ordinals as one customer, valid until another customer is asked for. The first
    /// names the customer.
    [[nodiscard]] EventRows read(std::span<const std::uint32_t> ordinals);

  private:
    static constexpr std::uint32_t nowhere = 0xffff'ffffU;

    [[nodiscard]] EventRows find(std::span<const std::uint32_t> ordinals);
    void enter(std::uint32_t range);
    void gather(std::uint32_t ordinal);
    [[nodiscard]] EventRows gathered();
    [[nodiscard]] bool has_delta_rows(std::uint32_t local) const;

    const ViewState* view_ = nullptr;
    const TableView* table_ = nullptr;
    std::uint32_t range_ = nowhere;
    const Chunk* chunk_ = nullptr;
    const Delta* delta_ = nullptr;
    std::uint32_t index_ = 0;
    std::uint32_t who_ = nowhere;
    EventRows rows_;
    ChunkSource chunk_source_;
    GatheredSource gathered_;
    std::vector<Instant> times_;
    std::vector<std::uint64_t> arrivals_;
};

}  // namespace fineline::columns
