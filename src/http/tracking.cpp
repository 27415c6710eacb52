#include "http/tracking.h"

#include "base/text.h"
#include "columns/view.h"
#include "control/secrets.h"
#include "engine/settings.h"
#include "http/metrics.h"
#include "model/limits.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>

namespace fineline::http {

namespace {

constexpr std::string_view unknown_key = "unknown_key";

/// The secrets a request names, best first: Basic's user, a bearer token, the body's writeKey.
std::vector<std::string> secrets_of(const RequestHead& head, const std::string& in_body) {
    std::vector<std::string> secrets;
    const auto header = head.header("authorization");
    constexpr std::string_view basic = "Basic ";
    constexpr std::string_view bearer = "Bearer ";
    if (header && header->substr(0, basic.size()) == basic) {
        std::string pair;
        if (control::decode_base64(header->substr(basic.size()), pair)) {
            secrets.push_back(pair.substr(0, pair.find(':')));
        }
    } else if (header && header->substr(0, bearer.size()) == bearer) {
        secrets.emplace_back(header->substr(bearer.size()));
    }
    if (!in_body.empty()) {
        secrets.push_back(in_body);
    }
    return secrets;
}

/// The write key of the first secret that is one. A header beats the body, also when it is wrong;
/// only a bearer token that is none of ours (OAuth's) gives way to the body.
std::shared_ptr<const control::Key> write_key(const Backend& backend,
                                              const RequestHead& head,
                                              const std::string& in_body) {
    const bool is_basic = head.header("authorization").value_or("").starts_with("Basic ");
    for (const std::string& secret : secrets_of(head, in_body)) {
        auto key = backend.control.find_key(secret);
        if (key && key->kind == control::KeyKind::write) {
            return key;
        }
        if (is_basic) {
            break;
        }
    }
    return nullptr;
}

Response accepted() {
    return json_response(Json().set("success", true));
}

std::vector<control::QuarantinedItem> items_of(const ingest::TrackedRecords& tracked,
                                               const std::string& source,
                                               Instant received_at) {
    std::vector<control::QuarantinedItem> items;
    for (const ingest::RejectedItem& rejected : tracked.rejected) {
        items.push_back({.id = 0,
                         .received_at = received_at,
                         .source = source,
                         .reason = rejected.reason,
                         .message = rejected.message,
                         .text = rejected.text});
    }
    return items;
}

/// Answers what became of an append; true if it is stored.
bool answer_append(const Result<engine::LiveAppended>& appended, const Reply& reply) {
    if (!appended) {
        reply(error_response(appended.error()));
        return false;
    }
    return true;
}

void count_retries(Backend& backend, const RequestHead& head) {
    const auto header = head.header("x-retry-count");
    unsigned count = 0;
    if (header &&
        std::from_chars(header->data(), header->data() + header->size(), count).ec == std::errc() &&
        count > 0) {
        backend.metrics.count("fineline_tracking_retries_total", "");
    }
}

}  // namespace

/// A request whose key is known.
struct Tracking::Received {
    ingest::TrackingBody body;
    std::string key;     ///< its name
    std::string source;  ///< of its messages
    std::string implied_type;
    Instant received_at;
};

/// What a request holds until its batch is visible.
struct Tracking::Entered {
    std::vector<std::string> claimed;  ///< anonymous ids
};

std::size_t Tracking::body_bytes_max() const {
    return limits().body_bytes_max;
}

ingest::TrackingLimits Tracking::limits() const {
    if (options_.size_limits == SizeLimits::segment) {
        return {limits::segment_body_bytes_max,
                limits::segment_item_bytes_max,
                limits::segment_items_max};
    }
    return {limits::tracking_body_bytes_max,
            limits::tracking_item_bytes_max,
            limits::tracking_items_max};
}

Response Tracking::too_large(const Error& error) const {
    const unsigned status = options_.size_limits == SizeLimits::segment ? 400 : 413;
    return refusal(status, "limit_exceeded", error.message);
}

void Tracking::receive(Backend& backend, Call call, const TrackingCall& how, const Reply& reply) {
    std::string text = std::move(call.request.body);
    const RequestHead& head = call.request.head;
    count_retries(backend, head);
    const ingest::TrackingLimits most = limits();
    const auto encoding = head.header("content-encoding");
    if (encoding == "gzip") {
        auto inflated = ingest::inflate_gzip(text, most.body_bytes_max);
        if (!inflated) {
            const bool large = inflated.error().code == ErrorCode::limit_exceeded;
            reply(large ? too_large(inflated.error()) : error_response(inflated.error()));
            return;
        }
        text = std::move(*inflated);
    } else if (encoding && *encoding != "identity") {
        reply(refusal(
            415,
            "invalid_argument",
            "only gzip is understood as Content-Encoding, not '" + std::string(*encoding) + "'"));
        return;
    }
    if (text.size() > most.body_bytes_max) {
        reply(too_large({ErrorCode::limit_exceeded,
                         "the body has more than " + with_commas(most.body_bytes_max) +
                             " bytes: " + with_commas(text.size()),
                         {}}));
        return;
    }
    auto body = ingest::read_tracking_body(text, how.shape);
    if (!body) {
        reply(error_response(body.error()));
        return;
    }
    const auto key = write_key(backend, head, body->write_key);
    Received received{.body = std::move(*body),
                      .key = key ? key->name : std::string(unknown_key),
                      .source = key ? key->source : std::string(unknown_key),
                      .implied_type = std::string(how.implied_type),
                      .received_at = head.received_at};
    if (key) {
        store(backend, std::move(received), reply);
    } else if (options_.wrong_key == WrongKey::accept) {
        set_all_aside(backend, std::move(received), reply);
    } else {
        backend.metrics.count("fineline_tracking_unknown_key_total", "");
        reply(refusal(401,
                      "forbidden",
                      "no such write key: send it as Basic user or as writeKey in the body"));
    }
}

void Tracking::store(Backend& backend, Received received, const Reply& reply) {
    const double messages = static_cast<double>(received.body.items.size());
    if (const unsigned wait = rate_.take(received.key, messages, received.received_at)) {
        Response response = try_again(429, "this write key sends too fast", wait);
        // SDKs read it as the milliseconds of the instant at which they may come again.
        const auto reset = std::chrono::duration_cast<std::chrono::milliseconds>(
            (received.received_at + std::chrono::seconds(wait)).time_since_epoch());
        response.headers.emplace_back("X-RateLimit-Reset", std::to_string(reset.count()));
        reply(std::move(response));
        return;
    }
    const auto view = backend.live.view();
    auto entered = std::make_shared<Entered>();
    names_.enter(backend.live);
    ingest::TrackingOrigin origin{.implied_type = received.implied_type,
                                  .source = received.source,
                                  .received_at = received.received_at,
                                  .policy = {}};
    origin.policy.alias_merges = engine::setting_value(*view->columns(), "merge_on_alias") == "yes";
    origin.policy.is_joined = [&](std::string_view id) {
        return is_joined(backend, id, entered->claimed);
    };
    origin.policy.flaw_in_names = [&](const auto& records, const RecordBatchBuilder& batch) {
        return names_.flaw(records, batch);
    };
    auto tracked = ingest::to_records(std::move(received.body), limits(), std::move(origin));
    const bool refused =
        tracked && tracked->oversized > 0 && options_.size_limits == SizeLimits::segment;
    if (!tracked || refused) {
        let_go(*entered, NameGate::Outcome::not_stored);
        reply(refused ? too_large({ErrorCode::limit_exceeded, "a message is larger than 32 KB", {}})
                      : error_response(tracked.error()));
        return;
    }
    // The claims end when the batch is visible: from then on the view tells who is joined.
    const Reply release([this, entered, reply](Response response) {
        constexpr unsigned errors = 300;
        let_go(
            *entered,
            response.status < errors ? NameGate::Outcome::stored : NameGate::Outcome::not_stored);
        reply(std::move(response));
    });
    append(backend, received, std::move(*tracked), release);
}

void Tracking::append(Backend& backend,
                      const Received& received,
                      ingest::TrackedRecords tracked,
                      const Reply& reply) {
    if (tracked.rejected.empty()) {
        if (tracked.batch.empty()) {
            reply(accepted());
            return;
        }
        const auto taken = backend.live.append(
            std::move(tracked.batch), [reply](const Result<engine::LiveAppended>& appended) {
                if (answer_append(appended, reply)) {
                    reply(accepted());
                }
            });
        if (!taken) {
            reply(error_response(taken.error()));
        }
        return;
    }
    // Items are set aside only after the good ones are stored: a refused request is sent again
    // whole.
    if (!tracked.batch.empty() &&
        !answer_append(backend.live.append_and_wait(std::move(tracked.batch)), reply)) {
        return;
    }
    const auto items = items_of(tracked, received.key, received.received_at);
    backend.live.count_rejected(received.source, items.size());
    const auto kept = backend.control.quarantine(items);
    reply(kept ? accepted() : error_response(kept.error()));
}

void Tracking::set_all_aside(Backend& backend, Received received, const Reply& reply) {
    ingest::TrackedRecords tracked;
    const std::size_t kept = std::min(received.body.items.size(), limits().items_max);
    for (std::size_t i = 0; i < kept; ++i) {
        tracked.rejected.push_back({std::string(unknown_key),
                                    "no such write key",
                                    ingest::text_set_aside(received.body.items[i])});
    }
    if (const unsigned wait = rate_.take(
            unknown_key, static_cast<double>(received.body.items.size()), received.received_at)) {
        reply(try_again(429, "too many messages under unknown keys", wait));
        return;
    }
    append(backend, received, std::move(tracked), reply);
}

bool Tracking::is_joined(Backend& backend, std::string_view id, std::vector<std::string>& claimed) {
    const std::lock_guard lock(claims_lock_);
    if (claims_.contains(std::string(id))) {
        return true;
    }
    // Taken under the lock: a claim that is gone is in this view.
    const columns::Reader reader(backend.live.view()->columns());
    const auto who = reader.find_customer(id);
    if (who && reader.identities(*who).size() > 1) {
        return true;
    }
    claims_.emplace(id);
    claimed.emplace_back(id);
    return false;
}

void Tracking::let_go(const Entered& entered, NameGate::Outcome outcome) {
    names_.leave(outcome);
    if (entered.claimed.empty()) {
        return;
    }
    const std::lock_guard lock(claims_lock_);
    for (const std::string& id : entered.claimed) {
        claims_.erase(id);
    }
}

}  // namespace fineline::http
