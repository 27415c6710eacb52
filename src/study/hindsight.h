#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "model/ids.h"
#include "study/finding.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace fineline::study {

/// The position after what had arrived at an instant. Errors: of whoever keeps the log.
using ArrivedUntil = std::function<Result<Position>(Instant at)>;

/// How much of what a backtest looks at was not known on the day itself.
struct Hindsight {
    Instant at{};                      ///< the snapshot
    std::uint64_t events = 0;          ///< of customers there were, at or before it
    std::uint64_t events_late = 0;     ///< of those, what arrived after it
    std::uint64_t customers = 0;       ///< there were
    std::uint64_t customers_late = 0;  ///< of those, persons two of whose ids were merged after it

    /// More than 1 % of either.
    [[nodiscard]] bool is_much() const;
};

/// Counts at one snapshot. Cost: a pass over the events before it. Errors: of `arrived_until`.
[[nodiscard]] Result<Hindsight> measure_hindsight(const std::shared_ptr<const columns::View>& view,
                                                  Instant at,
                                                  const ArrivedUntil& arrived_until);

/// The two shares, for a report.
[[nodiscard]] std::vector<Shape> hindsight_shapes(const Hindsight& hindsight);

}  // namespace fineline::study
