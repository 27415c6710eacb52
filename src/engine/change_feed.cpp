#include "engine/change_feed.h"

#include "engine/change_source.h"

namespace fineline::engine {

Subscription::Subscription(std::shared_ptr<ChangeSource> source, std::uint64_t after)
    : source_(std::move(source)), after_(after) {
    ++source_->subscriptions;
}

Subscription::~Subscription() {
    if (source_ != nullptr) {
        --source_->subscriptions;
    }
}

Received Subscription::next(std::size_t limit, std::chrono::milliseconds patience) {
    Received received = source_->wait(after_, limit, patience);
    if (!received.changes.empty()) {
        after_ = received.changes.back().number;
    }
    return received;
}

}  // namespace fineline::engine
