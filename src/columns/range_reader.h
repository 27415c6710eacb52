#pragma once

#include "columns/chunk.h"
#include "columns/delta.h"
#include "columns/table.h"
#include "columns/view.h"

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace fineline::columns {

/// What an ordinal of a range stands for at an instant.
enum class LaneState : std::uint8_t {
    nobody,  ///< no customer at that instant, or merged into another
    alone,   ///< a customer of one id: all its rows lie under this ordinal
    several  ///< a customer of several ids, whose rows lie under other ordinals too
};

/// One table's rows of one range of ordinals, as they lie. Valid as long as the View.
struct RangeRows {
    const TableView* table = nullptr;  ///< nullptr: the View has no such table
    const Chunk* chunk = nullptr;      ///< nullptr: nothing is clustered, or it is damaged
    const Delta* delta = nullptr;      ///< rows since, of which a View may see some
};

/// Reads a View range by range instead of customer by customer: what evaluation of many customers
/// at once needs. One thread at a time; the View must outlive it.
class RangeReader {
  public:
    explicit RangeReader(const View& view);

    [[nodiscard]] std::uint32_t range_size() const;

    [[nodiscard]] std::uint32_t range_count() const;

    /// Ordinals of a range: range_size() but for the last.
    [[nodiscard]] std::uint32_t lane_count(std::uint32_t range) const;

    /// Says of each ordinal of the range what it is at `now`. O(range).
    void read_lanes(std::uint32_t range, Instant now, std::span<LaneState> lanes) const;

    /// A damaged chunk reads as none, and shows in View::health.
    [[nodiscard]] RangeRows rows(TableKind kind, std::uint32_t table, std::uint32_t range) const;

    /// Sets the mark of each ordinal of the range that has rows in the delta which the View sees.
    void mark_recent(const RangeRows& rows, std::span<std::uint8_t> marks) const;

  private:
    const ViewState& state_;
};

}  // namespace fineline::columns
