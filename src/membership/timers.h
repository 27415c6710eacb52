#pragma once

#include "membership/due_table.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace fineline::membership {

/// One timer per customer: when the earliest of what is known of them runs out. Fires in order of
/// (instant, row), whatever the order of setting. One thread at a time; snapshots of the
/// instants may be read by others.
class Timers {
  public:
    struct Fired {
        std::uint32_t who = 0;
        Instant due{};
    };

    [[nodiscard]] Instant due(std::uint32_t who) const { return due_at(due_, who); }

    /// Brings what is set of a customer into the cache.
    void read_ahead(std::uint32_t who) const { __builtin_prefetch(due_.find(who)); }

    /// Amortised O(log n).
    void set(std::uint32_t who, Instant at);

    /// Sets without arming; to be followed by rearm(). For many at once.
    void set_silently(std::uint32_t who, Instant at);

    /// Arms everything that is set anew. O(customers).
    void rearm();

    /// The next one due at or before `now`, disarmed.
    [[nodiscard]] std::optional<Fired> next(Instant now);

    /// When the next one is due; instant_max: none.
    [[nodiscard]] Instant earliest();

    /// How many are due at or before `now`; one whose timer was set to the same instant twice
    /// counts twice. O(those due).
    [[nodiscard]] std::uint64_t count_due(Instant now);

    [[nodiscard]] std::uint64_t armed() const { return armed_; }

    [[nodiscard]] EarliestDues::Snapshot snapshot() { return due_.snapshot(); }

    [[nodiscard]] std::size_t bytes() const {
        return due_.bytes() + heap_.capacity() * sizeof(Fired);
    }

  private:
    [[nodiscard]] bool is_stale(const Fired& entry) const { return due(entry.who) != entry.due; }

    void drop_stale();

    EarliestDues due_;
    std::vector<Fired> heap_;  ///< entries that are overtaken stay until they surface
    std::uint64_t armed_ = 0;  ///< customers with an instant
};

}  // namespace fineline::membership
