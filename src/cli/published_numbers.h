#pragma once

#include "cli/arguments.h"
#include "cli/command.h"

namespace fineline::cli {

/// Runs the methods on published data sets and prints our numbers beside the published ones, one
/// line each: of all topics, or of the one named in the arguments. Data sets that do not ship with
/// the program are looked for in the folder named by the environment variable FINELINE_DATA, and
/// their topics are skipped, by name, where they are not there. Errors: internal for any number
/// missed; not_found for an unknown topic; unavailable where stopped.
[[nodiscard]] Status verify_published_numbers(const Arguments& arguments, const Session& session);

}  // namespace fineline::cli
