#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "engine/live.h"
#include "engine/live_builder.h"
#include "engine/live_checkpointer.h"
#include "engine/live_follower.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace fineline::engine {

/// The one thread that writes: takes batches and tasks from a bounded queue in order, lets the
/// clock in between, publishes, and only then tells those who wait. Safe to share.
class LiveWriter {
  public:
    using Task = std::function<Status(LiveFollower&)>;

    LiveWriter(std::unique_ptr<LiveFollower> follower,
               const LiveOptions& options,
               const Clock& clock);
    ~LiveWriter();
    LiveWriter(const LiveWriter&) = delete;
    LiveWriter& operator=(const LiveWriter&) = delete;
    LiveWriter(LiveWriter&&) = delete;
    LiveWriter& operator=(LiveWriter&&) = delete;

    [[nodiscard]] Status append(std::string batch, Live::Completion completion);

    /// Runs a task on the writer thread, in turn, and waits for it.
    [[nodiscard]] Status run(const Task& task);

    [[nodiscard]] Result<ErasureReceipt> erase(std::string_view customer);

    /// Writes one of now, in the place of one that is being written.
    [[nodiscard]] Status write_checkpoint();

    /// Drains what is due and takes over a finished rebuild.
    [[nodiscard]] Status advance();

    /// Whether a rebuild is running, as of its turn in the queue; takes a finished one over first.
    [[nodiscard]] Result<bool> is_rebuilding();

    [[nodiscard]] LiveStatus status() const;
    void count_rejected(std::string_view source, std::uint64_t count);

    /// Does what is queued, closes the follower, joins the thread.
    [[nodiscard]] Status stop();

    /// May be called from any thread.
    [[nodiscard]] const LiveFollower& follower() const { return *follower_; }

  private:
    struct Item {
        std::string batch;
        Live::Completion completion;
        std::function<void()> task;
    };

    void loop();

    struct Taken {
        std::vector<Item> items;
        bool is_last = false;  ///< stopping, and nothing was left
    };

    [[nodiscard]] Taken take_items();
    void process(std::vector<Item> items);
    void store(std::vector<Item> group);
    [[nodiscard]] std::vector<Result<LiveAppended>> append_group(std::vector<Item>& group);
    void note_stored(const Result<LiveAppended>& appended, std::string_view source);
    void publish();
    void mend();
    void look_after();
    void tick_once();
    [[nodiscard]] Instant rests_until(Instant now) const;
    void look_after_rebuild();
    void look_after_checkpoint();
    void note_checkpoint(const Status& written);
    void fail(const std::string& reason);
    void note_status();
    void note_memory(Instant now);
    [[nodiscard]] std::uint64_t count_backlog(Instant now);
    SourceCounts& counts_of(std::string_view source);
    [[nodiscard]] std::chrono::milliseconds pause();

    const LiveOptions options_;
    const Clock& clock_;
    std::unique_ptr<LiveFollower> follower_;
    std::shared_ptr<ChangeSource> changes_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Item> queue_;
    std::size_t queue_bytes_ = 0;
    bool stopping_ = false;
    bool stopped_ = false;
    LiveStatus status_;
    Instant memory_noted_at_ = instant_min;  ///< of the writer thread
    Instant backlog_counted_at_{};           ///< of the writer thread
    Instant rests_until_{};                  ///< of the writer thread: between two steps of a wave
    std::map<std::string, SourceCounts, std::less<>> sources_;

    LiveBuilder builder_;
    LiveCheckpointer checkpointer_;
    std::uint64_t next_checkpoint_at_;  ///< the position from which on one is due
    Status closed_ = done;
    std::jthread thread_;
};

}  // namespace fineline::engine
