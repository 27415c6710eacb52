#include "http/webhooks.h"

#include "control/secrets.h"
#include "http/answers.h"
#include "http/client.h"

#include <algorithm>
#include <utility>

namespace fineline::http {

namespace {

/// How often the table of webhooks is looked at when nothing happens.
constexpr std::chrono::milliseconds idle_pause{250};
constexpr std::size_t answer_bytes_max = 64ULL * 1024;

/// Says whether a webhook wants changes of a segment.
bool wants(const control::Webhook& webhook, const std::string& segment) {
    const std::string all = "," + webhook.segments + ",";
    return webhook.segments.empty() || all.find("," + segment + ",") != std::string::npos;
}

/// The body of a delivery; empty if the webhook wants none of the changes.
std::string delivery_body(const control::Webhook& webhook,
                          const std::vector<engine::Change>& changes) {
    Json list{Json::Array{}};
    for (const engine::Change& change : changes) {
        if (wants(webhook, change.segment)) {
            list.push(change_json(change));
        }
    }
    if (list.array()->empty()) {
        return {};
    }
    return Json()
        .set("webhook", webhook.id)
        .set("first", static_cast<double>(changes.front().number))
        .set("last", static_cast<double>(changes.back().number))
        .set("changes", std::move(list))
        .text();
}

Status post(const control::Webhook& webhook,
            const std::string& body,
            std::uint64_t last,
            Duration time_max,
            Instant now) {
    const auto url = parse_url(webhook.url);
    if (!url) {
        return url.error();
    }
    const auto answered = send_request(
        *url,
        {.method = Method::post,
         .body = body,
         .headers = {{"Content-Type", "application/json"},
                     {"X-Fineline-Delivery", webhook.id + "-" + std::to_string(last)},
                     {"X-Fineline-Signature", signature_header(webhook.secret, now, body)}},
         .time_max = time_max,
         .answer_bytes_max = answer_bytes_max});
    if (!answered) {
        return answered.error();
    }
    if (answered->status < 200 || answered->status > 299) {
        return Error{ErrorCode::unavailable,
                     "the receiver answered " + std::to_string(answered->status),
                     {}};
    }
    return done;
}

}  // namespace

Duration pause_after(unsigned failures, const WebhookPolicy& policy) {
    Duration pause = policy.first_pause;
    for (unsigned i = 1; i < failures && pause < policy.longest_pause; ++i) {
        pause *= 2;
    }
    return std::min(pause, policy.longest_pause);
}

std::string signature_header(std::string_view secret, Instant at, std::string_view body) {
    const auto seconds =
        std::chrono::duration_cast<std::chrono::seconds>(at.time_since_epoch()).count();
    const std::string time = std::to_string(seconds);
    return "t=" + time + ",v1=" + control::signature(secret, time + "." + std::string(body));
}

Webhooks::Webhooks(engine::Live& live,
                   control::ControlStore& control,
                   const Clock& clock,
                   const Log& log,
                   const WebhookPolicy& policy)
    : live_(live), control_(control), clock_(clock), log_(log), policy_(policy) {
    looker_ = std::thread([this] { look(); });
}

Webhooks::~Webhooks() {
    stop();
}

void Webhooks::stop() {
    {
        const std::lock_guard lock(lock_);
        stopping_ = true;
    }
    look_again_.notify_all();
    assigned_.notify_all();
    if (looker_.joinable()) {
        looker_.join();
    }
    // Nobody adds to them any more.
    for (std::thread& worker : workers_) {
        if (worker.joinable()) {
            worker.join();
        }
    }
}

void Webhooks::look() {
    std::unique_lock lock(lock_);
    while (!stopping_) {
        // Taken before the table is read: what is read of the others is how they were left.
        const std::set<std::string> busy = at_hand_;
        lock.unlock();
        auto all = control_.webhooks();
        if (!all) {
            log_.write(
                LogLevel::error, "webhooks_unreadable", Json().set("message", all.error().message));
        }
        lock.lock();
        for (std::size_t i = 0; all && i < all->size(); ++i) {
            if (!busy.contains((*all)[i].id) && has_work((*all)[i])) {
                assign(std::move((*all)[i]));
            }
        }
        look_again_.wait_for(lock, idle_pause, [this] { return stopping_ || has_moved_; });
        has_moved_ = false;
    }
}

bool Webhooks::has_work(const control::Webhook& webhook) {
    return clock_.now() >= webhook.retry_at && live_.status().last_change > webhook.delivered;
}

/// Gives a webhook to a thread, a new one if all are busy. Needs the lock.
void Webhooks::assign(control::Webhook webhook) {
    at_hand_.insert(webhook.id);
    waiting_.push_back(std::move(webhook));
    if (waiting_.size() > idle_ && workers_.size() < policy_.at_once_max) {
        workers_.emplace_back([this] { work(); });
    }
    assigned_.notify_one();
}

void Webhooks::work() {
    std::unique_lock lock(lock_);
    while (true) {
        ++idle_;
        assigned_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        --idle_;
        if (stopping_) {
            return;
        }
        control::Webhook webhook = std::move(waiting_.front());
        waiting_.pop_front();
        const std::string id = webhook.id;
        lock.unlock();
        const bool moved = serve(std::move(webhook));
        lock.lock();
        at_hand_.erase(id);
        has_moved_ = has_moved_ || moved;
        look_again_.notify_one();
    }
}

bool Webhooks::serve(control::Webhook webhook) {
    auto changes = live_.changes_after(webhook.delivered, policy_.changes_at_once);
    if (!changes) {
        // What is no longer kept cannot be sent: say so in a dead letter and go on behind it.
        const engine::LiveStatus status = live_.status();
        if (status.oldest_change_kept > webhook.delivered + 1) {
            const auto buried = control_.bury({.id = 0,
                                               .webhook = webhook.id,
                                               .first = webhook.delivered + 1,
                                               .last = status.oldest_change_kept - 1,
                                               .given_up_at = clock_.now(),
                                               .error = changes.error().message});
            return note_stored(webhook.id, buried);
        }
        return false;
    }
    return !changes->changes.empty() && deliver(std::move(webhook), *changes);
}

bool Webhooks::deliver(control::Webhook webhook, const engine::Changes& changes) {
    const std::uint64_t last = changes.changes.back().number;
    const std::string body = delivery_body(webhook, changes.changes);
    if (!body.empty()) {
        const auto posted = post(webhook, body, last, policy_.answer_time_max, clock_.now());
        if (!posted) {
            fail(std::move(webhook), changes, posted.error().message);
            return false;
        }
    }
    const std::uint64_t before = std::exchange(webhook.delivered, last);
    webhook.failures = 0;
    webhook.retry_at = instant_min;
    webhook.last_error.clear();
    return note_stored(webhook.id, control_.update_webhook(webhook, before));
}

bool Webhooks::note_stored(const std::string& id, const Status& stored) {
    if (!stored) {
        log_.write(LogLevel::error,
                   "webhook_not_stored",
                   Json().set("webhook", id).set("message", stored.error().message));
    }
    return stored.has_value();
}

void Webhooks::fail(control::Webhook webhook, const engine::Changes& changes, std::string error) {
    ++webhook.failures;
    webhook.last_error = std::move(error);
    log_.write(LogLevel::warning,
               "webhook_failed",
               Json()
                   .set("webhook", webhook.id)
                   .set("failures", static_cast<double>(webhook.failures))
                   .set("message", webhook.last_error));
    Status stored = done;
    if (webhook.failures >= policy_.attempts_max) {
        stored = control_.bury({.id = 0,
                                .webhook = webhook.id,
                                .first = webhook.delivered + 1,
                                .last = changes.changes.back().number,
                                .given_up_at = clock_.now(),
                                .error = webhook.last_error});
    } else {
        webhook.retry_at = clock_.now() + pause_after(webhook.failures, policy_);
        stored = control_.update_webhook(webhook, webhook.delivered);
    }
    static_cast<void>(note_stored(webhook.id, stored));
}

Status send_changes(engine::Live& live,
                    const control::Webhook& webhook,
                    std::uint64_t first,
                    std::uint64_t last,
                    Instant now) {
    const WebhookPolicy policy;
    while (first <= last) {
        const auto count = std::min<std::uint64_t>(last - first + 1, policy.changes_at_once);
        auto changes = live.changes_after(first - 1, static_cast<std::size_t>(count));
        if (!changes) {
            return changes.error();
        }
        if (changes->changes.empty()) {
            return Error{ErrorCode::not_found, "these changes are no longer kept", {}};
        }
        const std::string body = delivery_body(webhook, changes->changes);
        const std::uint64_t sent = changes->changes.back().number;
        if (!body.empty()) {
            if (auto posted = post(webhook, body, sent, policy.answer_time_max, now); !posted) {
                return posted;
            }
        }
        first = sent + 1;
    }
    return done;
}

}  // namespace fineline::http
