#include "base/text.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "engine/background_fold.h"
#include "engine/settings.h"
#include "mapping/loader.h"
#include "mapping/mapping_file.h"

#include <algorithm>
#include <array>

namespace fineline::cli {

namespace {

using mapping::Loader;
using mapping::LoadReport;

constexpr std::uint64_t publish_every_records = 1'000'000;

mapping::DefaultKind default_kind(LoadKind kind) {
    switch (kind) {
        case LoadKind::events: return mapping::DefaultKind::events;
        case LoadKind::traits: return mapping::DefaultKind::traits;
        case LoadKind::accounts: return mapping::DefaultKind::accounts;
        case LoadKind::consents: return mapping::DefaultKind::consents;
        case LoadKind::merges: return mapping::DefaultKind::merges;
    }
    return mapping::DefaultKind::events;
}

std::string phase_word(mapping::LoadPhase phase) {
    switch (phase) {
        case mapping::LoadPhase::scan: return "looking at";
        case mapping::LoadPhase::check: return "checking";
        case mapping::LoadPhase::load: return "loading";
    }
    return {};
}

/// Draws the progress of one file.
mapping::LoadWatch watch_of(const std::string& file, const Session& session, ProgressMeter& meter) {
    mapping::LoadWatch watch;
    watch.cancelled = [&session] { return session.stop.load(); };
    watch.progress = [&session, &meter, file](const mapping::LoadProgress& progress) {
        if (!session.terminal.watched() || !meter.due()) {
            return;
        }
        std::string text = phase_word(progress.phase) + " " + file + "  ";
        if (progress.bytes_total) {
            text += progress_bar(progress.bytes_done, *progress.bytes_total) + "  ";
        }
        text += with_commas(progress.rows) + " rows";
        if (progress.phase == mapping::LoadPhase::load) {
            text += ", " + with_commas(static_cast<std::uint64_t>(meter.rate(progress.rows))) +
                    " a second";
        }
        if (progress.bytes_total) {
            text += ", " + to_words(meter.remaining(progress.bytes_done, *progress.bytes_total)) +
                    " left";
        }
        if (progress.rejected > 0) {
            text += ", " + with_commas(progress.rejected) + " set aside";
        }
        session.terminal.progress(text);
    };
    return watch;
}

Json report_json(const std::string& file,
                 const LoadReport& report,
                 const Loader& loader,
                 std::uint64_t duplicates) {
    Json records{Json::Object{}};
    for (const auto& [kind, count] : report.records) {
        records.set(to_string(kind), count);
    }
    Json rejected{Json::Object{}};
    for (std::size_t i = 0; i < ingest::reject_reason_count; ++i) {
        const auto reason = static_cast<ingest::RejectReason>(i);
        if (report.rejected.of(reason) > 0) {
            rejected.set(to_string(reason), report.rejected.of(reason));
        }
    }
    Json columns{Json::Array{}};
    for (const ingest::Column& column : loader.columns()) {
        columns.push(Json().set("name", column.name).set("type", to_string(column.type)));
    }
    return Json()
        .set("file", file)
        .set("finished", report.finished)
        .set("rows", report.rows)
        .set("skipped", report.skipped)
        .set("loaded_before", report.already)
        .set("duplicates", duplicates)
        .set("records", std::move(records))
        .set("set_aside", std::move(rejected))
        .set("set_aside_file", report.rejects_file)
        .set("columns", std::move(columns));
}

void show_columns(const Loader& loader, Terminal& terminal) {
    std::string text;
    for (const ingest::Column& column : loader.columns()) {
        text += (text.empty() ? "columns: " : ", ") + column.name + " " + to_string(column.type);
    }
    if (!text.empty()) {
        terminal.remark(text);
    }
}

void show_report(const std::string& file,
                 const LoadReport& report,
                 std::uint64_t duplicates,
                 Terminal& terminal) {
    std::string text = file + ": " + with_commas(report.rows) + " rows";
    for (const auto& [kind, count] : report.records) {
        text += ", " + with_commas(count) + " " + to_string(kind) + " records";
    }
    if (report.already > 0) {
        text += ", " + with_commas(report.already) + " loaded before";
    }
    if (report.skipped > 0) {
        text += ", " + with_commas(report.skipped) + " skipped by the mapping";
    }
    if (duplicates > 0) {
        text += ", " + with_commas(duplicates) + " duplicates dropped";
    }
    terminal.line(text);
    if (report.rejected.total() == 0) {
        return;
    }
    std::string reasons;
    for (std::size_t i = 0; i < ingest::reject_reason_count; ++i) {
        const auto reason = static_cast<ingest::RejectReason>(i);
        if (report.rejected.of(reason) > 0) {
            reasons += (reasons.empty() ? "" : ", ") + with_commas(report.rejected.of(reason)) +
                       " " + to_string(reason);
        }
    }
    terminal.warning(with_commas(report.rejected.total()) + " rows set aside (" + reasons +
                     "), with line, reason and text in " + report.rejects_file);
}

Result<mapping::Mapping> mapping_of(const Arguments& arguments) {
    return arguments.mapping.empty()
               ? Result<mapping::Mapping>(mapping::default_mapping(default_kind(arguments.kind)))
               : mapping::read_mapping_file(arguments.mapping);
}

Result<mapping::LoadRequest> request_of(const std::string& file,
                                        const Arguments& arguments,
                                        const Session& session,
                                        const engine::Workspace& workspace) {
    auto rules = mapping_of(arguments);
    if (!rules) {
        return rules.error();
    }
    const auto settings = engine::evaluation_settings(*workspace.view());
    if (!settings) {
        return settings.error();
    }
    mapping::LoadRequest request;
    request.file = file;
    request.mapping = std::move(*rules);
    request.zone = settings->zone;
    request.received_at = session.clock.now();
    request.rejects_directory = workspace.rejects_directory();
    request.alias_merges = engine::setting_value(*workspace.view(), "merge_on_alias") == "yes";
    const auto view = workspace.view();
    request.is_joined = [view](std::string_view id) {
        const columns::Reader reader(view);
        const auto who = reader.find_customer(id);
        return who && reader.identities(*who).size() > 1;
    };
    return request;
}

/// Says that a file is in the log already.
void show_loaded_before(const std::string& file, const Arguments& arguments, Terminal& terminal) {
    if (arguments.json) {
        terminal.json(Json()
                          .set("file", file)
                          .set("finished", true)
                          .set("rows", 0)
                          .set("loaded_earlier", true));
        return;
    }
    terminal.line(file + ": loaded before, nothing added (--again loads it a second time)");
}

/// Loads one file. Returns whether it was loaded to its end.
Result<bool> load_file(const std::string& file,
                       const Arguments& arguments,
                       const Session& session,
                       engine::Workspace& workspace) {
    auto request = request_of(file, arguments, session, workspace);
    if (!request) {
        return request.error();
    }
    ProgressMeter meter(session.clock);
    const mapping::LoadWatch watch = watch_of(file, session, meter);
    auto loader = Loader::open(std::move(*request), watch);
    if (!loader) {
        return loader.error();
    }
    // Standard input has no sequence: it is never known from before.
    const bool has_sequence = !(*loader)->sequence().empty();
    std::uint32_t occurrence = 0;
    std::uint64_t after_row = 0;
    if (has_sequence) {
        auto finished = workspace.log().is_finished((*loader)->sequence());
        while (arguments.again && finished && *finished) {
            finished = workspace.log().is_finished((*loader)->sequence(++occurrence));
        }
        const auto last = workspace.log().last_row((*loader)->sequence(occurrence));
        if (!finished || !last) {
            return finished ? last.error() : finished.error();
        }
        if (*finished) {
            show_loaded_before(file, arguments, session.terminal);
            return true;
        }
        after_row = *last;
    }
    const std::string sequence = (*loader)->sequence(occurrence);
    show_columns(**loader, session.terminal);
    engine::BackgroundFold appender(workspace, publish_every_records);
    ProgressMeter load_meter(session.clock);
    auto report = (*loader)->run(
        {.occurrence = occurrence,
         .after_row = after_row,
         .sink = [&](std::string batch) { return appender.append(std::move(batch)); },
         .watch = watch_of(file, session, load_meter)});
    const auto appended = appender.finish();
    session.terminal.progress("");
    if (!report || !appended) {
        return report ? appended.error() : report.error();
    }
    if (report->finished && !sequence.empty()) {
        if (auto marked = workspace.log().finish_sequence(sequence); !marked) {
            return marked.error();
        }
    }
    workspace.publish();
    if (arguments.json) {
        session.terminal.json(report_json(file, *report, **loader, appended->duplicates));
    } else {
        show_report(file, *report, appended->duplicates, session.terminal);
    }
    return report->finished;
}

Status run_load(const Arguments& arguments, const Session& session) {
    auto workspace = open_workspace(arguments, session, OpenFor::loading);
    if (!workspace) {
        return workspace.error();
    }
    bool finished = true;
    for (std::size_t i = 0; finished && i < arguments.files.size(); ++i) {
        auto loaded = load_file(arguments.files[i], arguments, session, **workspace);
        if (!loaded) {
            return loaded.error();
        }
        finished = *loaded;
    }
    if (!finished) {
        return Error{
            ErrorCode::unavailable,
            "stopped; what is loaded is kept, and the same command goes on where it stopped",
            {}};
    }
    session.terminal.progress("clustering and writing the checkpoint …");
    (*workspace)->compact();
    return (*workspace)->write_checkpoint();
}

constexpr std::array options{
    Option::data, Option::mapping, Option::load_kind, Option::again, Option::files};

}  // namespace

constinit const Command load_command{
    .name = "load",
    .summary = "Load events, traits, accounts, consents or merges from CSV or JSON Lines",
    .options = options,
    .examples =
        "fineline load --data shop events.csv\n"
        "fineline load --data shop --traits customers.csv.gz\n"
        "fineline load --data shop --mapping orders.yaml 2010.csv.zst 2011.csv.zst\n"
        "zcat messages.jsonl.gz | fineline load --data shop -",
    .run = run_load};

}  // namespace fineline::cli
