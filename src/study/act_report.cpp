#include "study/act_audit.h"
#include "study/size_needed.h"
#include "study/statistics/moments.h"
#include "study/statistics/power.h"

#include <algorithm>
#include <cmath>

/// The parts of an act-mode report, and how it is printed.
namespace fineline::study {

namespace {

constexpr double days_per_month = 365.25 / 12;

/// Segments listed by name in a table; the rest is counted.
constexpr std::size_t segments_listed_max = 50;

double sign(const ActWork& work) {
    return work.purpose.higher_is_better ? 1 : -1;
}

Scale scale_of(const ActWork& work) {
    return work.purpose.metric_is_rate ? Scale::share : Scale::amount;
}

/// Turned back to the metric's own direction.
Estimate estimate(std::string name, const Measured& measured, const ActWork& work) {
    Estimate shown{.name = std::move(name),
                   .value = sign(work) * measured.value,
                   .n = work.study.roles.judge.size(),
                   .scale = scale_of(work)};
    if (!measured.interval) {
        shown.why_no_interval = "too few draws could tell";
    } else if (work.purpose.higher_is_better) {
        shown.interval = measured.interval;
    } else {
        shown.interval = Interval{-measured.interval->high, -measured.interval->low};
    }
    return shown;
}

Estimate plain(std::string name, double value, std::string why) {
    return {.name = std::move(name), .value = value, .why_no_interval = std::move(why)};
}

/// Shares to a tenth of a per cent: what an action brings is mostly less than one.
std::string number_text(double value, Scale scale) {
    if (scale != Scale::share) {
        return print_number(value, scale);
    }
    const double tenths = std::round(value * 1000);
    std::string text = std::to_string(static_cast<long long>(std::abs(tenths) / 10)) + "." +
                       std::to_string(static_cast<long long>(std::abs(tenths)) % 10) + " %";
    return tenths < 0 ? "-" + text : text;
}

std::vector<Cell> policy_row(const ActWork& work,
                             const std::string& name,
                             const JudgedPolicy& policy) {
    const PolicyValue& value = policy.value;
    Estimate apparent = estimate("apparent", {policy.apparent, 0, {}}, work);
    apparent.why_no_interval = "measured on the customers that picked the actions";
    return {name,
            estimate("value", value.doubly_robust, work),
            estimate("gain", policy.gain, work),
            apparent,
            estimate("IPS", value.ips, work),
            estimate("SNIPS", value.snips, work),
            plain("effective sample size", value.weights.effective_sample_size, "of the weights"),
            plain("largest weight", value.weights.largest, "of the weights")};
}

Table policies_table(const ActWork& work) {
    const ActStudy& study = work.study;
    Table table{.title = "What acting on segments brings, per customer and horizon",
                .columns = {"policy",
                            "doubly robust",
                            "gain over one action for all",
                            "as it seemed",
                            "IPS",
                            "SNIPS",
                            "effective n",
                            "largest weight"}};
    for (const ActPoint& point : study.points) {
        const std::string name =
            point.segments == 1
                ? "one action for all: " + work.panel.actions[study.floor_action]
                : std::to_string(point.segments) + " groups on the path, actions shrunk";
        table.rows.push_back(policy_row(work, name, point.judged));
    }
    table.rows.push_back(policy_row(work,
                                    "today's " + std::to_string(work.purpose.segments.size()) +
                                        " segments, each with the action that did best in it",
                                    study.today));
    table.rows.push_back(
        policy_row(work, "the most that was found: " + study.ceiling_name, study.ceiling));
    return table;
}

Table actions_table(const ActWork& work) {
    Table table{.title = "One action for everybody",
                .columns = {"action", "customers", "doubly robust", "IPS", "SNIPS"}};
    std::vector<double> given(work.panel.actions.size());
    for (const std::uint32_t action : work.panel.trial.action) {
        given[action] += 1;
    }
    for (std::size_t a = 0; a < work.panel.actions.size(); ++a) {
        const PolicyValue& value = work.study.single[a];
        table.rows.push_back({work.panel.actions[a],
                              counted("customers", given[a]),
                              estimate("value", value.doubly_robust, work),
                              estimate("IPS", value.ips, work),
                              estimate("SNIPS", value.snips, work)});
    }
    return table;
}

/// What each segment would get, largest first.
Table segments_table(const ActWork& work) {
    const SegmentArms arms(work.panel.trial, work.study.roles.fit);
    const auto group_of = work.study.path.groups_at(work.study.recommended);
    Table table{.title = "Segments and their actions",
                .columns = {"segment", "customers", "did best in it", "action to take"}};
    std::vector<double> members(work.panel.trial.segments);
    for (const std::uint32_t segment : work.panel.trial.segment) {
        members[segment] += 1;
    }
    std::vector<std::size_t> order;
    for (std::size_t s = 0; s < members.size(); ++s) {
        if (members[s] > 0) {
            order.push_back(s);
        }
    }
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return members[a] > members[b];
    });
    const Policy& taken = work.study.path.policy_at(work.study.recommended);
    for (std::size_t i = 0; i < std::min(order.size(), segments_listed_max); ++i) {
        const std::size_t s = order[i];
        const bool rest = s == work.purpose.segments.size();
        table.rows.push_back({rest ? "everybody else" : work.purpose.segments[s].name,
                              counted("customers", members[s]),
                              work.panel.actions[work.study.today_policy.action_of_segment[s]],
                              work.panel.actions[taken.action_of_segment[s]]});
    }
    if (order.size() > segments_listed_max) {
        table.title += ", the " + std::to_string(segments_listed_max) + " largest of " +
                       std::to_string(order.size());
    }
    return table;
}

