#include "study/likeness_discovery.h"

#include "mapping/portfolio_file.h"
#include "study/distil.h"
#include "study/methods/rows.h"
#include "study/purpose.h"
#include "study/world_for_tests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace fineline::study {
namespace {

const MadeWorld& world() {
    static const MadeWorld made = make_world({});
    return made;
}

const Groundwork& ground() {
    static const auto laid = lay_groundwork(request_for(world(), made_purpose));
    return *laid;
}

/// The groups that the world was made of: 0 light, 1 heavy.
Groups planted() {
    const columns::Reader reader(world().view);
    Groups groups{.of_row = {}, .count = 2, .names = {"light", "heavy"}, .told = {}};
    for (const CustomerOrdinal who : ground().panel.who) {
        const std::string id(reader.customer_id(who));
        groups.of_row.push_back(world().heavy[std::stoul(id.substr(1))] ? 1U : 0U);
    }
    return groups;
}

TEST(Distil, TellsPlantedGroupsAndCountsItsFidelity) {
    const Groups groups = planted();
    const Distillation distillation = distil(ground(), groups);
    ASSERT_EQ(2U, distillation.groups.size());
    const DistilledGroup& heavy = distillation.groups[1];
    EXPECT_EQ("heavy", heavy.name);
    std::uint64_t in_group = 0;
    for (const std::uint32_t row : ground().judged_rows) {
        in_group += groups.of_row[row];
    }
    EXPECT_EQ(in_group, heavy.in_group);
    EXPECT_GE(static_cast<double>(heavy.in_both), 0.9 * static_cast<double>(heavy.in_group));
    EXPECT_GE(static_cast<double>(heavy.in_both), 0.9 * static_cast<double>(heavy.in_expression));
    for (const auto& row : distillation.fidelity.rows) {
        EXPECT_TRUE(std::get<Estimate>(row[1]).interval.has_value());
    }
}

TEST(Distil, FidelityIsThatOfTheEvaluator) {
    const Distillation distillation = distil(ground(), planted());
    mapping::Portfolio portfolio = ground().purpose.portfolio;
    portfolio.segments.clear();
    for (const DistilledGroup& group : distillation.groups) {
        mapping::SegmentDefinition segment{
            .name = group.name, .when = {}, .because = {}, .action = {}};
        segment.when.text = group.when;
        portfolio.segments.push_back(segment);
    }
    StudyRequest request = request_for(world(), made_purpose);
    request.portfolio = portfolio;
    const auto again = lay_groundwork(request);
    ASSERT_TRUE(again) << again.error().message;
    for (std::size_t i = 0; i < distillation.groups.size(); ++i) {
        std::uint64_t members = 0;
        for (const std::uint32_t row : again->judged_rows) {
            members += again->panel.sets.holds(again->panel.set[row], i) ? 1U : 0U;
        }
        EXPECT_EQ(members, distillation.groups[i].in_expression) << distillation.groups[i].when;
    }
}

TEST(Distil, GroupsDrawnByChanceAreNotFaithfullyTold) {
    Groups groups{.of_row = {}, .count = 2, .names = {}, .told = {}};
    Random random(3);
    for (std::size_t row = 0; row < ground().panel.rows(); ++row) {
        groups.of_row.push_back(static_cast<std::uint32_t>(random.below(2)));
    }
    for (const DistilledGroup& group : distil(ground(), groups).groups) {
        const auto either = group.in_group + group.in_expression - group.in_both;
        EXPECT_LT(static_cast<double>(group.in_both) / static_cast<double>(either), 0.6);
    }
}

TEST(LikenessDiscovery, EachMethodProposesAPortfolioThatCanBeAudited) {
    for (const Method& method : methods()) {
        const auto found = discover_by(method, request_for(world(), made_purpose), 2);
        ASSERT_TRUE(found) << method.name << ": " << found.error().message;
        const auto& segments = found->report.recommended.segments;
        ASSERT_FALSE(segments.empty()) << method.name;
        EXPECT_EQ(segments.size(), found->cards.size()) << method.name;
        std::set<std::string> names;
        for (const auto& segment : segments) {
            names.insert(segment.name);
        }
        EXPECT_EQ(segments.size(), names.size()) << method.name;
        EXPECT_TRUE(
            mapping::parse_portfolio(mapping::to_yaml(found->report.recommended), "proposal.yaml"))
            << method.name;
        for (const Shape& shape : found->report.measured) {
            EXPECT_TRUE(is_finite(shape)) << method.name << "\n" << print(shape);
        }
    }
}

TEST(LikenessDiscovery, ThreadsDoNotChangeTheAnswer) {
    for (const Method& method : methods()) {
        StudyRequest request = request_for(world(), made_purpose);
        request.threads = 1;
        const auto one = discover_by(method, request, 3);
        request.threads = 4;
        const auto four = discover_by(method, request, 3);
        ASSERT_TRUE(one && four) << method.name;
        EXPECT_EQ(to_json(one->report), to_json(four->report)) << method.name;
    }
}

TEST(LikenessDiscovery, SaysWhatIsMissing) {
    const MadeWorld small = make_world({.customers = 70});
    const auto too_few =
        discover_by(latent_classes_method, request_for(small, made_purpose), std::nullopt);
    ASSERT_FALSE(too_few);
    EXPECT_EQ(ErrorCode::invalid_argument, too_few.error().code);
    const auto unknown = find_method("astrology");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(ErrorCode::not_found, unknown.error().code);
    EXPECT_NE(std::string::npos, unknown.error().message.find("kmeans"));
}

TEST(Methods, EachSaysWhatItAnswersNeedsAndDoesNotTell) {
    for (const Method& method : methods()) {
        EXPECT_EQ(method.name, (*find_method(method.name))->name);
        EXPECT_EQ('?', method.question.back()) << method.name;
        EXPECT_FALSE(method.does_not_tell.empty()) << method.name;
        EXPECT_FALSE(method.source.empty()) << method.name;
        EXPECT_GT(method.rows_min, 0U) << method.name;
        for (const MethodParameter& parameter : method.parameters) {
            EXPECT_LE(parameter.least, parameter.most) << method.name;
        }
    }
}

}  // namespace
}  // namespace fineline::study
