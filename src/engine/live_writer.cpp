#include "engine/live_writer.h"

#include "model/limits.h"

#include <algorithm>
#include <chrono>
#include <future>
#include <utility>

namespace fineline::engine {

namespace {

/// The clock is looked at this often at least, since it need not be the machine's.
constexpr std::chrono::milliseconds pause_max{200};
/// Between two steps of a wave, however long the first one took; less where that was shorter.
constexpr std::chrono::milliseconds rest_max{50};

/// Customers that changed while a rebuild was computed and are evaluated by the writer; above it
/// the builder goes another round, up to a number of rounds.
constexpr std::size_t touched_by_writer_max = 2000;
constexpr int rounds_max = 8;

/// After a checkpoint that could not be written the next is tried so much earlier.
constexpr std::uint64_t retries_per_checkpoint = 8;

Error stopped_error() {
    return Error{ErrorCode::unavailable, "fineline is stopping; send it again in a moment", {}};
}

}  // namespace

LiveWriter::LiveWriter(std::unique_ptr<LiveFollower> follower,
                       const LiveOptions& options,
                       const Clock& clock)
    : options_(options),
      clock_(clock),
      follower_(std::move(follower)),
      changes_(follower_->changes()),
      builder_(options.backfill_threads,
               [this] {
                   const std::lock_guard lock(mutex_);
                   wake_.notify_all();
               }),
      next_checkpoint_at_(follower_->checkpoint_position().value() + options.checkpoint_records) {
    note_status();  // before anybody can ask
    thread_ = std::jthread([this] { loop(); });
}

LiveWriter::~LiveWriter() {
    static_cast<void>(stop());
}

Status LiveWriter::append(std::string batch, Live::Completion completion) {
    if (batch.size() > options_.queue_bytes_max) {
        return Error{ErrorCode::limit_exceeded,
                     "a batch may hold " + std::to_string(options_.queue_bytes_max) +
                         " bytes, not " + std::to_string(batch.size()),
                     {}};
    }
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || !status_.writing) {
            return stopping_ ? stopped_error() : Error{ErrorCode::unavailable, status_.failure, {}};
        }
        if (queue_.size() >= options_.queue_batches_max ||
            queue_bytes_ + batch.size() > options_.queue_bytes_max) {
            return Error{ErrorCode::unavailable,
                         "the queue is full (" + std::to_string(queue_.size()) +
                             " batches); nothing was stored, send it again in a second",
                         {}};
        }
        queue_bytes_ += batch.size();
        queue_.push_back(
            {.batch = std::move(batch), .completion = std::move(completion), .task = {}});
    }
    wake_.notify_all();
    return done;
}

Status LiveWriter::run(const Task& task) {
    std::promise<Status> answered;
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || !status_.writing) {
            return stopping_ ? stopped_error() : Error{ErrorCode::unavailable, status_.failure, {}};
        }
        queue_.push_back({.batch = {}, .completion = {}, .task = [&] {
                              Status status =
                                  status_.writing
                                      ? task(*follower_)
                                      : Status(Error{ErrorCode::unavailable, status_.failure, {}});
                              publish();
                              note_status();
                              answered.set_value(std::move(status));
                          }});
    }
    wake_.notify_all();
    return answered.get_future().get();
}

void LiveWriter::loop() {
    while (true) {
        Taken taken = take_items();
        process(std::move(taken.items));
        if (options_.ticking == Ticking::by_itself && !taken.is_last) {
            look_after();
        }
        look_after_checkpoint();
        note_status();
        if (taken.is_last) {
            break;
        }
    }
    builder_.begin(nullptr);
    checkpointer_.give_up();
    closed_ = status_.writing ? follower_->close() : Status(done);
    changes_->stop();
    const std::lock_guard lock(mutex_);
    status_.writing = false;
    stopped_ = true;
}

