#include "columns/latest_event.h"
#include "engine/durable_file.h"
#include "engine/live_follower.h"
#include "membership/tracker_codec.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

// Opening: from the checkpoint of memberships, by replaying what was followed, or by taking in at
// once what was appended while nobody followed. `live.open` lies in the directory while somebody
// does; found at opening it says that transitions may have been told beyond the checkpoint.

namespace fineline::engine {

namespace fs = std::filesystem;

namespace {

constexpr const char* checkpoint_name = "membership.checkpoint";
constexpr const char* open_name = "live.open";
constexpr std::string_view from_property = "from";

/// The position from which on a batch takes in what was not followed.
std::optional<Position> taken_in_from(const RecordBatch& batch) {
    std::optional<Position> from;
    if (batch.header().source != "live") {
        return from;
    }
    batch.for_each([&](const RecordView& record) {
        auto properties = record.properties();
        std::uint32_t name = 0;
        Datum value;
        while (record.kind == RecordKind::clock && properties.next(name, value)) {
            if (batch.names()[name] == from_property && value.kind() == ValueKind::number) {
                from = Position(static_cast<std::uint64_t>(value.number()));
            }
        }
    });
    return from;
}

bool exists(const std::string& path) {
    std::error_code unreadable;
    return fs::exists(path, unreadable);
}

}  // namespace

Result<std::unique_ptr<LiveFollower>> LiveFollower::open(const std::string& directory,
                                                         const LiveOptions& options,
                                                         const Clock& clock) {
    std::unique_ptr<LiveFollower> follower(new LiveFollower(directory, options, clock));
    Status opened = follower->open_all();
    const std::string columns = follower->file_path("columns.checkpoint");
    if (!opened && opened.error().code == ErrorCode::corrupt && exists(columns)) {
        // A damaged block met on the way: the log has it all.
        if (options.open.on_warning) {
            options.open.on_warning(opened.error().message + ": folding the log anew");
        }
        follower = std::unique_ptr<LiveFollower>(new LiveFollower(directory, options, clock));
        opened = remove_durably(columns);
        opened = opened ? follower->open_all() : opened;
    }
    if (!opened) {
        return opened.error();
    }
    return follower;
}

Status LiveFollower::open_workspace(std::optional<Position> until, bool use_checkpoint) {
    workspace_.reset();
    OpenOptions options = options_.open;
    options.replay_until = until;
    options.use_checkpoint = options.use_checkpoint && use_checkpoint;
    auto opened = Workspace::open(directory_, options, clock_);
    if (!opened) {
        return opened.error();
    }
    workspace_ = std::move(*opened);
    // Memberships count on the columns' numbers of customers, which a replay may give out
    // otherwise: what is damaged must be met now, not in the middle of following.
    return workspace_->store().verify();
}

/// An erasure that was cut off is finished first, on the columns alone. What is left of the log
/// then tells other transitions than before, so everything is replayed, and numbers go on behind
/// the old.
Status LiveFollower::finish_erasure() {
    if (auto opened = open_workspace(std::nullopt, true); !opened) {
        return opened;
    }
    workspace_.reset();
    if (auto removed = remove_durably(file_path("columns.checkpoint")); !removed) {
        return removed;
    }
    if (auto removed = remove_durably(file_path(checkpoint_name)); !removed) {
        return removed;
    }
    return file_ ? write_durably(file_path(open_name), "") : Status(done);
}

Status LiveFollower::open_all() {
    auto file = read_membership_file(file_path(checkpoint_name));
    if (file) {
        file_ = std::move(*file);
    } else {
        report_.warning = file.error().message;
    }
    const std::uint64_t told = file_ ? file_->last_change : 0;
    if (erasure_is_pending(directory_)) {
        if (auto finished = finish_erasure(); !finished) {
            return finished;
        }
        file_.reset();
    }
    bool was_cut_off = exists(file_path(open_name)) || !file;
    if (was_cut_off) {
        const Position until = file_ ? file_->position : Position(0);
        auto opened = open_workspace(until, file_.has_value());
        if (opened && workspace_->store().position() > until) {
            opened = open_workspace(until, false);
        }
        if (!opened) {
            return opened;
        }
    } else if (auto opened = open_workspace(std::nullopt, true); !opened) {
        return opened;
    }
    if (auto restored = restore(); !restored) {
        report_.warning = restored.error().message + "; memberships were replayed from the log";
        file_.reset();
        was_cut_off = true;
        tracker_ = std::make_unique<membership::Tracker>();
        if (auto opened = open_workspace(Position(0), false); !opened) {
            return opened;
        }
    }
    if (auto marked = write_durably(file_path(open_name), ""); !marked) {
        return marked;
    }
    if (was_cut_off) {
        if (auto replayed = replay_followed(); !replayed) {
            return replayed;
        }
        if (!file_ && told > 0) {
            // What was told before has other numbers in a replay without the erased.
            tracker_->skip_changes_to(told);
            changes_->begin_at(told + 1);
        }
    } else if (!is_restored_ || file_->position < workspace_->log().end()) {
        if (auto taken = take_in(file_ ? file_->position : Position(0)); !taken) {
            return taken;
        }
    }
    file_.reset();
    const OpenReport& opened = workspace_->open_report();
    report_.replayed_records = opened.replayed_records;
    report_.from_checkpoint = opened.from_checkpoint;
    report_.warning += report_.warning.empty() ? opened.warning : "";
    event_watermark_ =
        columns::latest_event(*workspace_->view(), std::max(clock_.now(), tracker_->now()));
    publish();
    return done;
}

Status LiveFollower::mend() {
    const std::shared_ptr<ChangeSource> told =
        std::exchange(changes_, std::make_shared<ChangeSource>(options_.changes_kept));
    tracker_ = std::make_unique<membership::Tracker>();
    portfolio_reader_ = {};
    rebuilt_.reset();
    is_restored_ = false;
    portfolio_version_ = 0;
    checkpoint_position_ = Position(0);
    report_ = {};
    workspace_.reset();
    Status mended = remove_durably(file_path("columns.checkpoint"));
    mended = mended ? open_all() : mended;
    if (mended) {
        told->take_over(*changes_);
    } else {
        workspace_.reset();
    }
    changes_ = told;
    return mended;
}

Status LiveFollower::restore() {
    if (!file_) {
        return done;
    }
    portfolio_version_ = file_->portfolio_version;
    auto portfolio =
        std::make_shared<membership::Portfolio>(*portfolio_reader_.read(workspace_->view()));
    portfolio->version = portfolio_version_;
    const auto find = [&](std::string_view name, std::uint32_t version) {
        return PortfolioReader::version_of(workspace_->view(), name, version);
    };
    auto restored = membership::TrackerCodec::restore(
        file_->tracker(), workspace_->view(), portfolio, find, *tracker_);
    if (!restored) {
        return restored.error();
    }
    is_restored_ = true;
    const auto picture = tracker_->publish();
    changes_->begin_at(file_->oldest_change);
    changes_->add(file_->changes, workspace_->view(), picture);
    checkpoint_position_ = file_->position;
    // A checkpoint begins what is being rebuilt anew, so it begins here as it did then.
    read_portfolio();
    if (restored->renews_thresholds) {
        tracker_->renew_thresholds();
    }
    return done;
}

/// The stretches of the log that were not followed: from a position up to the record that took it
/// in.
Result<std::vector<std::pair<Position, Position>>> LiveFollower::find_stretches() {
    std::vector<std::pair<Position, Position>> stretches;
    const Position end = workspace_->log().end();
    for (Position at = workspace_->store().position(); at < end;) {
        auto stored = workspace_->log().read(at);
        if (!stored) {
            return stored.error();
        }
        const Position first = stored->first;
        auto batch = RecordBatch::open(std::move(stored->bytes));
        if (!batch) {
            return batch.error();
        }
        if (const auto from = taken_in_from(*batch)) {
            stretches.emplace_back(*from, first);
        }
        at = Position(first.value() + batch->count());
    }
    return stretches;
}

Status LiveFollower::replay_followed() {
    const auto stretches = find_stretches();
    if (!stretches) {
        return stretches.error();
    }
    if (!is_restored_ && stretches->empty()) {
        // Nobody ever got as far as following.
        for (bool more = true; more;) {
            const auto folded = workspace_->replay_next();
            if (!folded) {
                return folded.error();
            }
            more = *folded;
        }
        workspace_->publish();
        return take_in(Position(0));
    }
    if (!is_restored_) {
        tracker_->start(workspace_->view(), instant_min);
    }
    const FoldWatch following = watch();
    while (true) {
        const Position at = workspace_->store().position();
        const bool is_followed =
            std::ranges::none_of(*stretches, [&](const std::pair<Position, Position>& stretch) {
                return stretch.first <= at && at < stretch.second;
            });
        const auto folded = workspace_->replay_next(is_followed ? following : FoldWatch{});
        if (!folded) {
            return folded.error();
        }
        if (!*folded) {
            return done;
        }
        if (tracker_->has_transitions()) {
            changes_->add(tracker_->take_transitions(), workspace_->view(), tracker_->publish());
        }
    }
}

Status LiveFollower::take_in(Position from) {
    if (!is_restored_) {
        tracker_->start(workspace_->view(), instant_min);
    }
    return write(Command::catch_up,
                 {{std::string(from_property), static_cast<double>(from.value())}});
}

}  // namespace fineline::engine
