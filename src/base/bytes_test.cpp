#include "base/bytes.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

namespace fineline {
namespace {

std::string varint_bytes(std::uint64_t value) {
    std::string bytes;
    ByteWriter(bytes).varint(value);
    return bytes;
}

std::string zigzag_bytes(std::int64_t value) {
    std::string bytes;
    ByteWriter(bytes).signed_varint(value);
    return bytes;
}

TEST(ByteWriter, WritesVarintsAsLeb128) {
    EXPECT_EQ(varint_bytes(0), std::string(1, '\0'));
    EXPECT_EQ(varint_bytes(127), "\x7f");
    EXPECT_EQ(varint_bytes(300), "\xac\x02");
    EXPECT_EQ(varint_bytes(624'485), "\xe5\x8e\x26");  // the example of the DWARF standard
    EXPECT_EQ(varint_bytes(std::numeric_limits<std::uint64_t>::max()),
              "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

TEST(ByteWriter, WritesSmallNegativesShort) {
    EXPECT_EQ(zigzag_bytes(-1), "\x01");
    EXPECT_EQ(zigzag_bytes(1), "\x02");
    EXPECT_EQ(zigzag_bytes(-2), "\x03");
}

TEST(ByteWriter, WritesNumbersLittleEndian) {
    std::string bytes;
    ByteWriter(bytes).u32(0x01020304U);
    EXPECT_EQ(bytes, "\x04\x03\x02\x01");
}

TEST(ByteReader, ReadsBackWhatWasWritten) {
    std::string bytes;
    ByteWriter writer(bytes);
    constexpr std::array<std::int64_t, 6> numbers{0,
                                                  -1,
                                                  1,
                                                  1'000'000'007,
                                                  std::numeric_limits<std::int64_t>::min(),
                                                  std::numeric_limits<std::int64_t>::max()};
    for (const std::int64_t number : numbers) {
        writer.signed_varint(number);
        writer.varint(static_cast<std::uint64_t>(number));
        writer.u64(static_cast<std::uint64_t>(number));
    }
    writer.f64(-0.1);
    writer.text("naïve");
    ByteReader reader(bytes);
    for (const std::int64_t number : numbers) {
        EXPECT_EQ(reader.signed_varint(), number);
        EXPECT_EQ(reader.varint(), static_cast<std::uint64_t>(number));
        EXPECT_EQ(reader.u64(), static_cast<std::uint64_t>(number));
    }
    EXPECT_EQ(reader.f64(), -0.1);
    EXPECT_EQ(reader.text(), "naïve");
    EXPECT_TRUE(reader.ok());
    EXPECT_TRUE(reader.at_end());
}

TEST(ByteReader, StaysFailedAfterAShortRead) {
    ByteReader reader("\x05Hell");
    EXPECT_EQ(reader.text(), "");
    EXPECT_FALSE(reader.ok());
    EXPECT_EQ(reader.u8(), 0);
    EXPECT_EQ(reader.varint(), 0U);
    EXPECT_FALSE(reader.ok());
}

TEST(ByteReader, RefusesVarintsBeyond64Bits) {
    for (const char* bytes : {"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
                              "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"}) {
        ByteReader reader(bytes);
        EXPECT_EQ(reader.varint(), 0U);
        EXPECT_FALSE(reader.ok());
    }
}

TEST(ByteReader, RefusesATextLongerThanWhatIsLeft) {
    const std::string bytes = varint_bytes(std::numeric_limits<std::uint64_t>::max()) + "x";
    ByteReader reader(bytes);
    EXPECT_EQ(reader.text(), "");
    EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace fineline