std::chrono::milliseconds LiveWriter::pause() {
    if (options_.ticking == Ticking::by_hand) {
        return pause_max;
    }
    const Instant now = clock_.now();
    const Instant due = std::min(std::max(follower_->tracker().next_due(), rests_until(now)),
                                 follower_->next_renewal());
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(std::min<Duration>(due - now, pause_max));
    return due == instant_max ? pause_max
                              : std::clamp(left, std::chrono::milliseconds(0), pause_max);
}

LiveWriter::Taken LiveWriter::take_items() {
    constexpr std::size_t at_once = 64;
    const std::chrono::milliseconds patience = pause();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, patience, [this] {
        return stopping_ || !queue_.empty() ||
               (options_.ticking == Ticking::by_itself && builder_.has_outcome());
    });
    Taken taken;
    while (!queue_.empty() && taken.items.size() < at_once) {
        queue_bytes_ -= queue_.front().batch.size();
        taken.items.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    taken.is_last = stopping_ && taken.items.empty();
    return taken;
}

/// Batches that wait next to each other are made durable together.
void LiveWriter::process(std::vector<Item> items) {
    std::vector<Item> group;
    for (Item& item : items) {
        if (!item.task) {
            group.push_back(std::move(item));
            continue;
        }
        store(std::exchange(group, {}));
        item.task();
    }
    store(std::move(group));
}

/// Stores and follows a group, publishes, then tells those who wait.
void LiveWriter::store(std::vector<Item> group) {
    if (group.empty()) {
        return;
    }
    std::vector<Result<LiveAppended>> answers = append_group(group);
    publish();
    note_status();
    for (std::size_t i = 0; i < group.size(); ++i) {
        if (group[i].completion) {
            group[i].completion(std::move(answers[i]));
        }
    }
}

std::vector<Result<LiveAppended>> LiveWriter::append_group(std::vector<Item>& group) {
    if (!status_.writing) {
        const Error stopped{ErrorCode::unavailable, status_.failure, {}};
        return std::vector<Result<LiveAppended>>(group.size(), stopped);
    }
    std::vector<std::string> batches;
    batches.reserve(group.size());
    for (Item& item : group) {
        batches.push_back(std::move(item.batch));
    }
    std::vector<std::string> sources;
    std::vector<Result<LiveAppended>> all = follower_->append_all(std::move(batches), sources);
    for (std::size_t i = 0; i < all.size(); ++i) {
        note_stored(all[i], sources[i]);
        if (!all[i] && !follower_->is_sound()) {
            // Stored perhaps, and followed when the columns are mended: sent again it is known.
            all[i] = Error{ErrorCode::unavailable,
                           "a damaged block of the columns is being mended; send it again",
                           {}};
        }
    }
    return all;
}

void LiveWriter::note_stored(const Result<LiveAppended>& appended, std::string_view source) {
    if (appended) {
        const std::lock_guard lock(mutex_);
        SourceCounts& counts = counts_of(source);
        counts.kept += appended->kept;
        counts.duplicates += appended->duplicates;
        return;
    }
    if (!follower_->is_sound()) {
        return;  // it is stored, and followed when the columns are mended
    }
    const ErrorCode code = appended.error().code;
    if (follower_->is_behind() || code == ErrorCode::io || code == ErrorCode::corrupt) {
        fail(appended.error().message);
    }
}

/// Gives readers what has been done; never what was seen through damaged columns.
void LiveWriter::publish() {
    if (!follower_->is_open()) {
        return;
    }
    if (status_.writing && !follower_->is_sound()) {
        mend();
    } else {
        follower_->publish();
    }
}

/// Batches wait in the queue meanwhile, and what readers ask of the view before is an error.
void LiveWriter::mend() {
    builder_.begin(nullptr);  // they work on what is damaged
    checkpointer_.give_up();
    if (options_.open.on_warning) {
        options_.open.on_warning(
            "a block of the columns does not match its checksum: folding the log anew");
    }
    const Status mended = follower_->mend();
    if (!mended) {
        fail("a block of the columns is damaged and could not be mended: " +
             mended.error().message);
        return;
    }
    const std::lock_guard lock(mutex_);
    ++status_.columns_mended;
}

