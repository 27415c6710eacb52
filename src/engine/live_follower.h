#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "engine/change_source.h"
#include "engine/erasure.h"
#include "engine/live.h"
#include "engine/live_checkpoint.h"
#include "engine/live_portfolio.h"
#include "engine/live_view.h"
#include "engine/membership_file.h"
#include "engine/workspace.h"
#include "membership/tracker.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::engine {

/// What the follower itself writes into the log, as a clock record with this text.
enum class Command : std::uint8_t {
    tick,      ///< somebody is due and nothing else arrives
    activate,  ///< what was rebuilt serves from here on
    renew,     ///< thresholds of the population are computed anew, as of here
    begin,     ///< a rebuild begins anew here
    catch_up,  ///< what was appended from `from` on was not followed; it is taken in here at once
};

/// A workspace whose log is followed: every batch is a step of the tracker. No thread of its own;
/// one thread at a time, except view().
class LiveFollower {
  public:
    [[nodiscard]] static Result<std::unique_ptr<LiveFollower>> open(const std::string& directory,
                                                                    const LiveOptions& options,
                                                                    const Clock& clock);

    /// Stores a batch durably and steps over it. Readers see it after publish().
    [[nodiscard]] Result<eventlog::Appended> append(std::string batch);

    /// As append() for each, made durable together. After an error that is not a refusal of the
    /// log the columns may lag behind it (is_behind()), and nothing more may be appended.
    [[nodiscard]] std::vector<Result<LiveAppended>> append_all(std::vector<std::string> batches,
                                                               std::vector<std::string>& sources);

    /// Whether the log holds what could not be folded.
    [[nodiscard]] bool is_behind() {
        return workspace_->store().position() != workspace_->log().end();
    }

    /// Writes a command and steps over it.
    [[nodiscard]] Status write(Command command,
                               const std::vector<std::pair<std::string, double>>& noted = {});

    /// Gives readers and subscribers what has been done since the last time.
    void publish();

    [[nodiscard]] std::shared_ptr<const LiveView> view() const;

    /// What the running rebuild came to; the step of `activate` takes it over.
    void set_rebuilt(membership::Rebuilt rebuilt) { rebuilt_ = std::move(rebuilt); }

    /// Whether no block of the columns was found damaged so far.
    [[nodiscard]] bool is_sound() const { return workspace_->view()->health().has_value(); }

    /// Puts columns folded anew from the log in the place of damaged ones, and follows the log
    /// again from the checkpoint of memberships on: the same changes with the same numbers. Readers
    /// keep the view before until it is done. Cost: as opening after a kill, without the columns'
    /// checkpoint. Errors: as open(); the follower is then of no more use (is_open()).
    [[nodiscard]] Status mend();

    [[nodiscard]] bool is_open() const { return workspace_ != nullptr; }

    /// What a checkpoint of now holds, to be written by write_live_checkpoint() on any thread;
    /// then note_checkpoint() is told. Cost: O(texts), and a step where a rebuild is running.
    /// Errors: of that step; corrupt.
    [[nodiscard]] Result<LiveCheckpoint> take_checkpoint();

    void note_checkpoint(Position position) { checkpoint_position_ = position; }

    /// All of it, here and now.
    [[nodiscard]] Status write_checkpoint();

    /// A checkpoint, and the note that nothing was told beyond it.
    [[nodiscard]] Status close();

    [[nodiscard]] Result<ErasureReceipt> erase(std::string_view customer);

    [[nodiscard]] Result<LiveVerification> verify();
    [[nodiscard]] Result<MembershipVerification> check_memberships();

    [[nodiscard]] membership::Tracker& tracker() { return *tracker_; }

    [[nodiscard]] Workspace& workspace() { return *workspace_; }

    [[nodiscard]] const std::shared_ptr<ChangeSource>& changes() const { return changes_; }

    [[nodiscard]] const OpenReport& open_report() const { return report_; }

    /// When the thresholds in use are to be renewed; instant_max: never.
    [[nodiscard]] Instant next_renewal() const;

    [[nodiscard]] Instant event_watermark() const { return event_watermark_; }

    [[nodiscard]] std::uint64_t steps() const { return steps_; }

    [[nodiscard]] Position checkpoint_position() const { return checkpoint_position_; }

  private:
    LiveFollower(std::string directory, const LiveOptions& options, const Clock& clock)
        : directory_(std::move(directory)),
          options_(options),
          clock_(clock),
          tracker_(std::make_unique<membership::Tracker>()),
          changes_(std::make_shared<ChangeSource>(options.changes_kept)) {}

    // live_opening.cpp
    Status open_all();
    Status open_workspace(std::optional<Position> until, bool use_checkpoint);
    Status finish_erasure();
    Status restore();
    Status replay_followed();
    Result<std::vector<std::pair<Position, Position>>> find_stretches();
    Status take_in(Position from);

    // live_follower.cpp
    [[nodiscard]] FoldWatch watch();
    void before_fold(const RecordBatch& batch);
    Status after_fold(const RecordBatch& batch);
    Status obey(Command command, bool renews);
    void read_portfolio();
    void note_watermark(const RecordBatch& batch);
    [[nodiscard]] std::string file_path(const char* name) const;

    std::string directory_;
    LiveOptions options_;
    const Clock& clock_;
    OpenReport report_;
    std::unique_ptr<Workspace> workspace_;
    std::unique_ptr<membership::Tracker> tracker_;
    PortfolioReader portfolio_reader_;
    std::shared_ptr<ChangeSource> changes_;
    std::optional<membership::Rebuilt> rebuilt_;
    std::optional<MembershipFile> file_;  ///< while opening
    bool is_restored_ = false;
    std::uint64_t portfolio_version_ = 0;
    std::optional<Duration> refresh_;
    Instant event_watermark_ = instant_min;
    std::uint64_t steps_ = 0;
    Position checkpoint_position_{0};
    std::shared_ptr<const LiveView> view_;  ///< read and replaced atomically
};

/// Several threads for a pass over all customers.
[[nodiscard]] membership::Parallel on_threads(unsigned count);

}  // namespace fineline::engine
