#include "engine/portfolio.h"

#include "engine/definition_change.h"
#include "engine/portfolio_apply.h"
#include "engine/portfolio_json.h"
#include "http/answers.h"
#include "http/reading.h"
#include "http/routes/table.h"
#include "mapping/portfolio_file.h"
#include "model/limits.h"
#include "study/planned_purpose.h"

#include <array>

namespace fineline::http {

namespace {

engine::PlanOptions plan_options(Instant at) {
    engine::PlanOptions options;
    options.at = at;
    options.file = "portfolio";
    options.check_purpose = study::check_planned_purpose;
    return options;
}

/// A purpose stored by hand may be no portfolio file; the others are shown all the same.
Json purpose_json(const columns::View& view, const std::string& name) {
    const auto portfolio = engine::stored_portfolio(view, name);
    Json segments{Json::Array{}};
    if (portfolio) {
        for (const mapping::SegmentDefinition& segment : portfolio->segments) {
            segments.push(segment.name);
        }
    }
    return Json()
        .set("purpose", name)
        .set("yaml", portfolio ? mapping::to_yaml(*portfolio) : std::string())
        .set("error", portfolio ? Json() : Json(portfolio.error().message))
        .set("segments", std::move(segments));
}

/// What a segment's stored version says besides its expression.
Json detail_json(const columns::DefinitionVersion& version, std::string_view detail) {
    for (const auto& [name, text] : version.details) {
        if (name == detail && !text.empty()) {
            return text;
        }
    }
    return {};
}

Response show(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const columns::View& view = *reading.columns();
    Json purposes{Json::Array{}};
    for (const std::string& name : view.definition_names(engine::purpose_kind)) {
        purposes.push(purpose_json(view, name));
    }
    Json segments{Json::Array{}};
    for (const std::string& name : view.definition_names(engine::segment_kind)) {
        const columns::DefinitionVersion& newest =
            *view.newest_definition(engine::segment_kind, name);
        segments.push(Json()
                          .set("name", name)
                          .set("expression", newest.text)
                          .set("purpose", detail_json(newest, engine::purpose_detail))
                          .set("because", detail_json(newest, engine::because_detail))
                          .set("action", detail_json(newest, engine::action_detail)));
    }
    return reading.answer(Json()
                              .set("version", engine::newest_change(view))
                              .set("purposes", std::move(purposes))
                              .set("segments", std::move(segments)));
}

/// A file to be made so, or a version to go back to.
struct Wanted {
    std::optional<std::string> yaml;
    std::uint64_t version = 0;
    std::string plan;  ///< the id of the plan that was seen, or empty
};

Result<engine::PortfolioPlan> plan_of(const Reading& reading, const Wanted& wanted) {
    const engine::PlanOptions options = plan_options(reading.now());
    if (!wanted.yaml) {
        return engine::plan_rollback(reading.columns(), wanted.version, options);
    }
    const auto portfolio = mapping::parse_portfolio(*wanted.yaml, options.file);
    return portfolio ? engine::plan_portfolio(reading.columns(), *portfolio, options)
                     : Result<engine::PortfolioPlan>(portfolio.error());
}

Response plan(Backend& backend, const Call& call) {
    Body body(call);
    const Wanted wanted{
        .yaml = body.maybe_text("yaml"), .version = body.count("version", 0), .plan = {}};
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    if (wanted.yaml.has_value() == (wanted.version > 0)) {
        return refusal(400,
                       "invalid_argument",
                       "the body must have either a text 'yaml' or a 'version' to go back to");
    }
    const Reading reading(backend, call);
    const auto planned = plan_of(reading, wanted);
    return planned ? reading.answer(engine::to_json(*planned)) : error_response(planned.error());
}

Response applied_response(Backend& backend,
                          const Call& call,
                          const Result<engine::AppliedPlan>& applied) {
    if (!applied) {
        return error_response(applied.error());
    }
    const Reading after(backend, call);
    Json json = engine::to_json(applied->plan);
    return after.answer(json.set("version", applied->change));
}

Response apply(Backend& backend, const Call& call) {
    Body body(call);
    const std::string yaml = body.text("yaml");
    const std::string seen = body.maybe_text("plan").value_or("");
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    const engine::PlanOptions options = plan_options(call.request.head.received_at);
    const auto portfolio = mapping::parse_portfolio(yaml, options.file);
    if (!portfolio) {
        return error_response(portfolio.error());
    }
    return applied_response(
        backend, call, engine::apply_portfolio(backend.live, *portfolio, options, seen));
}

Response history(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto changes = engine::portfolio_history(*reading.columns());
    return reading.answer(Json().set("versions", engine::to_json(changes)));
}

Response rollback(Backend& backend, const Call& call) {
    Body body(call);
    const std::uint64_t version = body.count("version", 0);
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    return applied_response(
        backend,
        call,
        engine::apply_rollback(backend.live, version, plan_options(call.request.head.received_at)));
}

constexpr std::string_view file_example =
    R"({"yaml":"purpose: second-order\nmetric: did purchase next 90 days\nsegments:\n)"
    R"(  - name: recent\n    when: did purchase last 90 days\n"})";
constexpr std::string_view version_example = R"({"version":1})";

constexpr std::array show_answers{
    Answer{200, "each purpose as a portfolio file, and all segments", "portfolio"}};
constexpr Answer wrong{
    400, "the file is wrong: line and column; or there is no such version", "error"};
constexpr Answer refused{
    409, "a segment belongs to another purpose, or others depend on what would go", "error"};
constexpr Answer too_many{422, "there are too many definitions, or a text is too long", "error"};
constexpr std::array plan_answers{
    Answer{200, "what would change, who would enter and leave", "portfolio_plan"},
    wrong,
    refused,
    too_many};
constexpr std::array apply_answers{
    Answer{200, "what was changed, as one version", "portfolio_applied"},
    wrong,
    Answer{409, "the plan that was seen is not the one made now: what changed meanwhile", "error"},
    too_many};
constexpr std::array history_answers{Answer{200, "oldest first", "portfolio_history"}};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/v1/portfolio",
          .summary = "The purposes as portfolio files, and every segment",
          .answers = show_answers,
          .answer = show},
    Route{.method = Method::post,
          .path = "/v1/portfolio/plan",
          .summary = "Say what a portfolio file, or going back to a version, would change",
          .body_schema = "plan_body",
          .body_example = file_example,
          .answers = plan_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = plan},
    Route{.method = Method::post,
          .path = "/v1/portfolio/apply",
          .summary = "Make a portfolio file so, as one version; with `plan` only what was seen",
          .body_schema = "apply_body",
          .body_example = file_example,
          .answers = apply_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = apply},
    Route{.method = Method::get,
          .path = "/v1/portfolio/history",
          .summary = "All versions: when, why, what changed",
          .answers = history_answers,
          .answer = history},
    Route{.method = Method::post,
          .path = "/v1/portfolio/rollback",
          .summary = "Make all segments and purposes what they were, as a new version",
          .body_schema = "rollback_body",
          .body_example = version_example,
          .answers = apply_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = rollback},
};

}  // namespace

std::span<const Route> portfolio_routes() {
    return rows;
}

}  // namespace fineline::http