void LiveWriter::look_after() {
    if (!status_.writing) {
        return;
    }
    look_after_rebuild();
    tick_once();
    if (!follower_->is_sound()) {
        publish();
    }
}

/// One step of the clock at most, so that batches come in between the steps of a wave; and the next
/// one not before as much time again, in which the processors are others'.
void LiveWriter::tick_once() {
    const Instant now = clock_.now();
    if (!status_.writing) {
        return;
    }
    Status written = done;
    if (follower_->next_renewal() <= now) {
        written = follower_->write(Command::renew);
    } else if (std::max(follower_->tracker().next_due(), rests_until(now)) <= now) {
        written = follower_->write(Command::tick);
    } else {
        return;
    }
    if (!written && follower_->is_sound() && written.error().code != ErrorCode::unavailable) {
        fail(written.error().message);
    }
    publish();
    const Instant ended = clock_.now();
    rests_until_ = ended + std::min<Duration>(ended - now, rest_max);
}

/// The clock may have been set back since, and then a rest of hours is none.
Instant LiveWriter::rests_until(Instant now) const {
    return rests_until_ - now <= rest_max ? rests_until_ : instant_min;
}

void LiveWriter::look_after_rebuild() {
    membership::Tracker& tracker = follower_->tracker();
    if (builder_.begun() != tracker.rebuild()) {
        builder_.begin(tracker.rebuild());
    }
    auto outcome = builder_.take();
    if (!outcome || outcome->rebuild != tracker.rebuild()) {
        return;
    }
    if (!outcome->failure.empty()) {
        tracker.fail_rebuild(outcome->failure);
        builder_.begin(nullptr);
    } else if (tracker.touched() > touched_by_writer_max && outcome->rounds < rounds_max) {
        builder_.again(std::move(*outcome),
                       follower_->workspace().view(),
                       tracker.now(),
                       tracker.take_touched());
        return;
    } else {
        follower_->set_rebuilt(std::move(outcome->rebuilt));
        const Status written = follower_->write(Command::activate);
        if (!written && follower_->is_sound()) {
            fail(written.error().message);
        }
        builder_.begin(nullptr);
    }
    publish();
}

Result<ErasureReceipt> LiveWriter::erase(std::string_view customer) {
    std::optional<ErasureReceipt> receipt;
    const Status erased = run([&](LiveFollower& follower) -> Status {
        builder_.begin(nullptr);  // they hold views that still show the person
        checkpointer_.give_up();
        auto made = follower.erase(customer);
        if (!made) {
            return made.error();
        }
        receipt = std::move(*made);
        return done;
    });
    return erased ? Result<ErasureReceipt>(std::move(*receipt)) : erased.error();
}

Status LiveWriter::write_checkpoint() {
    return run([this](LiveFollower& follower) {
        checkpointer_.give_up();
        return follower.write_checkpoint();
    });
}

Status LiveWriter::advance() {
    return run([this](LiveFollower& follower) -> Status {
        look_after_rebuild();
        // Up to now as it is when we begin: a clock that runs would never be reached.
        const Instant now = std::max(clock_.now(), follower.tracker().now());
        while (true) {
            const bool renews = follower.next_renewal() <= now;
            if (!renews && follower.tracker().next_due() > now && follower.tracker().now() >= now) {
                return done;
            }
            if (auto written = follower.write(renews ? Command::renew : Command::tick); !written) {
                return written;
            }
        }
    });
}

Result<bool> LiveWriter::is_rebuilding() {
    bool rebuilding = false;
    auto asked = run([&](LiveFollower& follower) -> Status {
        look_after_rebuild();
        rebuilding = follower.tracker().rebuild() != nullptr;
        return done;
    });
    return asked ? Result<bool>(rebuilding) : asked.error();
}

