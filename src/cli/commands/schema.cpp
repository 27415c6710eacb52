#include "engine/schema.h"

#include "base/text.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "cli/server_question.h"
#include "http/answers.h"

#include <array>

namespace fineline::cli {

namespace {

struct KindWord {
    const char* word;
    std::uint64_t columns::KindCounts::*count;
};

constexpr std::array kind_words{KindWord{"missing", &columns::KindCounts::missing},
                                KindWord{"boolean", &columns::KindCounts::booleans},
                                KindWord{"number", &columns::KindCounts::numbers},
                                KindWord{"string", &columns::KindCounts::strings},
                                KindWord{"timestamp", &columns::KindCounts::timestamps},
                                KindWord{"duration", &columns::KindCounts::durations},
                                KindWord{"list", &columns::KindCounts::lists}};

std::string kinds_text(const columns::KindCounts& kinds) {
    std::string text;
    for (const KindWord& kind : kind_words) {
        if (kinds.*kind.count > 0) {
            text += (text.empty() ? "" : ", ") + with_commas(kinds.*kind.count) + " " + kind.word;
        }
    }
    return text;
}

void show_fields(const std::vector<engine::FieldSummary>& fields,
                 std::string_view heading,
                 Terminal& terminal) {
    if (!fields.empty()) {
        terminal.line(terminal.paint(heading, Colour::bold));
    }
    for (const engine::FieldSummary& field : fields) {
        terminal.line("  " + padded(field.name, 24) + kinds_text(field.kinds));
    }
}

void show(const engine::SchemaReport& report, Terminal& terminal) {
    std::string whole = with_commas(report.totals.events) + " events of " +
                        with_commas(report.totals.customers) + " customers";
    if (report.totals.events > 0) {
        whole +=
            ", " + to_iso(report.totals.first_event) + " … " + to_iso(report.totals.last_event);
    }
    terminal.line(whole);
    for (const engine::EventSummary& summary : report.event_names) {
        terminal.line(terminal.paint(summary.event.name, Colour::bold) + "  " +
                      with_commas(summary.event.count) + ", " + to_iso(summary.event.first_seen) +
                      " … " + to_iso(summary.event.last_seen));
        for (const engine::FieldSummary& field : summary.properties) {
            terminal.line("  " + padded("." + field.name, 24) + kinds_text(field.kinds));
        }
    }
    show_fields(report.traits, "Traits", terminal);
    show_fields(report.account_traits, "Traits of accounts", terminal);
    for (const std::string& purpose : report.purposes) {
        terminal.line("consent for " + purpose);
    }
    if (!report.oddities.empty()) {
        terminal.line(terminal.paint("Oddities", Colour::bold));
    }
    for (const engine::Oddity& oddity : report.oddities) {
        terminal.line("  " + padded(oddity.where, 24) + oddity.what);
    }
}

Status run_schema(const Arguments& arguments, const Session& session) {
    if (!arguments.server.empty()) {
        return schema_of_server(arguments, session.terminal);
    }
    const auto opened = open_to_answer(arguments, session);
    if (!opened) {
        return opened.error();
    }
    engine::Workspace& workspace = *opened->workspace;
    const Instant at = opened->at;
    const auto report = workspace.answer([&](const std::shared_ptr<const columns::View>& view) {
        return engine::describe(view, at);
    });
    if (!report) {
        return report.error();
    }
    if (arguments.json) {
        session.terminal.json(http::schema_json(*report));
    } else {
        show(*report, session.terminal);
    }
    return done;
}

constexpr std::array options{Option::data_or_server, Option::at};

}  // namespace

constinit const Command schema_command{
    .name = "schema",
    .summary =
        "Show what the data holds: events, properties, traits, their types, counts and oddities",
    .options = options,
    .examples = "fineline schema --data shop\nfineline schema --data shop --at 2011-06-01 --json",
    .run = run_schema};

}  // namespace fineline::cli
