#include "control/sessions.h"

#include "control/control_store.h"
#include "model/limits.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

namespace fineline::control {
namespace {

using std::chrono::seconds;

const Instant noon = Instant(std::chrono::hours(12));

class SessionsTest : public testing::Test {
  protected:
    void SetUp() override {
        directory = std::filesystem::temp_directory_path() /
                    ("fineline-sessions-" + std::to_string(::getpid()));
        std::filesystem::remove_all(directory);
        std::filesystem::create_directories(directory);
        auto opened = ControlStore::open(directory);
        ASSERT_TRUE(opened) << opened.error().message;
        store = std::move(*opened);
        admin = make(KeyKind::admin, "first");
        write = make(KeyKind::write, "shop");
    }

    void TearDown() override {
        store.reset();
        std::filesystem::remove_all(directory);
    }

    [[nodiscard]] NewKey make(KeyKind kind, const char* name) {
        auto made = store->create_key(kind, name, noon);
        return made ? *made : NewKey();
    }

    std::filesystem::path directory;
    std::unique_ptr<ControlStore> store;
    NewKey admin;
    NewKey write;
};

TEST_F(SessionsTest, OpensForAnAdminKeyAlone) {
    Sessions sessions(*store);
    EXPECT_FALSE(sessions.open(write.secret, noon)) << "a write key reads nothing";
    EXPECT_FALSE(sessions.open("fla_guess", noon));
    EXPECT_FALSE(sessions.open("", noon));
    const auto made = sessions.open(admin.secret, noon);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->session.key.id, admin.key.id);
    EXPECT_GE(made->secret.size(), 43U) << "256 bits";
    const auto found = sessions.find(made->secret, noon);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->csrf_token, made->session.csrf_token);
    EXPECT_NE(found->csrf_token, made->secret);
    EXPECT_FALSE(sessions.find(made->session.csrf_token, noon)) << "the token opens nothing";
    EXPECT_FALSE(sessions.find(admin.secret, noon));
    const auto other = sessions.open(admin.secret, noon);
    ASSERT_TRUE(other);
    EXPECT_NE(other->secret, made->secret);
    EXPECT_NE(other->session.csrf_token, made->session.csrf_token);
}

TEST_F(SessionsTest, EndsByTimeByWishAndWithItsKey) {
    Sessions sessions(*store);
    const auto made = sessions.open(admin.secret, noon);
    ASSERT_TRUE(made);
    EXPECT_TRUE(sessions.find(made->secret, noon + session_time - seconds(1)));
    EXPECT_FALSE(sessions.find(made->secret, noon + session_time));
    sessions.close(made->secret);
    EXPECT_FALSE(sessions.find(made->secret, noon));

    const NewKey second = make(KeyKind::admin, "second");
    const auto of_first = sessions.open(admin.secret, noon);
    const auto of_second = sessions.open(second.secret, noon);
    ASSERT_TRUE(of_first && of_second);
    ASSERT_TRUE(store->revoke_key(second.key.id, noon));
    EXPECT_FALSE(sessions.find(of_second->secret, noon)) << "its key was revoked";
    EXPECT_TRUE(sessions.find(of_first->secret, noon));
    sessions.close_all();
    EXPECT_FALSE(sessions.find(of_first->secret, noon));
}

TEST_F(SessionsTest, AreBoundedAndTheOldestGives) {
    Sessions sessions(*store);
    const auto oldest = sessions.open(admin.secret, noon);
    ASSERT_TRUE(oldest);
    for (std::size_t i = 1; i < limits::sessions_max; ++i) {
        ASSERT_TRUE(sessions.open(admin.secret, noon + seconds(1)));
    }
    EXPECT_TRUE(sessions.find(oldest->secret, noon));
    ASSERT_TRUE(sessions.open(admin.secret, noon + seconds(1)));
    EXPECT_FALSE(sessions.find(oldest->secret, noon));
    EXPECT_EQ(sessions.count(), limits::sessions_max);
    ASSERT_TRUE(sessions.open(admin.secret, noon + session_time + seconds(1)));
    EXPECT_EQ(sessions.count(), 1U) << "the expired ones are forgotten";
}

}  // namespace
}  // namespace fineline::control
