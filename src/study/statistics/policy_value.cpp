#include "study/statistics/policy_value.h"

#include "base/require.h"
#include "study/statistics/distributions.h"
#include "study/statistics/moments.h"

#include <algorithm>
#include <string>

namespace fineline::study {

namespace {

Measured measured(double value, double error, double level) {
    const double reach = normal_quantile((1 + level) / 2) * error;
    return Measured{value, error, Interval{value - reach, value + reach}};
}

Measured mean_of(const Moments& moments, double level) {
    return measured(moments.mean(), moments.standard_error(), level);
}

Status check(const LoggedDecisions& decisions) {
    const std::size_t n = decisions.outcomes.size();
    require(decisions.logged_propensity.size() == n && decisions.target_probability.size() == n,
            "three columns of one length");
    if (n < 2) {
        return Error{
            ErrorCode::invalid_argument,
            "the value of a policy needs two logged decisions; there are " + std::to_string(n),
            {}};
    }
    for (std::size_t i = 0; i < n; ++i) {
        const double logged = decisions.logged_propensity[i];
        const double target = decisions.target_probability[i];
        if (!(logged > 0 && logged <= 1)) {
            return Error{ErrorCode::invalid_argument,
                         "decision " + std::to_string(i) +
                             ": a propensity is the probability with which the action was chosen, "
                             "above 0 and at most 1, not " +
                             std::to_string(logged),
                         {}};
        }
        if (!(target >= 0 && target <= 1)) {
            return Error{ErrorCode::invalid_argument,
                         "decision " + std::to_string(i) +
                             ": the judged policy's probability lies in 0 … 1, it is " +
                             std::to_string(target),
                         {}};
        }
    }
    return done;
}

double weight(const LoggedDecisions& decisions, std::size_t i) {
    return decisions.target_probability[i] / decisions.logged_propensity[i];
}

WeightReport weights_of(const LoggedDecisions& decisions) {
    double sum = 0;
    double squares = 0;
    WeightReport report;
    for (std::size_t i = 0; i < decisions.outcomes.size(); ++i) {
        const double w = weight(decisions, i);
        sum += w;
        squares += w * w;
        report.largest = std::max(report.largest, w);
    }
    report.mean = sum / static_cast<double>(decisions.outcomes.size());
    report.effective_sample_size = squares > 0 ? sum * sum / squares : 0;
    return report;
}

}  // namespace

Result<PolicyValue> policy_value(const LoggedDecisions& decisions, double level) {
    if (auto sound = check(decisions); !sound) {
        return sound.error();
    }
    PolicyValue value;
    value.weights = weights_of(decisions);
    if (value.weights.largest == 0) {
        return Error{ErrorCode::invalid_argument,
                     "the judged policy never takes an action that was logged, so nothing is known "
                     "of its value",
                     {}};
    }
    Moments weighted;
    for (std::size_t i = 0; i < decisions.outcomes.size(); ++i) {
        weighted.add(weight(decisions, i) * decisions.outcomes[i]);
    }
    value.ips = mean_of(weighted, level);
    const double snips = weighted.mean() / value.weights.mean;
    Moments residuals;
    for (std::size_t i = 0; i < decisions.outcomes.size(); ++i) {
        residuals.add(weight(decisions, i) * (decisions.outcomes[i] - snips));
    }
    value.snips = measured(snips, residuals.standard_error() / value.weights.mean, level);
    return value;
}

Result<PolicyValue> policy_value(const LoggedDecisions& decisions,
                                 const OutcomeModel& model,
                                 double level) {
    const std::size_t n = decisions.outcomes.size();
    require(model.of_taken.size() == n && model.of_target.size() == n,
            "the model says something of every decision");
    auto value = policy_value(decisions, level);
    if (!value) {
        return value;
    }
    Moments direct;
    Moments robust;
    for (std::size_t i = 0; i < n; ++i) {
        const double missed = decisions.outcomes[i] - model.of_taken[i];
        direct.add(model.of_target[i]);
        robust.add(model.of_target[i] + weight(decisions, i) * missed);
    }
    value->direct = mean_of(direct, level);
    value->doubly_robust = mean_of(robust, level);
    return value;
}

}  // namespace fineline::study
