#pragma once

#include "engine/live.h"
#include "http/message.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

namespace fineline::http {

/// Wakes everybody who waits for changes: one thread on one subscription, however many wait. Those
/// who wait read the feed themselves, each at its own pace. Safe to share.
class ChangeStreams {
  public:
    /// Begins to listen behind a number. Errors: as Live::subscribe.
    [[nodiscard]] static Result<std::unique_ptr<ChangeStreams>> start(engine::Live& live);
    ~ChangeStreams();
    ChangeStreams(const ChangeStreams&) = delete;
    ChangeStreams& operator=(const ChangeStreams&) = delete;
    ChangeStreams(ChangeStreams&&) = delete;
    ChangeStreams& operator=(ChangeStreams&&) = delete;

    /// Calls `wake` once, when there are changes behind `after` or nothing will ever come; replaces
    /// an earlier wait of the same `who`.
    void wait(const void* who, std::uint64_t after, std::function<void()> wake);

    /// Ends a wait. Must come before `who` goes.
    void forget(const void* who);

    /// The changes behind a number as Server-Sent Events, for as long as the client stays. One that
    /// asks for what is no longer kept gets the event `reset` and the end.
    [[nodiscard]] std::shared_ptr<EventStream> stream(std::uint64_t after);

    /// Ends the thread and wakes everybody.
    void stop();

  private:
    explicit ChangeStreams(engine::Live& live) : live_(live) {}

    void listen(engine::Subscription first);
    void wake_all(std::uint64_t newest);

    engine::Live& live_;
    std::atomic<bool> stopping_{false};
    std::mutex lock_;
    std::uint64_t newest_ = 0;
    std::unordered_map<const void*, std::function<void()>> waiting_;
    std::thread thread_;
};

}  // namespace fineline::http
