#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "engine/change_feed.h"
#include "membership/picture.h"
#include "membership/transition.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

namespace fineline::engine {

/// The tail of the change feed in memory: the writer adds, readers and subscribers take. Holds rows
/// and slots, no ids and names, so that an erasure reaches it. Safe to share.
class ChangeSource {
  public:
    explicit ChangeSource(std::size_t kept_max) : kept_max_(kept_max) {}

    /// Adds what a step told, with the view and picture by which rows and slots are named.
    void add(const std::vector<membership::Transition>& transitions,
             const std::shared_ptr<const columns::View>& view,
             const std::shared_ptr<const membership::Picture>& picture);

    /// Numbers below were given out before and are not kept.
    void begin_at(std::uint64_t oldest);

    /// Takes the place of what is kept: the same changes as a replay of the log told them again, by
    /// its rows and slots. Needs: nobody else uses `replayed`.
    void take_over(const ChangeSource& replayed);

    /// Nothing more will come.
    void stop();

    /// Errors: not_found (older ones are no longer kept), invalid_argument (beyond the newest).
    [[nodiscard]] Result<Changes> after(std::uint64_t number, std::size_t limit) const;

    /// Waits until there is something behind `number`.
    [[nodiscard]] Received wait(std::uint64_t number,
                                std::size_t limit,
                                std::chrono::milliseconds patience) const;

    [[nodiscard]] std::uint64_t oldest_kept() const;

    [[nodiscard]] std::uint64_t last() const;

    /// A copy of what is kept from a number on, as many as `limit`; for the checkpoint.
    [[nodiscard]] std::vector<membership::Transition> kept_from(std::uint64_t number,
                                                                std::size_t limit) const;

    /// Of the changes that are kept, in bytes.
    [[nodiscard]] std::size_t bytes_in_memory() const;

    std::atomic<std::size_t> subscriptions = 0;

  private:
    /// Changes as they are kept, with what names them.
    struct Taken {
        std::vector<membership::Transition> transitions;
        std::uint64_t last = 0;
        std::uint64_t oldest = 0;
        std::shared_ptr<const columns::View> view;  ///< nullptr if there are no transitions
        std::shared_ptr<const membership::Picture> picture;
    };

    /// Needs: the lock is held.
    [[nodiscard]] Taken take(std::uint64_t number, std::size_t limit) const;
    [[nodiscard]] static std::vector<Change> named(const Taken& taken);

    const std::size_t kept_max_;
    mutable std::mutex mutex_;
    mutable std::condition_variable more_;
    std::deque<membership::Transition> kept_;
    std::uint64_t oldest_ = 1;  ///< number of the first kept, or of the next to come
    std::uint64_t last_ = 0;
    bool stopped_ = false;
    std::shared_ptr<const columns::View> view_;
    std::shared_ptr<const membership::Picture> picture_;
};

}  // namespace fineline::engine
