#include "study/audit.h"

#include "engine/question.h"
#include "study/audit_work.h"
#include "study/curve.h"
#include "study/report_page.h"
#include "study/world_for_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace fineline::study {
namespace {

constexpr std::string_view portfolio =
    "purpose: made\n"
    "metric: sum(purchase.amount, next 60 days)\n"
    "population: did purchase\n"
    "owner: tests\n"
    "review: 60 days\n"
    "segments:\n"
    "  - {name: often, when: 'count(purchase, last 90 days) >= 5', action: call}\n"
    "  - {name: often_again, when: 'count(purchase, last 90 days) >= 5 and did purchase', action: "
    "call}\n"
    "  - {name: seldom, when: 'count(purchase, last 90 days) < 5', action: mail}\n"
    "  - {name: nobody, when: 'count(purchase) > 100000', action: none}\n";

const MadeWorld& world() {
    static const MadeWorld made = make_world({});
    return made;
}

bool has(const AuditReport& report, const std::string& code, const std::string& segment) {
    return std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
        const auto& names = finding.segments;
        return finding.code == code &&
               (segment.empty() || std::find(names.begin(), names.end(), segment) != names.end());
    });
}

std::string error_of(const StudyRequest& request) {
    const auto report = audit(request);
    return report ? "none" : report.error().message;
}

TEST(Audit, OutcomesAreThoseOfTheWindowAfterEachSnapshot) {
    const auto ground = lay_groundwork(request_for(world(), made_purpose));
    ASSERT_TRUE(ground) << ground.error().message;
    // The data end on day 299: 239, 179 and 119 have a whole horizon before them, 59 has not.
    ASSERT_EQ(ground->protocol.snapshots.size(), 3U);
    const columns::Reader reader(world().view);
    for (std::uint32_t row = 0; row < ground->panel.rows(); row += 37) {
        const std::string id(reader.customer_id(ground->panel.who[row]));
        const Instant at = ground->protocol.snapshots[ground->panel.snapshot[row]];
        const double expected =
            world().sum(std::stoul(id.substr(1)), at, at + std::chrono::hours(24 * 60));
        ASSERT_EQ(ground->panel.outcome[row], expected) << id << " at " << to_iso(at);
    }
    // Windows of outcomes never reach beyond the next snapshot.
    for (std::size_t i = 0; i + 1 < ground->protocol.snapshots.size(); ++i) {
        EXPECT_LE(ground->protocol.snapshots[i] + std::chrono::hours(24 * 60),
                  ground->protocol.snapshots[i + 1]);
    }
}

TEST(Audit, LeavesOfTheTreeAreTheExpressionsItPrints) {
    const auto ground = lay_groundwork(request_for(world(), made_purpose));
    ASSERT_TRUE(ground) << ground.error().message;
    ASSERT_GE(ground->first().tree.leaves(), 2U);
    const std::size_t k = ground->first().tree.leaves();
    const auto texts =
        ground->first().tree.expressions(k, ground->binned, ground->catalogue.features);
    const auto numbers = ground->first().tree.pruned_to(k);
    const Instant at = ground->protocol.snapshots.back();
    for (std::size_t leaf = 0; leaf < k; ++leaf) {
        auto question = engine::PreparedQuestion::prepare(
            world().view, {.text = texts[leaf], .at = at, .purpose = {}, .threads = 1});
        ASSERT_TRUE(question) << texts[leaf];
        const auto answer = engine::ask(*question, 1);
        ASSERT_TRUE(answer);
        std::vector<CustomerOrdinal> expected;
        for (const std::uint32_t row : ground->judged_rows) {
            if (numbers[ground->first().tree.leaf_of_row()[row]] == leaf) {
                expected.push_back(ground->panel.who[row]);
            }
        }
        EXPECT_EQ(answer->members, expected) << texts[leaf];
    }
}

