// Act mode from the log to the report: planted effects, what must not leak, and input that can't
// be used.
#include "study/act_audit.h"

#include "base/random.h"
#include "hillstrom.h"
#include "made_workspace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace fineline::study_tests {
namespace {

using study::ActReport;

Datum text(std::string_view value) {
    return Datum::of(value);
}

/// How a made test goes. Two kinds of customers, half each.
struct TrialPlan {
    double mail_for_a = 0.30;  ///< chance that a customer of kind a answers to a mail
    double mail_for_b = 0.10;
    double call_for_a = 0.10;
    double call_for_b = 0.30;
    int customers = 6'000;
};

/// Customers known since day 0, exposed to a mail or a call on day 10, who answer on day 12.
void add_trial(Records& records, const TrialPlan& plan, std::uint64_t seed) {
    Random random(seed);
    for (int i = 0; i < plan.customers; ++i) {
        const std::string id = "c" + std::to_string(i);
        const bool a = random.uniform() < 0.5;
        const bool mail = random.uniform() < 0.4;
        records.event(id, "signup", day(0));
        records.traits(id, day(0), {{"kind", text(a ? "a" : "b")}});
        records.event(id,
                      "exposure",
                      day(10),
                      {{"action", text(mail ? "mail" : "call")},
                       {"propensity", Datum::of(mail ? 0.4 : 0.6)}});
        const double chance = mail ? (a ? plan.mail_for_a : plan.mail_for_b)
                                   : (a ? plan.call_for_a : plan.call_for_b);
        const bool answers = random.uniform() < chance;
        if (answers) {
            records.event(id, "answer", day(12));
        }
        // What is known only afterwards, dated and not.
        records.traits(id, day(12), {{"told_later", text(answers ? "yes" : "no")}});
        records.traits(id, std::nullopt, {{"told_undated", text(answers ? "yes" : "no")}});
    }
}

std::string portfolio(const std::string& segments) {
    return "purpose: answers\nmetric: did answer next 14 days\npopulation: did signup\n"
           "exposure: exposure\ndetect: 20 %\nowner: tests\nsegments:\n" +
           segments;
}

const std::string by_kind =
    "  - name: kind_a\n    when: customer.kind = 'a'\n"
    "  - name: kind_b\n    when: customer.kind = 'b'\n";

Result<ActReport> audit_made(const TrialPlan& plan, const std::string& yaml, std::uint64_t seed) {
    Records records;
    add_trial(records, plan, seed);
    MadeWorkspace workspace(day(60));
    workspace.append(records.take());
    return study::act_audit(workspace.request(yaml));
}

TEST(ActAudit, FindsTheActionOfEachSegment) {
    const auto report = audit_made({}, portfolio(by_kind), 1);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->recommended_size, 2U);
    ASSERT_EQ(report->recommended.segments.size(), 2U);
    EXPECT_EQ(report->recommended.segments[0].action, "mail");
    EXPECT_EQ(report->recommended.segments[1].action, "call");
    // One action reaches 20 %, the right one for each 30 %.
    const study::CurvePoint& two = report->line.points[1];
    ASSERT_TRUE(two.interval);
    EXPECT_TRUE(two.interval->contains(0.10)) << two.interval->low << " to " << two.interval->high;
    EXPECT_FALSE(report->patch.empty());
}

// The kinds are not told: the tree has to find them among what is known before the exposure.
TEST(ActAudit, DiscoveryFindsWhoNeedsWhichAction) {
    Records records;
    add_trial(records, {}, 4);
    MadeWorkspace workspace(day(60));
    workspace.append(records.take());
    const auto report = study::act_discover(workspace.request(portfolio("  []\n")), 4);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->recommended_size, 2U);
    for (const auto& segment : report->recommended.segments) {
        const bool of_a = segment.when.text.find("not") == std::string::npos &&
                          segment.when.text.find("'a'") != std::string::npos;
        std::printf("%s: %s\n", segment.when.text.c_str(), segment.action.c_str());
        EXPECT_TRUE(!of_a || segment.action == "mail");
        EXPECT_EQ(segment.when.text.find("told_"), std::string::npos) << "what came later";
    }
}

