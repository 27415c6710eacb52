#include "study/act_policy.h"

#include "base/require.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

constexpr double unknown = -std::numeric_limits<double>::infinity();

/// How many customers' worth the mean of all counts in a segment's expected outcome.
constexpr double prior_customers = 20;

struct Contrast {
    std::size_t segment = 0;
    double value = 0;
    double variance = 0;
};

/// The contrast of one action to the baseline in every segment that saw both. The variance is that
/// of an outcome within an arm over all segments: a cell of three customers does not know its own.
std::vector<Contrast> contrasts_of(const SegmentArms& arms,
                                   std::size_t action,
                                   std::size_t baseline) {
    std::vector<Contrast> known;
    for (std::size_t s = 0; s < arms.segments(); ++s) {
        const ArmSums& given = arms.at(s, action);
        const ArmSums& base = arms.at(s, baseline);
        if (given.seen() && base.seen()) {
            known.push_back({s,
                             given.mean() - base.mean(),
                             arms.of_all(action).variance() / given.effective_size() +
                                 arms.of_all(baseline).variance() / base.effective_size()});
        }
    }
    return known;
}

/// The variance of true contrasts between segments, by the method of moments.
double variance_between(const std::vector<Contrast>& known) {
    double weights = 0;
    double squares = 0;
    double sum = 0;
    for (const Contrast& contrast : known) {
        const double weight = 1 / contrast.variance;
        weights += weight;
        squares += weight * weight;
        sum += weight * contrast.value;
    }
    double excess = -static_cast<double>(known.size() - 1);
    for (const Contrast& contrast : known) {
        const double off = contrast.value - sum / weights;
        excess += off * off / contrast.variance;
    }
    const double scale = weights - squares / weights;
    return scale > 0 ? std::max(0.0, excess / scale) : 0;
}

/// Draws contrasts towards what the action does to everybody.
void shrink(std::vector<Contrast>& known, double towards) {
    const bool varies = std::all_of(
        known.begin(), known.end(), [](const Contrast& contrast) { return contrast.variance > 0; });
    if (known.empty() || !varies) {
        return;  // outcomes that never vary within an arm leave nothing unsure
    }
    const double between = variance_between(known);
    for (Contrast& contrast : known) {
        const double own = between / (between + contrast.variance);
        contrast.value = towards + own * (contrast.value - towards);
    }
}

/// Whether the row was given what the policy says.
bool agrees(const Trial& trial, std::uint32_t row, const Policy& policy) {
    return trial.action[row] == policy.action_of_segment[trial.segment[row]];
}

/// The expected outcome of every segment and action, as robust_scores() says.
class CellModel {
  public:
    explicit CellModel(const SegmentArms& fitted)
        : actions_(fitted.actions()), expected_(fitted.segments() * fitted.actions()) {
        for (std::size_t s = 0; s < fitted.segments(); ++s) {
            for (std::size_t a = 0; a < actions_; ++a) {
                const double own = fitted.at(s, a).effective_size();
                const double all = fitted.of_all(a).mean();
                expected_[s * actions_ + a] =
                    (own * fitted.at(s, a).mean() + prior_customers * all) /
                    (own + prior_customers);
            }
        }
    }

    [[nodiscard]] double of(std::size_t segment, std::size_t action) const {
        return expected_[segment * actions_ + action];
    }

  private:
    std::size_t actions_;
    std::vector<double> expected_;
};

}  // namespace

void ArmSums::add(double value, double propensity) {
    const double w = 1 / propensity;
    n += 1;
    weight += w;
    weight_squares += w * w;
    outcome += w * value;
    squares += w * value * value;
}

void ArmSums::add(const ArmSums& other) {
    n += other.n;
    weight += other.weight;
    weight_squares += other.weight_squares;
    outcome += other.outcome;
    squares += other.squares;
}

double ArmSums::variance() const {
    return weight > 0 ? std::max(0.0, squares / weight - mean() * mean()) : 0;
}

SegmentArms::SegmentArms(const Trial& trial, std::span<const std::uint32_t> rows)
    : segments_(trial.segments), whole_(trial.actions), cells_(trial.segments * trial.actions) {
    for (const std::uint32_t row : rows) {
        const std::size_t action = trial.action[row];
        require(action < trial.actions && trial.segment[row] < trial.segments,
                "actions and segments are numbered from 0");
        whole_[action].add(trial.outcome[row], trial.propensity[row]);
        cells_[trial.segment[row] * trial.actions + action].add(trial.outcome[row],
                                                                trial.propensity[row]);
    }
}

