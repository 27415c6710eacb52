#include "base/path_for_tests.h"
#include "cli/command.h"
#include "engine/definition_change.h"
#include "engine/definitions.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <sstream>
#include <string>

namespace fineline::cli {
namespace {

namespace fs = std::filesystem;

/// Runs a command line over a directory of the test.
class SegmentsTest : public testing::Test {
  protected:
    SegmentsTest() : directory_(path_for_tests("segments")) {
        fs::remove_all(directory_);
        engine::OpenOptions options;
        options.create = true;
        auto opened = engine::Workspace::open(directory_.string(), options, clock_);
        EXPECT_TRUE(opened) << opened.error().message;
        EXPECT_TRUE(engine::define_segment(**opened, "sound", "did buy"));
        // What a checker of another version let pass, and this one does not read.
        columns::DefinitionEdit broken{.kind = "segment", .name = "broken", .version = {}};
        broken.version.text = "no_such_function(buy)";
        EXPECT_TRUE(engine::store_change(**opened, {broken}, "test"));
    }

    ~SegmentsTest() override { fs::remove_all(directory_); }

    int run_segments(const char* option) {
        out_.str({});
        err_.str({});
        Terminal terminal({.out = out_, .err = err_});
        const std::string data = directory_.string();
        const std::array<const char*, 5> words{
            "fineline", "segments", "--data", data.c_str(), option};
        return run(static_cast<int>(words.size()),
                   words.data(),
                   {.terminal = terminal, .clock = clock_, .stop = stop_});
    }

    FixedClock clock_{Instant(std::chrono::hours(24 * 20'000))};
    std::atomic<bool> stop_{false};
    fs::path directory_;
    std::ostringstream out_;
    std::ostringstream err_;
};

TEST_F(SegmentsTest, OneThatCannotBeEvaluatedFailsTheCommandAndHidesNoOther) {
    EXPECT_EQ(run_segments("--value=1"), 1);
    EXPECT_NE(out_.str().find("sound"), std::string::npos) << out_.str();
    EXPECT_NE(out_.str().find("broken"), std::string::npos);
    EXPECT_NE(err_.str().find("'broken' cannot be evaluated"), std::string::npos) << err_.str();
}

TEST_F(SegmentsTest, ItIsSaidInJsonToo) {
    EXPECT_EQ(run_segments("--json"), 1);
    const auto all = parse_json(out_.str().substr(0, out_.str().find('\n')));
    ASSERT_TRUE(all) << out_.str();
    ASSERT_NE(all->array(), nullptr);
    ASSERT_EQ(all->array()->size(), 2U);
    const Json& broken = all->array()->front();
    EXPECT_EQ(*broken.find("name")->string(), "broken");
    ASSERT_NE(broken.find("error"), nullptr);
    EXPECT_NE(broken.find("error")->find("message")->string()->find("no_such_function"),
              std::string::npos);
    EXPECT_EQ(broken.find("size"), nullptr);
    EXPECT_EQ(all->array()->back().find("error"), nullptr);
}

}  // namespace
}  // namespace fineline::cli
