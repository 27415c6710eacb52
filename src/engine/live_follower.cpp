#include "engine/live_follower.h"

#include "columns/view_state.h"
#include "engine/durable_file.h"
#include "engine/live_view_state.h"
#include "engine/settings.h"
#include "eventlog/grouping_log.h"
#include "membership/printed.h"
#include "membership/tracker_codec.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <thread>

// Following the log: what each batch does, in the order in which it is done again by a replay.

namespace fineline::engine {

namespace {

constexpr std::array<std::string_view, 5> command_words{
    "tick", "activate", "renew", "begin", "catch_up"};
constexpr std::string_view renews_property = "renews_thresholds";

std::optional<Command> command_of(const RecordView& record) {
    const auto found = std::ranges::find(command_words, record.text);
    return record.kind != RecordKind::clock || found == command_words.end()
               ? std::nullopt
               : std::optional(static_cast<Command>(found - command_words.begin()));
}

/// What a batch asks of the follower beside being folded.
struct Asked {
    std::optional<Command> command;
    bool renews = false;
    bool defines = false;
    Instant at{};  ///< the instant of the step
};

Asked asked_by(const RecordBatch& batch) {
    Asked asked;
    asked.at = batch.header().received_at;
    batch.for_each([&](const RecordView& record) {
        asked.defines = asked.defines || record.kind == RecordKind::definition;
        if (record.kind != RecordKind::clock) {
            return;
        }
        asked.at = std::max(asked.at, record.time.value_or(asked.at));
        if (const auto command = command_of(record)) {
            asked.command = command;
        }
        auto properties = record.properties();
        std::uint32_t name = 0;
        Datum value;
        while (properties.next(name, value)) {
            asked.renews = asked.renews || batch.names()[name] == renews_property;
        }
    });
    return asked;
}

}  // namespace

membership::Parallel on_threads(unsigned count) {
    const unsigned parts = std::max(1U, count);
    return {.parts_max = parts, .run = [parts](std::uint32_t customers, const auto& work) {
                const std::uint32_t step = customers / parts + 1;
                std::vector<std::jthread> threads;
                for (unsigned part = 1; part < parts; ++part) {
                    const std::uint32_t begin = std::min(customers, part * step);
                    threads.emplace_back(work, part, begin, std::min(customers, begin + step));
                }
                work(0U, 0U, std::min(customers, step));
            }};
}

std::string LiveFollower::file_path(const char* name) const {
    return (std::filesystem::path(directory_) / name).string();
}

FoldWatch LiveFollower::watch() {
    return {.before = [this](const RecordBatch& batch) { before_fold(batch); },
            .after = [this](const RecordBatch& batch) { return after_fold(batch); }};
}

Result<eventlog::Appended> LiveFollower::append(std::string batch) {
    return workspace_->append(std::move(batch), watch());
}

std::vector<Result<LiveAppended>> LiveFollower::append_all(std::vector<std::string> batches,
                                                           std::vector<std::string>& sources) {
    std::vector<Result<LiveAppended>> all;
    Status followed = done;
    for (auto& stored : eventlog::append_all(workspace_->log(), std::move(batches))) {
        sources.push_back(stored ? stored->source : "");
        if (!stored || !followed) {
            all.emplace_back(stored ? followed.error() : stored.error());
            continue;
        }
        LiveAppended appended{.kept = stored->kept,
                              .duplicates = stored->duplicates,
                              .position = Position(stored->first.value() + stored->kept),
                              .last_change = 0};
        followed = workspace_->fold(std::move(*stored), watch());
        appended.last_change = tracker_->last_change();
        all.push_back(followed ? Result<LiveAppended>(appended) : followed.error());
    }
    return all;
}

Status LiveFollower::write(Command command,
                           const std::vector<std::pair<std::string, double>>& noted) {
    RecordBatchBuilder builder;
    std::vector<NamedDatum> properties;
    properties.reserve(noted.size());
    for (const auto& [name, value] : noted) {
        properties.push_back({.name = builder.name(name), .value = Datum::of(value)});
    }
    const Instant now = std::max(clock_.now(), tracker_->now());
    builder.add({.kind = RecordKind::clock,
                 .time = now,
                 .text = command_words[static_cast<std::size_t>(command)],
                 .properties = properties});
    auto appended = append(builder.finish({.source = "live", .received_at = now, .sequence = {}}));
    return appended ? done : Status(appended.error());
}

void LiveFollower::before_fold(const RecordBatch& batch) {
    const Asked asked = asked_by(batch);
    if (asked.command == Command::catch_up) {
        tracker_->begin_catch_up(asked.at);
        return;
    }
    tracker_->begin_step(asked.at,
                         asked.command ? options_.due_per_step_max : options_.due_per_batch_max);
    tracker_->before_fold(batch);
}

Status LiveFollower::after_fold(const RecordBatch& batch) {
    ++steps_;
    workspace_->publish();
    const Asked asked = asked_by(batch);
    if (asked.command != Command::catch_up) {
        tracker_->after_fold(batch, workspace_->view());
    }
    note_watermark(batch);
    if (asked.defines) {
        portfolio_version_ = workspace_->view()->position().value();
        read_portfolio();
    }
    return asked.command ? obey(*asked.command, asked.renews) : Status(done);
}

Status LiveFollower::obey(Command command, bool renews) {
    switch (command) {
        case Command::tick: return done;
        case Command::activate: {
            // A failure is kept with the segments concerned; the log goes on.
            static_cast<void>(tracker_->take_over(std::exchange(rebuilt_, std::nullopt),
                                                  on_threads(options_.backfill_threads)));
            return done;
        }
        case Command::renew: tracker_->renew_thresholds(); return done;
        case Command::begin:
            read_portfolio();
            if (renews) {
                tracker_->renew_thresholds();
            }
            return done;
        case Command::catch_up: {
            Status caught =
                tracker_->catch_up(workspace_->view(), on_threads(options_.backfill_threads));
            portfolio_version_ = workspace_->view()->position().value();
            read_portfolio();
            return caught;
        }
    }
    return done;
}

void LiveFollower::read_portfolio() {
    auto portfolio =
        std::make_shared<membership::Portfolio>(*portfolio_reader_.read(workspace_->view()));
    portfolio->version = portfolio_version_;
    const auto refresh = parse_refresh(setting_value(*workspace_->view(), "thresholds_refresh"));
    require(refresh.has_value(), "a stored setting was checked before it was stored");
    refresh_ = *refresh;
    rebuilt_.reset();
    tracker_->define(std::move(portfolio));
}

void LiveFollower::note_watermark(const RecordBatch& batch) {
    batch.for_each([&](const RecordView& record) {
        const Instant time = record.time.value_or(batch.header().received_at);
        if (record.kind == RecordKind::event && time <= tracker_->now()) {
            event_watermark_ = std::max(event_watermark_, time);
        }
    });
}

Instant LiveFollower::next_renewal() const {
    const Instant oldest = tracker_->oldest_thresholds();
    return !refresh_ || oldest == instant_max || tracker_->rebuild() != nullptr
               ? instant_max
               : oldest + *refresh_;
}

void LiveFollower::publish() {
    const auto columns = workspace_->view();
    const auto picture = tracker_->publish();
    auto state = std::make_unique<LiveViewState>();
    state->columns = columns;
    state->picture = picture;
    state->event_watermark = event_watermark_;
    state->next_due = tracker_->next_due();
    // First the view: who hears of a change finds it there.
    std::atomic_store(
        &view_, std::shared_ptr<const LiveView>(std::make_shared<LiveView>(std::move(state))));
    changes_->add(tracker_->take_transitions(), columns, picture);
}

std::shared_ptr<const LiveView> LiveFollower::view() const {
    return std::atomic_load(&view_);
}

Result<LiveCheckpoint> LiveFollower::take_checkpoint() {
    if (auto sound = workspace_->store().verify(); !sound) {
        return sound.error();
    }
    if (const auto running = tracker_->rebuild()) {
        // Begun at the position of the checkpoint, it can be begun there again.
        using Noted = std::vector<std::pair<std::string, double>>;
        const Noted noted =
            running->renews_thresholds ? Noted{{std::string(renews_property), 1.0}} : Noted{};
        if (auto begun = write(Command::begin, noted); !begun) {
            return begun.error();
        }
    }
    publish();
    const Position position = workspace_->store().position();
    const auto digest = workspace_->log().content_digest(position);
    if (!digest) {
        return digest.error();
    }
    return LiveCheckpoint{.columns_path = workspace_->checkpoint_path(),
                          .membership_path = file_path("membership.checkpoint"),
                          .log_digest = *digest,
                          .columns = workspace_->store().snapshot(),
                          .memberships = {.position = position,
                                          .portfolio_version = portfolio_version_,
                                          .tracker = membership::TrackerCodec::snapshot(*tracker_),
                                          .changes = changes_}};
}

Status LiveFollower::write_checkpoint() {
    auto taken = take_checkpoint();
    if (!taken) {
        return taken.error();
    }
    const Position position = taken->position();
    Status written = write_live_checkpoint(std::move(*taken), {});
    if (written) {
        note_checkpoint(position);
    }
    return written;
}

Status LiveFollower::close() {
    if (auto written = write_checkpoint(); !written) {
        return written;
    }
    return remove_durably(file_path("live.open"));
}

Result<ErasureReceipt> LiveFollower::erase(std::string_view customer) {
    if (auto sound = workspace_->store().verify(); !sound) {
        return sound.error();
    }
    membership::Tracker& tracker = *tracker_;
    std::uint32_t root = 0;
    std::uint32_t printed = 0;
    ErasureWatch watch;
    watch.at = std::max(clock_.now(), tracker.now());
    watch.before = [&](CustomerOrdinal who) -> std::vector<std::pair<std::string, double>> {
        tracker.begin_step(*watch.at, options_.due_per_step_max);
        root = who.value();
        printed = membership::printed_row(workspace_->view()->state().customers, root);
        const std::uint64_t last = tracker.last_change() + tracker.memberships_of(root);
        return {{std::string(membership::Tracker::changes_property), static_cast<double>(last)}};
    };
    watch.fold.before = [&](const RecordBatch&) { tracker.note_erased(root, printed); };
    watch.fold.after = [&](const RecordBatch& batch) {
        rebuilt_.reset();
        auto followed = after_fold(batch);
        publish();
        return followed;
    };
    watch.write_checkpoint = [&] { return write_checkpoint(); };
    return erase_customer(*workspace_, customer, watch);
}

}  // namespace fineline::engine
