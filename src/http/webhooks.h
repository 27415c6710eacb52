#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "control/control_store.h"
#include "engine/live.h"
#include "http/metrics.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace fineline::http {

/// How hard a delivery is tried before it is given up.
struct WebhookPolicy {
    Duration answer_time_max = std::chrono::seconds(10);
    Duration first_pause = std::chrono::seconds(1);  ///< doubled after each failure
    Duration longest_pause = std::chrono::minutes(10);
    unsigned attempts_max = 12;  ///< then it becomes a dead letter
    std::size_t changes_at_once = 500;
    std::size_t at_once_max = 64;  ///< receivers served at a time
};

/// The pause before the next attempt, after so many failures in a row (at least 1).
[[nodiscard]] Duration pause_after(unsigned failures, const WebhookPolicy& policy);

/// The header that signs a body: `t=UNIX_SECONDS,v1=HEX`, where HEX is the HMAC-SHA-256 of
/// `UNIX_SECONDS.BODY` under the webhook's secret.
[[nodiscard]] std::string signature_header(std::string_view secret,
                                           Instant at,
                                           std::string_view body);

/// Sends changes to webhooks, in order, at least once: a webhook moves on when its receiver has
/// answered 2xx, and that is stored before the next delivery. One thread looks who has something to
/// be sent; each delivery has a thread to itself, so one that does not answer holds nobody up. Safe
/// to share.
class Webhooks {
  public:
    Webhooks(engine::Live& live,
             control::ControlStore& control,
             const Clock& clock,
             const Log& log,
             const WebhookPolicy& policy = {});
    ~Webhooks();
    Webhooks(const Webhooks&) = delete;
    Webhooks& operator=(const Webhooks&) = delete;
    Webhooks(Webhooks&&) = delete;
    Webhooks& operator=(Webhooks&&) = delete;

    /// Ends after the deliveries at hand.
    void stop();

  private:
    void look();
    void work();
    [[nodiscard]] bool has_work(const control::Webhook& webhook);
    void assign(control::Webhook webhook);
    /// Sends what one webhook has not had; true if it moved on.
    bool serve(control::Webhook webhook);
    bool deliver(control::Webhook webhook, const engine::Changes& changes);
    bool note_stored(const std::string& id, const Status& stored);
    void fail(control::Webhook webhook, const engine::Changes& changes, std::string error);

    engine::Live& live_;
    control::ControlStore& control_;
    const Clock& clock_;
    const Log& log_;
    WebhookPolicy policy_;
    std::mutex lock_;
    std::condition_variable look_again_;
    std::condition_variable assigned_;
    std::deque<control::Webhook> waiting_;  ///< for a thread
    std::set<std::string> at_hand_;         ///< ids of those waiting or being served
    std::size_t idle_ = 0;                  ///< threads that wait for one
    bool stopping_ = false;
    bool has_moved_ = false;  ///< some webhook, since the last look
    std::vector<std::thread> workers_;
    std::thread looker_;
};

/// Sends one range of changes of a webhook once, for replaying a dead letter.
/// Errors: unavailable (no 2xx), not_found (the changes are no longer kept).
[[nodiscard]] Status send_changes(engine::Live& live,
                                  const control::Webhook& webhook,
                                  std::uint64_t first,
                                  std::uint64_t last,
                                  Instant now);

}  // namespace fineline::http
