#include "engine/portfolio.h"

#include "base/path_for_tests.h"
#include "engine/definition_change.h"
#include "engine/definitions.h"
#include "engine/portfolio_apply.h"
#include "engine/portfolio_history.h"
#include "engine/portfolio_json.h"
#include "engine/portfolio_plan.h"
#include "mapping/portfolio_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace fineline::engine {
namespace {

namespace fs = std::filesystem;

Instant at(std::string_view text) {
    return Instant(parse_iso_time(text)->local.time_since_epoch());
}

using Names = std::vector<std::string>;

/// Customers c01 … c20; number n bought n times.
class PortfolioTest : public testing::Test {
  protected:
    PortfolioTest()
        : directory_(path_for_tests(
              "portfolio_" +
              std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))) {
        fs::remove_all(directory_);
        open();
        RecordBatchBuilder builder;
        for (int who = 1; who <= 20; ++who) {
            const std::string id = (who < 10 ? "c0" : "c") + std::to_string(who);
            for (int i = 0; i < who; ++i) {
                builder.add({.kind = RecordKind::event,
                             .customer = id,
                             .time = at("2026-01-01"),
                             .name = builder.name("buy")});
            }
        }
        EXPECT_TRUE(workspace_->append(
            builder.finish({.source = "test", .received_at = at("2026-01-02"), .sequence = {}})));
        workspace_->publish();
    }

    ~PortfolioTest() override {
        workspace_.reset();
        fs::remove_all(directory_);
    }

    void open() {
        workspace_.reset();
        OpenOptions options;
        options.create = true;
        auto opened = Workspace::open(directory_.string(), options, clock_);
        ASSERT_TRUE(opened) << opened.error().message;
        workspace_ = std::move(*opened);
    }

    static mapping::Portfolio read(const std::string& yaml) {
        auto portfolio = mapping::parse_portfolio(yaml, "p.yaml");
        EXPECT_TRUE(portfolio) << portfolio.error().message;
        return *portfolio;
    }

    PlanOptions options() const {
        PlanOptions made;
        made.at = clock_.now();
        return made;
    }

    Result<PortfolioPlan> plan(const std::string& yaml) {
        auto with = options();
        with.file = "p.yaml";
        return plan_portfolio(workspace_->view(), read(yaml), with);
    }

    Result<AppliedPlan> apply(const std::string& yaml, std::string_view expected = {}) {
        return apply_portfolio(*workspace_, read(yaml), options(), expected);
    }

    static const PlannedDefinition& of(const PortfolioPlan& plan, std::string_view name) {
        static const PlannedDefinition none;
        for (const PlannedDefinition& planned : plan.definitions) {
            if (planned.name == name) {
                return planned;
            }
        }
        ADD_FAILURE() << "the plan does not name " << name;
        return none;
    }

    FixedClock clock_{at("2026-03-01")};
    fs::path directory_;
    std::unique_ptr<Workspace> workspace_;
};

const std::string first_file = R"(
purpose: loyalty
question: Who comes back?
metric: count(buy, next 30 days)
capacity: 3
owner: growth
segments:
  - name: many
    when: count( buy )>= 15
    because: They buy a lot.
    action: early access
  - name: some
    when: count(buy) between 5 and 14
)";

TEST_F(PortfolioTest, PlansWhatIsNewAndStoresNothing) {
    const auto planned = plan(first_file);
    ASSERT_TRUE(planned) << planned.error().message;
    EXPECT_EQ(planned->customers, 20U);
    EXPECT_EQ(planned->base_change, 0U);
    EXPECT_EQ(of(*planned, "loyalty").change, PlannedChange::added);
    const PlannedDefinition& many = of(*planned, "many");
    EXPECT_EQ(many.change, PlannedChange::added);
    EXPECT_EQ(many.text, "count(buy) >= 15");
    EXPECT_EQ(many.membership.size_before, 0U);
    EXPECT_EQ(many.membership.entering, 6U);
    EXPECT_EQ(many.membership.entering_examples, (Names{"c15", "c16", "c17", "c18", "c19"}));
    EXPECT_EQ(of(*planned, "some").membership.size_after, 10U);
    EXPECT_TRUE(planned->overlaps.empty());
    EXPECT_TRUE(planned->warnings.empty());
    EXPECT_TRUE(workspace_->view()->definition_names(segment_kind).empty());
    EXPECT_NE(to_json(*planned).text().find("\"entering\":6"), std::string::npos);
}

