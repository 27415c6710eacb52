#pragma once

#include "base/result.h"
#include "engine/workspace.h"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace fineline::engine {

/// Appends batches to the log and folds them on a thread of its own: the next rows of a load are
/// read and stored while the last ones become columns. Some batches may wait, for folding goes in
/// fits: joining rows takes long, then many batches are quick. Memory: the batch being folded and
/// batches_waiting_max others. As long as it lives the workspace is its own, except for view(). One
/// thread at a time appends.
class BackgroundFold {
  public:
    /// What was appended.
    struct Totals {
        std::uint64_t kept = 0;
        std::uint64_t duplicates = 0;
    };

    /// Makes what was folded visible whenever that many records more were. `workspace` must outlive
    /// it.
    BackgroundFold(Workspace& workspace, std::uint64_t publish_every_records);

    /// Waits until what is in the log is folded.
    ~BackgroundFold();
    BackgroundFold(const BackgroundFold&) = delete;
    BackgroundFold& operator=(const BackgroundFold&) = delete;
    BackgroundFold(BackgroundFold&&) = delete;
    BackgroundFold& operator=(BackgroundFold&&) = delete;

    static constexpr std::size_t batches_waiting_max = 4;

    /// Stores a batch durably and hands it on to be folded; waits while too many others do. Errors:
    /// those of Workspace::append, for this batch or for folding an earlier one.
    [[nodiscard]] Status append(std::string batch);

    /// Waits until everything is folded. Errors: those of folding.
    [[nodiscard]] Result<Totals> finish();

  private:
    void work();
    [[nodiscard]] std::optional<eventlog::Appended> next();
    [[nodiscard]] Status take(eventlog::Appended appended);

    Workspace& workspace_;
    std::uint64_t publish_every_records_;
    Totals totals_;                  ///< of the appending thread
    std::uint64_t unpublished_ = 0;  ///< of the folding thread
    std::mutex guard_;               ///< of all that follows
    std::condition_variable changed_;
    std::deque<eventlog::Appended> waiting_;
    bool busy_ = false;
    bool ending_ = false;
    Status outcome_ = done;
    std::thread worker_;  ///< last: it uses the others
};

}  // namespace fineline::engine
