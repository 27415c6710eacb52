#include "cli/commands/portfolio.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "cli/server_portfolio.h"
#include "engine/definition_change.h"
#include "engine/portfolio.h"
#include "engine/portfolio_history.h"
#include "engine/portfolio_json.h"
#include "mapping/portfolio_file.h"

#include <array>

namespace fineline::cli {

namespace {

Status run_history(const Arguments& arguments, const Session& session) {
    if (!arguments.server.empty()) {
        return history_of_server(arguments, session.terminal);
    }
    auto workspace = open_workspace(arguments, session, OpenFor::reading);
    if (!workspace) {
        return workspace.error();
    }
    const auto history = engine::portfolio_history(*(*workspace)->view());
    if (arguments.json) {
        session.terminal.json(engine::to_json(history));
        return done;
    }
    show_history(history, session.terminal);
    return done;
}

/// One purpose as a portfolio file.
Status show_purpose(const columns::View& view, const Arguments& arguments, Terminal& terminal) {
    const auto portfolio = engine::stored_portfolio(view, arguments.name);
    if (!portfolio) {
        return portfolio.error();
    }
    const std::string yaml = mapping::to_yaml(*portfolio);
    if (arguments.json) {
        terminal.json(Json().set("purpose", arguments.name).set("portfolio", yaml));
    } else {
        terminal.line(std::string_view(yaml).substr(0, yaml.size() - 1));
    }
    return done;
}

Status run_purposes(const Arguments& arguments, const Session& session) {
    auto workspace = open_workspace(arguments, session, OpenFor::reading);
    if (!workspace) {
        return workspace.error();
    }
    const auto view = (*workspace)->view();
    if (!arguments.name.empty()) {
        return show_purpose(*view, arguments, session.terminal);
    }
    Json all{Json::Array{}};
    for (const std::string& name : view->definition_names(engine::purpose_kind)) {
        const auto portfolio = engine::stored_portfolio(*view, name);
        if (!portfolio) {
            return portfolio.error();
        }
        const mapping::Purpose& purpose = portfolio->purpose;
        Json segments{Json::Array{}};
        for (const mapping::SegmentDefinition& segment : portfolio->segments) {
            segments.push(segment.name);
        }
        all.push(Json()
                     .set("purpose", name)
                     .set("question", purpose.question)
                     .set("metric", purpose.metric.text)
                     .set("owner", purpose.owner)
                     .set("segments", std::move(segments)));
        if (!arguments.json) {
            session.terminal.line(
                padded(name, 24) + right_aligned(std::to_string(portfolio->segments.size()), 4) +
                " segments  " + session.terminal.paint(purpose.metric.text, Colour::grey));
        }
    }
    if (arguments.json) {
        session.terminal.json(all);
    }
    return done;
}

constexpr std::array history_options{Option::data_or_server};
constexpr std::array purposes_options{Option::data, Option::any_purpose};

}  // namespace

constinit const Command history_command{
    .name = "history",
    .summary = "List the versions of all segments and purposes: when, why, what changed",
    .options = history_options,
    .examples = "fineline history --data shop\nfineline history --data shop --json",
    .run = run_history};

constinit const Command purposes_command{
    .name = "purposes",
    .summary = "List the purposes, or print one with its segments as a portfolio file",
    .options = purposes_options,
    .examples =
        "fineline purposes --data shop\nfineline purposes --data shop second-order > "
        "portfolio.yaml",
    .run = run_purposes};

}  // namespace fineline::cli
