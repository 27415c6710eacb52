#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "membership/transition.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fineline::engine {

/// One entry of the change feed: somebody entered or left a segment. The sum of all entries up to a
/// number is the membership at that number.
struct Change {
    /// 1, 2, 3 …, the same after any restart; a gap only where a person was erased since.
    std::uint64_t number = 0;
    std::string customer;       ///< printed id at that moment; "" of a person erased since
    std::string segment;        ///< name
    std::uint32_t version = 0;  ///< of the segment
    membership::Direction direction = membership::Direction::entered;
    Instant at{};  ///< the instant it holds from
    membership::Cause cause = membership::Cause::event;
};

/// What stands after a number.
struct Changes {
    std::vector<Change> changes;  ///< ascending numbers
    std::uint64_t last = 0;       ///< number of the newest entry there is, 0: none yet
    /// The oldest entry that is still kept; one asking for less has missed some and takes the
    /// members of each segment anew (Live::changes_after then answers not_found).
    std::uint64_t oldest_kept = 1;
};

/// How a wait for changes ended.
enum class SubscriptionState : std::uint8_t {
    open,      ///< `changes` may hold some; empty: the time was over
    too_slow,  ///< the subscriber fell behind what is kept; it starts anew from a member list
    stopped,   ///< the engine has stopped; nothing more will come
};

struct Received {
    SubscriptionState state = SubscriptionState::open;
    std::vector<Change> changes;
};

class ChangeSource;

/// A place in the feed that waits for what comes next. Keeps nothing but its number, so a slow
/// subscriber costs the writer nothing; one that falls behind what is kept is told `too_slow`.
/// One thread at a time; may outlive Live (it is then `stopped`).
class Subscription {
  public:
    Subscription(std::shared_ptr<ChangeSource> source, std::uint64_t after);
    ~Subscription();
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;
    Subscription(Subscription&&) = default;
    Subscription& operator=(Subscription&&) = delete;

    /// Waits for changes, at most `patience` of real time, and returns at most `limit` of them.
    [[nodiscard]] Received next(std::size_t limit, std::chrono::milliseconds patience);

    /// The number of the last change handed out.
    [[nodiscard]] std::uint64_t after() const { return after_; }

  private:
    std::shared_ptr<ChangeSource> source_;
    std::uint64_t after_;
};

}  // namespace fineline::engine
