#include "engine/workspace.h"

#include "base/bytes.h"
#include "base/path_for_tests.h"
#include "engine/definitions.h"
#include "engine/erasure.h"
#include "engine/profile.h"
#include "engine/question.h"
#include "engine/schema.h"
#include "engine/verify.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace fineline::engine {
namespace {

namespace fs = std::filesystem;

Instant at(std::string_view text) {
    return Instant(parse_iso_time(text)->local.time_since_epoch());
}

/// A directory of its own for each test, removed at its end.
class WorkspaceTest : public testing::Test {
  protected:
    WorkspaceTest()
        : directory_(path_for_tests(
              "workspace_" +
              std::string(testing::UnitTest::GetInstance()->current_test_info()->name()))) {
        fs::remove_all(directory_);
        open();
    }

    void TearDown() override {
        workspace_.reset();
        fs::remove_all(directory_);
    }

    void open(bool use_checkpoint = true) {
        workspace_.reset();
        OpenOptions options;
        options.create = true;
        options.use_checkpoint = use_checkpoint;
        options.on_warning = [this](const std::string& what) { warnings_.push_back(what); };
        auto opened = Workspace::open(directory_.string(), options, clock_);
        ASSERT_TRUE(opened) << opened.error().message;
        workspace_ = std::move(*opened);
    }

    void append_purchase(std::string_view customer,
                         std::string_view time,
                         double amount,
                         std::string_view id = "") {
        RecordBatchBuilder builder;
        const std::vector<NamedDatum> properties = {
            {.name = builder.name("amount"), .value = Datum::of(amount)},
            {.name = builder.name("secret"),
             .value = Datum::of(std::string_view(secret_of(customer)))}};
        builder.add({.kind = RecordKind::event,
                     .customer = customer,
                     .time = at(time),
                     .name = builder.name("purchase"),
                     .text = {},
                     .message_id = id,
                     .properties = properties});
        const auto appended = workspace_->append(
            builder.finish({.source = "test", .received_at = clock_.now(), .sequence = {}}));
        ASSERT_TRUE(appended) << appended.error().message;
        workspace_->publish();
    }

    /// A text that occurs nowhere else; kept alive for the draft that borrows it.
    const std::string& secret_of(std::string_view customer) {
        secret_ = "planted-" + std::string(customer) + "-4711";
        return secret_;
    }

    std::vector<std::string> members(const std::string& text, std::string_view instant) {
        auto question = PreparedQuestion::prepare(
            workspace_->view(), {.text = text, .at = at(instant), .purpose = {}, .threads = 2});
        EXPECT_TRUE(question) << question.error().message;
        if (!question) {
            return {};
        }
        const auto found = ask(*question, 2)->members;
        auto ids = customer_ids(workspace_->view(), found);
        for (std::size_t limit = 0; limit <= ids.size() + 1; ++limit) {
            std::vector<std::string> first = ids;
            first.resize(std::min(limit, ids.size()));
            EXPECT_EQ(
                first_customer_ids(workspace_->view(), found, limit, limit % 2 == 0 ? 1U : 3U),
                first);
        }
        return ids;
    }

    FixedClock clock_{at("2026-03-01")};
    fs::path directory_;
    std::string secret_;
    std::vector<std::string> warnings_;
    std::unique_ptr<Workspace> workspace_;
};

using Ids = std::vector<std::string>;

TEST_F(WorkspaceTest, AnswersFromWhatWasAppended) {
    append_purchase("ada", "2025-11-03", 40);
    append_purchase("ben", "2026-02-20", 15);
    EXPECT_EQ(members("did purchase", "2026-03-01"), (Ids{"ada", "ben"}));
    EXPECT_EQ(members("since_last(purchase) > 90 days", "2026-03-01"), Ids{"ada"});
    EXPECT_EQ(members("sum(purchase.amount) >= 40", "2026-03-01"), Ids{"ada"});
}

TEST_F(WorkspaceTest, ASegmentOfOccasionsHoldsWhoHasOne) {
    append_purchase("ada", "2025-11-03", 40);
    append_purchase("ada", "2025-11-04", 50);
    append_purchase("ben", "2026-02-20", 15);
    append_purchase("cy", "2026-02-21", 30);
    EXPECT_EQ(members("context.amount > 20 on purchase", "2026-03-01"), (Ids{"ada", "cy"}));
    const auto question = PreparedQuestion::prepare(workspace_->view(),
                                                    {.text = "context.colour = 'red' on purchase",
                                                     .at = at("2026-03-01"),
                                                     .purpose = {},
                                                     .threads = 1});
    const auto answer = ask(*question, 2);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->customers, 3U);
    EXPECT_EQ(answer->unknown, 3U);
    EXPECT_TRUE(answer->members.empty());
}

TEST_F(WorkspaceTest, SeesNothingThatIsLaterThanTheInstant) {
    append_purchase("ada", "2025-11-03", 40);
    append_purchase("ben", "2026-02-20", 15);
    EXPECT_EQ(members("did purchase", "2026-01-01"), Ids{"ada"});
    EXPECT_EQ(members("did not purchase", "2026-01-01"), Ids{});  // ben is no customer yet
}