TEST_F(PortfolioTest, AppliesAllOfItAsOneVersionThatSurvivesReopening) {
    const auto applied = apply(first_file);
    ASSERT_TRUE(applied) << applied.error().message;
    EXPECT_EQ(applied->change, 1U);
    ASSERT_TRUE(workspace_->write_checkpoint());
    for (const bool from_log : {false, true}) {
        if (from_log) {
            fs::remove(workspace_->checkpoint_path());
        }
        open();
        const auto stored = stored_portfolio(*workspace_->view(), "loyalty");
        ASSERT_TRUE(stored) << stored.error().message;
        EXPECT_EQ(stored->purpose.question, "Who comes back?");
        EXPECT_EQ(stored->purpose.capacity, 3);
        ASSERT_EQ(stored->segments.size(), 2U);
        EXPECT_EQ(stored->segments[0].name, "many") << "in the order of the file";
        EXPECT_EQ(stored->segments[0].action, "early access");
        EXPECT_EQ(stored->segments[1].when.text, "count(buy) between 5 and 14");
        EXPECT_EQ(portfolio_history(*workspace_->view()).size(), 1U);
    }
    const auto again = apply(first_file);
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->plan.empty());
    EXPECT_EQ(again->change, 1U);
    EXPECT_EQ(workspace_->view()->definition(segment_kind, "many").size(), 1U);
}

TEST_F(PortfolioTest, SaysWhatChangesWhatGoesAndWhoMoves) {
    ASSERT_TRUE(apply(first_file));
    ASSERT_TRUE(
        define_segment(*workspace_, "many_and_old", "segment many and now > date '2020-01-01'"));
    const auto planned = plan(R"(
purpose: loyalty
question: Who comes back?
metric: count(buy, next 60 days)
capacity: 1
owner: growth
segments:
  - name: few
    when: count(buy) <= 2
  - name: many
    when: count(buy) >= 12
    because: They buy a lot.
)");
    ASSERT_TRUE(planned) << planned.error().message;
    EXPECT_EQ(planned->base_change, 2U);
    const PlannedDefinition& purpose = of(*planned, "loyalty");
    EXPECT_EQ(purpose.change, PlannedChange::changed);
    ASSERT_EQ(purpose.fields.size(), 2U);
    EXPECT_EQ(purpose.fields[0].field, "capacity");
    EXPECT_EQ(purpose.fields[0].before, "3");
    EXPECT_EQ(purpose.fields[0].after, "1");
    EXPECT_EQ(purpose.fields[1].field, "metric");
    const PlannedDefinition& many = of(*planned, "many");
    EXPECT_EQ(many.change, PlannedChange::changed);
    std::map<std::string, std::string> after;
    for (const FieldChange& field : many.fields) {
        after[field.field] = field.after;
    }
    EXPECT_EQ(after,
              (std::map<std::string, std::string>{
                  {"when", "count(buy) >= 12"}, {"action", ""}, {"order", "2"}}));
    EXPECT_EQ(many.membership.entering_examples, (Names{"c12", "c13", "c14"}));
    EXPECT_EQ(many.membership.leaving, 0U);
    const PlannedDefinition& some = of(*planned, "some");
    EXPECT_EQ(some.change, PlannedChange::gone);
    EXPECT_EQ(some.membership.leaving, 10U);
    EXPECT_EQ(some.membership.size_after, 0U);
    const PlannedDefinition& follows = of(*planned, "many_and_old");
    EXPECT_EQ(follows.change, PlannedChange::follows);
    EXPECT_EQ(follows.membership.entering, 3U);
    ASSERT_EQ(planned->warnings.size(), 1U);
    EXPECT_NE(planned->warnings.front().find("capacity"), std::string::npos);
}

