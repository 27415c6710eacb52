#include "study/statistics/arms.h"

#include "base/require.h"

#include <cmath>
#include <string>

namespace fineline::study {

std::vector<Moments> arm_moments(std::span<const double> outcomes,
                                 std::span<const std::uint32_t> arm_of,
                                 std::size_t arms) {
    require(outcomes.size() == arm_of.size(), "an arm for every outcome");
    std::vector<Moments> moments(arms);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        require(arm_of[i] < arms, "an arm's number lies below the number of arms");
        moments[arm_of[i]].add(outcomes[i]);
    }
    return moments;
}

Result<ArmEffect> effect_of(const Moments& treated, const Moments& control) {
    if (treated.count() < 2 || control.count() < 2) {
        return Error{ErrorCode::invalid_argument,
                     "an effect needs two customers in each arm; there are " +
                         std::to_string(treated.count()) + " treated and " +
                         std::to_string(control.count()) + " in control",
                     {}};
    }
    return ArmEffect{treated.mean() - control.mean(),
                     std::hypot(treated.standard_error(), control.standard_error())};
}

}  // namespace fineline::study
