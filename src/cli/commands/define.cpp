#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "engine/definitions.h"

#include <array>

namespace fineline::cli {

namespace {

Status run_define(const Arguments& arguments, const Session& session) {
    auto workspace = open_workspace(arguments, session, OpenFor::loading);
    if (!workspace) {
        return workspace.error();
    }
    const auto defined = engine::define_segment(**workspace, arguments.name, arguments.expression);
    if (!defined) {
        return with_caret(defined.error(), arguments.expression);
    }
    if (arguments.json) {
        session.terminal.json(
            Json()
                .set("name", defined->name)
                .set("version", defined->version)
                .set("expression", defined->text)
                .set("unchanged", defined->unchanged)
                .set("warnings", Json::Array(defined->warnings.begin(), defined->warnings.end())));
        return done;
    }
    for (const std::string& warning : defined->warnings) {
        session.terminal.warning(warning);
    }
    session.terminal.line(defined->name + " version " + std::to_string(defined->version) +
                          (defined->unchanged ? ", unchanged: " : ": ") + defined->text);
    return done;
}

constexpr std::array options{Option::data, Option::name, Option::expression};

}  // namespace

constinit const Command define_command{
    .name = "define",
    .summary = "Store a segment as its next version",
    .options = options,
    .examples =
        "fineline define --data shop lapsed 'did purchase and since_last(purchase) > 180 days'\n"
        "fineline define --data shop lapsed_vip 'segment lapsed and sum(purchase.amount) > 5000'",
    .run = run_define};

}  // namespace fineline::cli
