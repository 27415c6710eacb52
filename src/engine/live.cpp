#include "engine/live.h"

#include "columns/scrub.h"
#include "engine/definition_change.h"
#include "engine/live_scrub.h"
#include "engine/live_writer.h"
#include "engine/portfolio_edit.h"
#include "eventlog/arrival.h"
#include "model/limits.h"

#include <future>
#include <thread>
#include <utility>

namespace fineline::engine {

struct Live::State {
    State(std::unique_ptr<LiveFollower> follower,
          std::string at,
          const LiveOptions& options,
          const Clock& of)
        : directory(std::move(at)),
          clock(of),
          report(follower->open_report()),
          changes(follower->changes()),
          writer(std::move(follower), options, of),
          scrub(options.scrub_every, [this](const LiveScrub::IsStopped& is_stopped) {
              static_cast<void>(look_through(is_stopped));  // the status tells what came of it
          }) {}

    Status look_through(const LiveScrub::IsStopped& is_stopped) {
        if (columns::scrub(*writer.follower().view()->columns(), is_stopped)) {
            return done;
        }
        // The writer mends what is damaged before it publishes.
        if (auto looked = writer.run([](LiveFollower&) { return done; }); !looked) {
            return looked;
        }
        const LiveStatus status = writer.status();
        return status.writing ? done : Status(Error{ErrorCode::corrupt, status.failure, {}});
    }

