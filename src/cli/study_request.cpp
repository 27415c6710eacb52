#include "cli/study_request.h"

#include "cli/open_workspace.h"
#include "engine/portfolio.h"
#include "engine/replay.h"
#include "eventlog/arrival.h"
#include "mapping/portfolio_file.h"
#include "study/act_audit.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace fineline::cli {

namespace {

Result<mapping::Portfolio> read_purpose(const columns::View& view, const std::string& purpose) {
    std::error_code nothing;
    if (std::filesystem::exists(purpose, nothing)) {
        return mapping::read_portfolio_file(purpose);
    }
    auto stored = engine::stored_portfolio(view, purpose);
    if (stored || stored.error().code != ErrorCode::not_found) {
        return stored;
    }
    std::string known;
    for (const std::string& name : view.definition_names("purpose")) {
        known += (known.empty() ? "; stored are: " : ", ") + name;
    }
    return Error{ErrorCode::not_found,
                 "'" + purpose + "' is neither a portfolio file nor a stored purpose" + known,
                 {}};
}

}  // namespace

Result<std::unique_ptr<StudyOpening>> StudyOpening::open(const Arguments& arguments,
                                                         const Session& session) {
    auto workspace = open_workspace(arguments, session, OpenFor::reading);
    if (!workspace) {
        return workspace.error();
    }
    // A study reads everything, many times over: what is damaged is mended first.
    if (auto sound = (*workspace)->make_sound(); !sound) {
        return sound.error();
    }
    auto portfolio = read_purpose(*(*workspace)->view(), arguments.name);
    if (!portfolio) {
        return portfolio.error();
    }
    const auto at = instant_of(arguments, session, **workspace);
    if (!at) {
        return at.error();
    }
    std::unique_ptr<StudyOpening> opening(new StudyOpening(session, std::move(*workspace)));
    opening->request_.view = opening->workspace_->view();
    opening->request_.portfolio = std::move(*portfolio);
    opening->request_.at = *at;
    opening->request_.threads = arguments.threads;
    opening->request_.seed = arguments.seed;
    if (arguments.capacity > 0) {
        opening->request_.portfolio.purpose.capacity = static_cast<int>(arguments.capacity);
    }
    opening->request_.progress = [self = opening.get()](const std::string& what, double share) {
        return self->show_progress(what, share);
    };
    if (arguments.as_known && study::has_exposures(opening->request_.portfolio)) {
        return Error{
            ErrorCode::invalid_argument,
            "--as-known looks at snapshots; this purpose judges actions at their exposures",
            {}};
    }
    opening->know_arrivals(arguments.as_known);
    return opening;
}

void StudyOpening::know_arrivals(bool as_known) {
    request_.arrived_until = [this](Instant at) {
        return eventlog::arrived_until(workspace_->log(), at);
    };
    if (!as_known) {
        return;
    }
    request_.as_known = [this](Instant at) {
        return engine::view_as_known(
            workspace_->log(),
            at,
            workspace_->store().options(),
            [&](std::uint64_t finished, std::uint64_t total) {
                show_progress("reading what was known at " + to_iso(at),
                              static_cast<double>(finished) / static_cast<double>(total));
            });
    };
}

bool StudyOpening::show_progress(const std::string& what, double share) {
    if (meter_.due()) {
        session_.terminal.progress(progress_bar(static_cast<std::uint64_t>(share * 100), 100) +
                                   "  " + what);
    }
    return !session_.stop;
}

void StudyOpening::finish() {
    session_.terminal.progress("");
}

Status write_text_file(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) {
        return Error{ErrorCode::io, "cannot write '" + path + "'", {}};
    }
    return done;
}

}  // namespace fineline::cli