std::uint64_t unseen_pairs(const ActWork& work) {
    const SegmentArms arms(work.panel.trial, work.study.roles.fit);
    std::uint64_t unseen = 0;
    for (std::size_t s = 0; s < arms.segments(); ++s) {
        for (std::size_t a = 0; arms.size(s) > 0 && a < arms.actions(); ++a) {
            unseen += arms.at(s, a).seen() ? 0U : 1U;
        }
    }
    return unseen;
}

/// Net value of every point of the path; a note where it has none.
Shape net_value(const ActWork& work) {
    if (!work.purpose.cost) {
        return Note{"No net value: the purpose states no cost per segment."};
    }
    if (work.purpose.metric_is_rate || !work.purpose.higher_is_better) {
        return Note{"No net value: the metric is no income, so a cost can't be taken from it."};
    }
    const double months = days_of(work.purpose.horizon) / days_per_month;
    const auto customers = static_cast<double>(work.panel.trial.rows());
    Table table{.title = "Net value per horizon, in " + work.purpose.cost->currency +
                         ": gain over one action for all times " +
                         std::to_string(work.panel.trial.rows()) +
                         " reachable customers, less the cost of the segments",
                .columns = {"segments", "net value"}};
    for (const ActPoint& point : work.study.points) {
        const double cost =
            work.purpose.cost->amount * months * static_cast<double>(point.segments);
        Measured net = point.judged.gain;
        net.value = net.value * customers - cost;
        if (net.interval) {
            net.interval = Interval{net.interval->low * customers - cost,
                                    net.interval->high * customers - cost};
        }
        table.rows.push_back({counted("segments", static_cast<double>(point.segments)),
                              estimate("net value", net, work)});
    }
    return table;
}

}  // namespace

std::vector<Shape> act_protocol(const ActWork& work) {
    const ExposurePanel& panel = work.panel;
    const TrialRoles& roles = work.study.roles;
    const auto& left_out = panel.left_out;
    std::vector<Shape> shapes;
    shapes.emplace_back(Note{
        "Out of sample: customers in thirds drawn by chance (seed " +
        std::to_string(work.request->seed) + "). " + std::to_string(roles.fit.size()) +
        " picked the actions, " + std::to_string(roles.choose.size()) +
        " the number of segments, " + std::to_string(roles.judge.size()) +
        " give the numbers. Exposures '" + work.purpose.exposure.event + "' from " +
        to_iso(panel.first) + " to " + to_iso(panel.last) +
        "; segments and features as they were just before each, the metric over the " +
        to_text(work.purpose.horizon) + " after it. Intervals: 90 %, " +
        std::to_string(work.request->draws) + " draws of customers, given the fitted models."});
    Table table{.title = "Exposures", .columns = {"what", "count"}};
    const auto add = [&](const char* what, std::uint64_t count) {
        table.rows.push_back({what, counted("count", static_cast<double>(count))});
    };
    add("customers, each at the first exposure", panel.trial.rows());
    add("later exposures of the same customers, not used", left_out.later_exposures);
    add("customers outside the population", left_out.not_eligible);
    add("customers without consent", left_out.unreachable);
    add("customers whose horizon is not over", left_out.window_open);
    add("customers for whom the metric has no value", left_out.without_metric);
    shapes.emplace_back(std::move(table));
    return shapes;
}

