#pragma once

#include "base/instant.h"
#include "columns/snapshot_vector.h"
#include "membership/due_table.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace fineline::membership {

/// Since when each customer is a member, in seconds since 1970; 0: is none. 4 bytes a customer, and
/// only where the neighbourhood has members; snapshots share what did not change. A snapshot is
/// taken after each step, and then who enters or leaves lies anywhere: leaves and nodes are small,
/// so that copying them costs little.
using SinceVector = columns::SnapshotVector<std::uint32_t, 64, 32>;

/// The whole seconds since when somebody is a member, 0: is none; of a vector or a snapshot.
template <class Since>
[[nodiscard]] std::uint32_t member_since(const Since& since, std::uint32_t who) {
    const std::uint32_t* found = since.find(who);
    return found == nullptr ? 0 : *found;
}

/// Who is in one segment as it was. Immutable; safe to share.
struct MembersSnapshot {
    SinceVector::Snapshot since;
    std::uint64_t count = 0;
};

/// Who is in one segment, and since when. One thread at a time; snapshots may be read by others.
class SegmentMembers {
  public:
    [[nodiscard]] bool contains(std::uint32_t who) const { return member_since(since_, who) != 0; }

    /// Whole seconds; only of a member.
    [[nodiscard]] Instant since(std::uint32_t who) const {
        return Instant(std::chrono::seconds(member_since(since_, who)));
    }

    [[nodiscard]] std::uint64_t count() const { return count_; }

    void enter(std::uint32_t who, Instant at) {
        std::uint32_t& since = since_.edit(who);
        count_ += since == 0 ? 1U : 0U;
        since = to_seconds(at);
    }

    void leave(std::uint32_t who) {
        if (contains(who)) {
            since_.edit(who) = 0;
            --count_;
        }
    }

    [[nodiscard]] SinceVector::Snapshot since_snapshot() { return since_.snapshot(); }

    [[nodiscard]] MembersSnapshot snapshot() {
        return {.since = since_.snapshot(), .count = count_};
    }

    /// One past the highest row that may be a member.
    [[nodiscard]] std::size_t extent() const { return since_.extent(); }

    [[nodiscard]] std::size_t bytes() const { return since_.bytes(); }

    /// Never 0, which stands for no member.
    [[nodiscard]] static std::uint32_t to_seconds(Instant at) {
        const auto whole = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(whole, 1, 0xffff'ffff));
    }

  private:
    SinceVector since_;
    std::uint64_t count_ = 0;
};

/// Who is in a segment that is computed anew, and when each verdict runs out. One thread at a time.
class RebuiltMembers : public SegmentMembers {
  public:
    /// Until when the customer's verdict stands; instant_max: for ever.
    [[nodiscard]] Instant due(std::uint32_t who) const { return due_at(due_, who); }

    void set_due(std::uint32_t who, Instant at) {
        if (due(who) != at) {
            due_.edit(who).at = at;
        }
    }

    /// One past the highest row that may be a member or due.
    [[nodiscard]] std::size_t extent() const {
        return std::max(SegmentMembers::extent(), due_.extent());
    }

  private:
    DueVector due_;
};

}  // namespace fineline::membership
