#include "engine/live_scrub.h"

#include <utility>

namespace fineline::engine {

LiveScrub::LiveScrub(std::chrono::milliseconds every, std::function<void(const IsStopped&)> look)
    : every_(every), look_(std::move(look)) {
    if (every_ > std::chrono::milliseconds(0)) {
        thread_ = std::thread([this] { run(); });
    }
}

LiveScrub::~LiveScrub() {
    stop();
}

void LiveScrub::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

bool LiveScrub::is_stopping() {
    const std::lock_guard lock(mutex_);
    return stopping_;
}

void LiveScrub::run() {
    while (true) {
        {
            std::unique_lock lock(mutex_);
            if (wake_.wait_for(lock, every_, [this] { return stopping_; })) {
                return;
            }
        }
        look_([this] { return is_stopping(); });
    }
}

}  // namespace fineline::engine