TEST(ActAudit, WithoutADifferenceOneActionIsEnough) {
    int merged = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const auto report = audit_made({0.2, 0.2, 0.2, 0.2, 3'000}, portfolio(by_kind), seed);
        ASSERT_TRUE(report) << report.error().message;
        merged += report->recommended_size == 1 ? 1 : 0;
    }
    EXPECT_GE(merged, 4);
}

TEST(ActAudit, WhatIsToldAfterTheExposureTellsNothing) {
    const auto report =
        audit_made({},
                   portfolio("  - name: later\n    when: customer.told_later = 'yes'\n"
                             "  - name: undated\n    when: customer.told_undated = 'yes'\n"),
                   2);
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->recommended_size, 1U);
    const auto hindsight = std::find_if(
        report->findings.begin(), report->findings.end(), [](const study::Finding& finding) {
            return finding.code == "hindsight";
        });
    ASSERT_NE(hindsight, report->findings.end());
    EXPECT_EQ(hindsight->segments, std::vector<std::string>{"undated"});
}

TEST(ActAudit, PrintsAndTravelsWithoutANumberThatIsNone) {
    const auto report = audit_made({}, portfolio(by_kind), 3);
    ASSERT_TRUE(report) << report.error().message;
    for (const std::string& printed : {study::print(*report), study::to_json(*report).text()}) {
        EXPECT_EQ(printed.find("nan"), std::string::npos);
        EXPECT_EQ(printed.find("inf"), std::string::npos) << printed;
    }
}

// ---- Input that can't be used ------------------------------------------------------------------

/// One exposure per customer with these properties; half of the customers differ by `second`.
Result<ActReport> audit_exposures(const std::vector<Property>& first,
                                  const std::vector<Property>& second,
                                  const std::string& yaml = portfolio(by_kind)) {
    Records records;
    for (int i = 0; i < 200; ++i) {
        const std::string id = "c" + std::to_string(i);
        records.event(id, "signup", day(0));
        records.event(id, "exposure", day(10), i % 2 == 0 ? first : second);
        records.event(id, "answer", day(12));
    }
    MadeWorkspace workspace(day(60));
    workspace.append(records.take());
    return study::act_audit(workspace.request(yaml));
}

const Property mail{"action", text("mail")};
const Property call{"action", text("call")};

Property with_propensity(double value) {
    return {"propensity", Datum::of(value)};
}

void expect_error(const Result<ActReport>& report, const std::string& part) {
    ASSERT_FALSE(report);
    EXPECT_NE(report.error().message.find(part), std::string::npos) << report.error().message;
}

TEST(ActAuditRefuses, ExposuresThatCanNotBeWeighed) {
    expect_error(audit_exposures({mail}, {call}), "no property 'propensity'");
    expect_error(audit_exposures({mail, with_propensity(0.5)}, {call}),
                 "100 exposures 'exposure' tell no propensity");
    for (const double bad : {0.0, -0.5, 1.5}) {
        expect_error(audit_exposures({mail, with_propensity(0.5)}, {call, with_propensity(bad)}),
                     "a propensity that none can have");
    }
    expect_error(audit_exposures({mail, with_propensity(0.5)}, {with_propensity(0.5)}),
                 "100 exposures 'exposure' tell no action");
}

