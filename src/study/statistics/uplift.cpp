#include "study/statistics/uplift.h"

#include "base/require.h"

#include <algorithm>
#include <numeric>

namespace fineline::study {

namespace {

/// Outcomes and customers of both arms among those targeted so far.
struct Tally {
    double treated = 0;
    double treated_outcome = 0;
    double control = 0;
    double control_outcome = 0;
};

double ratio(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
}

/// Walks down the scores and asks `gain(tally)` after each group of ties.
template <class Gain>
std::vector<UpliftPoint> curve(const ScoredTest& test, Gain gain) {
    const std::size_t n = test.outcomes.size();
    require(test.scores.size() == n && test.treated.size() == n, "three columns of one length");
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return test.scores[a] > test.scores[b];
    });
    std::vector<UpliftPoint> points{{0, 0}};
    Tally tally;
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t row = order[i];
        if (test.treated[row] != 0) {
            tally.treated += 1;
            tally.treated_outcome += test.outcomes[row];
        } else {
            tally.control += 1;
            tally.control_outcome += test.outcomes[row];
        }
        if (i + 1 == n || test.scores[order[i + 1]] != test.scores[row]) {
            points.push_back({static_cast<double>(i + 1), gain(tally)});
        }
    }
    return points;
}

/// By trapezes.
double area_under(const std::vector<UpliftPoint>& points) {
    double area = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
        area += (points[i].targeted - points[i - 1].targeted) *
                (points[i].gained + points[i - 1].gained) / 2;
    }
    return area;
}

Status check(const ScoredTest& test) {
    std::size_t treated = 0;
    for (std::size_t i = 0; i < test.outcomes.size(); ++i) {
        if (test.outcomes[i] != 0 && test.outcomes[i] != 1) {
            return Error{ErrorCode::invalid_argument,
                         "a Qini or uplift coefficient needs outcomes of 0 and 1; one is " +
                             std::to_string(test.outcomes[i]),
                         {}};
        }
        treated += test.treated[i] != 0 ? 1U : 0U;
    }
    if (treated == 0 || treated == test.outcomes.size()) {
        return Error{ErrorCode::invalid_argument,
                     "a Qini or uplift coefficient needs customers in both arms; " +
                         std::to_string(treated) + " of " + std::to_string(test.outcomes.size()) +
                         " were treated",
                     {}};
    }
    return done;
}

Result<double> coefficient(const std::vector<UpliftPoint>& actual,
                           const std::vector<UpliftPoint>& perfect) {
    const UpliftPoint& end = perfect.back();
    const double by_chance = end.targeted * end.gained / 2;
    const double best = area_under(perfect) - by_chance;
    if (best == 0) {
        return Error{ErrorCode::invalid_argument,
                     "no order of these customers is better than chance: nobody responds, or "
                     "everybody does",
                     {}};
    }
    return (area_under(actual) - by_chance) / best;
}

/// The test with other scores.
ScoredTest rescored(const ScoredTest& test, const std::vector<double>& scores) {
    return {test.outcomes, scores, test.treated};
}

}  // namespace

std::vector<UpliftPoint> qini_curve(const ScoredTest& test) {
    return curve(test, [](const Tally& tally) {
        return tally.treated_outcome - tally.control_outcome * ratio(tally.treated, tally.control);
    });
}

std::vector<UpliftPoint> uplift_curve(const ScoredTest& test) {
    return curve(test, [](const Tally& tally) {
        return (ratio(tally.treated_outcome, tally.treated) -
                ratio(tally.control_outcome, tally.control)) *
               (tally.treated + tally.control);
    });
}

Result<double> qini_coefficient(const ScoredTest& test) {
    if (auto sound = check(test); !sound) {
        return sound.error();
    }
    std::vector<double> ideal(test.outcomes.size());
    for (std::size_t i = 0; i < ideal.size(); ++i) {
        ideal[i] = test.treated[i] != 0 ? test.outcomes[i] : -test.outcomes[i];
    }
    return coefficient(qini_curve(test), qini_curve(rescored(test, ideal)));
}

Result<double> uplift_coefficient(const ScoredTest& test) {
    if (auto sound = check(test); !sound) {
        return sound.error();
    }
    double control_responders = 0;
    double treated_refusers = 0;
    for (std::size_t i = 0; i < test.outcomes.size(); ++i) {
        const bool responds = test.outcomes[i] == 1;
        const bool treated = test.treated[i] != 0;
        control_responders += responds && !treated ? 1 : 0;
        treated_refusers += treated && !responds ? 1 : 0;
    }
    // Of the two ways to put the mixed groups in the middle, the one with the greater area.
    const bool by_outcome = control_responders > treated_refusers;
    std::vector<double> ideal(test.outcomes.size());
    for (std::size_t i = 0; i < ideal.size(); ++i) {
        const double treated = test.treated[i] != 0 ? 1 : 0;
        ideal[i] =
            (test.outcomes[i] == treated ? 2 : 0) + (by_outcome ? test.outcomes[i] : treated);
    }
    return coefficient(uplift_curve(test), uplift_curve(rescored(test, ideal)));
}

}  // namespace fineline::study
