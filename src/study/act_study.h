#pragma once

#include "study/act_path.h"
#include "study/act_policy.h"
#include "study/statistics/bootstrap.h"
#include "study/statistics/permutation.h"
#include "study/statistics/policy_value.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fineline::study {

/// Customers by what they are used for: a third each, drawn by chance.
struct TrialRoles {
    std::vector<std::uint32_t> fit{};     ///< picks the action of each segment and the path
    std::vector<std::uint32_t> choose{};  ///< picks how many segments, and the ceiling
    std::vector<std::uint32_t> judge{};   ///< gives the printed numbers
};

/// Deals rows to roles; a row's role depends on the seed and its customer's number alone.
[[nodiscard]] TrialRoles deal_roles(std::span<const std::uint64_t> customers, std::uint64_t seed);

/// A policy per person that might be the ceiling: one action per row of the trial, fitted on the
/// fitting rows.
struct PersonalPolicy {
    std::string name{};  ///< "boosted trees"
    std::vector<std::uint32_t> action_of_row{};
};

/// How an act-mode study is run.
struct ActSettings {
    BootstrapPlan bootstrap{};
    std::optional<int> capacity{};
    double significance = 0.05;  ///< of the gate, one-sided
    std::vector<PersonalPolicy> personal{};
};

/// A policy, judged: per customer, in the metric's unit.
struct JudgedPolicy {
    PolicyValue value{};
    Measured gain{};      ///< doubly robust value less that of the floor, paired
    double apparent = 0;  ///< the same value measured on the fitting rows: what it seemed to be
};

/// A portfolio on the path down to one segment.
struct ActPoint {
    std::size_t segments = 0;  ///< groups of customers told apart
    JudgedPolicy judged{};
    Measured chosen_by{};  ///< gain over one action for all on the choosing rows
};

/// What an act-mode study finds. More is better throughout.
struct ActStudy {
    TrialRoles roles{};
    std::uint32_t floor_action = 0;  ///< the best single action for all, by the fitting rows
    PolicyValue floor{};
    std::vector<PolicyValue> single{};  ///< every single action for all, judged
    JudgedPolicy today{};               ///< one action per segment as each segment's own means say
    Policy today_policy{};
    JudgedPolicy today_shrunk{};     ///< the same with segments that are little known shrunk
    ActPath path;                    ///< by shrunk contrasts
    std::vector<ActPoint> points{};  ///< 1, 2, … distinct actions, and today's number last
    std::optional<MaxStatisticGate> gate{};  ///< absent: no point differs from one action for all
    bool confirmed = false;                  ///< the judging rows show a gain as well
    std::size_t recommended = 1;             ///< groups to keep
    std::string ceiling_name{};              ///< the best of the personal policies and the path
    JudgedPolicy ceiling{};
    /// Gain of the recommended over the ceiling's, in every draw; absent where the ceiling's gain
    /// is not sure: its interval's lower bound is not above 0.
    std::optional<Measured> captured{};
};

/// Judges a portfolio by what acting on it brings. Actions and path from the fitting rows; the
/// number of segments from the choosing rows: the gate first (some point beats one action for all,
/// by the maximum statistic), then the fewest segments whose paired difference from the best is
/// within one standard error of that difference and that fit the capacity. What the gate lets
/// through must also gain on the judging rows, else one action for all is recommended.
/// Errors: invalid_argument where a role has fewer than two customers, or the floor's action was
/// given to nobody in one. Cost: draws · rows · distinct actions.
[[nodiscard]] Result<ActStudy> study_trial(const Trial& trial,
                                           std::span<const std::uint64_t> customers,
                                           const ActSettings& settings);

}  // namespace fineline::study
