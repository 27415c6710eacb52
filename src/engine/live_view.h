#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "columns/view.h"
#include "membership/transition.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::engine {

/// How far a segment's newest version is.
enum class SegmentState : std::uint8_t {
    ready,        ///< the version that serves is the newest
    backfilling,  ///< a newer version is being computed; the old one (if any) serves meanwhile
    failed,       ///< the newest version cannot be used (see `error`); the old one serves
};

/// One segment of the portfolio as it stands in a view.
struct LiveSegment {
    std::string name;
    std::uint32_t version = 0;         ///< that serves; 0: the first is still backfilling
    std::uint32_t newest_version = 0;  ///< that was defined
    std::string text;                  ///< canonical, of `version` (of the newest while 0)
    std::vector<std::string> warnings;
    SegmentState state = SegmentState::ready;
    int progress_percent = 100;  ///< of the backfill
    std::string error;           ///< why it failed
    std::uint64_t members = 0;   ///< as of the view's instant
    Instant since{};             ///< when the serving version took over
    /// When the population thresholds it reads were computed; instant_min: it reads none.
    Instant thresholds_at = instant_min;
    std::vector<std::string> refers_to;   ///< segments it reads directly
    std::vector<std::string> dependants;  ///< segments that read it directly
};

struct Member {
    std::string customer;
    Instant since{};  ///< whole seconds
};

struct MemberPage {
    std::vector<Member> members;
    std::string next;  ///< cursor of the next page; empty: this was the last
};

/// One segment a customer is in.
struct CustomerSegment {
    std::string_view segment;  ///< valid as long as the LiveView that was asked
    std::uint32_t version = 0;
    Instant since{};
};

/// The answer of a look-up.
struct CustomerSegments {
    std::string customer;                   ///< printed id
    std::vector<CustomerSegment> segments;  ///< by name
    Instant as_of{};
    Instant holds_until{};  ///< earliest instant at which one of them may change by itself
};

/// The number of members at an instant.
struct SizePoint {
    Instant at{};
    std::uint64_t members = 0;
};

struct LiveViewState;

/// An immutable picture of columns, memberships and portfolio at one log position and instant, so
/// that count, members and "as of" always belong together. Immutable; safe to share. Let go of it
/// soon: an erasure waits for those who hold older ones.
class LiveView {
  public:
    explicit LiveView(std::unique_ptr<const LiveViewState> state);
    ~LiveView();
    LiveView(const LiveView&) = delete;
    LiveView& operator=(const LiveView&) = delete;
    LiveView(LiveView&&) = delete;
    LiveView& operator=(LiveView&&) = delete;

    /// The data, for ask, explain, profile and the like.
    [[nodiscard]] const std::shared_ptr<const columns::View>& columns() const;

    /// The position after the last record seen.
    [[nodiscard]] Position position() const;

    /// The instant of the newest step: what "as of" means in every answer from this view.
    [[nodiscard]] Instant as_of() const;

    /// The latest time of an event that is contained; instant_min: there is none yet.
    [[nodiscard]] Instant event_watermark() const;

    /// By how much the clock's own work is late at an instant: 0 unless a verdict has run out.
    [[nodiscard]] Duration due_lag(Instant now) const;

    /// The number of the newest change contained.
    [[nodiscard]] std::uint64_t last_change() const;

    /// Identifies the set of definitions (segments, settings, purposes): the position after the
    /// record that changed it last. Equal numbers: nothing was defined in between.
    [[nodiscard]] std::uint64_t portfolio_version() const;

    /// All segments that are not archived, by name. Cost: O(segments).
    [[nodiscard]] std::vector<LiveSegment> segments() const;

    /// Errors: not_found, with the nearest name.
    [[nodiscard]] Result<LiveSegment> segment(std::string_view name) const;

    /// Members of a segment's serving version, a page at a time, in a stable order. `cursor`: "" or
    /// a page's `next`. Errors: not_found, invalid_argument (cursor), limit is clamped to
    /// limits::member_page_max. Cost: O(limit).
    [[nodiscard]] Result<MemberPage> members(std::string_view segment,
                                             std::string_view cursor,
                                             std::size_t limit) const;

    /// The rows of a segment's members, ascending. Errors: not_found. Cost: O(members).
    [[nodiscard]] Result<std::vector<CustomerOrdinal>> member_ordinals(
        std::string_view segment) const;

    /// How the size developed: a point per hour in which it changed, oldest first, at most
    /// limits::size_points_max. Errors: not_found.
    [[nodiscard]] Result<std::vector<SizePoint>> sizes(std::string_view segment) const;

    /// The segments of one customer, exact at `now`: where a verdict has run out before `now` (a
    /// wave of expiries is still being drained) it is evaluated. Errors: not_found. Cost:
    /// O(segments he is in) when nothing has run out, less than a microsecond; else one evaluation
    /// of each segment.
    [[nodiscard]] Result<CustomerSegments> lookup(std::string_view customer, Instant now) const;

    [[nodiscard]] const LiveViewState& state() const { return *state_; }

  private:
    std::unique_ptr<const LiveViewState> state_;
};

}  // namespace fineline::engine
