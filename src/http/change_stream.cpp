#include "http/change_stream.h"

#include "http/answers.h"
#include "model/limits.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace fineline::http {

namespace {

constexpr std::size_t changes_at_once = 1'000;
constexpr std::chrono::milliseconds patience{200};

/// One client's place in the feed.
class ChangeEvents final : public EventStream {
  public:
    ChangeEvents(engine::Live& live, ChangeStreams& streams, std::uint64_t after)
        : live_(live), streams_(streams), after_(after) {}

    ChangeEvents(const ChangeEvents&) = delete;
    ChangeEvents& operator=(const ChangeEvents&) = delete;
    ChangeEvents(ChangeEvents&&) = delete;
    ChangeEvents& operator=(ChangeEvents&&) = delete;

    ~ChangeEvents() override { streams_.forget(this); }

    std::optional<std::string> take(std::function<void()> wake) override {
        if (over_) {
            return std::nullopt;
        }
        const auto changes = live_.changes_after(after_, changes_at_once);
        if (!changes) {
            over_ = true;
            Json reset;
            reset.set("message", changes.error().message);
            return "event: reset\ndata: " + reset.text() + "\n\n";
        }
        std::string out;
        for (const engine::Change& change : changes->changes) {
            out.append("id: ").append(std::to_string(change.number));
            append_change(out.append("\nevent: change\ndata: "), change);
            out.append("\n\n");
            after_ = change.number;
            if (out.size() >= limits::http_stream_write_bytes_max) {
                break;
            }
        }
        if (out.empty()) {
            // What lies between was of persons erased since.
            after_ = std::max(after_, changes->last);
            streams_.wait(this, after_, std::move(wake));
        }
        return out;
    }

  private:
    engine::Live& live_;
    ChangeStreams& streams_;
    std::uint64_t after_;
    bool over_ = false;
};

}  // namespace

Result<std::unique_ptr<ChangeStreams>> ChangeStreams::start(engine::Live& live) {
    const std::uint64_t newest = live.status().last_change;
    auto subscription = live.subscribe(newest);
    if (!subscription) {
        return subscription.error();
    }
    std::unique_ptr<ChangeStreams> streams(new ChangeStreams(live));
    streams->newest_ = newest;
    streams->thread_ = std::thread([raw = streams.get(), own = std::move(*subscription)]() mutable {
        raw->listen(std::move(own));
    });
    return streams;
}

ChangeStreams::~ChangeStreams() {
    stop();
}

void ChangeStreams::listen(engine::Subscription first) {
    std::optional<engine::Subscription> subscription(std::move(first));
    while (!stopping_) {
        const engine::Received received = subscription->next(changes_at_once, patience);
        switch (received.state) {
            case engine::SubscriptionState::open:
                if (!received.changes.empty()) {
                    wake_all(received.changes.back().number);
                }
                break;
            case engine::SubscriptionState::too_slow: {
                const std::uint64_t newest = live_.status().last_change;
                auto again = live_.subscribe(newest);
                if (!again) {
                    return;
                }
                subscription.emplace(std::move(*again));
                wake_all(newest);
                break;
            }
            case engine::SubscriptionState::stopped: wake_all(newest_); return;
        }
    }
}

void ChangeStreams::wake_all(std::uint64_t newest) {
    std::unordered_map<const void*, std::function<void()>> woken;
    {
        const std::lock_guard lock(lock_);
        newest_ = std::max(newest_, newest);
        woken.swap(waiting_);
    }
    for (const auto& [who, wake] : woken) {
        wake();
    }
}

void ChangeStreams::wait(const void* who, std::uint64_t after, std::function<void()> wake) {
    {
        const std::lock_guard lock(lock_);
        if (after >= newest_ && !stopping_) {
            waiting_.insert_or_assign(who, std::move(wake));
            return;
        }
    }
    wake();
}

void ChangeStreams::forget(const void* who) {
    const std::lock_guard lock(lock_);
    waiting_.erase(who);
}

std::shared_ptr<EventStream> ChangeStreams::stream(std::uint64_t after) {
    return std::make_shared<ChangeEvents>(live_, *this, after);
}

void ChangeStreams::stop() {
    stopping_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
    wake_all(newest_);
}

}  // namespace fineline::http
