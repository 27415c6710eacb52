#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "control/control_store.h"
#include "engine/live.h"
#include "http/study_run.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::http {

enum class StudyState : std::uint8_t { queued, running, done, failed, cancelled };

/// Returns "queued", "running" …
[[nodiscard]] const char* to_string(StudyState state);

/// A study as it stands.
struct StudyStatus {
    std::string id;
    StudyOrder order;
    StudyState state = StudyState::queued;
    std::string step;                  ///< what is being done; "" before and after
    std::optional<double> fraction{};  ///< of the step, in [0, 1], while it runs
    Instant asked_at{};
    std::optional<Instant> ended_at{};
    std::string error;  ///< why it failed or was cancelled
};

/// The work that takes minutes: audits, curves and discoveries, one at a time on a thread of its
/// own, over a view that nobody changes. What waits or runs is forgotten with the process; the
/// newest result of each kind and purpose is kept in the control store. Safe to share.
class Studies {
  public:
    /// Begins, with what was kept before. All three must outlive it.
    Studies(engine::Live& live, control::ControlStore& control, const Clock& clock, const Log& log);
    ~Studies();
    Studies(const Studies&) = delete;
    Studies& operator=(const Studies&) = delete;
    Studies(Studies&&) = delete;
    Studies& operator=(Studies&&) = delete;

    /// Takes an order into the queue; of more than limits::studies_max the oldest that ended are
    /// forgotten. Errors: as check_order; limit_exceeded (so many wait).
    [[nodiscard]] Result<StudyStatus> start(const StudyOrder& order);

    /// Errors: not_found.
    [[nodiscard]] Result<StudyStatus> find(std::string_view id) const;

    /// The result of a study that is done, as JSON; nothing if a newer one of its kind and purpose
    /// took its place, or an erasure removed it. Errors: io.
    [[nodiscard]] Result<std::optional<std::string>> result(std::string_view id) const;

    /// All that are remembered, newest first.
    [[nodiscard]] std::vector<StudyStatus> list() const;

    /// Ends a study that waits or runs; one that has ended stays as it is. Errors: not_found.
    [[nodiscard]] Status cancel(std::string_view id);

    /// Cancels what runs and waits for its end.
    void stop();

    /// While one of these lives nothing runs, and no view and no result of a study is held: for an
    /// erasure. What ran is cancelled and says why; what waits goes on afterwards.
    class Hold {
      public:
        explicit Hold(Studies& studies);
        ~Hold();
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;
        Hold(Hold&&) = delete;
        Hold& operator=(Hold&&) = delete;

      private:
        Studies& studies_;
    };

  private:
    struct State;

    std::unique_ptr<State> state_;
};

}  // namespace fineline::http
