#include "study/act_audit.h"

#include "base/require.h"
#include "engine/definitions.h"
#include "study/boosted_trees.h"
#include "study/patch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

Status stopped() {
    return Error{ErrorCode::unavailable, "stopped", {}};
}

bool go_on(const StudyRequest& request, const std::string& what, double share) {
    return !request.progress || request.progress(what, share);
}

/// Segments that read an undated trait may know what came after: they hold nobody here.
std::vector<std::string> unusable_segments(const StudyRequest& request, const Purpose& purpose) {
    std::vector<std::string> reasons;
    for (const PurposeSegment& segment : purpose.segments) {
        std::string reason;
        for (const std::string& trait : segment.reads.traits) {
            const auto& allowed = purpose.static_traits;
            if (std::find(allowed.begin(), allowed.end(), trait) == allowed.end() &&
                is_undated(request.view, trait)) {
                reason =
                    "reads the trait '" + trait +
                    "', which has no dates: whether it was so before the exposure nobody knows";
            }
        }
        reasons.push_back(reason);
    }
    return reasons;
}

/// Boosted trees per action, each fitted on those of the fitting rows who were given it: everybody
/// gets the action that promises most.
Result<PersonalPolicy> boosted_policy(const ExposurePanel& panel,
                                      const std::vector<std::uint32_t>& fit,
                                      const BoostedSettings& settings) {
    const Trial& trial = panel.trial;
    const std::size_t columns = panel.features.size() + 1;
    const auto rows_of = [&](const std::vector<std::uint32_t>& rows) {
        FeatureRows features{.rows = rows.size(), .columns = columns};
        for (const std::uint32_t row : rows) {
            features.values.push_back(static_cast<float>(trial.segment[row]));
            for (const auto& column : panel.features) {
                features.values.push_back(static_cast<float>(column[row]));
            }
        }
        return features;
    };
    std::vector<std::uint32_t> everybody(trial.rows());
    for (std::uint32_t row = 0; row < everybody.size(); ++row) {
        everybody[row] = row;
    }
    const FeatureRows all = rows_of(everybody);
    PersonalPolicy policy{.name = "boosted trees of depth " + std::to_string(settings.depth) +
                                  " per action"};
    policy.action_of_row.resize(trial.rows());
    std::vector<double> best(trial.rows(), -std::numeric_limits<double>::infinity());
    for (std::uint32_t action = 0; action < trial.actions; ++action) {
        std::vector<std::uint32_t> given;
        std::vector<double> outcome;
        for (const std::uint32_t row : fit) {
            if (trial.action[row] == action) {
                given.push_back(row);
                outcome.push_back(trial.outcome[row]);
            }
        }
        if (given.size() < 2) {
            continue;
        }
        auto model = BoostedTrees::fit(rows_of(given), outcome, settings);
        if (!model) {
            return model.error();
        }
        auto promised = model->predict(all, settings.rounds);
        if (!promised) {
            return promised.error();
        }
        for (std::size_t row = 0; row < promised->size(); ++row) {
            if ((*promised)[row] > best[row]) {
                best[row] = (*promised)[row];
                policy.action_of_row[row] = action;
            }
        }
    }
    return policy;
}

/// The candidates for a policy per person. Weights of the logging policy are not used in fitting:
/// within an action they would only trade variance for what the features say anyway.
Result<std::vector<PersonalPolicy>> personal_policies(const StudyRequest& request,
                                                      const ExposurePanel& panel,
                                                      const TrialRoles& roles) {
    std::vector<PersonalPolicy> policies;
    constexpr std::array depths{1, 2, 4};
    for (const int depth : depths) {
        const double share = static_cast<double>(policies.size()) / depths.size();
        if (!go_on(request, "fitting a policy per person", share)) {
            return stopped().error();
        }
        auto policy = boosted_policy(
            panel,
            roles.fit,
            {.depth = depth, .learning_rate = 0.1, .child_weight_min = 20, .rounds = 60});
        if (!policy) {
            return policy.error();
        }
        policies.push_back(std::move(*policy));
    }
    return policies;
}

