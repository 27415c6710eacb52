#pragma once

#include "base/result.h"
#include "engine/live_checkpoint.h"
#include "model/ids.h"

#include <atomic>
#include <optional>
#include <thread>

namespace fineline::engine {

/// Writes checkpoints beside the writer, each on a thread of its own, which yields to others.
/// Called by the writer thread only.
class LiveCheckpointer {
  public:
    struct Outcome {
        Position position{0};
        Status written = done;
    };

    LiveCheckpointer() = default;

    ~LiveCheckpointer() { give_up(); }

    LiveCheckpointer(const LiveCheckpointer&) = delete;
    LiveCheckpointer& operator=(const LiveCheckpointer&) = delete;
    LiveCheckpointer(LiveCheckpointer&&) = delete;
    LiveCheckpointer& operator=(LiveCheckpointer&&) = delete;

    /// Needs: none is under way.
    void begin(LiveCheckpoint checkpoint);

    /// Whether one was begun of which the outcome was not taken.
    [[nodiscard]] bool is_busy() const { return thread_.joinable(); }

    /// What came of the one begun last, once it is there.
    [[nodiscard]] std::optional<Outcome> take();

    /// Drops the one under way, and returns when nothing is held of it.
    void give_up();

  private:
    std::atomic<bool> is_given_up_ = false;
    std::atomic<bool> is_finished_ = false;
    Outcome outcome_;  ///< of the thread until it has finished
    std::thread thread_;
};

}  // namespace fineline::engine
