#include "cli/commands/portfolio.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "cli/server_portfolio.h"
#include "engine/portfolio_json.h"
#include "mapping/portfolio_file.h"

#include <array>

namespace fineline::cli {

namespace {

Status run_plan(const Arguments& arguments, const Session& session) {
    const auto portfolio = mapping::read_portfolio_file(arguments.files.front());
    if (!portfolio) {
        return portfolio.error();
    }
    if (!arguments.server.empty()) {
        return plan_by_server(*portfolio, arguments, session.terminal);
    }
    const auto opened = open_to_answer(arguments, session);
    if (!opened) {
        return opened.error();
    }
    const engine::PlanOptions options = plan_options(arguments, opened->at);
    const auto plan =
        opened->workspace->answer([&](const std::shared_ptr<const columns::View>& view) {
            return engine::plan_portfolio(view, *portfolio, options);
        });
    if (!plan) {
        return plan.error();
    }
    if (arguments.json) {
        session.terminal.json(engine::to_json(*plan));
        return done;
    }
    show_plan(*plan, session.terminal);
    if (!plan->empty()) {
        session.terminal.line("Plan " + plan->id + ": `fineline apply " + arguments.files.front() +
                              " --data " + arguments.data + " --plan " + plan->id +
                              "` does exactly this");
    }
    return done;
}

constexpr std::array options{Option::data_or_server, Option::one_file, Option::at};

}  // namespace

constinit const Command plan_command{
    .name = "plan",
    .summary = "Show what a portfolio file would change: segments, who enters and leaves, overlaps",
    .options = options,
    .examples =
        "fineline plan --data shop portfolio.yaml\n"
        "fineline plan --data shop portfolio.yaml --at 2011-12-10T00:00:00Z --json\n"
        "fineline plan --server http://127.0.0.1:8080 portfolio.yaml",
    .run = run_plan};

}  // namespace fineline::cli
