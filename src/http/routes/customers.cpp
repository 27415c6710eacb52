#include "engine/profile.h"
#include "http/answers.h"
#include "http/reading.h"
#include "http/routes/table.h"
#include "http/studies.h"
#include "model/limits.h"

#include <array>

namespace fineline::http {

namespace {

constexpr std::uint64_t timeline_default = 100;

Response customer(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto at = reading.instant(call.request.head.parameter("at"));
    const auto events =
        count_parameter(call, "events", timeline_default, limits::timeline_page_max);
    if (!at || !events) {
        return error_response(!at ? at.error() : events.error());
    }
    const auto profile = engine::customer_profile(
        reading.columns(), call.request.path_value("id"), *at, static_cast<std::size_t>(*events));
    if (!profile) {
        return error_response(profile.error());
    }
    return reading.answer(profile_json(*profile).set("at", to_iso(*at)));
}

Response segments_of(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto found = reading.view().lookup(call.request.path_value("id"), reading.now());
    if (!found) {
        return error_response(found.error());
    }
    Response response;
    response.body = lookup_text(*found, reading.view(), reading.now());
    return response;
}

/// Newest first, a page at a time: `before` is the time of the last event of the page before.
Response timeline(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const std::string* before = call.request.head.parameter("before");
    const auto at = reading.instant(before);
    const auto limit = count_parameter(call, "limit", timeline_default, limits::timeline_page_max);
    if (!at || !limit) {
        return error_response(!at ? at.error() : limit.error());
    }
    const Instant last = before == nullptr ? *at : *at - Duration(1);
    const auto profile = engine::customer_profile(
        reading.columns(), call.request.path_value("id"), last, static_cast<std::size_t>(*limit));
    if (!profile) {
        return error_response(profile.error());
    }
    Json body;
    body.set("customer", profile->id).set("events", timeline_json(*profile));
    const bool more = profile->events > profile->timeline.size() && !profile->timeline.empty();
    body.set("next_before", more ? Json(to_iso(profile->timeline.back().time)) : Json());
    return reading.answer(std::move(body));
}

Response erase(Backend& backend, const Call& call) {
    const Studies::Hold hold(backend.studies);
    const auto receipt = backend.live.erase(call.request.path_value("id"));
    if (!receipt) {
        return error_response(receipt.error());
    }
    Json events{Json::Array{}};
    for (const auto& [name, count] : receipt->events) {
        events.push(Json().set("event", name).set("count", count));
    }
    return json_response(Json()
                             .set("receipt", receipt->receipt_id)
                             .set("erased_at", to_iso(receipt->erased_at))
                             .set("identities", strings_json(receipt->identities))
                             .set("log_records", receipt->log_records)
                             .set("log_batches", receipt->log_batches)
                             .set("set_aside", receipt->reject_entries)
                             .set("events", std::move(events))
                             .set("trait_values", receipt->trait_values)
                             .set("not_reached", strings_json(receipt->not_reached)));
}

constexpr Parameter id{"id", Place::path, ParameterKind::text, "any of the customer's ids", "ada"};
constexpr std::array customer_parameters{
    id,
    Parameter{"at",
              Place::query,
              ParameterKind::instant,
              "the instant to answer for; now if not given",
              "2024-06-30T12:00:00Z"},
    Parameter{
        "events", Place::query, ParameterKind::count, "how many of the newest events", "100"}};
constexpr std::array id_only{id};
constexpr std::array timeline_parameters{
    id,
    Parameter{"before",
              Place::query,
              ParameterKind::instant,
              "events earlier than this: `next_before` of the page before",
              "2024-06-30T12:00:00Z"},
    Parameter{"limit", Place::query, ParameterKind::count, "events of a page", "100"}};

constexpr Answer unknown{404, "no such customer", "error"};
constexpr Answer unreadable{400, "a parameter cannot be read", "error"};
constexpr std::array customer_answers{Answer{200, "the customer", "customer"}, unreadable, unknown};
constexpr std::array segments_answers{Answer{200, "the segments", "customer_segments"}, unknown};
constexpr std::array timeline_answers{Answer{200, "a page", "timeline"}, unreadable, unknown};
constexpr std::array erase_answers{Answer{200, "the receipt", "erasure_receipt"}, unknown};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/v1/customers/{id}",
          .summary = "One customer whole: identities, traits, accounts, consents, newest events",
          .parameters = customer_parameters,
          .answers = customer_answers,
          .answer = customer},
    Route{.method = Method::get,
          .path = "/v1/customers/{id}/segments",
          .summary = "The segments a customer is in, exact now: the fast look-up",
          .parameters = id_only,
          .answers = segments_answers,
          .lane = Lane::immediate,
          .answer = segments_of},
    Route{.method = Method::get,
          .path = "/v1/customers/{id}/timeline",
          .summary = "A customer's events, newest first, a page at a time",
          .parameters = timeline_parameters,
          .answers = timeline_answers,
          .answer = timeline},
    Route{.method = Method::remove,
          .path = "/v1/customers/{id}",
          .summary = "Erase a customer with all identities, from memory and disk",
          .parameters = id_only,
          .answers = erase_answers,
          .answer = erase},
};

}  // namespace

std::span<const Route> customer_routes() {
    return rows;
}

}  // namespace fineline::http