    std::string directory;
    const Clock& clock;
    OpenReport report;
    std::shared_ptr<ChangeSource> changes;
    LiveWriter writer;
    LiveScrub scrub;
};

Live::Live(std::unique_ptr<State> state) : state_(std::move(state)) {}

Live::~Live() = default;

Result<std::unique_ptr<Live>> Live::open(const std::string& directory,
                                         const LiveOptions& options,
                                         const Clock& clock) {
    auto follower = LiveFollower::open(directory, options, clock);
    if (!follower) {
        return follower.error();
    }
    return std::unique_ptr<Live>(
        new Live(std::make_unique<State>(std::move(*follower), directory, options, clock)));
}

const OpenReport& Live::open_report() const {
    return state_->report;
}

const std::string& Live::directory() const {
    return state_->directory;
}

const Clock& Live::clock() const {
    return state_->clock;
}

Status Live::append(std::string batch, Completion completion) {
    return state_->writer.append(std::move(batch), std::move(completion));
}

Result<LiveAppended> Live::append_and_wait(std::string batch) {
    auto answered = std::make_shared<std::promise<Result<LiveAppended>>>();
    auto answer = answered->get_future();
    const Status taken = append(std::move(batch), [answered](Result<LiveAppended> appended) {
        answered->set_value(std::move(appended));
    });
    return taken ? answer.get() : Result<LiveAppended>(taken.error());
}

std::shared_ptr<const LiveView> Live::view() const {
    return state_->writer.follower().view();
}

namespace {

/// Stores definitions as one change; nothing to store is fine.
Result<std::uint64_t> store(LiveFollower& follower,
                            const std::vector<columns::DefinitionEdit>& edits,
                            std::string_view note) {
    const auto before = follower.workspace().view();
    if (edits.empty()) {
        return newest_change(*before);
    }
    const Instant now = std::max(follower.workspace().clock().now(), follower.tracker().now());
    auto change = encode_change(*before, edits, note, now);
    if (!change) {
        return change.error();
    }
    auto appended = follower.append(std::move(change->batch));
    if (!appended) {
        return appended.error();
    }
    return change->number;
}

}  // namespace

Result<std::uint64_t> Live::store_change(const std::vector<columns::DefinitionEdit>& edits,
                                         std::string_view note,
                                         std::uint64_t expected) {
    std::uint64_t number = 0;
    const Status stored = state_->writer.run([&](LiveFollower& follower) -> Status {
        const std::uint64_t newest = newest_change(*follower.workspace().view());
        if (newest != expected) {
            return Error{ErrorCode::conflict,
                         "definitions have changed meanwhile: it was planned on change " +
                             std::to_string(expected) + " and the newest is " +
                             std::to_string(newest) + "; plan again",
                         {}};
        }
        auto made = store(follower, edits, note);
        number = made ? *made : 0;
        return made ? done : Status(made.error());
    });
    return stored ? Result<std::uint64_t>(number) : stored.error();
}

Result<std::vector<Defined>> Live::edit(const std::vector<PortfolioEdit>& edits,
                                        std::optional<std::uint64_t> expected) {
    std::vector<Defined> all;
    const Status edited = state_->writer.run([&](LiveFollower& follower) -> Status {
        const std::uint64_t version = follower.view()->portfolio_version();
        if (expected && *expected != version) {
            return Error{ErrorCode::conflict,
                         "the portfolio has changed meanwhile: it was planned on version " +
                             std::to_string(*expected) + " and is now " + std::to_string(version) +
                             "; plan again",
                         {}};
        }
        auto records = check_edits(follower.workspace().view(), edits);
        if (!records) {
            return records.error();
        }
        std::vector<columns::DefinitionEdit> changed;
        for (const CheckedEdit& record : *records) {
            all.push_back(record.defined);
            if (!record.defined.unchanged) {
                changed.push_back(record.edit);
            }
        }
        auto stored = store(follower, changed, "define");
        return stored ? done : Status(stored.error());
    });
    return edited ? Result<std::vector<Defined>>(std::move(all)) : edited.error();
}

namespace {

Result<Defined> only(Result<std::vector<Defined>> defined) {
    return defined ? Result<Defined>(std::move(defined->front())) : defined.error();
}

Status whether(const Result<std::vector<Defined>>& defined) {
    return defined ? done : Status(defined.error());
}

}  // namespace

Result<Defined> Live::define_segment(std::string_view name, std::string_view text) {
    return only(edit({{.kind = PortfolioEdit::Kind::segment,
                       .name = std::string(name),
                       .text = std::string(text)}},
                     std::nullopt));
}

Status Live::archive_segment(std::string_view name) {
    return whether(edit(
        {{.kind = PortfolioEdit::Kind::segment, .name = std::string(name), .text = std::nullopt}},
        std::nullopt));
}

Result<Defined> Live::define_setting(std::string_view name, std::string_view value) {
    return only(edit({{.kind = PortfolioEdit::Kind::setting,
                       .name = std::string(name),
                       .text = std::string(value)}},
                     std::nullopt));
}

Result<Defined> Live::define_purpose(std::string_view name, std::string_view text) {
    return only(edit({{.kind = PortfolioEdit::Kind::purpose,
                       .name = std::string(name),
                       .text = std::string(text)}},
                     std::nullopt));
}

Status Live::archive_purpose(std::string_view name) {
    return whether(edit(
        {{.kind = PortfolioEdit::Kind::purpose, .name = std::string(name), .text = std::nullopt}},
        std::nullopt));
}

Result<ErasureReceipt> Live::erase(std::string_view customer) {
    return state_->writer.erase(customer);
}

Status Live::advance() {
    return state_->writer.advance();
}

Status Live::settle() {
    constexpr std::chrono::milliseconds pause{1};
    while (true) {
        const auto rebuilding = state_->writer.is_rebuilding();
        if (!rebuilding || !*rebuilding) {
            return rebuilding ? done : Status(rebuilding.error());
        }
        std::this_thread::sleep_for(pause);
    }
}

Status Live::write_checkpoint() {
    return state_->writer.write_checkpoint();
}

namespace {

/// Runs a check of the follower on the writer thread.
template <class Found>
Result<Found> checked(LiveWriter& writer, Result<Found> (LiveFollower::*check)()) {
    std::optional<Found> found;
    const Status ran = writer.run([&](LiveFollower& follower) -> Status {
        auto result = (follower.*check)();
        if (!result) {
            return result.error();
        }
        found = std::move(*result);
        return done;
    });
    return ran ? Result<Found>(std::move(*found)) : ran.error();
}

}  // namespace

Result<LiveVerification> Live::verify() {
    return checked(state_->writer, &LiveFollower::verify);
}

Result<MembershipVerification> Live::check_memberships() {
    return checked(state_->writer, &LiveFollower::check_memberships);
}

Result<Position> Live::arrived_until(Instant at) {
    Position until;
    const Status ran = state_->writer.run([&](LiveFollower& follower) -> Status {
        const auto found = eventlog::arrived_until(follower.workspace().log(), at);
        if (!found) {
            return found.error();
        }
        until = *found;
        return done;
    });
    return ran ? Result<Position>(until) : ran.error();
}

Status Live::scrub() {
    return state_->look_through([] { return false; });
}

Result<Changes> Live::changes_after(std::uint64_t after, std::size_t limit) const {
    return state_->changes->after(after, limit);
}

Result<Subscription> Live::subscribe(std::uint64_t after) {
    if (state_->changes->subscriptions >= limits::subscriptions_max) {
        return Error{ErrorCode::limit_exceeded,
                     "at most " + std::to_string(limits::subscriptions_max) +
                         " may follow the changes at once",
                     {}};
    }
    auto possible = state_->changes->after(after, 0);
    if (!possible) {
        return possible.error();
    }
    return Subscription(state_->changes, after);
}

LiveStatus Live::status() const {
    return state_->writer.status();
}

void Live::count_rejected(std::string_view source, std::uint64_t count) {
    state_->writer.count_rejected(source, count);
}

Status Live::stop() {
    state_->scrub.stop();
    return state_->writer.stop();
}

}  // namespace fineline::engine
