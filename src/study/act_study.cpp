#include "study/act_study.h"

#include "base/random.h"
#include "base/require.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fineline::study {

namespace {

/// One policy's doubly robust scores on some rows, with its draws once they are made.
struct Scored {
    std::vector<double> scores{};
    double value = 0;
    std::vector<double> draws{};
};

double mean_of(const std::vector<double>& scores) {
    return std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
}

/// Draws all policies with the same weights, so that their differences are paired.
void draw(std::vector<Scored>& policies, const BootstrapPlan& plan) {
    const std::size_t rows = policies.front().scores.size();
    const DrawTable table =
        bootstrap(rows, policies.size(), plan, [&](std::span<const std::uint32_t> weights) {
            double all = 0;
            std::vector<double> sums(policies.size());
            for (std::size_t i = 0; i < rows; ++i) {
                all += weights[i];
                for (std::size_t p = 0; weights[i] > 0 && p < policies.size(); ++p) {
                    sums[p] += weights[i] * policies[p].scores[i];
                }
            }
            for (double& sum : sums) {
                sum /= all;
            }
            return sums;
        });
    for (std::size_t p = 0; p < policies.size(); ++p) {
        policies[p].value = mean_of(policies[p].scores);
        policies[p].draws = table.column(p);
    }
}

Measured gain_over(const Scored& policy, const Scored& floor) {
    return paired_difference({policy.value, policy.draws}, {floor.value, floor.draws});
}

/// Turns a trial so that every row is a segment of its own group of rows: what judging a policy per
/// person with the tools of segments takes. The segment of a row becomes the action it would get.
Trial by_personal_action(const Trial& trial, const PersonalPolicy& personal) {
    Trial turned = trial;
    turned.segments = trial.actions;
    turned.segment = personal.action_of_row;
    return turned;
}

/// The policy "each gets what its segment is called" of by_personal_action().
Policy as_named(std::size_t actions) {
    Policy policy = single_action(actions, 0);
    std::iota(policy.action_of_segment.begin(), policy.action_of_segment.end(), 0U);
    return policy;
}

Status check(const Trial& trial, const TrialRoles& roles, std::uint32_t floor_action) {
    for (const auto* rows : {&roles.fit, &roles.choose, &roles.judge}) {
        const bool given = std::any_of(rows->begin(), rows->end(), [&](std::uint32_t row) {
            return trial.action[row] == floor_action;
        });
        if (rows->size() < 2 || !given) {
            return Error{ErrorCode::invalid_argument,
                         "too few exposed customers to fit, choose and judge apart: " +
                             std::to_string(trial.rows()) +
                             " in all, and each third needs some who got the best action",
                         {}};
        }
    }
    return done;
}

/// Runs one study. One thread at a time.
class Run {
  public:
    Run(const Trial& trial, TrialRoles roles, const ActSettings& settings)
        : trial_(trial),
          settings_(settings),
          arms_(trial, roles.fit),
          study_{.roles = std::move(roles), .path = ActPath(arms_, Contrasts::shrunk)} {
        study_.floor_action = arms_.best_for_all();
    }

    [[nodiscard]] Result<ActStudy> run() {
        if (auto sound = check(trial_, study_.roles, study_.floor_action); !sound) {
            return sound.error();
        }
        list_policies();
        choose_ceiling_and_size();
        if (auto judged = judge(); !judged) {
            return judged.error();
        }
        return std::move(study_);
    }

  private:
    [[nodiscard]] std::vector<std::uint32_t> sizes() const {
        std::vector<std::uint32_t> sizes;
        const std::size_t distinct = study_.path.distinct_actions();
        for (std::uint32_t k = 1; k <= distinct; ++k) {
            sizes.push_back(k);
        }
        if (study_.path.segments() > distinct) {
            sizes.push_back(static_cast<std::uint32_t>(study_.path.segments()));
        }
        return sizes;
    }