TEST_F(PortfolioTest, NamesOverlapsThatAreNew) {
    const std::string twins = R"(
purpose: loyalty
metric: count(buy, next 30 days)
owner: growth
segments:
  - {name: a, when: count(buy) >= 11}
  - {name: b, when: count(buy) >= 16}
  - {name: c, when: count(buy) <= 10}
)";
    const auto planned = plan(twins);
    ASSERT_TRUE(planned) << planned.error().message;
    ASSERT_EQ(planned->overlaps.size(), 1U);
    const PlannedOverlap& overlap = planned->overlaps.front();
    EXPECT_EQ(overlap.first + overlap.second, "ab");
    EXPECT_EQ(overlap.both, 5U);
    EXPECT_DOUBLE_EQ(overlap.jaccard(), 0.5);
    EXPECT_DOUBLE_EQ(overlap.containment(), 1.0);
    ASSERT_TRUE(apply(twins));
    EXPECT_TRUE(plan(twins)->overlaps.empty()) << "it was there before";
}

TEST_F(PortfolioTest, RefusesWhatWouldNotBeSound) {
    ASSERT_TRUE(apply(first_file));
    ASSERT_TRUE(define_segment(*workspace_, "outside", "segment some"));
    const std::string head = "purpose: loyalty\nmetric: count(buy, next 30 days)\nsegments:\n";
    const auto gone = plan(head + "  - {name: many, when: count(buy) >= 15}\n");
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, ErrorCode::conflict);
    EXPECT_NE(gone.error().message.find("'some' cannot go"), std::string::npos);
    EXPECT_NE(gone.error().message.find("segment 'outside'"), std::string::npos);
    const auto cycle = plan(head +
                            "  - {name: many, when: segment outside}\n"
                            "  - {name: some, when: segment many}\n");
    ASSERT_FALSE(cycle);
    EXPECT_EQ(cycle.error().code, ErrorCode::invalid_argument);
    EXPECT_NE(cycle.error().message.find("depend on itself"), std::string::npos);
    const auto unknown = plan(head + "  - {name: many, when: segment nobody}\n");
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().message.find("p.yaml:4:"), std::string::npos)
        << unknown.error().message;
    const auto theirs = plan("purpose: other\nsegments:\n  - {name: many, when: did buy}\n");
    ASSERT_FALSE(theirs);
    EXPECT_EQ(theirs.error().code, ErrorCode::conflict);
    EXPECT_NE(theirs.error().message.find("'loyalty'"), std::string::npos);
    EXPECT_EQ(newest_change(*workspace_->view()), 2U) << "nothing of all that was stored";
}

TEST_F(PortfolioTest, ASegmentMayGoTogetherWithThoseBuiltOnIt) {
    ASSERT_TRUE(
        apply("purpose: p\nsegments:\n"
              "  - {name: a, when: did buy}\n  - {name: b, when: segment a}\n"));
    const auto planned = plan("purpose: p\n");
    ASSERT_TRUE(planned) << planned.error().message;
    EXPECT_EQ(of(*planned, "a").change, PlannedChange::gone);
    EXPECT_EQ(of(*planned, "b").change, PlannedChange::gone);
    const auto metric = apply(
        "purpose: q\nmetric: count(buy, next 30 days)\n"
        "population: segment a\n");
    ASSERT_TRUE(metric) << metric.error().message;
    EXPECT_FALSE(plan("purpose: p\n")) << "a population depends on it now";
}

