#include "engine/settings.h"

#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "engine/definitions.h"

#include <array>

namespace fineline::cli {

namespace {

Status show_all(const Arguments& arguments,
                const Session& session,
                const engine::Workspace& workspace) {
    Json all{Json::Object{}};
    for (const engine::SettingRow& row : engine::setting_rows()) {
        if (!arguments.name.empty() && row.name != arguments.name) {
            continue;
        }
        const std::string value = engine::setting_value(*workspace.view(), row.name);
        all.set(row.name, value);
        if (!arguments.json) {
            session.terminal.line(padded(row.name, 20) +
                                  padded(value.empty() ? "(none)" : value, 24) + "  " +
                                  session.terminal.paint(row.summary, Colour::grey));
        }
    }
    if (arguments.json) {
        session.terminal.json(all);
    }
    return done;
}

Status run_settings(const Arguments& arguments, const Session& session) {
    if (!arguments.name.empty()) {
        if (const auto row = engine::find_setting(arguments.name); !row) {
            return row.error();
        }
    }
    auto workspace =
        open_workspace(arguments, session, arguments.value ? OpenFor::loading : OpenFor::reading);
    if (!workspace) {
        return workspace.error();
    }
    if (arguments.value) {
        const auto defined = engine::define_setting(**workspace, arguments.name, *arguments.value);
        if (!defined) {
            return defined.error();
        }
    }
    return show_all(arguments, session, **workspace);
}

constexpr std::array options{Option::data, Option::maybe_name};

}  // namespace

constinit const Command settings_command{
    .name = "settings",
    .summary = "Show or change the workspace's settings: time zone, calendar, purchase event …",
    .options = options,
    .examples =
        "fineline settings --data shop\n"
        "fineline settings --data shop time_zone Europe/London\n"
        "fineline settings --data shop holidays 'christmas=2024-12-25..2024-12-26, "
        "new_year=2025-01-01'",
    .run = run_settings};

}  // namespace fineline::cli
