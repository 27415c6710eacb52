// Data that hold one horizon: customers take turns, and nobody judges what he shaped or chose.
#include "study/rotated_choice.h"

#include "study/audit_work.h"
#include "study/world_for_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace fineline::study {
namespace {

/// The made world ends on day 299, so that of 140 days ahead there is one snapshot.
const std::string one_horizon =
    "purpose: p\nmetric: sum(purchase.amount, next 140 days)\npopulation: did purchase\n";

const std::string with_segments =
    one_horizon +
    "segments:\n"
    "  - {name: often, when: 'count(purchase, last 90 days) >= 5', action: call}\n"
    "  - {name: seldom, when: 'count(purchase, last 90 days) >= 2', action: mail}\n"
    "  - {name: hardly, when: 'count(purchase, last 90 days) < 2', action: none}\n";

const MadeWorld& world() {
    static const MadeWorld made = make_world({.customers = 900});
    return made;
}

/// A skill that tells `value` in every draw, but for a little that differs from draw to draw.
Skill skill(double value) {
    Skill made{.value = value, .of_value = {100 - 100 * value, 100}};
    for (int draw = 0; draw < 100; ++draw) {
        const double drawn = value + 0.0001 * (draw % 10 - 4.5);
        made.draws.push_back(drawn);
        made.of_draws.push_back({100 - 100 * drawn, 100});
    }
    return made;
}

MeasuredPath path_of(const std::vector<double>& on_choose, const std::vector<double>& on_judge) {
    MeasuredPath path;
    for (std::size_t i = 0; i < on_choose.size(); ++i) {
        path.points.push_back({.segments = i + 1, .on_choose = skill(on_choose[i])});
        path.on_judge.push_back(skill(on_judge[i]));
    }
    return path;
}

TEST(RotatedChoice, ChoosesTogetherAndOnceMoreApart) {
    // Two rotations choose 2, the third 3; all together they choose 3.
    const std::vector<MeasuredPath> rotations{path_of({0, 0.3, 0.3}, {0, 0.20, 0.9}),
                                              path_of({0, 0.3, 0.3}, {0, 0.26, 0.9}),
                                              path_of({0, 0.1, 0.5}, {0, 0.90, 0.5})};
    const MeasuredPath together = path_of({0, 0.23, 0.37}, {0, 0.45, 0.77});
    const RotatedChoice choice = choose_rotated(together, rotations, std::nullopt);
    EXPECT_EQ(choice.recommendation.point, 2U);
    EXPECT_EQ(choice.on_judge.value, 0.77);
    EXPECT_EQ(choice.chosen_apart, (std::vector<std::size_t>{2, 2, 3}));
    EXPECT_NEAR(choice.apart->value, (0.20 + 0.26 + 0.5) / 3, 1e-12);
    EXPECT_NEAR(choice.apart->draws[7], (0.20 + 0.26 + 0.5) / 3 + 0.00025, 1e-12);
}

TEST(RotatedChoice, OfOneRotationItIsWhatThatOneTells) {
    const MeasuredPath path = path_of({0, 0.3, 0.3}, {0, 0.2, 0.9});
    const RotatedChoice choice = choose_rotated(path, {path}, std::nullopt);
    EXPECT_EQ(choice.recommendation.point, 1U);
    EXPECT_EQ(choice.on_judge.value, 0.2);
    EXPECT_FALSE(choice.apart);
}

TEST(TakingTurns, EverybodyHasEveryRoleOnce) {
    const auto ground = lay_groundwork(request_for(world(), one_horizon));
    ASSERT_TRUE(ground) << ground.error().message;
    ASSERT_EQ(ground->rotations.size(), 3U);
    std::vector<std::uint32_t> all(ground->panel.rows());
    std::iota(all.begin(), all.end(), 0U);
    EXPECT_EQ(ground->judged_rows, all);
    std::vector<int> fitted(all.size());
    std::vector<int> chose(all.size());
    for (const Rotation& rotation : ground->rotations) {
        std::vector<int> here(all.size());
        for (const auto* rows : {&rotation.fit_rows, &rotation.choose.rows, &rotation.judge.rows}) {
            for (const std::uint32_t row : *rows) {
                ++here[row];
            }
        }
        EXPECT_EQ(std::count(here.begin(), here.end(), 1), static_cast<std::ptrdiff_t>(all.size()));
        for (const std::uint32_t row : rotation.fit_rows) {
            ++fitted[row];
        }
        for (const std::uint32_t row : rotation.choose.rows) {
            ++chose[row];
        }
    }
    EXPECT_EQ(std::count(fitted.begin(), fitted.end(), 1),
              std::count(chose.begin(), chose.end(), 1));
    EXPECT_EQ(std::count(fitted.begin(), fitted.end(), 1), static_cast<std::ptrdiff_t>(all.size()));
    // The tree that is shown saw nobody of those who judge in the first rotation.
    ASSERT_TRUE(ground->regrown);
    EXPECT_EQ(ground->shown().fit_rows, ground->first().earlier_rows());
}

TEST(TakingTurns, JudgesEverybodyAndNarrowsTheInterval) {
    StudyRequest request = request_for(world(), with_segments);
    const auto turns = audit(request);
    request.first_rotation_only = true;
    const auto once = audit(request);
    ASSERT_TRUE(turns && once);
    // Whoever buys often is among those who buy at all seldom.
    EXPECT_EQ(turns->line.n, turns->segments[1].members + turns->segments[2].members);
    EXPECT_LT(once->line.n, turns->line.n / 2);
    const auto width = [](const Measured& measured) {
        return measured.interval->high - measured.interval->low;
    };
    EXPECT_LT(width(turns->line.today->skill), 0.8 * width(once->line.today->skill));
    EXPECT_NE(print(*turns).find("take turns to fit, choose and judge"), std::string::npos);
    EXPECT_EQ(print(*once).find("take turns"), std::string::npos);
    for (const Finding& finding : turns->findings) {
        EXPECT_TRUE(is_finite(finding)) << finding.code;
    }
}

TEST(TakingTurns, TheSameSeedGivesTheSameReportOnAnyNumberOfThreads) {
    StudyRequest request = request_for(world(), with_segments);
    request.threads = 1;
    const auto one = audit(request);
    request.threads = 3;
    const auto three = audit(request);
    ASSERT_TRUE(one && three);
    EXPECT_EQ(to_json(*one).text(), to_json(*three).text());
}

TEST(TakingTurns, AProposalIsToldOnEverybodyAndItsSegmentsOnWhoSawNothingOfThem) {
    const auto discovery = discover(request_for(world(), with_segments), 2);
    ASSERT_TRUE(discovery) << discovery.error().message;
    const AuditReport& report = discovery->report;
    ASSERT_EQ(report.segments.size(), 2U);
    ASSERT_TRUE(report.line.today && report.line.recommended);
    EXPECT_EQ(report.line.today->segments, 3U);
    EXPECT_EQ(report.line.recommended->segments, 2U);
    EXPECT_EQ(report.line.recommended->skill.value, report.line.discovered[1].skill.value);
    const std::uint64_t alone = report.segments[0].judged;
    EXPECT_EQ(alone, report.segments[0].members + report.segments[1].members);
    EXPECT_LT(alone, report.line.n / 2);
    EXPECT_NE(print(report).find("saw nothing of them"), std::string::npos);
    EXPECT_EQ(discovery->cards.size(), 2U);
    // With the number left open it is told how each rotation would choose.
    const auto open = discover(request_for(world(), one_horizon), std::nullopt);
    ASSERT_TRUE(open);
    EXPECT_NE(print(open->report).find("Each rotation by itself chose "), std::string::npos);
}

TEST(TakingTurns, OneSegmentIsSaidInTheSingular) {
    const auto discovery = discover(request_for(world(), one_horizon), 1);
    ASSERT_TRUE(discovery) << discovery.error().message;
    EXPECT_EQ(discovery->report.sentence.find("This one segment tells "), 0U)
        << discovery->report.sentence;
    EXPECT_EQ(segments_tell(1), "one segment tells ");
    EXPECT_EQ(segments_tell(6), "6 segments tell ");
}

}  // namespace
}  // namespace fineline::study