TEST(Audit, TreesOfOneTwoThreeLeavesAreNested) {
    const auto ground = lay_groundwork(request_for(world(), made_purpose));
    ASSERT_TRUE(ground) << ground.error().message;
    for (std::size_t k = 1; k < ground->first().tree.leaves(); ++k) {
        const auto coarse = ground->first().tree.pruned_to(k);
        const auto fine = ground->first().tree.pruned_to(k + 1);
        std::map<std::uint32_t, std::uint32_t> parent;
        for (std::size_t leaf = 0; leaf < fine.size(); ++leaf) {
            EXPECT_EQ(parent.emplace(fine[leaf], coarse[leaf]).first->second, coarse[leaf]);
        }
        EXPECT_EQ(parent.size(), k + 1);
    }
}

TEST(Audit, FindsWhatWasPlanted) {
    const auto report = audit(request_for(world(), portfolio));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->anything_told);
    EXPECT_TRUE(has(*report, "too_small", "nobody"));
    EXPECT_TRUE(has(*report, "small_cell", "nobody"));
    EXPECT_TRUE(has(*report, "overlapping", "often_again"));
    EXPECT_TRUE(has(*report, "redundant", "often_again"));
    EXPECT_FALSE(has(*report, "overlapping", "seldom"));
    EXPECT_TRUE(has(*report, "redundant", "often"));  // its twin takes its members
    EXPECT_FALSE(has(*report, "redundant", "seldom"));
    EXPECT_FALSE(has(*report, "uncovered", ""));
    EXPECT_FALSE(has(*report, "over_capacity", ""));
    ASSERT_TRUE(report->line.today->captured);
    // Two types of buyers, told apart by how often they bought: two segments tell nearly all.
    EXPECT_GT(report->line.today->captured->value, 0.8);
    EXPECT_EQ(report->recommended.segments.size(), 2U);
    EXPECT_EQ(report->merges.back().segments, 1U);
    for (const Finding& finding : report->findings) {
        EXPECT_TRUE(is_finite(finding)) << finding.code;
        EXPECT_FALSE(finding.why.empty()) << finding.code;
        EXPECT_FALSE(finding.evidence.empty()) << finding.code;
    }
}

TEST(Audit, TheRecommendedFileIsAPortfolioAgain) {
    const auto report = audit(request_for(world(), portfolio));
    ASSERT_TRUE(report) << report.error().message;
    const auto again = mapping::parse_portfolio(mapping::to_yaml(report->recommended), "again");
    ASSERT_TRUE(again) << again.error().message;
    EXPECT_EQ(again->segments.size(), report->recommended.segments.size());
    EXPECT_FALSE(report->patch.empty());
}

TEST(Audit, TheSameSeedGivesTheSameReportOnAnyNumberOfThreads) {
    StudyRequest request = request_for(world(), portfolio);
    request.threads = 1;
    const auto one = audit(request);
    request.threads = 3;
    const auto three = audit(request);
    ASSERT_TRUE(one && three);
    EXPECT_EQ(to_json(*one).text(), to_json(*three).text());
    EXPECT_EQ(draw_curve(one->line), draw_curve(three->line));
}

TEST(Audit, WhereNothingCanBeToldItSaysSoAndShowsNoRatio) {
    const MadeWorld alike = make_world({.customers = 600, .types_differ = false});
    const auto report = audit(request_for(alike, portfolio));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_FALSE(report->anything_told);
    EXPECT_FALSE(report->line.today->captured);
    EXPECT_NE(report->sentence.find("No segmentation earns its keep"), std::string::npos);
    EXPECT_EQ(report->recommended.segments.size(), 1U);
}

TEST(Audit, WhatIsToldAfterTheSnapshotTellsNothing) {
    // Everybody's future is planted as an event after the judging snapshot.
    const WorldPlan plan{.customers = 600,
                         .types_differ = false,
                         .plant = [](columns::Log& log, std::size_t customer, bool) {
                             log.event(MadeWorld::id(customer),
                                       columns::day(270),
                                       "outcome",
                                       {{"n", Value(static_cast<double>(customer))}});
                         }};
    const MadeWorld planted = make_world(plan);
    const auto report =
        audit(request_for(planted,
                          std::string(made_purpose) +
                              "segments:\n  - {name: knows, when: 'sum(outcome.n) > 300'}\n"));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_FALSE(report->anything_told);
    EXPECT_EQ(report->segments[0].members, 0U);
}

