#pragma once

#include "study/finding.h"
#include "study/statistics/bootstrap.h"

#include <optional>
#include <span>

namespace fineline::study {

/// How many customers a test needs among people with these outcomes, to show a relative change of
/// `detect` (least_size), with an interval from draws of them. Nothing where no number would do.
/// Where all outcomes are the same, one of nothing is added: a few who all bought show no spread.
/// Cost: draws × outcomes.
[[nodiscard]] std::optional<Estimate> size_needed(std::span<const double> outcomes,
                                                  double detect,
                                                  const BootstrapPlan& plan);

/// Whether a test among these customers is shown never to show a change of `detect`: they are fewer
/// than the least number in the interval of size_needed. A point estimate alone would blame half of
/// the segments that are just large enough. Cost: as size_needed where they are fewer than its
/// value, else one pass.
[[nodiscard]] bool is_too_small_for_a_test(std::span<const double> outcomes,
                                           double detect,
                                           const BootstrapPlan& plan);

}  // namespace fineline::study
