#include "base/text.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

namespace fineline {
namespace {

TEST(IsUtf8, AcceptsEveryLengthAndRefusesWhatTheStandardForbids) {
    for (const char* text : {"", "plain", "é", "€", "𝄞", "\xf4\x8f\xbf\xbf"}) {
        EXPECT_TRUE(is_utf8(text)) << text;
    }
    for (const char* text : {"\x80",
                             "\xc3",
                             "\xc0\xaf",
                             "\xe0\x80\xaf",
                             "\xed\xa0\x80",
                             "\xf4\x90\x80\x80",
                             "\xff",
                             "a\xe2\x82"}) {
        EXPECT_FALSE(is_utf8(text)) << text;
    }
}

TEST(CodePoints, CountsCharactersNotBytes) {
    EXPECT_EQ(code_points(""), 0U);
    EXPECT_EQ(code_points("naïve €𝄞"), 8U);
}

TEST(BeginningOf, CutsNoCodePointInTwo) {
    EXPECT_EQ(beginning_of("plain", 5), "plain");
    EXPECT_EQ(beginning_of("plain", 3), "pla");
    EXPECT_EQ(beginning_of("plain", 0), "");
    const std::string all = "a\u00e9\u20ac\U0001d11e";  // of 1, 2, 3 and 4 bytes
    for (std::size_t bytes_max = 0; bytes_max <= all.size(); ++bytes_max) {
        const std::string_view cut = beginning_of(all, bytes_max);
        EXPECT_TRUE(is_utf8(cut)) << bytes_max;
        EXPECT_LE(cut.size(), bytes_max);
        EXPECT_LT(bytes_max - cut.size(), 4U);
    }
    EXPECT_EQ(beginning_of("\x80\x80\x80\x80\x80\x80", 5).size(), 5U) << "no UTF-8 at all";
}

TEST(InQuotes, SaysThatAValueGoesOn) {
    EXPECT_EQ(in_quotes(""), "''");
    EXPECT_EQ(in_quotes(std::string(64, 'n')), "'" + std::string(64, 'n') + "'");
    EXPECT_EQ(in_quotes(std::string(65, 'n')), "'" + std::string(64, 'n') + "…'");
    EXPECT_TRUE(is_utf8(in_quotes("a" + std::string(80, 'n').replace(60, 4, "\U0001d11e"))));
    EXPECT_EQ(in_quotes(std::string(63, 'n') + "\U0001d11e"), "'" + std::string(63, 'n') + "…'");
}

TEST(LowerCase, KnowsMoreThanAscii) {
    EXPECT_EQ(lower_case("GROẞE ÄPFEL ΑΒΓ ДОМ"), "große äpfel αβγ дом");
    EXPECT_EQ(upper_case("äpfel αβγ дом"), "ÄPFEL ΑΒΓ ДОМ");
}

TEST(Nearest, FindsTyposAndNothingElse) {
    constexpr std::array<std::string_view, 4> names{"purchase", "refund", "count", "age"};
    EXPECT_EQ(nearest("purchse", names), "purchase");
    EXPECT_EQ(nearest("cuont", names), "count");
    EXPECT_EQ(nearest("agee", names), "age");
    EXPECT_EQ(nearest("newsletter", names), "");
}

TEST(WithCommas, GroupsThousands) {
    EXPECT_EQ(with_commas(0), "0");
    EXPECT_EQ(with_commas(999), "999");
    EXPECT_EQ(with_commas(1000), "1,000");
    EXPECT_EQ(with_commas(1'067'371), "1,067,371");
}

TEST(NumberText, IsShortAndReadsBack) {
    EXPECT_EQ(number_text(3), "3");
    EXPECT_EQ(number_text(-12.5), "-12.5");
    EXPECT_EQ(number_text(0.1), "0.1");
    for (const double number :
         {0.1 + 0.2, 1.0 / 3, 1e-7, 123'456'789.125, -2.5e-300, 1.7976931348623157e308}) {
        double read = 0;
        ASSERT_TRUE(parse_number(number_text(number), read)) << number_text(number);
        EXPECT_EQ(read, number);
    }
}

TEST(ParseNumber, ReadsDecimalsOnly) {
    double number = 0;
    EXPECT_TRUE(parse_number("-12.50", number));
    EXPECT_EQ(number, -12.5);
    EXPECT_TRUE(parse_number("1e3", number));
    EXPECT_EQ(number, 1000);
    for (const char* text :
         {"", " 1", "1 ", "0x10", "inf", "nan", "1e999", "1,5", "--1", "+-1", "1e", "one"}) {
        EXPECT_FALSE(parse_number(text, number)) << text;
    }
}

}  // namespace
}  // namespace fineline