TEST(Audit, AnUndatedTraitIsNoInputOfABacktest) {
    const WorldPlan plan{
        .customers = 600, .plant = [](columns::Log& log, std::size_t customer, bool heavy) {
            log.traits(MadeWorld::id(customer), std::nullopt, {{"will_buy", Value(heavy)}});
        }};
    const MadeWorld planted = make_world(plan);
    const std::string yaml =
        std::string(made_purpose) + "segments:\n  - {name: knows, when: will_buy = true}\n";
    const auto report = audit(request_for(planted, yaml));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(has(*report, "hindsight", "knows"));
    ASSERT_TRUE(report->line.today->captured);
    EXPECT_EQ(report->line.today->captured->value, 0);
    // Listed as static it is used, and each use is named.
    const auto allowed = audit(request_for(planted, "static: [will_buy]\n" + yaml));
    ASSERT_TRUE(allowed) << allowed.error().message;
    EXPECT_TRUE(has(*allowed, "hindsight", ""));
    EXPECT_GT(allowed->line.today->captured->value, 0.5);
}

TEST(Audit, ExplainModeNeverSpeaksOfCauses) {
    const auto report = audit(request_for(world(), portfolio));
    const auto discovery = discover(request_for(world(), made_purpose), std::nullopt);
    ASSERT_TRUE(report && discovery);
    std::string text;
    for (const AuditReport* one : {&*report, &discovery->report}) {
        AuditReport without_files = *one;
        without_files.recommended = {};
        without_files.patch.clear();
        for (Finding& finding : without_files.findings) {
            finding.patch.clear();
        }
        text += print(without_files) + report_page(without_files) + draw_curve(one->line);
    }
    for (const Finding& card : discovery->cards) {
        text += print(card);
    }
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    for (const std::string word : {"because",
                                   "cause",
                                   "lift",
                                   "treat",
                                   "impact",
                                   "leads to",
                                   "due to",
                                   "drives",
                                   "effect",
                                   "results in",
                                   "thanks to"}) {
        EXPECT_EQ(text.find(word), std::string::npos)
            << word << ": " << text.substr(std::max<std::size_t>(text.find(word), 40) - 40, 90);
    }
}

TEST(Audit, SaysWhatIsWrongWithTheInput) {
    const auto with_metric = [](const std::string& metric) {
        return "purpose: p\npopulation: did purchase\nmetric: " + metric + "\n";
    };
    EXPECT_NE(error_of(request_for(world(), with_metric("sum(purchase.amount, next 200 days)")))
                  .find("it takes two such spans"),
              std::string::npos);
    EXPECT_NE(error_of(request_for(world(), with_metric("count(refund, next 60 days)")))
                  .find("nothing differs"),
              std::string::npos);
    EXPECT_NE(error_of(request_for(world(),
                                   "purpose: p\nmetric: count(purchase, next 60 days)\n"
                                   "population: count(purchase) > 40\n"))
                  .find("too few customers"),
              std::string::npos);
    EXPECT_NE(error_of(request_for(world(), std::string(made_purpose) + "consent: mails\n"))
                  .find("consent"),
              std::string::npos);
    StudyRequest before = request_for(world(), made_purpose);
    before.at = columns::day(-5);
    EXPECT_NE(error_of(before).find("nothing to measure"), std::string::npos);
    StudyRequest stopped = request_for(world(), made_purpose);
    stopped.progress = [](const std::string&, double) { return false; };
    EXPECT_NE(error_of(stopped).find("stopped"), std::string::npos);
}

TEST(Audit, OneSnapshotIsJudgedOutOfSample) {
    const auto report =
        audit(request_for(world(),
                          "purpose: p\nmetric: sum(purchase.amount, next 140 days)\n"
                          "population: did purchase\n"));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_NE(report->line.protocol.find("out of sample"), std::string::npos);
    EXPECT_TRUE(report->anything_told);
}

