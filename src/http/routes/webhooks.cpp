#include "http/webhooks.h"

#include "http/client.h"
#include "http/reading.h"
#include "http/routes/table.h"
#include "model/limits.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fineline::http {

namespace {

Json segments_json(std::string_view names) {
    Json all{Json::Array{}};
    while (!names.empty()) {
        const std::size_t end = std::min(names.find(','), names.size());
        all.push(names.substr(0, end));
        names.remove_prefix(std::min(end + 1, names.size()));
    }
    return all;
}

Json webhook_json(const control::Webhook& webhook) {
    return Json()
        .set("id", webhook.id)
        .set("url", webhook.url)
        .set("segments", segments_json(webhook.segments))
        .set("created_at", to_iso(webhook.created_at))
        .set("delivered", webhook.delivered)
        .set("failures", static_cast<double>(webhook.failures))
        .set("retry_at", webhook.retry_at == instant_min ? Json() : Json(to_iso(webhook.retry_at)))
        .set("last_error", webhook.last_error);
}

Result<control::Webhook> find(const Backend& backend, const Call& call) {
    const std::string& id = call.request.path_value("id");
    auto all = backend.control.webhooks();
    if (!all) {
        return all.error();
    }
    const auto found = std::find_if(
        all->begin(), all->end(), [&](const control::Webhook& one) { return one.id == id; });
    if (found == all->end()) {
        return Error{ErrorCode::not_found, "no webhook has the id '" + id + "'", {}};
    }
    return *found;
}

Response list(Backend& backend, const Call&) {
    const auto all = backend.control.webhooks();
    if (!all) {
        return error_response(all.error());
    }
    Json webhooks{Json::Array{}};
    for (const control::Webhook& webhook : *all) {
        webhooks.push(webhook_json(webhook));
    }
    return json_response(Json().set("webhooks", std::move(webhooks)));
}

Response create(Backend& backend, const Call& call) {
    Body body(call);
    control::Webhook wanted;
    wanted.url = body.text("url");
    const auto names = body.texts("segments");
    wanted.delivered = body.count("after", backend.live.status().last_change);
    wanted.created_at = backend.clock.now();
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    if (const auto url = parse_url(wanted.url); !url) {
        return error_response(url.error());
    }
    for (const std::string& name : names) {
        if (name.empty() || name.find(',') != std::string::npos) {
            return refusal(400, "invalid_argument", "no segment can be named '" + name + "'");
        }
        wanted.segments += (wanted.segments.empty() ? "" : ",") + name;
    }
    if (wanted.delivered > backend.live.status().last_change) {
        return refusal(400, "invalid_argument", "'after' lies beyond the newest change");
    }
    const auto made = backend.control.create_webhook(wanted);
    return made ? json_response(webhook_json(*made).set("secret", made->secret), 201)
                : error_response(made.error());
}

Response remove(Backend& backend, const Call& call) {
    const std::string& id = call.request.path_value("id");
    const auto removed = backend.control.remove_webhook(id);
    return removed ? json_response(Json().set("id", id).set("removed", true))
                   : error_response(removed.error());
}

/// Sends everything behind a number again.
Response replay(Backend& backend, const Call& call) {
    Body body(call);
    const std::uint64_t after = body.count("after", 0);
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    auto webhook = find(backend, call);
    if (!webhook) {
        return error_response(webhook.error());
    }
    if (const auto kept = backend.live.changes_after(after, 1); !kept) {
        return error_response(kept.error());
    }
    const std::uint64_t before = std::exchange(webhook->delivered, after);
    webhook->failures = 0;
    webhook->retry_at = instant_min;
    const auto stored = backend.control.update_webhook(*webhook, before);
    return stored ? json_response(Json().set("id", webhook->id).set("after", after))
                  : error_response(stored.error());
}

Response dead_letters(Backend& backend, const Call& call) {
    const auto webhook = find(backend, call);
    if (!webhook) {
        return error_response(webhook.error());
    }
    const auto letters = backend.control.dead_letters(webhook->id);
    if (!letters) {
        return error_response(letters.error());
    }
    Json all{Json::Array{}};
    for (const control::DeadLetter& letter : *letters) {
        all.push(Json()
                     .set("id", letter.id)
                     .set("first", letter.first)
                     .set("last", letter.last)
                     .set("given_up_at", to_iso(letter.given_up_at))
                     .set("error", letter.error));
    }
    return json_response(Json().set("dead_letters", std::move(all)));
}

/// Sends a dead letter once more, and forgets it when that goes well.
Response resend(Backend& backend, const Call& call) {
    const auto webhook = find(backend, call);
    if (!webhook) {
        return error_response(webhook.error());
    }
    const auto letters = backend.control.dead_letters(webhook->id);
    if (!letters) {
        return error_response(letters.error());
    }
    const std::string& wanted = call.request.path_value("letter");
    const auto letter =
        std::find_if(letters->begin(), letters->end(), [&](const control::DeadLetter& one) {
            return std::to_string(one.id) == wanted;
        });
    if (letter == letters->end()) {
        return refusal(404, "not_found", "this webhook has no dead letter '" + wanted + "'");
    }
    const auto sent =
        send_changes(backend.live, *webhook, letter->first, letter->last, backend.clock.now());
    if (!sent) {
        return refusal(409, "conflict", "not delivered: " + sent.error().message);
    }
    const auto removed = backend.control.remove_dead_letter(webhook->id, letter->id);
    return removed ? json_response(Json().set("id", wanted).set("removed", true))
                   : error_response(removed.error());
}

constexpr Parameter id{"id", Place::path, ParameterKind::text, "the webhook", "q83vASNFZ4k"};
constexpr std::array id_only{id};
constexpr std::array letter_parameters{
    id, Parameter{"letter", Place::path, ParameterKind::text, "the dead letter", "1"}};
constexpr Answer unknown{404, "no such webhook", "error"};
constexpr Answer wrong{400, "the body is wrong", "error"};
constexpr std::array list_answers{
    Answer{200, "all webhooks, without their secrets", "webhook_list"}};
constexpr std::array create_answers{
    Answer{201, "the webhook, with the secret that signs, this once", "new_webhook"},
    wrong,
    Answer{422, "there are too many webhooks", "error"}};
constexpr std::array remove_answers{Answer{200, "nothing more is sent", "webhook_removed"},
                                    unknown};
constexpr std::array replay_answers{
    Answer{200, "deliveries begin behind that number", "webhook_replay"},
    wrong,
    Answer{404, "no such webhook, or the changes are no longer kept", "error"}};
constexpr std::array letters_answers{Answer{200, "oldest first", "dead_letter_list"}, unknown};
constexpr std::array resend_answers{Answer{200, "delivered, and forgotten", "webhook_removed"},
                                    Answer{404, "no such webhook or dead letter", "error"},
                                    Answer{409, "the receiver did not take it", "error"}};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/v1/webhooks",
          .summary = "List where changes are sent, and how far each has got",
          .answers = list_answers,
          .answer = list},
    Route{.method = Method::post,
          .path = "/v1/webhooks",
          .summary = "Send changes to a URL, signed, in order, at least once",
          .body_schema = "webhook_body",
          .body_example = R"({"url":"https://example.com/hook","segments":["lapsed"]})",
          .answers = create_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = create},
    Route{.method = Method::remove,
          .path = "/v1/webhooks/{id}",
          .summary = "Send no more",
          .parameters = id_only,
          .answers = remove_answers,
          .answer = remove},
    Route{.method = Method::post,
          .path = "/v1/webhooks/{id}/replay",
          .summary = "Send everything behind a number again",
          .parameters = id_only,
          .body_schema = "replay_body",
          .body_example = R"({"after":0})",
          .answers = replay_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = replay},
    Route{.method = Method::get,
          .path = "/v1/webhooks/{id}/dead-letters",
          .summary = "Deliveries that were given up",
          .parameters = id_only,
          .answers = letters_answers,
          .answer = dead_letters},
    Route{.method = Method::post,
          .path = "/v1/webhooks/{id}/dead-letters/{letter}/replay",
          .summary = "Send a dead letter once more",
          .parameters = letter_parameters,
          .answers = resend_answers,
          .answer = resend},
};

}  // namespace

std::span<const Route> webhook_routes() {
    return rows;
}

}  // namespace fineline::http