    void list_policies() {
        for (const std::uint32_t k : sizes()) {
            study_.points.push_back({.segments = k});
            policies_.push_back(study_.path.policy_at(k));
        }
        study_.today_policy = choose_actions(arms_, Contrasts::raw);
    }

    [[nodiscard]] std::vector<double> scores(std::span<const std::uint32_t> rows,
                                             const Policy& policy) const {
        return robust_scores(trial_, rows, arms_, policy);
    }

    [[nodiscard]] std::vector<double> personal_scores(std::span<const std::uint32_t> rows,
                                                      const PersonalPolicy& personal) const {
        const Trial turned = by_personal_action(trial_, personal);
        return robust_scores(
            turned, rows, SegmentArms(turned, study_.roles.fit), as_named(trial_.actions));
    }

    /// Scores of every point of the path, then of the personal policies, on some rows.
    [[nodiscard]] std::vector<Scored> score_all(std::span<const std::uint32_t> rows) const {
        std::vector<Scored> all;
        for (const Policy& policy : policies_) {
            all.push_back({.scores = scores(rows, policy)});
        }
        for (const PersonalPolicy& personal : settings_.personal) {
            all.push_back({.scores = personal_scores(rows, personal)});
        }
        return all;
    }

    void choose_ceiling_and_size() {
        std::vector<Scored> scored = score_all(study_.roles.choose);
        draw(scored, settings_.bootstrap);
        const std::size_t points = policies_.size();
        for (std::size_t p = 0; p < points; ++p) {
            study_.points[p].chosen_by = gain_over(scored[p], scored.front());
        }
        ceiling_ = static_cast<std::size_t>(
            std::max_element(scored.begin(),
                             scored.end(),
                             [](const Scored& a, const Scored& b) { return a.value < b.value; }) -
            scored.begin());
        pass_gate(scored);
    }

    /// The maximum statistic over the points beyond the first.
    void pass_gate(const std::vector<Scored>& scored) {
        const std::size_t points = policies_.size();
        if (points < 2) {
            return;
        }
        std::vector<double> gains;
        DrawTable table(settings_.bootstrap.draws, points - 1);
        for (std::size_t p = 1; p < points; ++p) {
            gains.push_back(scored[p].value - scored.front().value);
            for (std::size_t d = 0; d < table.draws(); ++d) {
                table.at(d, p - 1) = scored[p].draws[d] - scored.front().draws[d];
            }
        }
        study_.gate = max_statistic_gate(gains, table, settings_.significance);
        if (study_.gate && study_.gate->passes(settings_.significance)) {
            point_ = smallest_near(scored, study_.gate->best + 1);
        }
    }

    /// The fewest segments within one standard error of the best, among those that fit.
    [[nodiscard]] std::size_t smallest_near(const std::vector<Scored>& scored,
                                            std::size_t best) const {
        const auto fits = [&](std::size_t p) {
            return !settings_.capacity ||
                   study_.points[p].segments <= static_cast<std::size_t>(*settings_.capacity);
        };
        std::size_t most = 0;
        for (std::size_t p = 0; p < policies_.size(); ++p) {
            const Measured behind = gain_over(scored[best], scored[p]);
            if (fits(p) && behind.value <= behind.standard_error) {
                return p;
            }
            most = fits(p) && scored[p].value > scored[most].value ? p : most;
        }
        return most;
    }

    /// The judging rows, touched once.
    Status judge() {
        const auto& rows = study_.roles.judge;
        std::vector<Scored> scored = score_all(rows);
        const std::size_t today = scored.size();
        scored.push_back({.scores = scores(rows, study_.today_policy)});
        draw(scored, settings_.bootstrap);
        for (std::uint32_t a = 0; a < trial_.actions; ++a) {
            auto value = value_of_policy(trial_, rows, arms_, single_action(trial_.segments, a));
            if (value) {
                study_.single.push_back(*value);
            } else {
                study_.single.emplace_back();  // an action nobody of the judging rows was given
            }
        }
        study_.floor = study_.single[study_.floor_action];
        for (std::size_t p = 0; p < policies_.size(); ++p) {
            if (auto judged = report(policies_[p], scored[p], scored[0], study_.points[p].judged);
                !judged) {
                return judged;
            }
        }
        if (auto judged = report(study_.today_policy, scored[today], scored[0], study_.today);
            !judged) {
            return judged;
        }
        study_.today_shrunk = study_.points.back().judged;
        if (auto judged = report_ceiling(scored); !judged) {
            return judged;
        }
        study_.confirmed = point_ > 0 && study_.points[point_].judged.gain.value > 0;
        point_ = study_.confirmed ? point_ : 0;
        study_.recommended = study_.points[point_].segments;
        share_of_ceiling(scored);
        return done;
    }

