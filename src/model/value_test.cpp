#include "model/value.h"

#include "model/value_encoding.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace fineline {
namespace {

using namespace std::chrono_literals;

std::vector<Value> every_kind() {
    return {
        Value(),
        Value(true),
        Value(-12.5),
        Value(std::string("naïve")),
        Value(std::string()),
        Value(Instant(std::chrono::microseconds(-1))),
        Value(Duration(std::chrono::hours(36))),
        Value(Value::List{Value(1.0), Value(std::string("a")), Value(Value::List{Value(false)})}),
        Value(Value::List{})};
}

TEST(Value, ReadsBackFromItsEncoding) {
    for (const Value& value : every_kind()) {
        std::string storage;
        storage.reserve(1024);
        std::string bytes;
        append_datum(bytes, borrow(value, storage));
        ByteReader reader(bytes);
        Datum read;
        ASSERT_TRUE(read_datum(reader, read));
        EXPECT_TRUE(reader.at_end());
        EXPECT_EQ(to_value(read), value);
    }
}

TEST(Value, EncodesAsTheFormatSays) {
    const auto encoded = [](const Value& value) {
        std::string bytes;
        std::string storage;
        append_datum(bytes, borrow(value, storage));
        return bytes;
    };
    EXPECT_EQ(encoded(Value()), std::string("\0", 1));
    EXPECT_EQ(encoded(Value(true)), "\x01\x01");
    EXPECT_EQ(encoded(Value(1.0)), std::string("\x02\0\0\0\0\0\0\xf0\x3f", 9));
    EXPECT_EQ(encoded(Value(std::string("ab"))),
              "\x03\x02"
              "ab");
    EXPECT_EQ(encoded(Value(Instant(-1us))), "\x04\x01");
    EXPECT_EQ(encoded(Value(64us)), "\x05\x80\x01");
    EXPECT_EQ(encoded(Value(Value::List{Value(true), Value()})),
              std::string("\x06\x03\x01\x01\0", 5));
    std::string withheld;
    append_datum(withheld, Datum::withheld());
    EXPECT_EQ(withheld, std::string("\0", 1)) << "never stored";
}

TEST(Value, RefusesListsNestedTooDeep) {
    Value value(Value::List{});
    for (int depth = 0; depth < 3; ++depth) {
        value = Value(Value::List{value});
    }
    std::string encoded;
    append_list_encoding(encoded, value.list());
    EXPECT_TRUE(is_list_encoding(encoded, 3));
    EXPECT_FALSE(is_list_encoding(encoded, 2));
    EXPECT_FALSE(is_list_encoding("\x03\x09x", 8));
}

TEST(Value, TruncatedEncodingsAreRefused) {
    for (const Value& value : every_kind()) {
        std::string storage;
        storage.reserve(1024);
        std::string bytes;
        append_datum(bytes, borrow(value, storage));
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            ByteReader reader(std::string_view(bytes).substr(0, size));
            Datum read;
            EXPECT_FALSE(read_datum(reader, read));
        }
    }
}

TEST(Value, NumbersThatAreNoneAreRefused) {
    for (const double number :
         {std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
        std::string bytes;
        append_datum(bytes, Datum::of(number));
        ByteReader reader(bytes);
        Datum read;
        EXPECT_FALSE(read_datum(reader, read));
    }
}

TEST(Datum, EqualsOnlyItsOwnKind) {
    EXPECT_EQ(Datum::of(1.0), Datum::of(1.0));
    EXPECT_FALSE(Datum::of(1.0) == Datum::of(std::string_view("1")));
    EXPECT_FALSE(Datum::of(true) == Datum::of(1.0));
    EXPECT_FALSE(Datum::of(Instant(Duration(5))) == Datum::of(Duration(5)));
    EXPECT_EQ(Datum::of(0.0), Datum::of(-0.0));
}

TEST(Datum, PrintsForPeople) {
    EXPECT_EQ(to_display(Datum::of(12.5)), "12.5");
    EXPECT_EQ(to_display(Datum::of(std::string_view("tea"))), "tea");
    EXPECT_EQ(to_display(Datum::of(Instant{})), "1970-01-01T00:00:00Z");
    EXPECT_EQ(to_display(Datum::of(Duration(std::chrono::hours(48)))), "2 days");
}

TEST(Value, ComesFromJson) {
    EXPECT_EQ(from_json(Json()), Value());
    EXPECT_EQ(from_json(Json(true)), Value(true));
    EXPECT_EQ(from_json(Json(2.5)), Value(2.5));
    EXPECT_EQ(from_json(Json("tea")), Value(std::string("tea")));
    EXPECT_EQ(from_json(Json(Json::Array{Json(1), Json("a")})),
              Value(Value::List{Value(1.0), Value(std::string("a"))}));
    EXPECT_EQ(from_json(Json(Json::Object{})), Value());
}

}  // namespace
}  // namespace fineline
