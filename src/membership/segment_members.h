#pragma once

#include "base/instant.h"
#include "columns/cow_vector.h"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace fineline::membership {

/// When something is due; never, if nobody set it.
struct Due {
    Instant at = instant_max;
};

/// Since when each customer is a member, in seconds since 1970; 0: is none. 4 bytes a customer, and
/// only where the neighbourhood has members; frozen copies share what did not change.
using SinceVector = columns::CowVector<std::uint32_t, 1024>;
using DueVector = columns::CowVector<Due, 512>;

/// Who is in one segment, since when, and when each verdict runs out. One thread at a time; a
/// frozen `since` may be read by others.
class SegmentMembers {
  public:
    [[nodiscard]] bool contains(std::uint32_t who) const { return seconds(since_, who) != 0; }

    /// Whole seconds; only of a member.
    [[nodiscard]] Instant since(std::uint32_t who) const {
        return Instant(std::chrono::seconds(seconds(since_, who)));
    }

    /// Until when what is held of the customer stands; instant_max: for ever.
    [[nodiscard]] Instant due(std::uint32_t who) const {
        const Due* found = due_.find(who);
        return found == nullptr ? instant_max : found->at;
    }

    [[nodiscard]] std::uint64_t count() const { return count_; }

    void enter(std::uint32_t who, Instant at) {
        count_ += contains(who) ? 0U : 1U;
        since_.edit(who) = to_seconds(at);
    }

    void leave(std::uint32_t who) {
        if (contains(who)) {
            since_.edit(who) = 0;
            --count_;
        }
    }

    void set_due(std::uint32_t who, Instant at) {
        if (due(who) != at) {
            due_.edit(who).at = at;
        }
    }

    [[nodiscard]] SinceVector freeze_since() { return since_.freeze(); }

    /// A copy of all, that later changes do not reach.
    [[nodiscard]] SegmentMembers freeze() {
        SegmentMembers frozen;
        frozen.since_ = since_.freeze();
        frozen.due_ = due_.freeze();
        frozen.count_ = count_;
        return frozen;
    }

    /// One past the highest row that may be a member or due.
    [[nodiscard]] std::size_t extent() const { return std::max(since_.extent(), due_.extent()); }

    [[nodiscard]] std::size_t bytes() const { return since_.bytes() + due_.bytes(); }

    [[nodiscard]] static std::uint32_t seconds(const SinceVector& since, std::uint32_t who) {
        const std::uint32_t* found = since.find(who);
        return found == nullptr ? 0 : *found;
    }

    /// Never 0, which stands for no member.
    [[nodiscard]] static std::uint32_t to_seconds(Instant at) {
        const auto whole = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
        return static_cast<std::uint32_t>(std::clamp<std::int64_t>(whole, 1, 0xffff'ffff));
    }

  private:
    SinceVector since_;
    DueVector due_;
    std::uint64_t count_ = 0;
};

}  // namespace fineline::membership
