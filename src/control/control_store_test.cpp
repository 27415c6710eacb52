#include "control/control_store.h"

#include "model/limits.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace fineline::control {
namespace {

const Instant noon = Instant(std::chrono::hours(12));

class ControlStoreTest : public testing::Test {
  protected:
    void SetUp() override {
        directory = std::filesystem::temp_directory_path() /
                    ("fineline-control-" + std::to_string(::getpid()));
        std::filesystem::remove_all(directory);
        std::filesystem::create_directories(directory);
        open();
    }

    void TearDown() override {
        store.reset();
        std::filesystem::remove_all(directory);
    }

    void open() {
        store.reset();
        auto opened = ControlStore::open(directory);
        ASSERT_TRUE(opened) << opened.error().message;
        store = std::move(*opened);
    }

    [[nodiscard]] bool any_file_holds(const std::string& text) const {
        for (const auto& file : std::filesystem::directory_iterator(directory)) {
            std::ifstream stream(file.path(), std::ios::binary);
            std::stringstream bytes;
            bytes << stream.rdbuf();
            if (bytes.str().find(text) != std::string::npos) {
                return true;
            }
        }
        return false;
    }

    std::filesystem::path directory;
    std::unique_ptr<ControlStore> store;
};

TEST_F(ControlStoreTest, FindsAKeyByItsSecretAlsoAfterOpeningAnew) {
    const auto made = store->create_key(KeyKind::write, "web", noon);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->secret.substr(0, 4), "flw_");
    open();
    const auto found = store->find_key(made->secret);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->name, "web");
    EXPECT_EQ(found->kind, KeyKind::write);
    EXPECT_EQ(found->created_at, noon);
    EXPECT_EQ(store->find_key(made->secret + "x"), nullptr);
    EXPECT_EQ(store->find_key(""), nullptr);
    EXPECT_FALSE(any_file_holds(made->secret)) << "the secret itself must not be stored";
}

TEST_F(ControlStoreTest, RefusesASecondKeyOfAName) {
    ASSERT_TRUE(store->create_key(KeyKind::write, "web", noon));
    const auto again = store->create_key(KeyKind::admin, "web", noon);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::conflict);
}

TEST_F(ControlStoreTest, RevokesKeysButNotTheLastAdmin) {
    const auto write = store->create_key(KeyKind::write, "web", noon);
    const auto admin = store->create_key(KeyKind::admin, "me", noon);
    ASSERT_TRUE(write && admin);
    EXPECT_NE(store->find_key(write->secret), nullptr);
    EXPECT_NE(store->find_key(write->secret), nullptr) << "also once it is known";
    EXPECT_TRUE(store->revoke_key(write->key.id, noon));
    EXPECT_EQ(store->find_key(write->secret), nullptr);
    const auto last = store->revoke_key(admin->key.id, noon);
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().code, ErrorCode::conflict);
    ASSERT_TRUE(store->create_key(KeyKind::admin, "you", noon));
    EXPECT_TRUE(store->revoke_key(admin->key.id, noon));
    EXPECT_EQ(store->revoke_key("nobody", noon).error().code, ErrorCode::not_found);
}

TEST_F(ControlStoreTest, PagesTheQuarantineNewestFirst) {
    for (int i = 0; i < 3; ++i) {
        const QuarantinedItem item{.id = 0,
                                   .received_at = noon,
                                   .source = "web",
                                   .reason = "bad_time",
                                   .message = "no time",
                                   .text = "item " + std::to_string(i)};
        ASSERT_TRUE(store->quarantine(std::span(&item, 1)));
    }
    const auto newest = store->quarantined(0, 2);
    ASSERT_TRUE(newest);
    ASSERT_EQ(newest->size(), 2U);
    EXPECT_EQ(newest->at(0).text, "item 2");
    const auto rest = store->quarantined(newest->at(1).id, 10);
    ASSERT_TRUE(rest);
    ASSERT_EQ(rest->size(), 1U);
    EXPECT_EQ(rest->at(0).text, "item 0");
    const auto counts = store->quarantine_counts();
    ASSERT_TRUE(counts);
    ASSERT_EQ(counts->size(), 1U);
    EXPECT_EQ(counts->at(0).items, 3U);
}

