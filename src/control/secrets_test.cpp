#include "control/secrets.h"

#include <gtest/gtest.h>

#include <set>

namespace fineline::control {
namespace {

// RFC 4231, test case 2: HMAC-SHA-256 with the key "Jefe".
TEST(Secrets, SignsAsTheStandardSays) {
    EXPECT_EQ(signature("Jefe", "what do ya want for nothing?"),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

// RFC 4648, section 10.
TEST(Secrets, DecodesBase64WithAndWithoutPadding) {
    std::string bytes;
    EXPECT_TRUE(decode_base64("Zm9vYg==", bytes));
    EXPECT_EQ(bytes, "foob");
    EXPECT_TRUE(decode_base64("Zm9vYmE", bytes));
    EXPECT_EQ(bytes, "fooba");
    EXPECT_TRUE(decode_base64("_-8", bytes));
    EXPECT_EQ(bytes, "\xff\xef");
    EXPECT_TRUE(decode_base64("", bytes));
    EXPECT_EQ(bytes, "");
    EXPECT_FALSE(decode_base64("Zm9v!", bytes));
    EXPECT_FALSE(decode_base64("Z", bytes));
}

// The BLAKE2b-256 of the empty text, as b2sum -l 256 prints it.
TEST(Secrets, DigestsWithBlake2b) {
    EXPECT_EQ(secret_digest(""),
              "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
}

TEST(Secrets, DrawsEverySecretAnew) {
    std::set<std::string> drawn;
    for (int i = 0; i < 100; ++i) {
        drawn.insert(random_secret());
    }
    EXPECT_EQ(drawn.size(), 100U);
    EXPECT_EQ(drawn.begin()->size(), 43U);
    EXPECT_EQ(random_id().size(), 16U);
}

}  // namespace
}  // namespace fineline::control
