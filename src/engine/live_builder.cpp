#include "engine/live_builder.h"

#include "engine/live_follower.h"

#include <utility>

namespace fineline::engine {

LiveBuilder::LiveBuilder(unsigned threads, std::function<void()> finished)
    : threads_(threads), finished_(std::move(finished)), thread_([this] { run(); }) {}

LiveBuilder::~LiveBuilder() {
    begin(nullptr);
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
}

void LiveBuilder::begin(std::shared_ptr<const membership::Rebuild> rebuild) {
    if (begun_ != nullptr && begun_ != rebuild) {
        begun_->cancelled = true;
    }
    begun_ = rebuild;
    {
        const std::lock_guard lock(mutex_);
        outcome_.reset();
        job_.reset();
    }
    if (rebuild != nullptr) {
        Job job;
        job.outcome.rebuild = std::move(rebuild);
        post(std::move(job));
    }
}

void LiveBuilder::again(Outcome outcome,
                        std::shared_ptr<const columns::View> view,
                        Instant now,
                        std::vector<std::uint32_t> customers) {
    ++outcome.rounds;
    Job job;
    job.outcome = std::move(outcome);
    job.view = std::move(view);
    job.now = now;
    job.customers = std::move(customers);
    post(std::move(job));
}

void LiveBuilder::post(Job job) {
    {
        const std::lock_guard lock(mutex_);
        job_ = std::move(job);
    }
    wake_.notify_all();
}

std::optional<LiveBuilder::Outcome> LiveBuilder::take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(outcome_, std::nullopt);
}

bool LiveBuilder::has_outcome() const {
    const std::lock_guard lock(mutex_);
    return outcome_.has_value();
}

void LiveBuilder::run() {
    while (true) {
        Job job;
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return stopping_ || job_.has_value(); });
            if (stopping_) {
                return;
            }
            job = *std::exchange(job_, std::nullopt);
        }
        work(job);
        {
            const std::lock_guard lock(mutex_);
            if (job.outcome.rebuild->cancelled) {
                continue;
            }
            outcome_ = std::move(job.outcome);
        }
        finished_();
    }
}

void LiveBuilder::work(Job& job) const {
    const membership::Rebuild& rebuild = *job.outcome.rebuild;
    const membership::Parallel parallel = on_threads(threads_);
    Status worked = done;
    if (job.view == nullptr) {
        auto thresholds = membership::thresholds_of(rebuild, parallel);
        if (thresholds) {
            job.outcome.rebuilt.thresholds = std::move(*thresholds);
            worked = membership::evaluate_everybody(
                rebuild, rebuild.view, rebuild.begun_at, parallel, job.outcome.rebuilt);
        } else {
            worked = thresholds.error();
        }
    } else {
        worked = membership::evaluate_some(
            rebuild, job.view, job.now, job.customers, job.outcome.rebuilt);
    }
    if (!worked) {
        job.outcome.failure = worked.error().message;
    }
    job.view.reset();
}

}  // namespace fineline::engine