std::vector<Shape> act_values(const ActWork& work) {
    const ActStudy& study = work.study;
    std::vector<Shape> shapes{actions_table(work), policies_table(work), segments_table(work)};
    if (const std::uint64_t unseen = unseen_pairs(work); unseen > 0) {
        shapes.emplace_back(Note{std::to_string(unseen) +
                                 " times a segment never saw an action among the customers that "
                                 "pick; such an action is not chosen there."});
    }
    if (study.gate) {
        shapes.emplace_back(
            plain("p-value of the gate: some number of segments beats one action "
                  "for all (maximum over the path, on the choosing customers)",
                  study.gate->p_value,
                  "a p-value"));
        shapes.emplace_back(Note{study.gate->passes(0.05) && !study.confirmed
                                     ? "The gate was passed by chance: the judging customers do "
                                       "not gain."
                                     : "The gate is one-sided at 5 %."});
    } else {
        shapes.emplace_back(
            Note{"Every segment gets the same action, so there is nothing to gate."});
    }
    if (study.captured) {
        Estimate captured =
            estimate("share of what a policy per person gains", *study.captured, work);
        captured.value = study.captured->value;
        captured.interval = study.captured->interval;
        captured.scale = Scale::share;
        shapes.emplace_back(std::move(captured));
    } else {
        shapes.emplace_back(
            Note{"No policy per person is sure to gain over one action for all, so "
                 "no share of its gain is shown."});
    }
    shapes.emplace_back(net_value(work));
    return shapes;
}

std::vector<Finding> act_findings(const ActWork& work) {
    std::vector<Finding> findings;
    Finding small{.code = "too_small",
                  .says = "Could never show a change of " +
                          print_number(work.purpose.detect, Scale::share) + ".",
                  .why =
                      "A test in it would end without an answer whatever is true, so nobody "
                      "will learn whether the action earns its keep there."};
    Moments all;
    std::vector<std::vector<double>> outcomes(work.panel.trial.segments);
    for (std::size_t row = 0; row < work.panel.trial.rows(); ++row) {
        outcomes[work.panel.trial.segment[row]].push_back(work.panel.trial.outcome[row]);
        all.add(work.panel.trial.outcome[row]);
    }
    const BootstrapPlan draws{.seed = work.request->seed, .draws = work.request->draws};
    std::vector<double> sizes;
    for (std::size_t s = 0; s < work.purpose.segments.size(); ++s) {
        if (is_too_small_for_a_test(outcomes[s], work.purpose.detect, draws)) {
            small.segments.push_back(work.purpose.segments[s].name);
            sizes.push_back(static_cast<double>(outcomes[s].size()));
        }
        if (!work.unusable[s].empty()) {
            findings.push_back({.code = "hindsight",
                                .segments = {work.purpose.segments[s].name},
                                .says = "It " + work.unusable[s] + ". It was left out.",
                                .why = "What was learned later makes any segment look wise."});
        }
    }
    if (!sizes.empty()) {
        std::sort(sizes.begin(), sizes.end());
        small.evidence = {counted("segments too small", static_cast<double>(sizes.size())),
                          counted("customers in the median one of them", sizes[sizes.size() / 2]),
                          counted("customers in the largest one of them", sizes.back())};
        if (const auto needed = least_size({all.mean(), all.variance()}, work.purpose.detect)) {
            small.evidence.emplace_back(
                counted("customers a test among all would need", std::ceil(*needed)));
        }
        findings.push_back(std::move(small));
    }
    return findings;
}

Curve act_line(const ActWork& work) {
    Curve line{.title = "Gain over one action for all",
               .x_name = "segments",
               .y_name = "gain per customer",
               .scale = scale_of(work)};
    for (const ActPoint& point : work.study.points) {
        const Estimate gain = estimate("gain", point.judged.gain, work);
        line.points.push_back(
            {.x = static_cast<double>(point.segments),
             .y = gain.value,
             .interval = gain.interval,
             .label = point.segments == work.study.recommended ? "recommended" : ""});
    }
    return line;
}

ActCurve act_curve(const ActWork& work) {
    const ActStudy& study = work.study;
    const auto point = [&](std::size_t segments, const JudgedPolicy& policy) {
        return ActCurvePoint{.segments = segments,
                             .brings = estimate("value", policy.value.doubly_robust, work),
                             .seemed = sign(work) * policy.apparent};
    };
    ActCurve curve{.metric = work.purpose.metric,
                   .protocol = "out of sample, thirds of the customers drawn by chance",
                   .floor_action = work.panel.actions[study.floor_action],
                   .today = point(work.purpose.segments.size(), study.today),
                   .recommended = study.recommended,
                   .capacity = work.purpose.capacity,
                   .n = study.roles.judge.size()};
    for (const ActPoint& each : study.points) {
        curve.path.push_back(point(each.segments, each.judged));
    }
    return curve;
}

