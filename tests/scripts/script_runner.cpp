#include "configuration.h"
#include "player.h"
#include "script.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <string>

// One test per script and configuration: functions/count.plain, functions/count.restart …

namespace fineline::scripts {
namespace {

/// Removes its directory, and what lies beside it under its name, at the end.
class ScratchDirectory {
  public:
    ScratchDirectory() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "fineline_script_XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }

    ~ScratchDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
        std::filesystem::remove(path_ + ".csv", ignored);
    }

    ScratchDirectory(const ScratchDirectory&) = delete;
    ScratchDirectory& operator=(const ScratchDirectory&) = delete;
    ScratchDirectory(ScratchDirectory&&) = delete;
    ScratchDirectory& operator=(ScratchDirectory&&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

class ScriptTest : public testing::Test {
  public:
    ScriptTest(std::string path, Configuration configuration)
        : path_(std::move(path)), configuration_(configuration) {}

    void TestBody() override {
        const auto script = read_script(path_);
        ASSERT_TRUE(script) << script.error().message;
        if (configuration_ == Configuration::shuffled && script->arrival_matters) {
            GTEST_SKIP() << "arrival matters";
        }
        const ScratchDirectory directory;
        World world(directory.path(), configuration_);
        const Status opened = world.open();
        ASSERT_TRUE(opened) << opened.error().message;
        for (const std::string& complaint : Player(*script, world).play()) {
            ADD_FAILURE_AT(path_.c_str(), 1) << complaint;
        }
    }

  private:
    std::string path_;
    Configuration configuration_;
};

void register_scripts(const std::vector<Configuration>& configurations) {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(SCRIPTS_DIR)) {
        if (entry.path().extension() == ".seg") {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    for (const std::filesystem::path& file : files) {
        const std::string suite = file.lexically_relative(SCRIPTS_DIR).replace_extension().string();
        for (const Configuration configuration : configurations) {
            testing::RegisterTest(suite.c_str(),
                                  to_string(configuration),
                                  nullptr,
                                  nullptr,
                                  file.c_str(),
                                  1,
                                  [path = file.string(), configuration]() -> testing::Test* {
                                      return new ScriptTest(path, configuration);
                                  });
        }
    }
}

}  // namespace
}  // namespace fineline::scripts

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    const auto configurations = fineline::scripts::read_configurations(CONFIGURATIONS);
    if (!configurations) {
        std::cerr << configurations.error().message << "\n";
        return 1;
    }
    fineline::scripts::register_scripts(*configurations);
    return RUN_ALL_TESTS();
}
