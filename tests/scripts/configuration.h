#pragma once

#include "base/result.h"

#include <string>
#include <vector>

namespace fineline::scripts {

/// How a script is run: every one of them must give the answers that the script expects.
enum class Configuration : std::uint8_t {
    plain,
    restart,      ///< the workspace is closed and opened again after each line, replaying the log
    checkpoint,   ///< the same, from a checkpoint
    shuffled,     ///< records between two questions arrive in another order
    twice,        ///< each record is sent twice under one message id
    tiny_blocks,  ///< blocks of a few rows, each view compacted
    reprinted,    ///< expressions are parsed and printed before they are used
    json,         ///< expressions go through their JSON form before they are used
    csv,          ///< events come from CSV files where a CSV can hold them
    live,         ///< a directory that lives; what is asked is kept as a segment from the start
    walked,       ///< from a checkpoint, and no kernel over columns is used
};

/// Returns the word of tests/configs.txt.
[[nodiscard]] const char* to_string(Configuration configuration);

/// Reads the configurations, one word a line. Errors: invalid_argument for an unknown word, io.
[[nodiscard]] Result<std::vector<Configuration>> read_configurations(const std::string& path);

}  // namespace fineline::scripts
