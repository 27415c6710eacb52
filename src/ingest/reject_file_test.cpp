#include "ingest/reject_file.h"

#include "base/json.h"
#include "base/path_for_tests.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace fineline::ingest {
namespace {

class RejectFileTest : public testing::Test {
  protected:
    RejectFileTest() : directory_(path_for_tests("reject_file").string()) {
        std::filesystem::remove_all(directory_);
    }

    void TearDown() override { std::filesystem::remove_all(directory_); }

    static std::string read(const std::string& path) {
        std::ostringstream text;
        text << std::ifstream(path, std::ios::binary).rdbuf();
        return text.str();
    }

    /// Writes one entry per text and returns the path.
    std::string write(const std::vector<std::string>& texts) {
        RejectFile file(directory_, "/some/where/orders.csv", "ab12");
        for (const std::string& text : texts) {
            EXPECT_TRUE(file.write({.reason = RejectReason::bad_time,
                                    .line = 3,
                                    .byte_offset = 20,
                                    .message = "no time",
                                    .text = text}));
        }
        EXPECT_TRUE(file.finish());
        return file.path();
    }

    std::string directory_;
};

TEST_F(RejectFileTest, WritesOneObjectALine) {
    const std::string path = write({"1,\"x\",\xff\n2"});
    EXPECT_EQ(path, directory_ + "/orders.csv-ab12.jsonl");
    EXPECT_EQ(
        read(path),
        R"({"line":3,"offset":20,"reason":"bad_time","message":"no time","text":"1,\"x\",\\xff\n2"})"
        "\n");
    EXPECT_EQ(std::filesystem::status(path).permissions(),
              std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(RejectFileTest, IsCreatedWithTheFirstRow) {
    EXPECT_EQ(write({}), "");
    EXPECT_FALSE(std::filesystem::exists(directory_));
}

TEST_F(RejectFileTest, ErasesTheEntriesThatMentionAnId) {
    const std::string path = write({"17850,2011-13-01,x",
                                    "217850,2011-13-01,x",
                                    "\"say \"\"hi\"\"\",y",
                                    "a@b.de;2011",
                                    "17850_b,z",
                                    "kept \"17850\""});
    const std::vector<std::string> ids{"17850", "say \"hi\"", "a@b.de"};
    auto erased = erase_rejects(directory_, ids);
    ASSERT_TRUE(erased) << erased.error().message;
    EXPECT_EQ(erased->entries, 4U);
    EXPECT_EQ(erased->files_rewritten, 1U);
    const std::string left = read(path);
    EXPECT_NE(left.find("217850,"), std::string::npos);
    EXPECT_NE(left.find("17850_b"), std::string::npos);
    EXPECT_EQ(left.find("hi"), std::string::npos);
    EXPECT_EQ(left.find("a@b.de"), std::string::npos);
    EXPECT_EQ(left.find("kept"), std::string::npos);
    auto again = erase_rejects(directory_, ids);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->entries, 0U);
}

TEST_F(RejectFileTest, ErasureFindsIdsInCutAndUnfinishedFiles) {
    const std::string path = write({"17850,x"});
    std::ofstream(path, std::ios::app) << R"({"line":4,"offset":9,"reason":"bad_time","text":"178)";
    std::ofstream(path + ".new") << "17850 from an erasure that was killed";
    const std::vector<std::string> ids{"17850"};
    auto erased = erase_rejects(directory_, ids);
    ASSERT_TRUE(erased) << erased.error().message;
    EXPECT_EQ(read(path), "");
    EXPECT_FALSE(std::filesystem::exists(path + ".new"));
}

TEST_F(RejectFileTest, ErasureOfADirectoryThatIsNotThere) {
    const std::vector<std::string> ids{"1"};
    auto erased = erase_rejects(directory_, ids);
    ASSERT_TRUE(erased);
    EXPECT_EQ(erased->entries, 0U);
}

TEST_F(RejectFileTest, ErasureRefusesFilesThatAreNotOurs) {
    std::filesystem::create_directories(directory_);
    std::ofstream(directory_ + "/notes.jsonl") << "not json\n";
    const std::vector<std::string> ids{"1"};
    auto erased = erase_rejects(directory_, ids);
    ASSERT_FALSE(erased);
    EXPECT_EQ(erased.error().code, ErrorCode::corrupt);
}

}  // namespace
}  // namespace fineline::ingest
