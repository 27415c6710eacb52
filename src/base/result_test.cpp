#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace fineline {
namespace {

Result<int> half_of(int number) {
    if (number % 2 != 0) {
        return Error{ErrorCode::invalid_argument, "an odd number: " + std::to_string(number), {}};
    }
    return number / 2;
}

Result<std::string> text_of_half(int number) {
    const auto half = half_of(number);
    if (!half) {
        return half.error();
    }
    return std::to_string(*half);
}

TEST(Result, HoldsAValueOrTheErrorThatExplainsIt) {
    EXPECT_EQ(*text_of_half(6), "3");
    EXPECT_FALSE(text_of_half(7));
    EXPECT_EQ(text_of_half(7).error().message, "an odd number: 7");
}

TEST(Result, MovesWhatCannotBeCopied) {
    Result<std::unique_ptr<int>> made = std::make_unique<int>(5);
    const std::unique_ptr<int> taken = std::move(made).value();
    EXPECT_EQ(*taken, 5);
}

TEST(ResultDeathTest, StopsOnAValueThatIsNotThere) {
    EXPECT_DEATH((void)half_of(1).value(), "holds an error");
    EXPECT_DEATH((void)half_of(2).error(), "holds a value");
}

}  // namespace
}  // namespace fineline
