#pragma once

#include "base/result.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "engine/workspace.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace fineline::cli {

/// What a command is about to do with a directory.
enum class OpenFor : std::uint8_t {
    reading,  ///< it must exist; other readers may have it open too
    writing,  ///< it must exist; nobody else may have it open
    loading,  ///< writing, and it is made where it does not exist
};

/// Opens the directory of a command line, with progress while a log is replayed, and says what was
/// odd.
[[nodiscard]] Result<std::unique_ptr<engine::Workspace>> open_workspace(const Arguments& arguments,
                                                                        const Session& session,
                                                                        OpenFor what);

/// The instant of `--at`, read in the workspace's zone where it has no offset; now if not given.
/// Errors: invalid_argument.
[[nodiscard]] Result<Instant> instant_of(const Arguments& arguments,
                                         const Session& session,
                                         const engine::Workspace& workspace);

/// A directory opened, and the instant to answer for.
struct OpenedAt {
    std::unique_ptr<engine::Workspace> workspace;
    Instant at{};
};

/// Opens the directory for a command that answers as of `--at`. Errors: of both steps.
[[nodiscard]] Result<OpenedAt> open_to_answer(const Arguments& arguments,
                                              const Session& session,
                                              OpenFor what = OpenFor::reading);

/// Turns an error that points into an expression into the form with line and caret.
[[nodiscard]] Error with_caret(const Error& error, std::string_view expression);

}  // namespace fineline::cli
