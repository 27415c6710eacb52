#pragma once

#include "base/result.h"
#include "study/statistics/interval.h"

#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// Decisions of a logging policy with their outcomes, and how likely another policy would have
/// taken each. Lengths are equal (required).
struct LoggedDecisions {
    std::span<const double> outcomes{};
    std::span<const double> logged_propensity{};   ///< of the action taken, in (0, 1]
    std::span<const double> target_probability{};  ///< of the same action under the judged policy
};

/// What a model says of the same decisions, for the direct and doubly robust estimates. Fitted on
/// other customers than those judged.
struct OutcomeModel {
    std::span<const double> of_taken{};   ///< expected outcome of the action taken
    std::span<const double> of_target{};  ///< expected outcome averaged over the judged policy
};

/// How far the judged policy lies from the logged one: weights w = target / logged.
struct WeightReport {
    double mean = 0;                   ///< 1 in expectation
    double effective_sample_size = 0;  ///< (Σ w)² / Σ w²
    double largest = 0;
};

/// The value of a policy per decision, in the unit of the outcome, by inverse propensity (IPS), its
/// self-normalised form (SNIPS), the direct method (DM) and doubly robust (DR).
struct PolicyValue {
    Measured ips{};
    Measured snips{};
    Measured direct{};  ///< of the model alone: its error says nothing of the model's bias
    Measured doubly_robust{};
    WeightReport weights{};
};

/// Estimates a policy's value: IPS = mean(w r), SNIPS = Σ w r / Σ w, DM = mean(q(π)), DR = DM +
/// mean(w (r − q)); standard errors of means (SNIPS by linearisation), normal intervals. Errors:
/// invalid_argument for fewer than two decisions, a propensity not in (0, 1] or a probability not
/// in [0, 1] (its number is named), or a policy that never agrees with what was logged. Source:
/// Dudík, Langford & Li (2011); Swaminathan & Joachims (2015) for SNIPS.
[[nodiscard]] Result<PolicyValue> policy_value(const LoggedDecisions& decisions,
                                               const OutcomeModel& model,
                                               double level = interval_level_default);

/// The same without a model: `direct` and `doubly_robust` are left 0 without interval.
[[nodiscard]] Result<PolicyValue> policy_value(const LoggedDecisions& decisions,
                                               double level = interval_level_default);

}  // namespace fineline::study