    Status report(const Policy& policy,
                  const Scored& scored,
                  const Scored& floor,
                  JudgedPolicy& into) const {
        auto value = value_of_policy(trial_, study_.roles.judge, arms_, policy);
        if (!value) {
            return value.error();
        }
        into.value = *value;
        into.gain = gain_over(scored, floor);
        into.apparent = mean_of(scores(study_.roles.fit, policy));
        return done;
    }

    Status report_ceiling(const std::vector<Scored>& scored) {
        if (ceiling_ < policies_.size()) {
            study_.ceiling = study_.points[ceiling_].judged;
            study_.ceiling_name =
                std::to_string(study_.points[ceiling_].segments) + " segments of the path";
            return done;
        }
        const PersonalPolicy& personal = settings_.personal[ceiling_ - policies_.size()];
        const Trial turned = by_personal_action(trial_, personal);
        auto value = value_of_policy(turned,
                                     study_.roles.judge,
                                     SegmentArms(turned, study_.roles.fit),
                                     as_named(trial_.actions));
        if (!value) {
            return value.error();
        }
        study_.ceiling_name = personal.name;
        study_.ceiling = {.value = *value,
                          .gain = gain_over(scored[ceiling_], scored[0]),
                          .apparent = mean_of(personal_scores(study_.roles.fit, personal))};
        return done;
    }

    void share_of_ceiling(const std::vector<Scored>& scored) {
        const Measured& gain = study_.ceiling.gain;
        if (!gain.interval || gain.interval->low <= 0) {
            return;
        }
        std::vector<double> shares(settings_.bootstrap.draws);
        for (std::size_t d = 0; d < shares.size(); ++d) {
            const double floor = scored[0].draws[d];
            shares[d] = (scored[point_].draws[d] - floor) / (scored[ceiling_].draws[d] - floor);
        }
        study_.captured =
            estimate_from_draws((scored[point_].value - scored[0].value) / gain.value, shares);
    }

    const Trial& trial_;
    const ActSettings& settings_;
    SegmentArms arms_;
    ActStudy study_;
    std::vector<Policy> policies_;
    std::size_t ceiling_ = 0;
    std::size_t point_ = 0;
};

}  // namespace

TrialRoles deal_roles(std::span<const std::uint64_t> customers, std::uint64_t seed) {
    TrialRoles roles;
    const std::uint64_t stream = Random(seed).next();
    for (std::uint32_t row = 0; row < customers.size(); ++row) {
        const double drawn = Random(stream + customers[row]).uniform();
        (drawn < 1.0 / 3 ? roles.fit : drawn < 2.0 / 3 ? roles.choose : roles.judge).push_back(row);
    }
    return roles;
}

Result<ActStudy> study_trial(const Trial& trial,
                             std::span<const std::uint64_t> customers,
                             const ActSettings& settings) {
    require(customers.size() == trial.rows(), "a customer for every row");
    if (trial.rows() == 0 || trial.actions < 2) {
        return Error{ErrorCode::invalid_argument,
                     "what actions bring can't be compared: " + std::to_string(trial.rows()) +
                         " exposed customers, " + std::to_string(trial.actions) + " actions",
                     {}};
    }
    return Run(trial, deal_roles(customers, settings.bootstrap.seed), settings).run();
}

}  // namespace fineline::study
