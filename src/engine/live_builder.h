#pragma once

#include "columns/view.h"
#include "membership/rebuild.h"

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace fineline::engine {

/// Computes a rebuild beside the writer, on a thread of its own that helps itself to more for a
/// pass. Called by the writer thread only; `finished` is called on the builder's.
class LiveBuilder {
  public:
    /// What a round came to; `failure` is empty if it went well.
    struct Outcome {
        std::shared_ptr<const membership::Rebuild> rebuild;
        membership::Rebuilt rebuilt;
        std::string failure;
        int rounds = 1;
    };

    LiveBuilder(unsigned threads, std::function<void()> finished);
    ~LiveBuilder();
    LiveBuilder(const LiveBuilder&) = delete;
    LiveBuilder& operator=(const LiveBuilder&) = delete;
    LiveBuilder(LiveBuilder&&) = delete;
    LiveBuilder& operator=(LiveBuilder&&) = delete;

    /// Begins another rebuild, or none; what was under way is dropped.
    void begin(std::shared_ptr<const membership::Rebuild> rebuild);

    /// What was begun last, if it is not yet taken.
    [[nodiscard]] const std::shared_ptr<const membership::Rebuild>& begun() const { return begun_; }

    /// Evaluates these customers again, as of now, into what a round came to.
    void again(Outcome outcome,
               std::shared_ptr<const columns::View> view,
               Instant now,
               std::vector<std::uint32_t> customers);

    /// The outcome of the newest round, once it is there.
    [[nodiscard]] std::optional<Outcome> take();

    [[nodiscard]] bool has_outcome() const;

  private:
    struct Job {
        Outcome outcome;
        std::shared_ptr<const columns::View> view;  ///< nullptr: the first round
        Instant now{};
        std::vector<std::uint32_t> customers;
    };

    void run();
    void work(Job& job) const;
    void post(Job job);

    const unsigned threads_;
    std::function<void()> finished_;
    std::shared_ptr<const membership::Rebuild> begun_;

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::optional<Job> job_;
    std::optional<Outcome> outcome_;
    bool stopping_ = false;
    std::jthread thread_;
};

}  // namespace fineline::engine
