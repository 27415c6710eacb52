#include "expr/check.h"

#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "engine/definitions.h"
#include "engine/settings.h"
#include "expr/parse.h"
#include "expr/sql/sql.h"

#include <array>

namespace fineline::cli {

namespace {

/// What the command knows of the world: a directory's names and settings, or nothing.
struct World {
    std::unique_ptr<engine::Workspace> workspace;
    std::shared_ptr<const columns::View> view;
    expr::Catalog catalog;
    expr::SqlOptions sql;
};

Result<World> open_world(const Arguments& arguments, const Session& session) {
    World world;
    world.sql.now = session.clock.now();
    if (arguments.data.empty()) {
        if (arguments.at) {
            const auto iso = parse_iso_time(*arguments.at);
            if (!iso) {
                return Error{ErrorCode::invalid_argument,
                             "--at: expected an instant such as 2024-01-31T00:00:00Z, not '" +
                                 *arguments.at + "'",
                             {}};
            }
            world.sql.now = world.sql.settings.zone.resolve(*iso);
        }
        return world;
    }
    auto workspace = open_workspace(arguments, session, OpenFor::reading);
    if (!workspace) {
        return workspace.error();
    }
    world.workspace = std::move(*workspace);
    world.view = world.workspace->view();
    world.catalog = engine::make_catalog(world.view);
    auto settings = engine::evaluation_settings(*world.view);
    if (!settings) {
        return settings.error();
    }
    world.sql.settings = std::move(*settings);
    const auto at = instant_of(arguments, session, *world.workspace);
    if (!at) {
        return at.error();
    }
    world.sql.now = *at;
    world.sql.no_record_is_granted =
        engine::setting_value(*world.view, "consent_no_record") == "granted";
    return world;
}

Result<std::string> printed(const Arguments& arguments,
                            World& world,
                            const expr::CheckedExpression& checked) {
    if (arguments.to == "text") {
        return checked.text();
    }
    if (arguments.to == "json") {
        return expr::to_json(checked.expression()).text();
    }
    world.sql.segment = [&world](std::string_view name) -> Result<expr::CheckedExpression> {
        if (world.view == nullptr) {
            return Error{
                ErrorCode::not_found,
                "segment '" + std::string(name) + "' is defined in a directory: give --data",
                {}};
        }
        return engine::stored_segment(*world.view, world.catalog, name);
    };
    return expr::to_sql(checked, world.sql);
}

Status run_check(const Arguments& arguments, const Session& session) {
    auto world = open_world(arguments, session);
    if (!world) {
        return world.error();
    }
    const auto checked = expr::compile(arguments.expression, expr::Use::segment, world->catalog);
    if (!checked) {
        return with_caret(checked.error(), arguments.expression);
    }
    auto text = printed(arguments, *world, *checked);
    if (!text) {
        return with_caret(text.error(), arguments.expression);
    }
    if (arguments.json) {
        Json warnings{Json::Array{}};
        for (const expr::Warning& warning : checked->warnings()) {
            warnings.push(Json()
                              .set("message", warning.message)
                              .set("begin", static_cast<double>(warning.at.begin))
                              .set("end", static_cast<double>(warning.at.end)));
        }
        session.terminal.json(
            Json().set(arguments.to, std::move(*text)).set("warnings", std::move(warnings)));
        return done;
    }
    for (const expr::Warning& warning : checked->warnings()) {
        session.terminal.warning(expr::render_warning(warning, arguments.expression));
    }
    session.terminal.line(*text);
    return done;
}

constexpr std::array options{Option::expression, Option::maybe_data, Option::to, Option::at};

}  // namespace

constinit const Command check_command{
    .name = "check",
    .summary = "Check an expression and print its canonical form, its JSON or its SQL",
    .options = options,
    .examples =
        "fineline check 'count( purchase , last 90 days)>=3'\n"
        "fineline check --data shop 'did purchse'\n"
        "fineline check 'did purchase last 30 days' --to sql:duckdb\n"
        "fineline check 'did purchase last 30 days' --to json",
    .run = run_check};

}  // namespace fineline::cli
