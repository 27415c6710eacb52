#pragma once

#include "base/result.h"
#include "mapping/mapping.h"

#include <string>
#include <string_view>

namespace fineline::mapping {

/// Reads the text of a mapping file; `file` is its name in messages. Right-hand sides are parsed
/// later, over the columns of an input. Errors: invalid_argument as `file:line:column: message`,
/// with the key and, for an unknown key, the nearest known one.
[[nodiscard]] Result<Mapping> parse_mapping(std::string_view text, const std::string& file);

/// Reads a mapping file. Errors: as parse_mapping; not_found, io, limit_exceeded.
[[nodiscard]] Result<Mapping> read_mapping_file(const std::string& path);

}  // namespace fineline::mapping
