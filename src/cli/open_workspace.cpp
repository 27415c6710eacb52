#include "cli/open_workspace.h"

#include "base/text.h"
#include "engine/erasure.h"
#include "engine/settings.h"
#include "expr/parse.h"
#include "ingest/reject_file.h"

namespace fineline::cli {

Result<std::unique_ptr<engine::Workspace>> open_workspace(const Arguments& arguments,
                                                          const Session& session,
                                                          OpenFor what) {
    if (arguments.data.empty()) {
        return Error{
            ErrorCode::invalid_argument, "say what to read: --data DIR, or --server URL", {}};
    }
    engine::OpenOptions options;
    options.create = what == OpenFor::loading;
    const bool shares = what == OpenFor::reading && !engine::erasure_is_pending(arguments.data);
    options.log.access = shares ? eventlog::Access::reading : eventlog::Access::writing;
    options.purge_set_aside = [](const std::string& directory,
                                 const std::vector<std::string>& ids) -> Result<std::uint64_t> {
        const auto erased = ingest::erase_rejects(directory, ids);
        return erased ? Result<std::uint64_t>(erased->entries)
                      : Result<std::uint64_t>(erased.error());
    };
    // Replaying may happen after opening as well: nothing here may refer to this function's frame.
    options.on_replay = [&terminal = session.terminal, meter = ProgressMeter(session.clock)](
                            std::uint64_t replayed, std::uint64_t total) mutable {
        if (meter.due()) {
            terminal.progress(progress_bar(replayed, total) + "  replaying the log, " +
                              with_commas(replayed) + " of " + with_commas(total) + " records");
        }
    };
    options.on_warning = [&terminal = session.terminal](const std::string& mended) {
        terminal.warning(mended);
    };
    auto workspace = engine::Workspace::open(arguments.data, options, session.clock);
    session.terminal.progress("");
    if (workspace && !(*workspace)->open_report().warning.empty()) {
        session.terminal.warning((*workspace)->open_report().warning);
    }
    return workspace;
}

Result<Instant> instant_of(const Arguments& arguments,
                           const Session& session,
                           const engine::Workspace& workspace) {
    if (!arguments.at) {
        return session.clock.now();
    }
    const auto iso = parse_iso_time(*arguments.at);
    if (!iso) {
        return Error{
            ErrorCode::invalid_argument,
            "--at: expected an instant such as 2024-01-31T00:00:00Z, not '" + *arguments.at + "'",
            {}};
    }
    const auto settings = engine::evaluation_settings(*workspace.view());
    if (!settings) {
        return settings.error();
    }
    return settings->zone.resolve(*iso);
}

Result<OpenedAt> open_to_answer(const Arguments& arguments, const Session& session, OpenFor what) {
    auto workspace = open_workspace(arguments, session, what);
    if (!workspace) {
        return workspace.error();
    }
    const auto at = instant_of(arguments, session, **workspace);
    if (!at) {
        return at.error();
    }
    return OpenedAt{.workspace = std::move(*workspace), .at = *at};
}

Error with_caret(const Error& error, std::string_view expression) {
    if (!error.at) {
        return error;
    }
    return Error{error.code, expr::render_error(error, expression), error.at};
}

}  // namespace fineline::cli
