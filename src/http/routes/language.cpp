#include "engine/definitions.h"
#include "engine/settings.h"
#include "expr/parse.h"
#include "expr/reference.h"
#include "expr/sql/sql.h"
#include "expr/words.h"
#include "http/answers.h"
#include "http/reading.h"
#include "http/routes/table.h"
#include "model/limits.h"

#include <array>

namespace fineline::http {

namespace {

Json reads_json(const expr::Dependencies& reads) {
    return Json()
        .set("events", strings_json(reads.events))
        .set("any_event", reads.any_event)
        .set("traits", strings_json(reads.traits))
        .set("account_traits", strings_json(reads.account_traits))
        .set("consents", strings_json(reads.purposes))
        .set("segments", strings_json(reads.segments))
        .set("context", strings_json(reads.context))
        .set("population", reads.population)
        .set("clock", reads.clock);
}

Json placed_warnings_json(const expr::CheckedExpression& checked) {
    Json warnings{Json::Array{}};
    for (const expr::Warning& warning : checked.warnings()) {
        warnings.push(Json()
                          .set("message", warning.message)
                          .set("begin", static_cast<double>(warning.at.begin))
                          .set("end", static_cast<double>(warning.at.end)));
    }
    return warnings;
}

Result<std::string> sql_of(const Reading& reading,
                           const expr::Catalog& catalog,
                           const expr::CheckedExpression& checked,
                           const std::optional<std::string>& purpose) {
    auto settings = engine::evaluation_settings(*reading.columns());
    if (!settings) {
        return settings.error();
    }
    expr::SqlOptions options;
    options.now = reading.now();
    options.settings = std::move(*settings);
    options.purpose = purpose;
    options.no_record_is_granted =
        engine::setting_value(*reading.columns(), "consent_no_record") == "granted";
    options.segment = [&](std::string_view name) {
        return engine::stored_segment(*reading.columns(), catalog, name);
    };
    return expr::to_sql(checked, options);
}

Response check(Backend& backend, const Call& call) {
    Body body(call);
    const std::string expression = body.text("expression");
    const std::optional<std::string> purpose = body.maybe_text("purpose");
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    const Reading reading(backend, call);
    const expr::Catalog catalog = engine::make_catalog(reading.columns());
    const auto checked = expr::compile(expression, expr::Use::segment, catalog);
    if (!checked) {
        return error_response(checked.error());
    }
    const auto sql = sql_of(reading, catalog, *checked, purpose);
    return json_response(Json()
                             .set("canonical", checked->text())
                             .set("json", expr::to_json(checked->expression()))
                             .set("sql",
                                  Json()
                                      .set("duckdb", sql ? Json(*sql) : Json())
                                      .set("why_not", sql ? Json() : Json(sql.error().message)))
                             .set("reads", reads_json(checked->dependencies()))
                             .set("warnings", placed_warnings_json(*checked)));
}

Response language(Backend&, const Call&) {
    Json functions{Json::Array{}};
    for (const expr::FunctionEntry& entry : expr::function_entries()) {
        functions.push(Json()
                           .set("name", entry.name)
                           .set("takes", entry.takes)
                           .set("summary", entry.summary)
                           .set("example", entry.example));
    }
    Json keywords{Json::Array{}};
    for (const auto& words : {expr::reserved_words(), expr::unit_words(), expr::moment_words()}) {
        for (const std::string_view word : words) {
            keywords.push(word);
        }
    }
    return json_response(
        Json().set("functions", std::move(functions)).set("keywords", std::move(keywords)));
}

constexpr std::array check_answers{
    Answer{200, "its canonical text, its tree, its SQL, what it reads", "checked"},
    Answer{400, "it is wrong; begin and end point into it", "error"},
    Answer{404, "it refers to a segment that is not there", "error"},
    Answer{422, "it is too deep or too large", "error"}};
constexpr std::array language_answers{
    Answer{200, "every function and every word that means something", "language"}};

constexpr std::array rows{
    Route{.method = Method::post,
          .path = "/v1/check",
          .summary = "Check an expression and print it: canonical text, tree, SQL",
          .body_schema = "check_body",
          .body_example = R"({"expression":"count( x , last 90 days)>=3"})",
          .answers = check_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = check},
    Route{.method = Method::get,
          .path = "/v1/language",
          .summary = "The functions and words of the language, for completion",
          .answers = language_answers,
          .answer = language},
};

}  // namespace

std::span<const Route> language_routes() {
    return rows;
}

}  // namespace fineline::http
