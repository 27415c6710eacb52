#include "study/audit.h"
#include "study/world_for_tests.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fineline::study {
namespace {

/// A world in which each customer also has a dated coin, drawn by chance, and an event that
/// stopped.
const MadeWorld& world() {
    static const MadeWorld made =
        make_world({.customers = 800, .plant = [](columns::Log& log, std::size_t customer, bool) {
                        const std::string id = MadeWorld::id(customer);
                        const double coin = customer_draw(99, 0, customer);
                        log.traits(id, columns::day(0), {{"coin", Value(coin)}});
                        if (customer % 2 == 0) {
                            log.event(id, columns::day(40), "newsletter", {});
                        }
                    }});
    return made;
}

std::string purpose_with(const std::string& keys, const std::string& segments) {
    return std::string(made_purpose) + keys + "segments:\n" + segments;
}

/// Segments named by findings of a code; findings about the whole count as "whole".
std::vector<std::string> found(const AuditReport& report, const std::string& code) {
    std::vector<std::string> names;
    for (const Finding& finding : report.findings) {
        if (finding.code == code) {
            names.insert(names.end(), finding.segments.begin(), finding.segments.end());
            if (finding.segments.empty()) {
                names.emplace_back("whole");
            }
        }
    }
    return names;
}

AuditReport audited(const std::string& yaml) {
    auto report = audit(request_for(world(), yaml));
    EXPECT_TRUE(report) << report.error().message;
    return report ? std::move(*report) : AuditReport{};
}

using Names = std::vector<std::string>;

TEST(Findings, HalvesDrawnByChanceAreIndistinct) {
    const std::string halves =
        "  - {name: low, when: coin < 0.5, action: a}\n"
        "  - {name: high, when: coin >= 0.5, action: a}\n";
    // Means of 400 customers each are known to about 7 %: within 60 % they are shown to be the
    // same, within 1 % nothing is shown.
    const AuditReport wide = audited(purpose_with("detect: 60 %\n", halves));
    EXPECT_EQ(found(wide, "indistinct"), (Names{"low", "high"}));
    EXPECT_EQ(found(wide, "undecided"), Names{});
    const AuditReport narrow = audited(purpose_with("detect: 1 %\n", halves));
    EXPECT_EQ(found(narrow, "indistinct"), Names{});
    EXPECT_EQ(found(narrow, "undecided"), (Names{"low", "high"}));
}

TEST(Findings, BuyersOfBothKindsAreDistinct) {
    const AuditReport report = audited(
        purpose_with("detect: 20 %\n",
                     "  - {name: often, when: 'count(purchase, last 90 days) >= 5', action: a}\n"
                     "  - {name: seldom, when: 'count(purchase, last 90 days) < 5', action: a}\n"));
    EXPECT_EQ(found(report, "indistinct"), Names{});
    EXPECT_EQ(found(report, "undecided"), Names{});
    EXPECT_EQ(found(report, "redundant"), Names{});
    EXPECT_EQ(found(report, "overlapping"), Names{});
    EXPECT_EQ(found(report, "uncovered"), Names{});
    EXPECT_EQ(found(report, "purposeless"), Names{});
    EXPECT_EQ(found(report, "stale"), Names{});
    EXPECT_EQ(found(report, "unexplained"), Names{});
    EXPECT_EQ(found(report, "sensitive"), Names{});
    EXPECT_EQ(found(report, "hindsight"), Names{});
}

TEST(Findings, WhatNobodyHoldsIsUncovered) {
    // The frequent buyers carry far more than a fifth of the metric.
    const AuditReport report = audited(purpose_with(
        "", "  - {name: seldom, when: 'count(purchase, last 90 days) < 5', action: a}\n"));
    ASSERT_EQ(found(report, "uncovered"), Names{"whole"});
    for (const Finding& finding : report.findings) {
        if (finding.code == "uncovered") {
            EXPECT_NE(finding.patch.find("+  - name: \"rest\""), std::string::npos)
                << finding.patch;
        }
    }
}

TEST(Findings, MoreSegmentsThanCanBeActedUpon) {
    const std::string two =
        "  - {name: a, when: coin < 0.5, action: x}\n  - {name: b, when: coin >= 0.5, action: y}\n";
    EXPECT_EQ(found(audited(purpose_with("capacity: 1\n", two)), "over_capacity"), Names{"whole"});
    EXPECT_EQ(found(audited(purpose_with("capacity: 2\n", two)), "over_capacity"), Names{});
}

TEST(Findings, WithoutOwnerOrActionThereIsNoPurpose) {
    const std::string segments = "  - {name: idle, when: coin < 0.5}\n";
    EXPECT_EQ(found(audited(purpose_with("", segments)), "purposeless"), Names{"idle"});
    EXPECT_EQ(found(audited("purpose: p\nmetric: sum(purchase.amount, next 60 days)\n"
                            "population: did purchase\nsegments:\n" +
                            segments),
                    "purposeless"),
              (Names{"whole", "idle"}));
}

TEST(Findings, EventsThatStoppedAndReviewsThatAreDueAreStale) {
    const std::string segments =
        "  - {name: reader, when: did newsletter, action: a}\n"
        "  - {name: typo, when: did purchse, action: a}\n"
        "  - {name: buyer, when: did purchase last 30 days, action: a}\n";
    EXPECT_EQ(found(audited(purpose_with("review: 60 days\n", segments)), "stale"),
              (Names{"reader", "typo"}));
    // Day 0 is the first of January 1970; the data end on day 299.
    EXPECT_EQ(
        found(audited(purpose_with("review: 60 days\nreviewed: 1970-01-10\n", segments)), "stale"),
        (Names{"whole", "reader", "typo"}));
    EXPECT_EQ(
        found(audited(purpose_with("review: 60 days\nreviewed: 1970-10-20\n", segments)), "stale"),
        (Names{"reader", "typo"}));
}

TEST(Findings, MembersWhoChurnThroughMakeASegmentUnstable) {
    const AuditReport report =
        audited(purpose_with("review: 60 days\n",
                             "  - {name: fleeting, when: did purchase last 5 days, action: a}\n"
                             "  - {name: lasting, when: 'count(purchase) >= 5', action: a}\n"));
    EXPECT_EQ(found(report, "unstable"), Names{"fleeting"});
}

TEST(Findings, ASegmentThatGrewIsDrifting) {
    const AuditReport report =
        audited(purpose_with("review: 60 days\n",
                             "  - {name: growing, when: 'count(purchase) >= 16', action: a}\n"
                             "  - {name: steady, when: coin < 0.5, action: a}\n"));
    EXPECT_EQ(found(report, "drifting"), Names{"growing"});
}

TEST(Findings, LongOrDoubtfulDefinitionsAreUnexplained) {
    std::string long_one = "coin > 0";
    for (int i = 1; i < 9; ++i) {
        long_one += " or count(purchase) = " + std::to_string(i);
    }
    const AuditReport report =
        audited(purpose_with("",
                             "  - {name: long, when: '" + long_one +
                                 "', action: a}\n"
                                 "  - {name: typo, when: did purchse, action: a}\n"
                                 "  - {name: plain, when: coin < 0.5, action: a}\n"));
    EXPECT_EQ(found(report, "unexplained"), (Names{"long", "typo"}));
}

TEST(Findings, EventsThatArrivedLaterAreHindsight) {
    StudyRequest request =
        request_for(world(), purpose_with("", "  - {name: a, when: coin < 0.5, action: x}\n"));
    request.arrived_until = [](Instant) -> Result<Position> {
        return Position(0);  // all was told afterwards
    };
    const auto late = audit(request);
    ASSERT_TRUE(late) << late.error().message;
    EXPECT_EQ(found(*late, "hindsight"), Names{"whole"});
    request.arrived_until = [](Instant) -> Result<Position> {
        return Position(~std::uint64_t{0});  // all was known in time
    };
    const auto known = audit(request);
    ASSERT_TRUE(known) << known.error().message;
    EXPECT_EQ(found(*known, "hindsight"), Names{});
}

TEST(Findings, FewMembersPointAtPeople) {
    const AuditReport report =
        audited(purpose_with("small_cell: 30\n",
                             "  - {name: handful, when: coin < 0.02, action: a}\n"
                             "  - {name: half, when: coin >= 0.5, action: a}\n"));
    EXPECT_EQ(found(report, "small_cell"), Names{"handful"});
}

TEST(Findings, SizeIsThatOfATestByHand) {
    // A rate of about one in three needs 2 · 16 · p (1 − p) / (detect · p)² customers.
    const auto report = audit(request_for(world(),
                                          "purpose: p\nmetric: did purchase next 20 days\n"
                                          "population: did purchase\nowner: t\ndetect: 50 %\n"
                                          "segments:\n"
                                          "  - {name: sliver, when: coin < 0.05, action: a}\n"
                                          "  - {name: most, when: coin >= 0.05, action: a}\n"));
    ASSERT_TRUE(report) << report.error().message;
    const auto& most = report->segments[1];
    const double p = most.metric.value;
    const double needed = 32 * p * (1 - p) / (0.25 * p * p);
    ASSERT_LT(needed, static_cast<double>(most.members) * 0.95);
    EXPECT_EQ(found(*report, "too_small"), Names{"sliver"});
}

}  // namespace
}  // namespace fineline::study