TEST_F(PortfolioTest, AppliesTheSeenPlanOrSaysWhatChanged) {
    const std::string seen = plan(first_file)->id;
    ASSERT_TRUE(define_segment(*workspace_, "meanwhile", "did buy"));
    const auto refused = apply(first_file, seen);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_NE(refused.error().message.find("meanwhile"), std::string::npos)
        << refused.error().message;
    const std::string fresh = plan(first_file)->id;
    EXPECT_NE(fresh, seen);
    std::string other = first_file;
    other.replace(other.find(">= 15"), 5, ">= 16");
    const auto edited = apply(other, fresh);
    ASSERT_FALSE(edited);
    EXPECT_NE(edited.error().message.find("says something else"), std::string::npos);
    EXPECT_EQ(apply(first_file, "12-ab").error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(newest_change(*workspace_->view()), 1U);
    const auto applied = apply(first_file, fresh);
    ASSERT_TRUE(applied) << applied.error().message;
    EXPECT_EQ(applied->change, 2U);
}

TEST_F(PortfolioTest, RollsBackToAnyVersionAsANewOne) {
    ASSERT_TRUE(define_segment(*workspace_, "loose", "did buy"));
    ASSERT_TRUE(apply(first_file));
    ASSERT_TRUE(define_segment(*workspace_, "many", "count(buy) >= 18"));
    const columns::DefinitionVersion details =
        *current_definition(*workspace_->view(), segment_kind, "many");
    EXPECT_EQ(details.detail(action_detail), "early access") << "define leaves the rest";
    ASSERT_TRUE(apply("purpose: loyalty\nsegments:\n  - {name: many, when: count(buy) >= 19}\n"));
    const auto back = apply_rollback(*workspace_, 2, options());
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->change, 5U);
    EXPECT_EQ(of(back->plan, "many").membership.entering, 4U) << "c15 … c18";
    const auto stored = stored_portfolio(*workspace_->view(), "loyalty");
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->purpose.capacity, 3);
    ASSERT_EQ(stored->segments.size(), 2U);
    EXPECT_EQ(stored->segments[0].when.text, "count(buy) >= 15");
    const auto first = apply_rollback(*workspace_, 1, options());
    ASSERT_TRUE(first);
    EXPECT_EQ(workspace_->view()->definition_names(segment_kind), Names{"loose"});
    EXPECT_FALSE(stored_portfolio(*workspace_->view(), "loyalty"));
    ASSERT_TRUE(apply_rollback(*workspace_, 5, options())) << "and forth again";
    EXPECT_EQ(workspace_->view()->definition_names(segment_kind), (Names{"loose", "many", "some"}));
    EXPECT_EQ(apply_rollback(*workspace_, 8, options()).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(apply_rollback(*workspace_, 0, options()).error().code, ErrorCode::invalid_argument);
    const auto history = portfolio_history(*workspace_->view());
    ASSERT_EQ(history.size(), 7U);
    EXPECT_EQ(history[3].note, "apply loyalty");
    EXPECT_EQ(history[4].note, "rollback to 2");
    EXPECT_EQ(history[6].entries.front().what, HistoryWhat::restored);
}

TEST_F(PortfolioTest, RemovesASegmentUnlessOthersDependOnIt) {
    ASSERT_TRUE(define_segment(*workspace_, "a", "did buy"));
    ASSERT_TRUE(define_segment(*workspace_, "b", "not segment a"));
    EXPECT_EQ(apply_removal(*workspace_, "a", options()).error().code, ErrorCode::conflict);
    EXPECT_EQ(apply_removal(*workspace_, "c", options()).error().code, ErrorCode::not_found);
    ASSERT_TRUE(apply_removal(*workspace_, "b", options()));
    const auto removed = apply_removal(*workspace_, "a", options());
    ASSERT_TRUE(removed) << removed.error().message;
    EXPECT_EQ(removed->change, 4U);
    EXPECT_EQ(of(removed->plan, "a").membership.leaving, 20U);
    EXPECT_TRUE(workspace_->view()->definition_names(segment_kind).empty());
    EXPECT_EQ(apply_removal(*workspace_, "a", options()).error().code, ErrorCode::not_found);
}

TEST_F(PortfolioTest, AsksTheJudgeOfPurposes) {
    PlanOptions with = options();
    with.check_purpose = [](const std::shared_ptr<const columns::View>&,
                            const mapping::Portfolio& portfolio) -> Result<Names> {
        return Names{"judged " + portfolio.purpose.name};
    };
    const auto planned = plan_portfolio(workspace_->view(), read(first_file), with);
    ASSERT_TRUE(planned);
    EXPECT_EQ(planned->warnings, Names{"judged loyalty"});
}

}  // namespace
}  // namespace fineline::engine