TEST_F(WorkspaceTest, KeepsEverythingAcrossReopeningWithAndWithoutCheckpoint) {
    append_purchase("ada", "2025-11-03", 40);
    ASSERT_TRUE(define_segment(*workspace_, "spenders", "sum(purchase.amount) > 20"));
    ASSERT_TRUE(workspace_->write_checkpoint());
    append_purchase("ben", "2026-02-20", 15);
    open(true);
    EXPECT_TRUE(workspace_->open_report().from_checkpoint);
    EXPECT_EQ(workspace_->open_report().replayed_records, 1U);
    EXPECT_EQ(members("segment spenders", "2026-03-01"), Ids{"ada"});
    EXPECT_EQ(members("did purchase", "2026-03-01"), (Ids{"ada", "ben"}));
    open(false);
    EXPECT_FALSE(workspace_->open_report().from_checkpoint);
    EXPECT_EQ(members("segment spenders", "2026-03-01"), Ids{"ada"});
    EXPECT_EQ(members("did purchase", "2026-03-01"), (Ids{"ada", "ben"}));
}

TEST_F(WorkspaceTest, DropsAMessageSentTwice) {
    append_purchase("ada", "2025-11-03", 40, "m1");
    append_purchase("ada", "2025-11-03", 40, "m1");
    EXPECT_EQ(members("count(purchase) = 1", "2026-03-01"), Ids{"ada"});
}

TEST_F(WorkspaceTest, RefusesASecondOpening) {
    OpenOptions options;
    const auto second = Workspace::open(directory_.string(), options, clock_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::conflict);
}

TEST_F(WorkspaceTest, DefinitionsAreVersioned) {
    append_purchase("ada", "2025-11-03", 40);
    const auto first = define_segment(*workspace_, "s", "count( purchase )>1");
    ASSERT_TRUE(first);
    EXPECT_EQ(first->version, 1U);
    EXPECT_EQ(first->text, "count(purchase) > 1");
    const auto same = define_segment(*workspace_, "s", "count(purchase) > 1");
    ASSERT_TRUE(same);
    EXPECT_TRUE(same->unchanged);
    const auto second = define_segment(*workspace_, "s", "count(purchase) > 2");
    ASSERT_TRUE(second);
    EXPECT_EQ(second->version, 2U);
}

TEST_F(WorkspaceTest, RefusesACycleOfSegments) {
    append_purchase("ada", "2025-11-03", 40);
    ASSERT_TRUE(define_segment(*workspace_, "a", "did purchase"));
    ASSERT_TRUE(define_segment(*workspace_, "b", "segment a"));
    const auto cycle = define_segment(*workspace_, "a", "segment b");
    ASSERT_FALSE(cycle);
    EXPECT_EQ(cycle.error().code, ErrorCode::invalid_argument);
}

TEST_F(WorkspaceTest, ProfileNamesTheSourceOfATrait) {
    RecordBatchBuilder builder;
    const std::vector<NamedDatum> traits = {
        {.name = builder.name("country"), .value = Datum::of(std::string_view("FR"))}};
    builder.add({.kind = RecordKind::traits,
                 .customer = "ada",
                 .time = {},
                 .name = {},
                 .text = {},
                 .message_id = {},
                 .properties = traits});
    ASSERT_TRUE(workspace_->append(
        builder.finish({.source = "customers.csv", .received_at = clock_.now(), .sequence = {}})));
    workspace_->publish();
    auto profile = customer_profile(workspace_->view(), "ada", at("2026-03-01"), 10);
    ASSERT_TRUE(profile);
    ASSERT_TRUE(name_sources(*profile, workspace_->log()));
    ASSERT_EQ(profile->traits.size(), 1U);
    EXPECT_EQ(profile->traits.front().source, "customers.csv");
    EXPECT_EQ(profile->traits.front().value, Value(std::string("FR")));
}