TEST(Audit, WhoHasNotConsentedIsCountedAndNotRead) {
    const WorldPlan plan{.customers = 900,
                         .plant = [](columns::Log& log, std::size_t customer, bool) {
                             if (customer % 3 != 0) {
                                 log.consent(MadeWorld::id(customer), "mails", customer % 3 == 1);
                             }
                         }};
    const MadeWorld consenting = make_world(plan);
    const std::string yaml = std::string(made_purpose) +
                             "consent: mails\nsegments:\n"
                             "  - {name: all, when: did purchase, action: mail}\n";
    const auto refused = audit(request_for(consenting, yaml));
    ASSERT_TRUE(refused) << refused.error().message;
    EXPECT_EQ(refused->segments[0].members, 300U);
    EXPECT_EQ(refused->segments[0].unreachable, 600U);
    EXPECT_TRUE(has(*refused, "unreachable", "all"));
    const auto granted = audit(request_for(consenting, "no_record: granted\n" + yaml));
    ASSERT_TRUE(granted) << granted.error().message;
    EXPECT_EQ(granted->segments[0].members, 600U);
    EXPECT_TRUE(has(*granted, "unreachable", ""));
}

TEST(Audit, ProtectedTraitsAreFoundReadAndPredicted) {
    const WorldPlan plan{.customers = 600,
                         .plant = [](columns::Log& log, std::size_t customer, bool heavy) {
                             log.traits(MadeWorld::id(customer),
                                        columns::day(0),
                                        {{"gender", Value(std::string(heavy ? "f" : "m"))}});
                         }};
    const MadeWorld gendered = make_world(plan);
    const auto report = audit(
        request_for(gendered,
                    std::string(made_purpose) +
                        "segments:\n  - {name: proxy, when: 'count(purchase, last 90 days) >= 5'}\n"
                        "  - {name: reads, when: gender = 'f'}\n"));
    ASSERT_TRUE(report) << report.error().message;
    const auto says = [&](const std::string& segment, const std::string& word) {
        return std::any_of(report->findings.begin(), report->findings.end(), [&](const Finding& f) {
            return f.code == "sensitive" && f.segments.front() == segment &&
                   f.says.find(word) != std::string::npos;
        });
    };
    EXPECT_TRUE(says("proxy", "Predicts"));
    EXPECT_TRUE(says("reads", "Reads"));
}

TEST(Discovery, ProposesSegmentsThatCoverEverybodyOnce) {
    const auto discovery = discover(request_for(world(), made_purpose), 3);
    ASSERT_TRUE(discovery) << discovery.error().message;
    ASSERT_EQ(discovery->report.segments.size(), 3U);
    std::uint64_t members = 0;
    for (const SegmentValue& segment : discovery->report.segments) {
        members += segment.members;
    }
    EXPECT_EQ(members, discovery->report.line.n);
    EXPECT_EQ(discovery->cards.size(), 3U);
    EXPECT_FALSE(discovery->report.line.today);  // the purpose has no segments of its own
    EXPECT_FALSE(has(discovery->report, "overlapping", ""));
    EXPECT_FALSE(has(discovery->report, "uncovered", ""));
}

TEST(Discovery, ShowsTodaysPortfolioBesideTheProposal) {
    const auto judged = audit(request_for(world(), portfolio));
    const auto discovery = discover(request_for(world(), portfolio), 3);
    ASSERT_TRUE(judged && discovery);
    ASSERT_TRUE(discovery->report.line.today);
    EXPECT_EQ(discovery->report.line.today->segments, 4U);
    EXPECT_EQ(discovery->report.line.recommended->segments, 3U);
    EXPECT_DOUBLE_EQ(discovery->report.line.today->skill.value, judged->line.today->skill.value);
    EXPECT_NE(discovery->report.sentence.find("; today's 4 tell "), std::string::npos);
}

}  // namespace
}  // namespace fineline::study
