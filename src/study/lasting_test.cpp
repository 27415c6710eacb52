// Relations that do not last: what is chosen tells on earlier rows and fails where it is judged.
#include "study/audit_work.h"
#include "study/world_for_tests.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace fineline::study {
namespace {

constexpr std::size_t traits_kept = 4;

/// What becomes of the relation of `side` to buying on the day of the judging snapshot.
enum class AtTheLast : std::uint8_t { stays, turns };

/// Customers with a dated `side` and, where wanted, four more dated traits, who buy from the day of
/// the fitting snapshot on: nothing of what they bought is known there. Who is on side `a` buys
/// three times as much as who is on side `b`, until that turns into a little less; the traits each
/// make a smaller difference, always.
std::shared_ptr<const columns::View> world_of_sides(AtTheLast at_the_last, bool with_traits) {
    constexpr int fitted = 119;
    constexpr int judged = 239;
    columns::Log log;
    Random random(11);
    for (std::size_t c = 0; c < 1'500; ++c) {
        const std::string id = MadeWorld::id(c);
        log.event(id, columns::day(0), "signup", {});
        const bool on_a = random.below(2) == 0;
        log.traits(id, columns::day(0), {{"side", Value(std::string(on_a ? "a" : "b"))}});
        double rate = 0.05;
        for (std::size_t trait = 0; with_traits && trait < traits_kept; ++trait) {
            const bool much = random.below(2) == 0;
            rate *= much ? 1.4 : 0.6;
            log.traits(
                id,
                columns::day(0),
                {{"trait_" + std::to_string(trait), Value(std::string(much ? "much" : "little"))}});
        }
        for (int d = fitted + 1; d < 300; ++d) {
            const bool turned = at_the_last == AtTheLast::turns && d > judged;
            const double more = turned ? -0.1 : 0.5;
            if (random.uniform() < rate * (on_a ? 1 + more : 1 - more)) {
                log.event(id, columns::day(d), "purchase", {{"amount", Value(10.0)}});
            }
        }
    }
    log.event(MadeWorld::id(0), columns::day(299), "end", {});
    return log.view();
}

constexpr std::string_view purpose_of_sides =
    "purpose: sides\n"
    "metric: sum(purchase.amount, next 60 days)\n"
    "population: did signup\n"
    "capacity: 2\n"
    "owner: tests\n";

constexpr std::string_view segment_of_sides = "segments:\n  - {name: on_a, when: side = 'a'}\n";

StudyRequest request_of_sides(std::shared_ptr<const columns::View> view, const std::string& yaml) {
    MadeWorld world{.view = std::move(view), .end = columns::day(299)};
    return request_for(world, yaml);
}

const Finding* find(const AuditReport& report, const std::string& code) {
    const auto found = std::find_if(report.findings.begin(),
                                    report.findings.end(),
                                    [&](const Finding& finding) { return finding.code == code; });
    return found == report.findings.end() ? nullptr : &*found;
}

TEST(Lasting, APortfolioWhoseRelationTurnedDoesNotEarnItsKeep) {
    const auto report =
        audit(request_of_sides(world_of_sides(AtTheLast::turns, true),
                               std::string(purpose_of_sides) + std::string(segment_of_sides)));
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_TRUE(report->anything_told) << "the traits still tell";
    ASSERT_TRUE(report->line.today->skill.interval);
    EXPECT_LT(report->line.today->skill.interval->high, 0);
    EXPECT_NE(report->sentence.find("Your one segment does not earn its keep"), std::string::npos)
        << report->sentence;
    EXPECT_EQ(report->sentence.find(" tell"), std::string::npos) << report->sentence;
    EXPECT_EQ(report->verdict, not_to_be_used);
    EXPECT_EQ(report->recommended_why, not_to_be_used);
    const Finding* faded = find(*report, "faded");
    ASSERT_NE(faded, nullptr);
    EXPECT_NE(faded->says.find("did not last"), std::string::npos);
    EXPECT_TRUE(is_finite(*faded));
}

TEST(Lasting, AProposalWhoseRelationTurnedSaysSo) {
    const auto discovery =
        discover(request_of_sides(world_of_sides(AtTheLast::turns, true),
                                  std::string(purpose_of_sides) + std::string(segment_of_sides)),
                 std::nullopt);
    ASSERT_TRUE(discovery) << discovery.error().message;
    const AuditReport& report = discovery->report;
    ASSERT_EQ(report.recommended.segments.size(), 2U);
    EXPECT_TRUE(report.anything_told);
    EXPECT_NE(report.sentence.find("These 2 segments do not earn their keep"), std::string::npos)
        << report.sentence;
    EXPECT_NE(report.sentence.find("Your one segment does not"), std::string::npos);
    EXPECT_EQ(report.verdict, not_to_be_used);
    EXPECT_EQ(report.recommended_why, not_to_be_used);
    EXPECT_NE(find(report, "faded"), nullptr);
}

TEST(Lasting, WhereNothingElseIsToldNoSegmentationEarnsItsKeep) {
    const auto discovery = discover(
        request_of_sides(world_of_sides(AtTheLast::turns, false), std::string(purpose_of_sides)),
        std::nullopt);
    ASSERT_TRUE(discovery) << discovery.error().message;
    const AuditReport& report = discovery->report;
    EXPECT_FALSE(report.anything_told);
    EXPECT_FALSE(report.line.recommended->captured);
    EXPECT_NE(report.sentence.find("No segmentation earns its keep"), std::string::npos);
    EXPECT_EQ(report.recommended_why, nothing_is_told);
    EXPECT_NE(find(report, "faded"), nullptr);
}

TEST(Lasting, ARelationThatLastsIsNotBlamed) {
    const auto discovery = discover(
        request_of_sides(world_of_sides(AtTheLast::stays, true), std::string(purpose_of_sides)),
        std::nullopt);
    ASSERT_TRUE(discovery) << discovery.error().message;
    EXPECT_EQ(find(discovery->report, "faded"), nullptr);
    EXPECT_NE(discovery->report.sentence.find("These 2 segments tell "), std::string::npos);
}

}  // namespace
}  // namespace fineline::study
