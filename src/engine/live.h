#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "columns/definition.h"
#include "engine/change_feed.h"
#include "engine/definitions.h"
#include "engine/erasure.h"
#include "engine/live_view.h"
#include "engine/verify.h"
#include "engine/workspace.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::engine {

/// Who moves the clock on.
enum class Ticking : std::uint8_t {
    by_itself,  ///< the writer looks at the clock and writes a clock record when somebody is due
    by_hand,    ///< only advance() does: for tests and scripts, deterministic
};

/// How a directory is opened for living on.
struct LiveOptions {
    OpenOptions open;
    Ticking ticking = Ticking::by_itself;
    std::size_t queue_batches_max = 1024;
    std::size_t queue_bytes_max = 64ULL * 1024 * 1024;
    std::size_t changes_kept = 1'000'000;  ///< of the feed, in memory and in the checkpoint
    /// Timers that a step of the clock drains, and those that a batch does beside its own work: a
    /// wave is interleaved with what arrives. The same for the life of a directory.
    std::size_t due_per_step_max = 2'048;
    std::size_t due_per_batch_max = 256;
    std::uint64_t checkpoint_records = 2'000'000;  ///< a checkpoint is written after that many
    unsigned backfill_threads = 2;
    /// How often the blocks of the columns that lie on the disk are read again (see Live::scrub);
    /// zero: never.
    std::chrono::milliseconds scrub_every = std::chrono::minutes(10);
};

/// What became of an appended batch.
struct LiveAppended {
    std::uint32_t kept = 0;
    std::uint32_t duplicates = 0;
    Position position;              ///< after the batch
    std::uint64_t last_change = 0;  ///< number of the newest change after its step
};

/// One change of the portfolio.
struct PortfolioEdit {
    enum class Kind : std::uint8_t { segment, setting, purpose };
    Kind kind = Kind::segment;
    std::string name;
    std::optional<std::string> text;  ///< nullopt: archive it
};

/// Records per source since the process started.
struct SourceCounts {
    std::string source;
    std::uint64_t kept = 0;
    std::uint64_t duplicates = 0;
    std::uint64_t rejected = 0;  ///< told by count_rejected()
};

/// Bytes of memory by what they are held for; what a process takes beyond it is not held.
struct LiveMemory {
    std::size_t columns = 0;      ///< events, traits and who is who
    std::size_t memberships = 0;  ///< who is in which segment since when, and when that runs out
    std::size_t changes = 0;      ///< the newest of the feed
    std::size_t log = 0;          ///< what messages are known again by, and pages of the log
    std::uint64_t events = 0;     ///< how many events the columns hold
};

/// How the engine is doing, for /health, /ready and /metrics.
struct LiveStatus {
    bool writing = true;  ///< false: the writer has stopped for good
    std::string failure;  ///< why it stopped ("" while well): disk full, corrupt …
    Instant event_watermark = instant_min;  ///< latest event time ≤ now seen so far
    Instant as_of{};                        ///< instant of the newest step
    Position position;
    std::uint64_t last_change = 0;
    std::uint64_t oldest_change_kept = 1;
    std::size_t queue_batches = 0;
    std::size_t queue_bytes = 0;
    /// Customers whose verdict has run out and is not yet renewed: exact whether there are any,
    /// their number of within the last second.
    std::uint64_t due_backlog = 0;
    Duration due_lag{};  ///< how late the oldest of them is
    std::uint64_t customers_with_timer = 0;
    std::uint64_t steps = 0;
    std::uint64_t evaluations = 0;
    std::uint64_t columns_mended = 0;  ///< how often a damaged block made us fold the log anew
    std::uint64_t checkpoint_position = 0;
    LiveMemory memory;             ///< as it was a few seconds ago
    std::string checkpoint_error;  ///< of the newest attempt; "" when it went well
    std::vector<SourceCounts> sources;
};

/// What verify() found.
struct LiveVerification {
    Verification columns;
    MembershipVerification memberships;

    [[nodiscard]] bool agrees() const {
        return columns.agrees() && memberships.differences.empty();
    }
};

/// A data directory that lives: one writer thread folds what arrives, keeps every segment's
/// membership exact, and publishes columns and memberships together. Safe to share: every member
/// may be called from any thread, except as noted.
class Live {
  public:
    using Completion = std::function<void(Result<LiveAppended>)>;

    /// Opens a directory (see Workspace::open), catches up with what was loaded meanwhile, starts
    /// the writer. `clock` must outlive it and, with Ticking::by_itself, be safe to share.
    /// Errors: as Workspace::open.
    [[nodiscard]] static Result<std::unique_ptr<Live>> open(const std::string& directory,
                                                            const LiveOptions& options,
                                                            const Clock& clock);
    /// Stops if stop() was not called.
    ~Live();
    Live(const Live&) = delete;
    Live& operator=(const Live&) = delete;
    Live(Live&&) = delete;
    Live& operator=(Live&&) = delete;

    [[nodiscard]] const OpenReport& open_report() const;
    [[nodiscard]] const std::string& directory() const;
    [[nodiscard]] const Clock& clock() const;

