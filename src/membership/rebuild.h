#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "membership/segment.h"
#include "membership/segment_members.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace fineline::membership {

/// Runs `work(part, begin, end)` over disjoint ranges that make up 0 … count−1, ascending with the
/// part, on as many threads as it likes, and returns when all are done. At most `parts_max` parts.
struct Parallel {
    unsigned parts_max = 1;
    std::function<void(std::uint32_t count,
                       const std::function<void(unsigned, std::uint32_t, std::uint32_t)>& work)>
        run;
};

/// Everything on the calling thread.
[[nodiscard]] Parallel in_one_part();

/// One segment to be computed anew.
struct RebuiltSegment {
    Definition definition;
    SegmentSlot slot{0};
    Cause cause = Cause::definition;
    Reads reads;
};

/// What is to be computed anew: new versions of segments and those that refer to them, all segments
/// after a change of settings, those that read the population when its thresholds are renewed.
/// Begun at one record of the log, with the columns and the instant of then: thresholds are of that
/// moment. Immutable but for its progress; safe to share with the thread that computes it.
struct Rebuild {
    std::vector<RebuiltSegment> segments;  ///< each after those it refers to
    std::shared_ptr<const Portfolio> portfolio;
    /// Definitions by which references are resolved: of the rebuilt, and of those that stay.
    std::map<std::string, Definition, std::less<>> referred;
    std::shared_ptr<const KeptThresholds> kept;
    bool renews_thresholds = false;  ///< all it reads, not only those that are missing
    std::shared_ptr<const columns::View> view;
    Instant begun_at{};

    /// Customers evaluated so far, of `total`; and a wish to stop early.
    mutable std::atomic<std::uint64_t> evaluated = 0;
    mutable std::atomic<std::uint64_t> total = 0;
    mutable std::atomic<bool> cancelled = false;

    [[nodiscard]] int progress_percent() const;
};

/// What a rebuild came to.
struct Rebuilt {
    std::shared_ptr<const KeptThresholds> thresholds;
    std::vector<RebuiltMembers> members;  ///< per rebuilt segment; `since` only says who is in
    Instant at{};                         ///< the newest instant evaluated
    /// Customers whose verdict runs out up to `horizon`: they are looked at again when it is taken
    /// over. Beyond the horizon everybody is.
    std::vector<std::pair<Instant, std::uint32_t>> due_soon;
    Instant horizon = instant_min;
    std::string error;  ///< a segment that cannot be bound; nothing else is set then

    static constexpr Duration soon = std::chrono::minutes(10);
};

/// Binds one of the rebuilt segments to the names of a view.
[[nodiscard]] Result<std::shared_ptr<const expr::Program>> bind_rebuilt(
    const Rebuild& rebuild, const RebuiltSegment& segment, const columns::Reader& reader);

/// Computes the thresholds that the rebuilt segments read: the kept ones, and those missing or
/// stale over the columns and at the instant the rebuild began with. Cost: one pass per operand.
[[nodiscard]] Result<std::shared_ptr<const KeptThresholds>> thresholds_of(const Rebuild& rebuild,
                                                                          const Parallel& parallel);

/// Evaluates every rebuilt segment for every customer of a view. Cost: one pass.
/// Errors: what binding says.
[[nodiscard]] Status evaluate_everybody(const Rebuild& rebuild,
                                        const std::shared_ptr<const columns::View>& view,
                                        Instant now,
                                        const Parallel& parallel,
                                        Rebuilt& rebuilt);

/// Evaluates again for these customers (rows; ascending is cheaper), in place.
[[nodiscard]] Status evaluate_some(const Rebuild& rebuild,
                                   const std::shared_ptr<const columns::View>& view,
                                   Instant now,
                                   std::span<const std::uint32_t> customers,
                                   Rebuilt& rebuilt);

}  // namespace fineline::membership
