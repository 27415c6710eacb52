#include "cli/commands/portfolio.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "cli/server_portfolio.h"
#include "engine/portfolio_apply.h"
#include "mapping/portfolio_file.h"

#include <array>

namespace fineline::cli {

namespace {

Status run_apply(const Arguments& arguments, const Session& session) {
    const auto portfolio = mapping::read_portfolio_file(arguments.files.front());
    if (!portfolio) {
        return portfolio.error();
    }
    if (!arguments.server.empty()) {
        return apply_by_server(*portfolio, arguments, session.terminal);
    }
    const auto opened = open_to_answer(arguments, session, OpenFor::loading);
    if (!opened) {
        return opened.error();
    }
    const engine::PlanOptions options = plan_options(arguments, opened->at);
    const auto applied =
        engine::apply_portfolio(*opened->workspace, *portfolio, options, arguments.plan);
    if (!applied) {
        return applied.error();
    }
    show_applied(*applied, arguments, session.terminal);
    return done;
}

Status run_remove(const Arguments& arguments, const Session& session) {
    const auto opened = open_to_answer(arguments, session, OpenFor::writing);
    if (!opened) {
        return opened.error();
    }
    const engine::PlanOptions options = plan_options(arguments, opened->at);
    const auto applied = engine::apply_removal(*opened->workspace, arguments.name, options);
    if (!applied) {
        return applied.error();
    }
    show_applied(*applied, arguments, session.terminal);
    return done;
}

Status run_rollback(const Arguments& arguments, const Session& session) {
    if (!arguments.server.empty()) {
        return rollback_by_server(arguments, session.terminal);
    }
    const auto opened = open_to_answer(arguments, session, OpenFor::writing);
    if (!opened) {
        return opened.error();
    }
    const engine::PlanOptions options = plan_options(arguments, opened->at);
    const auto applied = engine::apply_rollback(*opened->workspace, arguments.version, options);
    if (!applied) {
        return applied.error();
    }
    show_applied(*applied, arguments, session.terminal);
    return done;
}

constexpr std::array apply_options{
    Option::data_or_server, Option::one_file, Option::at, Option::plan};
constexpr std::array remove_options{Option::data, Option::name, Option::at};
constexpr std::array rollback_options{Option::data_or_server, Option::version, Option::at};

}  // namespace

constinit const Command apply_command{
    .name = "apply",
    .summary = "Make a portfolio file so, as one version: purpose, segments and their order",
    .options = apply_options,
    .examples =
        "fineline apply --data shop portfolio.yaml\n"
        "fineline apply --data shop portfolio.yaml --plan 7-3f9c21ab44d0\n"
        "fineline apply --server http://127.0.0.1:8080 portfolio.yaml",
    .run = run_apply};

constinit const Command remove_command{
    .name = "remove",
    .summary = "Archive a segment that nothing is built on; a rollback brings it back",
    .options = remove_options,
    .examples = "fineline remove --data shop lapsed",
    .run = run_remove};

constinit const Command rollback_command{
    .name = "rollback",
    .summary = "Make all segments and purposes what they were at a version, as a new version",
    .options = rollback_options,
    .examples = "fineline rollback --data shop 3",
    .run = run_rollback};

}  // namespace fineline::cli