/// Takes what a checkpoint holds and has it written beside; takes note of one that was.
void LiveWriter::look_after_checkpoint() {
    if (!status_.writing) {
        return;
    }
    const std::uint64_t at = follower_->workspace().store().position().value();
    if (const auto outcome = checkpointer_.take()) {
        if (outcome->written) {
            follower_->note_checkpoint(outcome->position);
        } else {
            next_checkpoint_at_ = at + options_.checkpoint_records / retries_per_checkpoint;
        }
        note_checkpoint(outcome->written);
    }
    if (checkpointer_.is_busy() || at < next_checkpoint_at_ ||
        follower_->tracker().rebuild() != nullptr) {
        return;
    }
    auto taken = follower_->take_checkpoint();
    if (taken) {
        next_checkpoint_at_ = at + options_.checkpoint_records;
        checkpointer_.begin(std::move(*taken));
    } else {
        next_checkpoint_at_ = at + options_.checkpoint_records / retries_per_checkpoint;
        note_checkpoint(taken.error());
    }
}

void LiveWriter::note_checkpoint(const Status& written) {
    const std::lock_guard lock(mutex_);
    status_.checkpoint_error = written ? "" : written.error().message;
}

void LiveWriter::fail(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    status_.writing = false;
    status_.failure = reason;
}

/// Walks what is held, so not after each step.
void LiveWriter::note_memory(Instant now) {
    constexpr Duration every = std::chrono::seconds(5);
    if (memory_noted_at_ != instant_min && now - memory_noted_at_ < every) {
        return;
    }
    memory_noted_at_ = now;
    const columns::Store& store = follower_->workspace().store();
    const LiveMemory memory{.columns = store.bytes_in_memory(),
                            .memberships = follower_->tracker().bytes_in_memory(),
                            .changes = changes_->bytes_in_memory(),
                            .log = follower_->workspace().log().bytes_in_memory(),
                            .events = store.event_count()};
    const std::lock_guard lock(mutex_);
    status_.memory = memory;
}

SourceCounts& LiveWriter::counts_of(std::string_view source) {
    auto found = sources_.find(source);
    if (found == sources_.end()) {
        const std::string name =
            sources_.size() < limits::sources_counted_max ? std::string(source) : "(others)";
        found = sources_.try_emplace(name).first;
        found->second.source = name;
    }
    return found->second;
}

void LiveWriter::count_rejected(std::string_view source, std::uint64_t count) {
    const std::lock_guard lock(mutex_);
    counts_of(source).rejected += count;
}

/// In a wave that count walks a million timers, so not after each step.
std::uint64_t LiveWriter::count_backlog(Instant now) {
    constexpr Duration every = std::chrono::seconds(1);
    membership::Tracker& tracker = follower_->tracker();
    if (tracker.next_due() > now) {
        return 0;
    }
    if (status_.due_backlog == 0 || now - backlog_counted_at_ >= every) {
        backlog_counted_at_ = now;
        return tracker.count_due(now);
    }
    return status_.due_backlog;
}

void LiveWriter::note_status() {
    if (!follower_->is_open()) {
        return;
    }
    membership::Tracker& tracker = follower_->tracker();
    const Instant now = options_.ticking == Ticking::by_itself ? clock_.now() : tracker.now();
    const Instant due = tracker.next_due();
    const std::uint64_t backlog = count_backlog(now);
    note_memory(now);
    const std::lock_guard lock(mutex_);
    status_.event_watermark = follower_->event_watermark();
    status_.as_of = tracker.now();
    status_.position = follower_->workspace().store().position();
    status_.last_change = tracker.last_change();
    status_.due_backlog = backlog;
    status_.due_lag = due < now ? now - due : Duration{0};
    status_.customers_with_timer = tracker.timers_armed();
    status_.steps = follower_->steps();
    status_.evaluations = tracker.evaluations();
    status_.checkpoint_position = follower_->checkpoint_position().value();
}

LiveStatus LiveWriter::status() const {
    LiveStatus status;
    {
        const std::lock_guard lock(mutex_);
        status = status_;
        status.queue_batches = queue_.size();
        status.queue_bytes = queue_bytes_;
        for (const auto& [name, counts] : sources_) {
            status.sources.push_back(counts);
        }
    }
    status.oldest_change_kept = changes_->oldest_kept();
    return status;
}

Status LiveWriter::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
    return closed_;
}

}  // namespace fineline::engine
