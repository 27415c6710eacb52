#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "study/act_policy.h"
#include "study/purpose.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace fineline::study {

/// What an act-mode panel is made of.
struct ExposureRequest {
    const Purpose* purpose = nullptr;     ///< its `exposure:` names the event
    Instant at{};                         ///< nothing later is looked at
    std::vector<std::string> segments{};  ///< expressions, in order of priority
    std::vector<std::string> features{};  ///< expressions
    unsigned threads = 2;
};

/// Every eligible, reachable customer at the moment of the first exposure: what was known strictly
/// before it, what was done by chance, and what came in the horizon after. Immutable once read.
struct ExposurePanel {
    std::vector<std::string> actions{};  ///< names, ascending
    /// A row per customer. The partition is the first segment that holds the customer; whom none
    /// holds has their number, if there is anybody. Outcomes as the metric says, not negated.
    Trial trial{};
    std::vector<CustomerOrdinal> who{};
    std::vector<Instant> when{};
    std::vector<std::vector<double>> features{};  ///< a column per feature; NaN: missing

    /// Who and what was left out, and why.
    struct LeftOut {
        std::uint64_t later_exposures = 0;  ///< beyond the first of a customer
        std::uint64_t not_eligible = 0;     ///< outside the population before the exposure
        std::uint64_t unreachable = 0;      ///< without the purpose's consent
        std::uint64_t window_open = 0;      ///< the horizon is not over yet
        std::uint64_t without_metric = 0;   ///< the metric has no value
    };

    LeftOut left_out{};
    Instant first = instant_max;
    Instant last = instant_min;
};

/// Reads exposures and evaluates everything at each customer's own instant: features, segments and
/// population a microsecond before the exposure, the metric at it. Population functions compare
/// with the customers as they were before the first exposure of all.
/// Errors: not_found (no such event), invalid_argument (an exposure without action or propensity, a
/// propensity not in (0, 1], one action only: each with what to do), those of the expressions,
/// corrupt. Cost: one pass over the customers.
[[nodiscard]] Result<ExposurePanel> read_exposures(const std::shared_ptr<const columns::View>& view,
                                                   const ExposureRequest& request);

}  // namespace fineline::study
