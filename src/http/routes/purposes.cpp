#include "http/answers.h"
#include "http/reading.h"
#include "http/routes/table.h"
#include "model/limits.h"

#include <array>

namespace fineline::http {

namespace {

Json purpose_json(std::string_view name, const columns::DefinitionVersion& version) {
    return Json()
        .set("name", name)
        .set("version", version.version)
        .set("text", version.text)
        .set("defined_at", to_iso(version.defined_at));
}

Response list(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    Json purposes{Json::Array{}};
    for (const std::string& name : reading.columns()->definition_names("purpose")) {
        purposes.push(purpose_json(name, *reading.columns()->newest_definition("purpose", name)));
    }
    return reading.answer(Json().set("purposes", std::move(purposes)));
}

Response one(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const std::string& name = call.request.path_value("name");
    const auto* newest = reading.columns()->newest_definition("purpose", name);
    if (newest == nullptr || newest->archived) {
        return refusal(404, "not_found", "no purpose is named '" + name + "'");
    }
    return reading.answer(purpose_json(name, *newest));
}

Response put(Backend& backend, const Call& call) {
    Body body(call);
    const std::string text = body.text("text");
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    const auto defined = backend.live.define_purpose(call.request.path_value("name"), text);
    if (!defined) {
        return error_response(defined.error());
    }
    const Reading reading(backend, call);
    return reading.answer(Json()
                              .set("name", defined->name)
                              .set("version", defined->version)
                              .set("unchanged", defined->unchanged));
}

Response remove(Backend& backend, const Call& call) {
    const std::string& name = call.request.path_value("name");
    const auto archived = backend.live.archive_purpose(name);
    return archived ? json_response(Json().set("name", name).set("removed", true))
                    : error_response(archived.error());
}

constexpr std::array name_only{
    Parameter{"name", Place::path, ParameterKind::text, "the purpose", "spring_margin"}};
constexpr Answer unknown{404, "no such purpose", "error"};
constexpr std::array list_answers{Answer{200, "all purposes", "purpose_list"}};
constexpr std::array one_answers{Answer{200, "the purpose", "purpose"}, unknown};
constexpr std::array put_answers{Answer{200, "the version stored", "purpose_stored"},
                                 Answer{400, "the name or the body is wrong", "error"}};
constexpr std::array remove_answers{Answer{200, "archived", "purpose_removed"}, unknown};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/v1/purposes",
          .summary = "List the purposes",
          .answers = list_answers,
          .answer = list},
    Route{.method = Method::get,
          .path = "/v1/purposes/{name}",
          .summary = "One purpose as it was stored",
          .parameters = name_only,
          .answers = one_answers,
          .answer = one},
    Route{.method = Method::put,
          .path = "/v1/purposes/{name}",
          .summary = "Store a purpose as its next version",
          .parameters = name_only,
          .body_schema = "purpose_body",
          .body_example = R"({"text":"metric: sum(purchase.amount) next 90 days"})",
          .answers = put_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = put},
    Route{.method = Method::remove,
          .path = "/v1/purposes/{name}",
          .summary = "Archive a purpose",
          .parameters = name_only,
          .answers = remove_answers,
          .answer = remove},
};

}  // namespace

std::span<const Route> purpose_routes() {
    return rows;
}

}  // namespace fineline::http
