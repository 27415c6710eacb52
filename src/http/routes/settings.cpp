#include "engine/settings.h"

#include "http/reading.h"
#include "http/routes/table.h"
#include "model/limits.h"

#include <array>

namespace fineline::http {

namespace {

Response list(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    Json settings{Json::Array{}};
    for (const engine::SettingRow& row : engine::setting_rows()) {
        settings.push(Json()
                          .set("name", row.name)
                          .set("value", engine::setting_value(*reading.columns(), row.name))
                          .set("default", row.default_value)
                          .set("summary", row.summary));
    }
    return reading.answer(Json().set("settings", std::move(settings)));
}

Response put(Backend& backend, const Call& call) {
    Body body(call);
    const std::string value = body.text("value");
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    const auto defined = backend.live.define_setting(call.request.path_value("name"), value);
    if (!defined) {
        return error_response(defined.error());
    }
    const Reading reading(backend, call);
    return reading.answer(Json()
                              .set("name", defined->name)
                              .set("value", defined->text)
                              .set("version", defined->version)
                              .set("unchanged", defined->unchanged));
}

constexpr std::array name_only{
    Parameter{"name", Place::path, ParameterKind::text, "the setting", "time_zone"}};
constexpr std::array list_answers{Answer{200, "all settings", "setting_list"}};
constexpr std::array put_answers{Answer{200, "the value stored", "setting_stored"},
                                 Answer{400, "no such setting, or no such value", "error"}};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/v1/settings",
          .summary = "List the settings of the workspace",
          .answers = list_answers,
          .answer = list},
    Route{.method = Method::put,
          .path = "/v1/settings/{name}",
          .summary = "Change a setting",
          .parameters = name_only,
          .body_schema = "setting_body",
          .body_example = R"({"value":"Europe/London"})",
          .answers = put_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = put},
};

}  // namespace

std::span<const Route> setting_routes() {
    return rows;
}

}  // namespace fineline::http
