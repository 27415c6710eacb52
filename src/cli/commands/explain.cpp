#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "cli/server_question.h"
#include "engine/question.h"
#include "http/answers.h"

#include <algorithm>
#include <array>

namespace fineline::cli {

namespace {

/// The newest pieces of evidence; --json has them all.
constexpr std::size_t evidence_shown = 3;

Colour colour_of(expr::Truth truth) {
    switch (truth) {
        case expr::Truth::yes: return Colour::green;
        case expr::Truth::no: return Colour::red;
        case expr::Truth::unknown: return Colour::yellow;
    }
    return Colour::plain;
}

void show(const expr::Explanation& part, int depth, Terminal& terminal) {
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    terminal.line(indent + terminal.paint(padded(part.value, 8), colour_of(part.truth)) + " " +
                  part.text);
    if (!part.reason.empty()) {
        terminal.line(indent + "         " + terminal.paint(part.reason, Colour::grey));
    }
    const std::size_t shown = std::min(evidence_shown, part.evidence.size());
    if (shown < part.evidence.size()) {
        terminal.line(indent + "         " + terminal.paint("· … and earlier ones", Colour::grey));
    }
    for (std::size_t i = part.evidence.size() - shown; i < part.evidence.size(); ++i) {
        terminal.line(indent + "         " + terminal.paint("· " + part.evidence[i], Colour::grey));
    }
    for (const expr::Explanation& below : part.parts) {
        show(below, depth + 1, terminal);
    }
}

/// What the command finds out before it prints.
struct Explained {
    expr::Verdict verdict;
    expr::Explanation explanation;
};

Result<Explained> explain_over(const std::shared_ptr<const columns::View>& view,
                               const Arguments& arguments,
                               Instant at) {
    auto question = engine::PreparedQuestion::prepare(
        view, {.text = arguments.expression, .at = at, .purpose = arguments.purpose, .threads = 2});
    if (!question) {
        return with_caret(question.error(), arguments.expression);
    }
    auto verdict = engine::verdict(*question, arguments.customer);
    if (!verdict) {
        return verdict.error();
    }
    auto explanation = engine::explain(*question, arguments.customer);
    if (!explanation) {
        return explanation.error();
    }
    return Explained{.verdict = *verdict, .explanation = std::move(*explanation)};
}

Status run_explain(const Arguments& arguments, const Session& session) {
    if (!arguments.server.empty()) {
        return explain_by_server(arguments, session.terminal);
    }
    const auto opened = open_to_answer(arguments, session);
    if (!opened) {
        return opened.error();
    }
    engine::Workspace& workspace = *opened->workspace;
    const Instant at = opened->at;
    const auto explained = workspace.answer([&](const std::shared_ptr<const columns::View>& view) {
        return explain_over(view, arguments, at);
    });
    if (!explained) {
        return explained.error();
    }
    const expr::Verdict& verdict = explained->verdict;
    if (arguments.json) {
        session.terminal.json(
            Json()
                .set("customer", arguments.customer)
                .set("at", to_iso(at))
                .set("truth", http::to_string(verdict.truth))
                .set("holds_until", to_iso(verdict.holds_until))
                .set("explanation", http::explanation_json(explained->explanation)));
        return done;
    }
    const std::string until =
        verdict.holds_until == instant_max
            ? "; it does not change by itself"
            : "; holds until " + to_iso(verdict.holds_until) + " if nothing new arrives";
    session.terminal.line(
        arguments.customer + " at " + to_iso(at) + ": " +
        session.terminal.paint(http::to_string(verdict.truth), colour_of(verdict.truth)) + until);
    show(explained->explanation, 0, session.terminal);
    return done;
}

constexpr std::array options{
    Option::data_or_server, Option::customer, Option::expression, Option::at, Option::purpose};

}  // namespace

constinit const Command explain_command{
    .name = "explain",
    .summary = "Say for one customer why an expression is true, false or unknown, and until when",
    .options = options,
    .examples =
        "fineline explain --data shop --customer 17850 'did purchase last 30 days'\n"
        "fineline explain --data shop --customer 17850 --at 2011-06-01 'segment vip' --json",
    .run = run_explain};

}  // namespace fineline::cli