TEST(ActAuditRefuses, WhatHasNothingToCompare) {
    expect_error(audit_exposures({mail, with_propensity(0.5)}, {mail, with_propensity(0.5)}),
                 "have one action, 'mail'");
    std::string yaml = portfolio(by_kind);
    yaml.replace(yaml.find("exposure: exposure"), 18, "exposure: letter");
    expect_error(audit_exposures({mail, with_propensity(0.5)}, {call, with_propensity(0.5)}, yaml),
                 "no event 'letter' was ever recorded");
    yaml = portfolio(by_kind);
    yaml.replace(yaml.find("did signup"), 10, "did answer");
    expect_error(audit_exposures({mail, with_propensity(0.5)}, {call, with_propensity(0.5)}, yaml),
                 "200 outside the population");
    yaml = portfolio(by_kind);
    yaml.replace(yaml.find("next 14 days"), 12, "next 90 days");
    expect_error(audit_exposures({mail, with_propensity(0.5)}, {call, with_propensity(0.5)}, yaml),
                 "200 whose outcome window is not over");
}

TEST(ActAuditRefuses, NothingWhenEverybodyAnswers) {
    const auto report = audit_exposures({mail, with_propensity(0.5)}, {call, with_propensity(0.5)});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->recommended_size, 1U);
}

// ---- Hillstrom's test through the log ----------------------------------------------------------

/// A segment for each combination of the traits that occurs.
std::string crossed_segments(const Hillstrom& data, const std::vector<std::size_t>& by) {
    std::map<std::string, int> seen;
    std::string yaml;
    const auto& names = Hillstrom::trait_names();
    for (std::size_t row = 0; row < data.rows(); ++row) {
        std::string when;
        for (const std::size_t trait : by) {
            const std::string& name = names[trait];
            const std::string& value = data.traits[trait][row];
            const bool flag = name == "mens" || name == "womens" || name == "newbie";
            when += when.empty() ? "" : " and ";
            when += "customer." + name + " = ";
            when += flag                ? (value == "1" ? "true" : "false")
                    : name == "recency" ? value
                                        : "'" + value + "'";
        }
        if (seen.emplace(when, 0).second) {
            yaml += "  - name: cell_" + std::to_string(seen.size()) + "\n    when: \"" + when +
                    "\"\n    action: mail\n";
        }
    }
    return yaml;
}

ActReport audit_hillstrom(const std::string& path, const std::string& segments) {
    MadeWorkspace workspace(day(0));
    workspace.load(path, std::string(EXAMPLES_DIR) + "/hillstrom/mapping.yaml");
    auto report = study::act_audit(workspace.request(
        "purpose: visits\nmetric: did visit next 14 days\nexposure: exposure\ndetect: 10 %\n"
        "owner: tests\nsegments:\n" +
        segments));
    EXPECT_TRUE(report) << report.error().message;
    return std::move(*report);
}

TEST(ActAudit, HillstromsSegmentsThroughTheLog) {
    const auto path = find_data("hillstrom/hillstrom.csv.zst");
    if (!path) {
        GTEST_SKIP() << "hillstrom: not found; set FINELINE_DATA to the folder that holds it";
    }
    const Hillstrom data = read_hillstrom(*path);
    const ActReport three = audit_hillstrom(*path, crossed_segments(data, {2, 3}));
    EXPECT_EQ(three.segments, 3U);
    EXPECT_LE(three.recommended_size, 3U);
    std::printf("%s\n", three.sentence.c_str());
    if (std::getenv("FINELINE_WORLDS") == nullptr) {  // NOLINT(concurrency-mt-unsafe)
        return;  // 2,655 expressions for 64,000 customers take half a minute
    }
    // Everything crossed: the largest portfolio of the published table.
    const ActReport many = audit_hillstrom(*path, crossed_segments(data, {0, 1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(many.segments, 2'655U);
    EXPECT_LE(many.recommended_size, 3U);
    const auto small =
        std::find_if(many.findings.begin(), many.findings.end(), [](const auto& finding) {
            return finding.code == "too_small";
        });
    ASSERT_NE(small, many.findings.end());
    EXPECT_GT(small->segments.size(), 2'600U) << "those that could never show a change of a tenth";
    std::printf("%s\n", many.sentence.c_str());
}

}  // namespace
}  // namespace fineline::study_tests
