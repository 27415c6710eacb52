#include "cli/study_request.h"

#include "cli/open_workspace.h"
#include "engine/portfolio.h"
#include "mapping/portfolio_file.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace fineline::cli {

namespace {

/// The position after which nothing had been logged yet at some instant.
struct Arrival {
    Instant received_at;
    std::uint64_t first = 0;
};

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
    if (auto read = opening->read_arrivals(); !read) {
        return read.error();
    }
    return opening;
}

Status StudyOpening::read_arrivals() {
    std::vector<Arrival> arrivals;
    eventlog::EventLog& log = workspace_->log();
    Position from{0};
    while (true) {
        auto stored = log.read(from);
        if (!stored) {
            return stored.error();
        }
        if (stored->bytes.empty()) {
            break;
        }
        const auto batch = RecordBatch::open(std::move(stored->bytes));
        if (!batch) {
            return batch.error();
        }
        arrivals.push_back({batch->header().received_at, stored->first.value()});
        from = Position{stored->first.value() + batch->count()};
        if (session_.stop) {
            return Error{ErrorCode::unavailable, "stopped; nothing was changed", {}};
        }
    }
    const std::uint64_t end = log.end().value();
    request_.position_at = [arrivals = std::move(arrivals), end](Instant at) {
        const auto later =
            std::find_if(arrivals.begin(), arrivals.end(), [&](const Arrival& arrival) {
                return arrival.received_at > at;
            });
        return later == arrivals.end() ? end : later->first;
    };
    return done;
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
