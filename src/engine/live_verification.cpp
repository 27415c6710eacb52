#include "engine/live_follower.h"
#include "membership/tracker_codec.h"

#include <algorithm>

// Proving that what is held is what evaluation says.

namespace fineline::engine {

namespace {

constexpr std::size_t differences_max = 100;

/// Compares one segment as held with the same computed anew.
class SegmentComparison {
  public:
    SegmentComparison(const columns::Reader& reader, MembershipVerification& found)
        : reader_(reader), found_(found) {}

    void compare(const std::string& name,
                 const membership::SegmentMembers& held,
                 const membership::SegmentMembers& anew) {
        const auto end = static_cast<std::uint32_t>(std::max(held.extent(), anew.extent()));
        for (std::uint32_t who = 0; who < end; ++who) {
            const bool is_held = held.contains(who);
            found_.memberships += is_held ? 1U : 0U;
            if (is_held != anew.contains(who)) {
                tell(name,
                     who,
                     is_held ? "is held, but does not belong" : "belongs, but is not held");
            }
        }
        ++found_.segments;
    }

  private:
    void tell(const std::string& name, std::uint32_t who, const std::string& what) {
        if (found_.differences.size() < differences_max) {
            found_.differences.push_back("segment " + name + ": " +
                                         std::string(reader_.customer_id(CustomerOrdinal(who))) +
                                         " " + what);
        }
    }

    const columns::Reader& reader_;
    MembershipVerification& found_;
};

/// Compares everything that serves with the same computed anew, under the thresholds that are kept.
Result<MembershipVerification> compare(const membership::Tracker& tracker, unsigned threads) {
    MembershipVerification found;
    const auto rebuild = tracker.serving(membership::Cause::catch_up);
    membership::Rebuilt anew;
    anew.thresholds = rebuild->kept;
    if (auto evaluated = membership::evaluate_everybody(
            *rebuild, rebuild->view, tracker.now(), on_threads(threads), anew);
        !evaluated) {
        return evaluated.error();
    }
    const columns::Reader reader(rebuild->view);
    SegmentComparison comparison(reader, found);
    for (std::size_t i = 0; i < rebuild->segments.size(); ++i) {
        const membership::RebuiltSegment& segment = rebuild->segments[i];
        comparison.compare(segment.definition.name, tracker.members(segment.slot), anew.members[i]);
    }
    return found;
}

}  // namespace

Result<LiveVerification> LiveFollower::verify() {
    auto memberships = check_memberships();
    if (!memberships) {
        return memberships.error();
    }
    auto columns = engine::verify(*workspace_, {});
    if (!columns) {
        return columns.error();
    }
    return LiveVerification{.columns = std::move(*columns), .memberships = std::move(*memberships)};
}

Result<MembershipVerification> LiveFollower::check_memberships() {
    while (tracker_->next_due() <= tracker_->now()) {
        if (auto drained = write(Command::tick); !drained) {
            return drained.error();
        }
    }
    publish();
    return compare(*tracker_, options_.backfill_threads);
}

Result<std::optional<MembershipVerification>> verify_memberships(Workspace& workspace) {
    using Found = std::optional<MembershipVerification>;
    const auto file = read_membership_file(workspace.directory() + "/membership.checkpoint");
    if (!file || !*file) {
        return file ? Result<Found>(Found()) : file.error();
    }
    const std::uint64_t end = workspace.store().position().value();
    MembershipVerification found;
    found.records_behind = end - std::min(end, (*file)->position.value());
    if (found.records_behind > 0) {
        return Found(found);
    }
    const LiveOptions options;
    membership::Tracker tracker;
    PortfolioReader portfolio;
    const auto find = [&](std::string_view name, std::uint32_t version) {
        return PortfolioReader::version_of(workspace.view(), name, version);
    };
    const auto restored = membership::TrackerCodec::restore(
        (*file)->tracker(), workspace.view(), portfolio.read(workspace.view()), find, tracker);
    if (!restored) {
        return restored.error();
    }
    while (tracker.next_due() <= tracker.now()) {
        tracker.begin_step(tracker.now(), options.due_per_step_max);
    }
    auto compared = compare(tracker, options.backfill_threads);
    return compared ? Result<Found>(Found(std::move(*compared))) : compared.error();
}

}  // namespace fineline::engine
