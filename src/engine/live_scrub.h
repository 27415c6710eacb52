#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace fineline::engine {

/// Has something looked at now and then, on a thread of its own. Safe to share.
class LiveScrub {
  public:
    /// Whether to end early.
    using IsStopped = std::function<bool()>;

    /// `look` is called each time `every` has passed; never, if that is zero.
    LiveScrub(std::chrono::milliseconds every, std::function<void(const IsStopped&)> look);
    ~LiveScrub();
    LiveScrub(const LiveScrub&) = delete;
    LiveScrub& operator=(const LiveScrub&) = delete;
    LiveScrub(LiveScrub&&) = delete;
    LiveScrub& operator=(LiveScrub&&) = delete;

    /// Ends a look early and joins the thread.
    void stop();

  private:
    void run();
    [[nodiscard]] bool is_stopping();

    const std::chrono::milliseconds every_;
    std::function<void(const IsStopped&)> look_;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace fineline::engine