TEST_F(ControlStoreTest, ErasesItemsThatNameAPersonFromTheFiles) {
    std::vector<QuarantinedItem> items(3);
    items[0].text = R"({"userId":"ada lovelace","x":1})";
    items[1].text = R"({"userId":"ada lovelaces"})";
    items[2].text = R"({"userId":"say \"hi\""})";
    ASSERT_TRUE(store->quarantine(items));
    const std::vector<std::string> ids{"ada lovelace", "say \"hi\""};
    const auto erased = store->erase_mentions(ids);
    ASSERT_TRUE(erased);
    EXPECT_EQ(*erased, 2U);
    const auto left = store->quarantined(0, 10);
    ASSERT_TRUE(left);
    ASSERT_EQ(left->size(), 1U);
    EXPECT_EQ(left->at(0).text, items[1].text);
    EXPECT_FALSE(any_file_holds("say \\\"hi"));
}

TEST_F(ControlStoreTest, KeepsWhereAWebhookIsAndWhatItGaveUp) {
    Webhook wanted;
    wanted.url = "http://example.com/";
    wanted.created_at = noon;
    wanted.delivered = 5;
    auto made = store->create_webhook(wanted);
    ASSERT_TRUE(made) << made.error().message;
    made->delivered = 9;
    made->failures = 2;
    made->last_error = "refused";
    ASSERT_TRUE(store->update_webhook(*made, 4)) << "somebody else set it: left alone";
    EXPECT_EQ(store->webhooks()->at(0).delivered, 5U);
    ASSERT_TRUE(store->update_webhook(*made, 5));
    EXPECT_EQ(store->webhooks()->at(0).delivered, 9U);
    const DeadLetter letter{
        .id = 0, .webhook = made->id, .first = 10, .last = 20, .given_up_at = noon, .error = "500"};
    ASSERT_TRUE(store->bury(letter));
    open();
    const auto all = store->webhooks();
    ASSERT_TRUE(all);
    ASSERT_EQ(all->size(), 1U);
    EXPECT_EQ(all->at(0).delivered, 20U);
    EXPECT_EQ(all->at(0).failures, 0U);
    EXPECT_EQ(all->at(0).secret, made->secret);
    const auto dead = store->dead_letters(made->id);
    ASSERT_TRUE(dead);
    ASSERT_EQ(dead->size(), 1U);
    EXPECT_EQ(dead->at(0).first, 10U);
    EXPECT_TRUE(store->remove_dead_letter(made->id, dead->at(0).id));
    EXPECT_FALSE(store->remove_dead_letter(made->id, dead->at(0).id));
    EXPECT_TRUE(store->remove_webhook(made->id));
    EXPECT_FALSE(store->remove_webhook(made->id));
}

TEST_F(ControlStoreTest, KeepsOneStudyOfEachKindAndPurpose) {
    const auto keep = [&](const char* kind, const char* purpose, const char* id, int minute) {
        return store->keep_study({.kind = kind,
                                  .purpose = purpose,
                                  .id = id,
                                  .order = "{}",
                                  .ended_at = noon + std::chrono::minutes(minute),
                                  .result = std::string("{\"of\":\"") + id + "\"}"});
    };
    ASSERT_TRUE(keep("audit", "spring", "a", 1));
    ASSERT_TRUE(keep("curve", "spring", "b", 2));
    ASSERT_TRUE(keep("audit", "autumn", "c", 3));
    ASSERT_TRUE(keep("audit", "spring", "d", 4));
    open();
    const auto all = store->kept_studies();
    ASSERT_TRUE(all);
    std::string ids;
    for (const KeptStudy& study : *all) {
        ids += study.id;
        EXPECT_EQ(study.result, "");
    }
    EXPECT_EQ(ids, "dcb") << "newest first; the first audit of spring gave way";
    const auto kept = store->kept_study("d");
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->result, "{\"of\":\"d\"}");
    EXPECT_EQ(kept->ended_at, noon + std::chrono::minutes(4));
    const auto gone = store->kept_study("a");
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code, ErrorCode::not_found);
}

TEST_F(ControlStoreTest, ErasesStudiesThatNameAPerson) {
    const auto keep = [&](const char* kind, const char* result) {
        return store->keep_study({.kind = kind,
                                  .purpose = "spring",
                                  .id = kind,
                                  .order = "{}",
                                  .ended_at = noon,
                                  .result = result});
    };
    ASSERT_TRUE(keep("audit", R"({"typical":"ben-7, ada@example.org"})"));
    ASSERT_TRUE(keep("curve", R"({"typical":"ada@example.organic"})"));
    const std::vector<std::string> ids{"ada@example.org"};
    const auto erased = store->erase_mentions(ids);
    ASSERT_TRUE(erased);
    EXPECT_EQ(*erased, 1U);
    EXPECT_FALSE(store->kept_study("audit"));
    EXPECT_TRUE(store->kept_study("curve"));
    store.reset();
    EXPECT_FALSE(any_file_holds("ben-7, ada@example.org"));
}

}  // namespace
}  // namespace fineline::control