double SegmentArms::size(std::size_t segment) const {
    double n = 0;
    for (std::size_t a = 0; a < actions(); ++a) {
        n += at(segment, a).n;
    }
    return n;
}

std::uint32_t SegmentArms::best_for_all() const {
    std::uint32_t best = 0;
    for (std::uint32_t a = 1; a < actions(); ++a) {
        const bool better = whole_[a].seen() && whole_[a].mean() > whole_[best].mean();
        best = better || !whole_[best].seen() ? a : best;
    }
    return best;
}

SegmentArms SegmentArms::joined(std::span<const std::uint32_t> group_of, std::size_t groups) const {
    require(group_of.size() == segments_, "a group for every segment");
    SegmentArms joined(groups);
    joined.whole_ = whole_;
    joined.cells_.resize(groups * actions());
    for (std::size_t s = 0; s < segments_; ++s) {
        for (std::size_t a = 0; a < actions(); ++a) {
            joined.cells_[group_of[s] * actions() + a].add(at(s, a));
        }
    }
    return joined;
}

std::vector<double> contrasts(const SegmentArms& arms, Contrasts kind) {
    const std::uint32_t baseline = arms.best_for_all();
    std::vector<double> table(arms.segments() * arms.actions(), unknown);
    for (std::size_t a = 0; a < arms.actions(); ++a) {
        if (a == baseline) {
            continue;
        }
        const double among_all = arms.of_all(a).mean() - arms.of_all(baseline).mean();
        std::vector<Contrast> known = contrasts_of(arms, a, baseline);
        if (kind == Contrasts::shrunk) {
            shrink(known, among_all);
        }
        for (std::size_t s = 0; s < arms.segments(); ++s) {
            table[s * arms.actions() + a] = arms.at(s, a).seen() ? among_all : unknown;
        }
        for (const Contrast& contrast : known) {
            table[contrast.segment * arms.actions() + a] = contrast.value;
        }
    }
    for (std::size_t s = 0; s < arms.segments(); ++s) {
        const bool stands = arms.at(s, baseline).seen() || arms.size(s) == 0;
        table[s * arms.actions() + baseline] = stands ? 0 : unknown;
    }
    return table;
}

Policy choose_actions(const SegmentArms& arms, Contrasts kind) {
    const std::vector<double> table = contrasts(arms, kind);
    const std::uint32_t baseline = arms.best_for_all();
    Policy policy = single_action(arms.segments(), baseline);
    for (std::size_t s = 0; s < arms.segments(); ++s) {
        double best = table[s * arms.actions() + baseline];
        for (std::uint32_t a = 0; a < arms.actions(); ++a) {
            if (table[s * arms.actions() + a] > best) {
                best = table[s * arms.actions() + a];
                policy.action_of_segment[s] = a;
            }
        }
    }
    return policy;
}

Policy single_action(std::size_t segments, std::uint32_t action) {
    return Policy{std::vector<std::uint32_t>(segments, action)};
}

std::vector<double> robust_scores(const Trial& trial,
                                  std::span<const std::uint32_t> rows,
                                  const SegmentArms& fitted,
                                  const Policy& policy) {
    const CellModel model(fitted);
    std::vector<double> scores;
    scores.reserve(rows.size());
    for (const std::uint32_t row : rows) {
        const std::size_t segment = trial.segment[row];
        double score = model.of(segment, policy.action_of_segment[segment]);
        if (agrees(trial, row, policy)) {
            const double missed = trial.outcome[row] - model.of(segment, trial.action[row]);
            score += missed / trial.propensity[row];
        }
        scores.push_back(score);
    }
    return scores;
}

Result<PolicyValue> value_of_policy(const Trial& trial,
                                    std::span<const std::uint32_t> rows,
                                    const SegmentArms& fitted,
                                    const Policy& policy) {
    const CellModel model(fitted);
    std::vector<double> outcome, logged, target, taken, chosen;
    for (const std::uint32_t row : rows) {
        const std::size_t segment = trial.segment[row];
        outcome.push_back(trial.outcome[row]);
        logged.push_back(trial.propensity[row]);
        target.push_back(agrees(trial, row, policy) ? 1 : 0);
        taken.push_back(model.of(segment, trial.action[row]));
        chosen.push_back(model.of(segment, policy.action_of_segment[segment]));
    }
    return policy_value({outcome, logged, target}, {taken, chosen});
}

}  // namespace fineline::study
