#pragma once

#include "base/result.h"

#include <string>

namespace fineline::eventlog {

/// Describes the failure that `errno` holds: `path`, what could not be done, and why.
/// The code is unavailable when the disk is full, else io.
[[nodiscard]] Error system_error(const std::string& path, const std::string& what);

/// Waits until the content of a file, or the names in a directory, are on disk. Errors: io.
[[nodiscard]] Status sync_to_disk(const std::string& path);

/// Gives a complete file its final name, replacing what had it, in one step that survives a crash.
/// Both names must lie in `directory`. Errors: io.
[[nodiscard]] Status rename_durably(const std::string& directory,
                                    const std::string& from,
                                    const std::string& to);

/// Deletes a file; one that does not exist is fine. Errors: io.
[[nodiscard]] Status remove_file(const std::string& path);

[[nodiscard]] bool file_exists(const std::string& path);

/// Makes an empty file that nobody else had. Errors: conflict if it exists, io.
[[nodiscard]] Status create_new_file(const std::string& path);

/// Makes the directory and its parents where missing. Errors: io.
[[nodiscard]] Status create_directory(const std::string& path);

}  // namespace fineline::eventlog
