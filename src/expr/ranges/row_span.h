#pragma once

#include "columns/chunk.h"
#include "expr/windows.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

namespace fineline::expr {

/// The window of an aggregate where it is the same for every customer, and the rows of a chunk that
/// lie in it.
class RowSpan {
  public:
    /// None where the window depends on the customer, or ends nowhere.
    [[nodiscard]] static std::optional<RowSpan> of(const BoundWindow& window,
                                                   const TimeZone& zone,
                                                   Instant now) {
        if (window.kind == WindowKind::first || now == instant_max) {
            return std::nullopt;
        }
        return RowSpan(ResolvedWindow(window, {&zone, &zone}, now, std::nullopt).span());
    }

    [[nodiscard]] const Span& span() const { return span_; }

    [[nodiscard]] bool holds(Instant at) const { return span_.holds(at); }

    /// Whether all rows of the chunk lie before the end, so that a customer's last row is the last
    /// in the window.
    [[nodiscard]] bool ends_after(const columns::Chunk& chunk) const {
        return chunk.head().time_max < span_.end.time_since_epoch().count();
    }

    [[nodiscard]] bool begins_before(const columns::Chunk& chunk) const {
        return chunk.head().time_min >= span_.begin.time_since_epoch().count();
    }

    /// Calls `visit(index of the customer, first row, row after the last)` for each customer of the
    /// chunk with rows in the window, of those whose lane is wanted (0 or 1 each).
    template <class Visit>
    void each_customer(const columns::Chunk& chunk,
                       std::span<const std::uint8_t> wanted,
                       Visit visit) const {
        const std::uint16_t* locals = chunk.locals().data();
        const std::uint8_t* wants = wanted.data();
        const std::uint32_t* offsets = chunk.offsets();
        const std::uint32_t customers = chunk.head().customers;
        const Instant* times = chunk.times();
        const bool whole_end = ends_after(chunk);
        const bool whole_begin = begins_before(chunk);
        for (std::uint32_t i = 0; i < customers; ++i) {
            if (wants[locals[i]] == 0) {
                continue;
            }
            std::uint32_t begin = offsets[i];
            std::uint32_t end = offsets[i + 1];
            if (!whole_end) {
                end = first_at_or_after(times, begin, end, span_.end);
            }
            if (!whole_begin) {
                begin = first_at_or_after(times, begin, end, span_.begin);
            }
            if (begin < end) {
                visit(i, begin, end);
            }
        }
    }

  private:
    explicit RowSpan(const Span& span) : span_(span) {}

    /// From the end, since windows mostly hold the latest: a few steps, then by halving.
    static std::uint32_t first_at_or_after(const Instant* times,
                                           std::uint32_t begin,
                                           std::uint32_t end,
                                           Instant at) {
        constexpr std::uint32_t steps = 8;
        const std::uint32_t stop = end - begin > steps ? end - steps : begin;
        while (end > stop && times[end - 1] >= at) {
            --end;
        }
        if (end > stop || end == begin) {
            return end;
        }
        return static_cast<std::uint32_t>(std::lower_bound(times + begin, times + end, at) - times);
    }

    Span span_;
};

}  // namespace fineline::expr