/// Changes a byte of stored rows: the first and the last time of a chunk lie at its head, before
/// the directory, which holds them as well.
void damage_rows(const std::string& path, Instant time) {
    std::ifstream in(path, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    std::string stored;
    ByteWriter(stored).signed_varint(time.time_since_epoch().count());
    const std::size_t place = bytes.find(stored);
    ASSERT_NE(place, std::string::npos);
    bytes[place] = static_cast<char>(bytes[place] ^ 4);
    std::ofstream(path, std::ios::binary) << bytes;
}

TEST_F(WorkspaceTest, RebuildsFromTheLogWhatAnAnswerFindsDamaged) {
    append_purchase("ada", "2025-11-03", 40);
    append_purchase("ben", "2026-02-20", 15);
    ASSERT_TRUE(workspace_->write_checkpoint());
    const std::string path = workspace_->checkpoint_path();
    const auto ask_members = [this] {
        return workspace_->answer(
            [](const std::shared_ptr<const columns::View>& view) -> Result<Ids> {
                const auto question = PreparedQuestion::prepare(
                    view,
                    {.text = "percentile(sum(purchase.amount)) >= 0 and did purchase",
                     .at = at("2026-03-01"),
                     .purpose = {},
                     .threads = 1});
                if (!question) {
                    return question.error();
                }
                const auto answer = ask(*question, 1);
                return answer ? Result<Ids>(customer_ids(view, answer->members))
                              : Result<Ids>(answer.error());
            });
    };
    workspace_.reset();
    damage_rows(path, at("2026-02-20"));
    open();
    ASSERT_TRUE(workspace_->open_report().from_checkpoint) << "the damage is met when answering";
    ASSERT_TRUE(warnings_.empty());
    const auto question = PreparedQuestion::prepare(
        workspace_->view(),
        {.text = "did purchase", .at = at("2026-03-01"), .purpose = {}, .threads = 1});
    EXPECT_EQ(ask(*question, 1).error().code, ErrorCode::corrupt);
    EXPECT_EQ(verdict(*question, "ada").error().code, ErrorCode::corrupt);
    EXPECT_EQ(value(*question, "ada").error().code, ErrorCode::corrupt);
    EXPECT_EQ(explain(*question, "ada").error().code, ErrorCode::corrupt);
    EXPECT_EQ(total_of(*question, {}).error().code, ErrorCode::corrupt);
    EXPECT_EQ(describe(workspace_->view(), at("2026-03-01")).error().code, ErrorCode::corrupt);
    EXPECT_EQ(customer_profile(workspace_->view(), "ada", at("2026-03-01"), 10).error().code,
              ErrorCode::corrupt);
    const auto found = ask_members();
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_EQ(*found, (Ids{"ada", "ben"}));
    ASSERT_EQ(warnings_.size(), 1U);
    EXPECT_NE(warnings_.front().find("folding the log anew"), std::string::npos);
    warnings_.clear();
    open();
    EXPECT_TRUE(workspace_->open_report().from_checkpoint) << "a sound one took its place";
    EXPECT_EQ(*ask_members(), (Ids{"ada", "ben"}));
    EXPECT_TRUE(warnings_.empty());
}

TEST_F(WorkspaceTest, GoesOnAppendingOverADamagedCheckpoint) {
    append_purchase("ada", "2025-11-03", 40);
    ASSERT_TRUE(workspace_->write_checkpoint());
    const std::string path = workspace_->checkpoint_path();
    workspace_.reset();
    damage_rows(path, at("2025-11-03"));
    open();
    append_purchase("ben", "2026-02-20", 15);
    ASSERT_TRUE(workspace_->write_checkpoint()) << "which joins and reads all rows";
    EXPECT_EQ(warnings_.size(), 1U);
    open();
    EXPECT_TRUE(workspace_->open_report().from_checkpoint);
    EXPECT_EQ(members("did purchase", "2026-03-01"), (Ids{"ada", "ben"}));
}

TEST_F(WorkspaceTest, SetsTheCheckpointOfAnotherLogAside) {
    append_purchase("ada", "2025-11-03", 40);
    ASSERT_TRUE(workspace_->write_checkpoint());
    const std::string path = workspace_->checkpoint_path();
    workspace_.reset();
    const fs::path kept = directory_.string() + ".kept";
    fs::rename(path, kept);
    fs::remove_all(directory_);
    open();
    append_purchase("ben", "2026-02-20", 15);
    workspace_.reset();
    fs::rename(kept, path);
    open();
    EXPECT_FALSE(workspace_->open_report().from_checkpoint);
    EXPECT_NE(workspace_->open_report().warning.find("another log"), std::string::npos);
    EXPECT_EQ(members("did purchase", "2026-03-01"), Ids{"ben"});
    open();
    EXPECT_TRUE(workspace_->open_report().from_checkpoint) << "a right one took its place";
    EXPECT_EQ(members("did purchase", "2026-03-01"), Ids{"ben"});
}

TEST_F(WorkspaceTest, ACheckpointFromBeforeAnErasureBringsNobodyBack) {
    append_purchase("ada", "2025-11-03", 40);
    append_purchase("ben", "2026-02-20", 15);
    ASSERT_TRUE(workspace_->write_checkpoint());
    const std::string path = workspace_->checkpoint_path();
    const fs::path kept = directory_.string() + ".kept";
    fs::copy_file(path, kept, fs::copy_options::overwrite_existing);
    ASSERT_TRUE(erase_customer(*workspace_, "ada"));
    workspace_.reset();
    fs::rename(kept, path);
    open();
    EXPECT_FALSE(workspace_->open_report().from_checkpoint);
    EXPECT_EQ(members("did purchase", "2026-03-01"), Ids{"ben"});
}

TEST_F(WorkspaceTest, VerifyFindsHeldReplayedAndCheckpointEqual) {
    append_purchase("ada", "2025-11-03", 40);
    append_purchase("ben", "2026-02-20", 15);
    ASSERT_TRUE(workspace_->write_checkpoint());
    const auto verification = verify(*workspace_, {});
    ASSERT_TRUE(verification) << verification.error().message;
    EXPECT_TRUE(verification->agrees());
    EXPECT_FALSE(verification->checkpoint_digest.empty());
}

}  // namespace
}  // namespace fineline::engine
