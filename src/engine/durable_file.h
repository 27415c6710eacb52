#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace fineline::engine {

/// Replaces a file as a whole: written beside it, flushed to disk, renamed, directory flushed.
/// After a crash the file holds either the old or the new bytes. Errors: io, unavailable (disk
/// full).
[[nodiscard]] Status write_durably(const std::string& path, std::string_view bytes);

/// Overwrites a file with zeros, flushes, removes it and flushes its directory. A missing file is
/// fine.
[[nodiscard]] Status remove_durably(const std::string& path);

}  // namespace fineline::engine
