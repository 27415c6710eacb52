#include "http/studies.h"

#include "http/reading.h"
#include "http/routes/table.h"
#include "model/limits.h"

#include <array>
#include <string_view>

namespace fineline::http {

namespace {

Json study_json(const StudyStatus& study) {
    return Json()
        .set("id", study.id)
        .set("kind", to_string(study.order.kind))
        .set("purpose", study.order.purpose)
        .set("method", study.order.method)
        .set("state", to_string(study.state))
        .set("step", study.step)
        .set("fraction", study.fraction ? Json(*study.fraction) : Json())
        .set("asked_at", to_iso(study.asked_at))
        .set("ended_at", study.ended_at ? Json(to_iso(*study.ended_at)) : Json())
        .set("error", study.error.empty() ? Json() : Json(study.error));
}

std::optional<StudyKind> kind_named(std::string_view name) {
    for (const StudyKind kind : {StudyKind::audit, StudyKind::curve, StudyKind::discover}) {
        if (name == to_string(kind)) {
            return kind;
        }
    }
    return std::nullopt;
}

Response unknown_kind(std::string_view name) {
    return refusal(400,
                   "invalid_argument",
                   "'kind' must be audit, curve or discover, not '" + std::string(name) + "'");
}

Response start(Backend& backend, const Call& call) {
    Body body(call);
    const std::string kind = body.text("kind");
    StudyOrder order;
    order.purpose = body.text("purpose");
    order.method = body.maybe_text("method").value_or("tree");
    order.seed = body.count("seed", 1);
    const std::uint64_t capacity = body.count("capacity", 0);
    const std::uint64_t segments = body.count("segments", 0);
    const std::optional<std::string> at = body.maybe_text("at");
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    const auto known = kind_named(kind);
    if (!known) {
        return unknown_kind(kind);
    }
    order.kind = *known;
    // What is beyond any bound stays beyond it, whatever the width of a number.
    constexpr std::uint64_t beyond = 1'000'000;
    if (capacity > 0) {
        order.capacity = static_cast<int>(std::min(capacity, beyond));
    }
    if (segments > 0) {
        order.segments = std::min(segments, beyond);
    }
    const auto instant = Reading(backend, call).instant(at ? &*at : nullptr);
    if (!instant) {
        return error_response(instant.error());
    }
    order.at = *instant;
    const auto started = backend.studies.start(order);
    return started ? json_response(study_json(*started), 202) : error_response(started.error());
}

Response one(Backend& backend, const Call& call) {
    const auto study = backend.studies.find(call.request.path_value("id"));
    if (!study) {
        return error_response(study.error());
    }
    Json json = study_json(*study);
    json.set("result", Json());
    if (study->state != StudyState::done) {
        return json_response(json);
    }
    const auto result = backend.studies.result(study->id);
    if (!result) {
        return error_response(result.error());
    }
    if (*result) {
        auto kept = parse_json(**result);
        if (!kept) {
            return error_response(kept.error());
        }
        json.set("result", std::move(*kept));
    }
    return json_response(json);
}

Response list(Backend& backend, const Call& call) {
    const std::string* purpose = call.request.head.parameter("purpose");
    const std::string* kind = call.request.head.parameter("kind");
    if (kind != nullptr && !kind_named(*kind)) {
        return unknown_kind(*kind);
    }
    Json studies{Json::Array{}};
    for (const StudyStatus& study : backend.studies.list()) {
        if ((purpose == nullptr || study.order.purpose == *purpose) &&
            (kind == nullptr || to_string(study.order.kind) == *kind)) {
            studies.push(study_json(study));
        }
    }
    return json_response(Json().set("studies", std::move(studies)));
}

Response cancel(Backend& backend, const Call& call) {
    const auto cancelled = backend.studies.cancel(call.request.path_value("id"));
    if (!cancelled) {
        return error_response(cancelled.error());
    }
    Response response;
    response.status = 204;
    return response;
}

constexpr std::array id_only{
    Parameter{"id", Place::path, ParameterKind::text, "the study", "q83vASNFZ4k"}};
constexpr std::array list_parameters{Parameter{"purpose",
                                               Place::query,
                                               ParameterKind::text,
                                               "only those of this purpose",
                                               "spring_margin"},
                                     Parameter{"kind",
                                               Place::query,
                                               ParameterKind::text,
                                               "only those of a kind: audit, curve or discover",
                                               "audit"}};
constexpr Answer unknown{404, "no such study", "error"};
constexpr std::array start_answers{
    Answer{202, "taken; it runs when those before it have ended", "study_summary"},
    Answer{400, "the body is wrong, or the purpose cannot be measured", "error"},
    Answer{404, "no such purpose", "error"},
    Answer{422, "too many are waiting", "error"}};
constexpr std::array one_answers{
    Answer{
        200, "the study; the result once it is done, until a newer one takes its place", "study"},
    unknown};
constexpr std::array list_answers{Answer{200, "newest first, without results", "study_list"},
                                  Answer{400, "no such kind", "error"}};
constexpr std::array cancel_answers{Answer{204, "it does not go on", ""}, unknown};

constexpr std::array rows{
    Route{.method = Method::post,
          .path = "/v1/studies",
          .summary = "Begin an audit, a curve or a discovery for a purpose",
          .body_schema = "study_body",
          .body_example = R"({"kind":"audit","purpose":"second-order"})",
          .answers = start_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = start},
    Route{.method = Method::get,
          .path = "/v1/studies",
          .summary = "List the studies that wait, run or have ended",
          .parameters = list_parameters,
          .answers = list_answers,
          .lane = Lane::quick,
          .answer = list},
    Route{.method = Method::get,
          .path = "/v1/studies/{id}",
          .summary = "How far a study is, and its result",
          .parameters = id_only,
          .answers = one_answers,
          .answer = one},
    Route{.method = Method::remove,
          .path = "/v1/studies/{id}",
          .summary = "Cancel a study",
          .parameters = id_only,
          .answers = cancel_answers,
          .lane = Lane::quick,
          .answer = cancel},
};

}  // namespace

std::span<const Route> study_routes() {
    return rows;
}

}  // namespace fineline::http