std::string act_sentence(const ActWork& work) {
    const ActStudy& study = work.study;
    const auto text = [&](const Measured& measured) {
        const Estimate shown = estimate("", measured, work);
        const std::string value = number_text(shown.value, shown.scale);
        return shown.interval ? value + " (" + number_text(shown.interval->low, shown.scale) +
                                    " to " + number_text(shown.interval->high, shown.scale) + ")"
                              : value;
    };
    std::string sentence = "One action for everybody, '" + work.panel.actions[study.floor_action] +
                           "', brings " + text(study.floor.doubly_robust) + "; your " +
                           std::to_string(work.purpose.segments.size()) +
                           " segments, each with the action that did best in it, bring " +
                           text(study.today.value.doubly_robust) + ", seeming to bring " +
                           number_text(sign(work) * study.today.apparent, scale_of(work)) + ". ";
    if (study.recommended == 1) {
        return sentence +
               "Telling customers apart brings nothing that can be shown: one is enough.";
    }
    const auto point =
        std::find_if(study.points.begin(), study.points.end(), [&](const auto& each) {
            return each.segments == study.recommended;
        });
    return sentence + std::to_string(study.recommended) + " groups bring " +
           text(point->judged.value.doubly_robust) + ", " + text(point->judged.gain) +
           " more than one action for everybody.";
}

std::string print(const ActReport& report) {
    std::string text = report.purpose + (report.question.empty() ? "" : ": " + report.question) +
                       "\n\n" + report.sentence + "\n\n";
    for (const Shape& shape : report.measured) {
        text += print(shape) + "\n";
    }
    for (const Shape& shape : report.values) {
        text += print(shape) + "\n";
    }
    text += print(Shape(report.line)) + "\n";
    for (const Finding& finding : report.findings) {
        text += print(finding) + "\n";
    }
    return text;
}

Json to_json(const ActCurve& curve) {
    const auto point = [](const ActCurvePoint& each) {
        return Json()
            .set("segments", each.segments)
            .set("brings", to_json(each.brings))
            .set("seemed", each.seemed);
    };
    Json path{Json::Array{}};
    for (const ActCurvePoint& each : curve.path) {
        path.push(point(each));
    }
    return Json()
        .set("mode", "act")
        .set("metric", curve.metric)
        .set("protocol", curve.protocol)
        .set("n", static_cast<std::size_t>(curve.n))
        .set("one_action_for_all", curve.floor_action)
        .set("path", std::move(path))
        .set("today", point(curve.today))
        .set("recommended", curve.recommended)
        .set("capacity", curve.capacity ? Json(*curve.capacity) : Json())
        .set("too_small", static_cast<std::size_t>(curve.too_small));
}

std::string print_curve(const ActCurve& curve) {
    Table table{.title = "What acting on segments brings per customer, beside what it seemed to",
                .columns = {"segments", "brings", "seemed to bring"},
                .rows = {}};
    const auto add = [&](const std::string& name, const ActCurvePoint& each) {
        const Scale scale = each.brings.scale;
        std::string brings = number_text(each.brings.value, scale);
        if (each.brings.interval) {
            brings += " (" + number_text(each.brings.interval->low, scale) + " to " +
                      number_text(each.brings.interval->high, scale) + ")";
        }
        table.rows.push_back({name, brings, number_text(each.seemed, scale)});
    };
    for (const ActCurvePoint& each : curve.path) {
        add(std::to_string(each.segments) +
                (each.segments == 1 ? " ('" + curve.floor_action + "' for all)" : "") +
                (each.segments == curve.recommended ? " recommended" : ""),
            each);
    }
    add("today's " + std::to_string(curve.today.segments), curve.today);
    return print(Shape(table)) + "  " + curve.protocol +
           ", n = " + print_number(static_cast<double>(curve.n), Scale::count) + "\n";
}

Json to_json(const ActReport& report) {
    const auto list = [](const auto& things) {
        Json array{Json::Array{}};
        for (const auto& thing : things) {
            array.push(to_json(thing));
        }
        return array;
    };
    Json json;
    json.set("purpose", report.purpose)
        .set("mode", "act")
        .set("sentence", report.sentence)
        .set("segments", static_cast<double>(report.segments))
        .set("recommended_segments", static_cast<double>(report.recommended_size))
        .set("measured", list(report.measured))
        .set("values", list(report.values))
        .set("line", to_json(Shape(report.line)))
        .set("curve", to_json(report.curve))
        .set("definitions", "docs/act_mode.md")
        .set("findings", list(report.findings))
        .set("patch", report.patch);
    return json;
}

}  // namespace fineline::study
