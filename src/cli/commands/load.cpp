#include "base/text.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "engine/background_fold.h"
#include "engine/known_names.h"
#include "engine/settings.h"
#include "mapping/loader.h"
#include "mapping/mapping_file.h"
#include "model/limits.h"

#include <algorithm>
#include <array>
#include <filesystem>

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

/// A file whose progress is drawn.
struct Watched {
    std::string file;
    std::uint64_t after_row = 0;  ///< rows up to this one were stored before
};

/// Draws the progress of one file.
mapping::LoadWatch watch_of(const Watched& watched, const Session& session, ProgressMeter& meter) {
    mapping::LoadWatch watch;
    watch.cancelled = [&session] { return session.stop.load(); };
    watch.progress = [&session, &meter, watched](const mapping::LoadProgress& progress) {
        if (!session.terminal.watched() || !meter.due()) {
            return;
        }
        const bool passes_over =
            progress.phase == mapping::LoadPhase::load && progress.rows < watched.after_row;
        std::string text =
            (passes_over ? "passing over what is loaded of" : phase_word(progress.phase)) + " " +
            watched.file + "  ";
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
    auto rules =
        arguments.mapping.empty()
            ? Result<mapping::Mapping>(mapping::default_mapping(default_kind(arguments.kind)))
            : mapping::read_mapping_file(arguments.mapping);
    if (rules && arguments.sparse) {
        rules->sparse = true;
    }
    return rules;
}

/// Checks the name of `--source`, which the log keeps.
Status check_source(const std::string& source) {
    if (source.size() > limits::name_bytes_max || !is_utf8(source)) {
        return Error{ErrorCode::invalid_argument,
                     "--source: a name is at most " + std::to_string(limits::name_bytes_max) +
                         " bytes of UTF-8",
                     {}};
    }
    return done;
}

/// What the files of one command have in common.
struct Loading {
    engine::Workspace& workspace;
    const mapping::Mapping& rules;
    NameLimits names;
};

Result<mapping::LoadRequest> request_of(const std::string& file,
                                        const Arguments& arguments,
                                        const Session& session,
                                        Loading& loading) {
    const engine::Workspace& workspace = loading.workspace;
    const auto settings = engine::evaluation_settings(*workspace.view());
    if (!settings) {
        return settings.error();
    }
    mapping::LoadRequest request;
    request.file = file;
    request.mapping = loading.rules;
    request.zone = settings->zone;
    request.received_at = session.clock.now();
    request.source = arguments.source;
    request.names = &loading.names;
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

/// Refuses options that messages would not heed.
Status check_messages(const std::string& file, const Arguments& arguments, const Loader& loader) {
    const bool for_rows =
        !arguments.mapping.empty() || arguments.kind != LoadKind::events || arguments.sparse;
    if (!loader.reads_messages() || !for_rows) {
        return done;
    }
    return Error{ErrorCode::invalid_argument,
                 file +
                     " holds messages, which say themselves what they are: load it without "
                     "--mapping, --traits and the like",
                 {}};
}

/// Says after Ctrl-C what is stored and how to go on.
Error stopped(const std::string& file, const std::string& what) {
    return {ErrorCode::unavailable,
            "stopped in " + file + ": " + what + ". Files before it on the command line are loaded",
            {}};
}

/// The same, where some of the file was stored.
Error stopped_while_loading(const std::string& file,
                            const std::string& sequence,
                            engine::Workspace& workspace) {
    if (sequence.empty()) {
        return stopped(file,
                       "what was read of it is stored, but it has no identity to go on by: loaded "
                       "again, only messages with a messageId are told from those stored");
    }
    const auto stored = workspace.log().last_row(sequence);
    return stored ? stopped(file,
                            "it is stored up to row " + with_commas(*stored) +
                                "; the same command reads it from its start, passes over those "
                                "rows and goes on behind them")
                  : stored.error();
}

/// Where a load of a file begins.
struct Start {
    std::uint32_t occurrence = 0;  ///< which load of the same file it is
    std::uint64_t after_row = 0;   ///< rows up to this one are stored
    bool is_finished = false;      ///< nothing is left to load
};

Result<Start> find_start(const Loader& loader,
                         const Arguments& arguments,
                         engine::Workspace& workspace) {
    Start start;
    if (loader.sequence().empty()) {
        return start;  // what can be read once only is never known from before
    }
    auto finished = workspace.log().is_finished(loader.sequence());
    while (arguments.again && finished && *finished) {
        finished = workspace.log().is_finished(loader.sequence(++start.occurrence));
    }
    const auto last = workspace.log().last_row(loader.sequence(start.occurrence));
    if (!finished || !last) {
        return finished ? last.error() : finished.error();
    }
    start.after_row = *last;
    start.is_finished = *finished;
    return start;
}

/// Loads one file to its end. Errors: of loading; unavailable, if it was stopped before.
Status load_file(const std::string& file,
                 const Arguments& arguments,
                 const Session& session,
                 Loading& loading) {
    engine::Workspace& workspace = loading.workspace;
    auto request = request_of(file, arguments, session, loading);
    if (!request) {
        return request.error();
    }
    ProgressMeter meter(session.clock);
    auto loader = Loader::open(std::move(*request), watch_of({.file = file}, session, meter));
    if (!loader) {
        session.terminal.progress("");
        const bool was_stopped =
            session.stop.load() && loader.error().code == ErrorCode::unavailable;
        return was_stopped ? stopped(file,
                                     "it was only looked at so far, and nothing of this run is "
                                     "stored of it; the same command begins it anew, or goes on "
                                     "behind what earlier runs stored")
                           : loader.error();
    }
    if (auto suits = check_messages(file, arguments, **loader); !suits) {
        return suits;
    }
    const auto start = find_start(**loader, arguments, workspace);
    if (!start) {
        return start.error();
    }
    if (start->is_finished) {
        show_loaded_before(file, arguments, session.terminal);
        return done;
    }
    const std::string sequence = (*loader)->sequence(start->occurrence);
    show_columns(**loader, session.terminal);
    engine::BackgroundFold appender(workspace, publish_every_records);
    ProgressMeter load_meter(session.clock);
    auto report = (*loader)->run(
        {.occurrence = start->occurrence,
         .after_row = start->after_row,
         .sink = [&](std::string batch) { return appender.append(std::move(batch)); },
         .watch = watch_of({.file = file, .after_row = start->after_row}, session, load_meter)});
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
    return report->finished ? Status(done)
                            : Status(stopped_while_loading(file, sequence, workspace));
}

Status check_file(const std::string& file) {
    std::error_code failed;
    const bool exists = file == "-" || std::filesystem::exists(file, failed);
    if (failed || !exists) {
        return Error{ErrorCode::not_found,
                     "cannot open " + file + ": " +
                         (failed ? failed.message() : std::string("no such file")),
                     {}};
    }
    return done;
}

Status run_load(const Arguments& arguments, const Session& session) {
    if (auto checked = check_source(arguments.source); !checked) {
        return checked;
    }
    const auto rules = mapping_of(arguments);
    if (!rules) {
        return rules.error();
    }
    // A mistyped name must not leave an empty directory behind, or half of the files loaded.
    for (const std::string& file : arguments.files) {
        if (auto found = check_file(file); !found) {
            return found;
        }
    }
    auto workspace = open_workspace(arguments, session, OpenFor::loading);
    if (!workspace) {
        return workspace.error();
    }
    // Rows are folded beside the reading, where damage is not mended any more.
    if (auto sound = (*workspace)->make_sound(); !sound) {
        return sound;
    }
    Loading loading{.workspace = **workspace,
                    .rules = *rules,
                    .names = engine::known_names((*workspace)->view())};
    for (const std::string& file : arguments.files) {
        if (auto loaded = load_file(file, arguments, session, loading); !loaded) {
            return loaded;
        }
    }
    session.terminal.progress("clustering and writing the checkpoint …");
    return (*workspace)->write_checkpoint();
}

constexpr std::array options{
    Option::data, Option::load_kind, Option::sparse, Option::source, Option::again, Option::files};

}  // namespace

constinit const Command load_command{
    .name = "load",
    .summary = "Load events, traits, accounts, consents or merges from CSV or JSON Lines",
    .options = options,
    .examples =
        "fineline load --data shop events.csv\n"
        "fineline load --data shop --traits customers.csv.gz\n"
        "fineline load --data shop --mapping orders.yaml 2010.csv.zst 2011.csv.zst\n"
        "fineline load --data shop --traits --sparse changes.csv\n"
        "zcat messages.jsonl.gz | fineline load --data shop --source web -",
    .run = run_load};

}  // namespace fineline::cli