/// The recommended portfolio: a segment per group with its action, and one for everybody else.
mapping::Portfolio recommended_portfolio(const ActWork& work) {
    const Purpose& purpose = work.purpose;
    const std::size_t groups = work.study.recommended;
    const Policy& policy = work.study.path.policy_at(groups);
    const auto group_of = work.study.path.groups_at(groups);
    // Whoever is in no segment is the last group of the partition, if there is anybody.
    const bool has_rest = group_of.size() > purpose.segments.size();
    const auto stays_a_segment = [&](std::uint32_t group) {
        return groups > 1 && !(has_rest && group == group_of.back());
    };
    Parts parts;
    std::vector<std::uint32_t> actions;
    for (std::uint32_t group = 0; group < groups; ++group) {
        std::vector<std::size_t> part;
        for (std::size_t s = 0; s < purpose.segments.size(); ++s) {
            if (group_of[s] == group && stays_a_segment(group)) {
                part.push_back(s);
            }
        }
        if (!part.empty()) {
            actions.push_back(policy.action_of_segment[part.front()]);
            parts.push_back(std::move(part));
        }
    }
    mapping::Portfolio portfolio = with_parts(purpose, parts);
    for (std::size_t i = 0; i < actions.size(); ++i) {
        portfolio.segments[i].action = work.panel.actions[actions[i]];
    }
    if (!parts.empty() && !has_rest) {
        return portfolio;
    }
    mapping::SegmentDefinition everybody{.name = parts.empty() ? "everybody" : "everybody_else"};
    everybody.when.text = purpose.population;
    everybody.because = parts.empty() ? "Telling customers apart brings nothing that can be shown."
                                      : "Eligible, and in no segment before this one.";
    everybody.action = work.panel.actions[policy.action_of_segment.back()];
    portfolio.segments.push_back(std::move(everybody));
    return portfolio;
}

}  // namespace

bool has_exposures(const mapping::Portfolio& portfolio) {
    return !portfolio.purpose.exposure.event.empty();
}

Result<ActPanel> read_act_panel(const StudyRequest& request,
                                const Purpose& purpose,
                                const std::vector<std::string>& unusable) {
    const columns::Reader reader(request.view);
    ExposureRequest wanted{.purpose = &purpose, .at = request.at, .threads = request.threads};
    for (std::size_t s = 0; s < purpose.segments.size(); ++s) {
        wanted.segments.push_back(unusable[s].empty() ? purpose.segments[s].when : "false");
    }
    ActPanel panel;
    if (const auto event = reader.find_event(purpose.exposure.event)) {
        const Instant before = request.view->summary(*event).first_seen - Duration(1);
        Instant begin = before;
        for (std::uint32_t e = 0; e < reader.event_count(); ++e) {
            const auto summary = request.view->summary(EventNameId{e});
            begin = summary.count > 0 ? std::min(begin, summary.first_seen) : begin;
        }
        auto catalogue =
            enumerate_features(request.view, purpose, {.at = before, .before = before - begin});
        if (!catalogue) {
            return catalogue.error();
        }
        panel.catalogue = std::move(*catalogue);
        for (const Feature& feature : panel.catalogue.features) {
            wanted.features.push_back(feature.text);
        }
    }
    auto exposures = read_exposures(request.view, wanted);
    if (!exposures) {
        return exposures.error();
    }
    panel.exposures = std::move(*exposures);
    for (double& outcome : panel.exposures.trial.outcome) {
        outcome *= purpose.higher_is_better ? 1 : -1;
    }
    return panel;
}

std::vector<std::uint64_t> customer_numbers(const ExposurePanel& panel) {
    std::vector<std::uint64_t> numbers;
    for (const CustomerOrdinal who : panel.who) {
        numbers.push_back(who.value());
    }
    return numbers;
}

Result<ActReport> act_audit(const StudyRequest& request) {
    auto purpose = check_purpose(request.portfolio, engine::make_catalog(request.view));
    if (!purpose) {
        return purpose.error();
    }
    if (!go_on(request, "looking at the customers, each before the exposure", 0)) {
        return stopped().error();
    }
    const auto unusable = unusable_segments(request, *purpose);
    auto panel = read_act_panel(request, *purpose, unusable);
    if (!panel) {
        return panel.error();
    }
    const ExposurePanel& exposures = panel->exposures;
    const std::vector<std::uint64_t> customers = customer_numbers(exposures);
    ActSettings settings{.bootstrap = {request.seed, request.draws, request.threads},
                         .capacity = purpose->capacity};
    auto personal = personal_policies(request, exposures, deal_roles(customers, request.seed));
    if (!personal) {
        return personal.error();
    }
    settings.personal = std::move(*personal);
    auto study = study_trial(exposures.trial, customers, settings);
    if (!study) {
        return study.error();
    }
    const ActWork work{
        &request, std::move(*purpose), std::move(panel->exposures), std::move(*study), unusable};
    ActReport report{.purpose = work.purpose.name,
                     .question = work.purpose.question,
                     .sentence = act_sentence(work),
                     .measured = act_protocol(work),
                     .values = act_values(work),
                     .findings = act_findings(work),
                     .line = act_line(work),
                     .curve = act_curve(work),
                     .segments = work.purpose.segments.size(),
                     .recommended_size = work.study.recommended,
                     .recommended = recommended_portfolio(work)};
    report.patch = portfolio_patch(request.portfolio, report.recommended);
    for (const Finding& finding : report.findings) {
        report.curve.too_small += finding.code == "too_small" ? finding.segments.size() : 0U;
    }
    for (const Finding& finding : report.findings) {
        require(is_finite(finding), "a finding holds a number that is not finite");
    }
    for (const Shape& shape : report.values) {
        require(is_finite(shape), "a report holds a number that is not finite");
    }
    return report;
}

}  // namespace fineline::study
