#include "engine/background_fold.h"

#include <utility>

namespace fineline::engine {

BackgroundFold::BackgroundFold(Workspace& workspace, std::uint64_t publish_every_records)
    : workspace_(workspace),
      publish_every_records_(publish_every_records),
      worker_([this] { work(); }) {}

BackgroundFold::~BackgroundFold() {
    {
        const std::lock_guard lock(guard_);
        ending_ = true;
    }
    changed_.notify_all();
    worker_.join();
}

Status BackgroundFold::append(std::string batch) {
    auto appended = workspace_.append_to_log(std::move(batch));
    if (!appended) {
        return appended.error();
    }
    totals_.kept += appended->kept;
    totals_.duplicates += appended->duplicates;
    std::unique_lock lock(guard_);
    changed_.wait(lock, [this] { return waiting_.size() < batches_waiting_max; });
    waiting_.push_back(std::move(*appended));
    changed_.notify_all();
    return outcome_;
}

Result<BackgroundFold::Totals> BackgroundFold::finish() {
    std::unique_lock lock(guard_);
    changed_.wait(lock, [this] { return waiting_.empty() && !busy_; });
    if (!outcome_) {
        return outcome_.error();
    }
    return totals_;
}

/// Waits for a batch; none when nothing more will come.
std::optional<eventlog::Appended> BackgroundFold::next() {
    std::unique_lock lock(guard_);
    changed_.wait(lock, [this] { return !waiting_.empty() || ending_; });
    if (waiting_.empty()) {
        return std::nullopt;
    }
    eventlog::Appended batch = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = true;
    changed_.notify_all();
    return batch;
}

void BackgroundFold::work() {
    while (auto batch = next()) {
        // Only this thread changes the outcome, so it may read it without the lock.
        Status taken = outcome_ ? take(std::move(*batch)) : outcome_;
        const std::lock_guard lock(guard_);
        outcome_ = std::move(taken);
        busy_ = false;
        changed_.notify_all();
    }
}

Status BackgroundFold::take(eventlog::Appended appended) {
    unpublished_ += appended.kept;
    if (auto folded = workspace_.fold(std::move(appended)); !folded) {
        return folded;
    }
    if (unpublished_ >= publish_every_records_) {
        workspace_.publish();
        unpublished_ = 0;
    }
    return done;
}

}  // namespace fineline::engine
