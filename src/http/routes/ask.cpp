#include "columns/range_reader.h"
#include "engine/question.h"
#include "engine/schema.h"
#include "http/answers.h"
#include "http/reading.h"
#include "http/routes/table.h"
#include "model/limits.h"

#include <algorithm>
#include <array>
#include <thread>

namespace fineline::http {

namespace {

constexpr std::uint64_t sample_default = 10;
constexpr std::uint64_t members_max = 1'000'000;

/// On how many threads to ask of so many customers: one where it is done sooner than threads are
/// made, else all cores, for somebody waits at a screen.
unsigned threads_for(const columns::View& view) {
    constexpr std::uint32_t ranges_per_thread = 25;  // of some four thousand customers
    const std::uint32_t useful = columns::RangeReader(view).range_count() / ranges_per_thread;
    return std::clamp(useful, 1U, std::max(1U, std::thread::hardware_concurrency()));
}

/// An expression in a body, with the instant and purpose to answer for.
struct Asked {
    std::string expression;
    std::optional<std::string> at;
    std::optional<std::string> purpose;
};

Asked take_question(Body& body) {
    return {.expression = body.text("expression"),
            .at = body.maybe_text("at"),
            .purpose = body.maybe_text("purpose")};
}

Result<engine::PreparedQuestion> prepare(const Reading& reading, const Asked& asked) {
    const auto at = reading.instant(asked.at ? &*asked.at : nullptr);
    if (!at) {
        return at.error();
    }
    return engine::PreparedQuestion::prepare(reading.columns(),
                                             {.text = asked.expression,
                                              .at = *at,
                                              .purpose = asked.purpose,
                                              .threads = threads_for(*reading.columns())});
}

Json question_json(const engine::PreparedQuestion& question) {
    return Json()
        .set("expression", question.checked().text())
        .set("at", to_iso(question.at()))
        .set("warnings", warnings_json(question.checked()));
}

Result<Json> occasions(const engine::PreparedQuestion& question, std::uint64_t limit) {
    const auto answer = engine::ask_occasions(question);
    if (!answer) {
        return answer.error();
    }
    const columns::Reader reader(question.view());
    Json members{Json::Array{}};
    for (std::size_t i = 0; i < std::min<std::size_t>(answer->members.size(), limit); ++i) {
        members.push(Json()
                         .set("customer", reader.customer_id(answer->members[i].who))
                         .set("at", to_iso(answer->members[i].at)));
    }
    return question_json(question)
        .set("count", answer->members.size())
        .set("occasions", answer->occasions)
        .set("unknown", answer->unknown)
        .set("members", std::move(members));
}

Result<Json> customers(const engine::PreparedQuestion& question, std::uint64_t limit) {
    const unsigned threads = threads_for(*question.view());
    const auto answer = engine::ask(question, threads);
    if (!answer) {
        return answer.error();
    }
    const std::vector<std::string> ids =
        engine::first_customer_ids(question.view(), answer->members, limit, threads);
    return question_json(question)
        .set("count", answer->members.size())
        .set("customers", answer->customers)
        .set("unknown", answer->unknown)
        .set("members", strings_json(ids));
}

Response ask_for(Backend& backend, const Call& call, std::uint64_t otherwise) {
    Body body(call);
    const Asked asked = take_question(body);
    const std::uint64_t limit = std::min(body.count("limit", otherwise), members_max);
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    const Reading reading(backend, call);
    const auto question = prepare(reading, asked);
    if (!question) {
        return error_response(question.error());
    }
    auto answer = question->checked().expression().on ? occasions(*question, limit)
                                                      : customers(*question, limit);
    return answer ? reading.answer(std::move(*answer)) : error_response(answer.error());
}

Response ask(Backend& backend, const Call& call) {
    return ask_for(backend, call, 0);
}

Response preview(Backend& backend, const Call& call) {
    return ask_for(backend, call, sample_default);
}

Response explain(Backend& backend, const Call& call) {
    Body body(call);
    const Asked asked = take_question(body);
    const std::string customer = body.text("customer");
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    const Reading reading(backend, call);
    const auto question = prepare(reading, asked);
    if (!question) {
        return error_response(question.error());
    }
    const auto verdict = engine::verdict(*question, customer);
    if (!verdict) {
        return error_response(verdict.error());
    }
    const auto explanation = engine::explain(*question, customer);
    if (!explanation) {
        return error_response(explanation.error());
    }
    return reading.answer(question_json(*question)
                              .set("customer", customer)
                              .set("truth", to_string(verdict->truth))
                              .set("holds_until", to_iso(verdict->holds_until))
                              .set("explanation", explanation_json(*explanation)));
}

Response schema(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto at = reading.instant(call.request.head.parameter("at"));
    if (!at) {
        return error_response(at.error());
    }
    const auto report = engine::describe(reading.columns(), *at);
    return report ? reading.answer(schema_json(*report)) : error_response(report.error());
}

constexpr std::array at_only{Parameter{"at",
                                       Place::query,
                                       ParameterKind::instant,
                                       "the instant to answer for; now if not given",
                                       "2024-06-30T12:00:00Z"}};
constexpr Answer wrong{
    400, "the question is wrong; begin and end point into the expression", "error"};
constexpr Answer unknown{404, "no such segment or purpose", "error"};
constexpr Answer too_large{422, "the expression is too deep or too large", "error"};
constexpr std::array ask_answers{Answer{200, "the answer", "answer"}, wrong, unknown, too_large};
constexpr std::array explain_answers{
    Answer{200, "the explanation", "explanation"},
    wrong,
    Answer{404, "no such customer, or none at that instant", "error"},
    too_large};
constexpr std::array schema_answers{Answer{200, "the data described", "schema"},
                                    Answer{400, "the instant cannot be read", "error"}};

constexpr std::array rows{
    Route{.method = Method::post,
          .path = "/v1/ask",
          .summary = "Count the customers for whom an expression is true, and list up to `limit`",
          .body_schema = "question",
          .body_example = R"({"expression":"did purchase last 30 days","limit":100})",
          .answers = ask_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = ask},
    Route{.method = Method::post,
          .path = "/v1/preview",
          .summary = "What a segment would hold: the exact count, and a sample",
          .body_schema = "question",
          .body_example = R"({"expression":"count(purchase) > 3"})",
          .answers = ask_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = preview},
    Route{.method = Method::post,
          .path = "/v1/explain",
          .summary = "Why an expression is true, false or unknown for one customer, until when",
          .body_schema = "explain_body",
          .body_example = R"({"expression":"did purchase last 30 days","customer":"ada"})",
          .answers = explain_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = explain},
    Route{.method = Method::get,
          .path = "/v1/schema",
          .summary = "What the data holds: events, properties, traits, types, oddities",
          .parameters = at_only,
          .answers = schema_answers,
          .answer = schema},
};

}  // namespace

std::span<const Route> ask_routes() {
    return rows;
}

}  // namespace fineline::http
