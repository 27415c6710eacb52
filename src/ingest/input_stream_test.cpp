#include "ingest/input_stream.h"

#include "base/path_for_tests.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <vector>

namespace fineline::ingest {
namespace {

std::string gzip(const std::string& text) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string out(deflateBound(&stream, text.size()) + 32, '\0');
    std::string in = text;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string zstd(const std::string& text) {
    std::string out(ZSTD_compressBound(text.size()), '\0');
    out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
    return out;
}

struct ReadBack {
    std::string text;
    std::string error;
    Digest128 digest;
    std::uint64_t bytes_done = 0;
};

ReadBack read_back(std::unique_ptr<ByteSource> source, std::size_t piece = 1000) {
    ReadBack result;
    auto stream = InputStream::open(std::move(source));
    if (!stream) {
        result.error = stream.error().message;
        return result;
    }
    std::vector<char> buffer(piece);
    while (true) {
        auto taken = (*stream)->read(buffer);
        if (!taken) {
            result.error = taken.error().message;
            return result;
        }
        if (*taken == 0) {
            result.digest = (*stream)->digest();
            result.bytes_done = (*stream)->bytes_done();
            return result;
        }
        result.text.append(buffer.data(), *taken);
    }
}

ReadBack read_back(const std::string& bytes, std::size_t piece = 1000) {
    return read_back(memory_source(bytes, "test"), piece);
}

std::string sample() {
    std::string text;
    for (int i = 0; i < 200'000; ++i) {
        text += std::to_string(i * 7919 % 100'003) + (i % 10 == 0 ? "\n" : ",");
    }
    return text;
}

TEST(InputStream, ReadsPlainGzipAndZstdAlike) {
    const std::string text = sample();
    for (const std::size_t piece : {std::size_t{7}, std::size_t{4096}, std::size_t{10'000'000}}) {
        for (const std::string& bytes : {text, gzip(text), zstd(text)}) {
            const ReadBack back = read_back(bytes, piece);
            EXPECT_EQ(back.error, "");
            EXPECT_TRUE(back.text == text);
            EXPECT_EQ(back.digest, digest128(text));
            EXPECT_EQ(back.bytes_done, bytes.size());
        }
    }
}

TEST(InputStream, ReadsSeveralMembersAsOne) {
    EXPECT_EQ(read_back(gzip("one,") + gzip("two")).text, "one,two");
    EXPECT_EQ(read_back(zstd("one,") + zstd("two")).text, "one,two");
}

TEST(InputStream, EmptyIsEmpty) {
    EXPECT_EQ(read_back("").text, "");
    EXPECT_EQ(read_back("").error, "");
    EXPECT_EQ(read_back(gzip("")).error, "");
    EXPECT_EQ(read_back(zstd("")).error, "");
}

TEST(InputStream, ReportsCutAndBrokenCompression) {
    const std::string text = sample();
    for (const std::string& bytes : {gzip(text), zstd(text)}) {
        EXPECT_NE(read_back(bytes.substr(0, bytes.size() / 2)).error.find("was cut"),
                  std::string::npos);
        EXPECT_NE(read_back(bytes + "garbage").error, "");
    }
    std::string flipped = gzip(text);
    flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 0x55);
    EXPECT_NE(read_back(flipped).error.find("gzip"), std::string::npos);
}

TEST(InputStream, ReadsFilesAndNamesWhatIsMissing) {
    const std::string path = path_for_tests("input_stream.txt").string();
    std::ofstream(path) << "hello";
    auto source = open_source(path);
    ASSERT_TRUE(source);
    EXPECT_EQ((*source)->size(), 5U);
    EXPECT_EQ(read_back(std::move(*source)).text, "hello");
    std::filesystem::remove(path);
    auto missing = open_source(path);
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::not_found);
    auto directory = open_source(testing::TempDir());
    ASSERT_FALSE(directory);
    EXPECT_NE(directory.error().message.find("is a directory"), std::string::npos);
}

}  // namespace
}  // namespace fineline::ingest
