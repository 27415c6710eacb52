#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

namespace fineline {

/// A path under the temporary directory for a test to work at: no other process has it, so two runs
/// of the tests at once don't meet. Nothing is made there.
[[nodiscard]] inline std::filesystem::path path_for_tests(const std::string& name) {
    return std::filesystem::temp_directory_path() /
           ("fineline-" + std::to_string(::getpid()) + "-" + name);
}

}  // namespace fineline