    /// Takes an encoded batch into the queue. `completion` is called once, on the writer thread,
    /// when the batch is durable, folded and visible in view(), or could not be stored; it must be
    /// quick. Batches are stored in the order of the calls. Errors, and then nothing is stored and
    /// `completion` is never called: unavailable (queue full, try again in a second; stopped, or
    /// failed), limit_exceeded (batch larger than a queue).
    [[nodiscard]] Status append(std::string batch, Completion completion);

    /// Appends and waits. For tests and tools.
    [[nodiscard]] Result<LiveAppended> append_and_wait(std::string batch);

    /// The newest picture. Never waits.
    [[nodiscard]] std::shared_ptr<const LiveView> view() const;

    // Each of the following goes through the writer, in turn with the batches, and waits for it.

    /// Checks and stores a segment's next version; its members are computed in the background while
    /// the version before serves. Errors: invalid_argument (span into `text`), limit_exceeded (more
    /// than limits::segments_max), unavailable.
    [[nodiscard]] Result<Defined> define_segment(std::string_view name, std::string_view text);

    /// Archives a segment: its members leave. Errors: not_found; conflict, naming the segments that
    /// refer to it.
    [[nodiscard]] Status archive_segment(std::string_view name);

    [[nodiscard]] Result<Defined> define_setting(std::string_view name, std::string_view value);

    /// Stores a purpose's text as given; what it must look like is the caller's business.
    [[nodiscard]] Result<Defined> define_purpose(std::string_view name, std::string_view text);
    [[nodiscard]] Status archive_purpose(std::string_view name);

    /// Makes all edits or none, as one version of the portfolio. Segments may refer to each other.
    /// `expected`: the portfolio_version() the edits were planned on. Errors: conflict (it has
    /// changed meanwhile; or an archived segment is referred to), otherwise as above, the message
    /// naming the edit.
    [[nodiscard]] Result<std::vector<Defined>> edit(const std::vector<PortfolioEdit>& edits,
                                                    std::optional<std::uint64_t> expected);

    /// Stores definitions that were planned and checked (see engine::plan_portfolio), as one
    /// change; returns its number. `expected` is the newest change they were planned on. Errors:
    /// conflict (something was defined meanwhile), as engine::store_change.
    [[nodiscard]] Result<std::uint64_t> store_change(
        const std::vector<columns::DefinitionEdit>& edits,
        std::string_view note,
        std::uint64_t expected);

    /// See engine::erase_customer. Appends wait in the queue meanwhile. Nothing of the person stays
    /// in the feed: their entries keep their numbers and name nobody.
    [[nodiscard]] Result<ErasureReceipt> erase(std::string_view customer);

    /// Moves the clock to now, drains everything due, takes over finished backfills. With
    /// Ticking::by_hand nothing of that happens otherwise. Errors: io, unavailable.
    [[nodiscard]] Status advance();

    /// Waits until no backfill is running or waiting, and all have taken over.
    [[nodiscard]] Status settle();

    /// Writes columns and memberships so that the next opening does not replay. Errors: io.
    [[nodiscard]] Status write_checkpoint();

    /// Proves that membership as held equals an evaluation from scratch at the newest step, and
    /// that the columns equal a replay of the log. The writer waits meanwhile. Cost: a replay.
    [[nodiscard]] Result<LiveVerification> verify();

    /// The part of verify() about memberships alone, cheap enough to run now and then while living.
    /// Cost: one pass over the customers, the writer waits meanwhile.
    [[nodiscard]] Result<MembershipVerification> check_memberships();

    /// Compares the blocks of the columns that lie on the disk with their checksums again. If one
    /// is damaged, the writer folds the log anew before it takes more, and says so (status,
    /// OpenOptions::on_warning); this waits for it. Cost: a pass over the blocks. Errors: why it
    /// could not be mended.
    [[nodiscard]] Status scrub();

    /// The position after what had arrived at an instant: see eventlog::arrived_until. The writer
    /// waits for a few reads of the log. Errors: corrupt, io, unavailable (stopped, or failed).
    [[nodiscard]] Result<Position> arrived_until(Instant at);

    /// The feed behind a number, at most `limit`. Errors: not_found (older entries are no longer
    /// kept; the message says from where), invalid_argument (`after` is beyond the newest).
    [[nodiscard]] Result<Changes> changes_after(std::uint64_t after, std::size_t limit) const;

    /// A subscription behind a number. Errors: as changes_after; limit_exceeded
    /// (limits::subscriptions_max are open).
    [[nodiscard]] Result<Subscription> subscribe(std::uint64_t after);

    [[nodiscard]] LiveStatus status() const;

    /// Counts input that was refused before it became a record, for status().
    void count_rejected(std::string_view source, std::uint64_t count);

    /// Stores what is queued, writes the checkpoint, ends subscriptions, joins the threads. Later
    /// calls find it stopped. Errors: io (the log holds everything all the same).
    [[nodiscard]] Status stop();

  private:
    struct State;
    explicit Live(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace fineline::engine
