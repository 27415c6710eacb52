#pragma once

#include "base/result.h"
#include "cli/arguments.h"
#include "cli/command.h"
#include "cli/terminal.h"
#include "engine/workspace.h"
#include "study/groundwork.h"

#include <memory>
#include <string>

namespace fineline::cli {

/// What a study needs of a directory: the request, and what it keeps alive. One thread at a time.
class StudyOpening {
  public:
    /// Opens the directory, reads the purpose (a portfolio file's path, or the name of a stored
    /// purpose), and shows progress as the study goes on. Errors: those of open_workspace;
    /// not_found, with what was looked for.
    [[nodiscard]] static Result<std::unique_ptr<StudyOpening>> open(const Arguments& arguments,
                                                                    const Session& session);

    [[nodiscard]] const study::StudyRequest& request() const { return request_; }

    /// Removes the progress line; to be called before anything is printed.
    void finish();

  private:
    StudyOpening(const Session& session, std::unique_ptr<engine::Workspace> workspace)
        : session_(session), workspace_(std::move(workspace)), meter_(session.clock) {}

    void know_arrivals(bool as_known);
    bool show_progress(const std::string& what, double share);

    const Session& session_;
    std::unique_ptr<engine::Workspace> workspace_;
    ProgressMeter meter_;
    study::StudyRequest request_;
};

/// Writes a text to a new or existing file. Errors: io.
[[nodiscard]] Status write_text_file(const std::string& path, const std::string& text);

}  // namespace fineline::cli
