#pragma once

#include "base/result.h"
#include "ingest/reject.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace fineline::ingest {

/// Writes the rows set aside by one load, one JSON object a line: line, offset, reason, message,
/// text. Bytes of `text` that are not UTF-8 are written as \xNN. The file is created with the first
/// row (an earlier one of the name is replaced), readable by its owner only, for it holds personal
/// data. One thread at a time.
class RejectFile {
  public:
    /// Nothing is touched yet. `load` tells loads of one input apart.
    RejectFile(std::string directory, std::string_view input, std::string_view load);
    ~RejectFile();
    RejectFile(const RejectFile&) = delete;
    RejectFile& operator=(const RejectFile&) = delete;
    RejectFile(RejectFile&&) = delete;
    RejectFile& operator=(RejectFile&&) = delete;

    /// Errors: io.
    [[nodiscard]] Status write(const Reject& reject);

    /// Makes what was written durable. Errors: io.
    [[nodiscard]] Status finish();

    /// The file's path; empty as long as no row was rejected.
    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    [[nodiscard]] Status open();
    [[nodiscard]] Status flush();

    std::string directory_;
    std::string file_;
    std::string path_;
    std::string pending_;
    int descriptor_ = -1;
};

/// What an erasure did to the files of rejected rows.
struct ErasedRejects {
    std::uint64_t files_rewritten = 0;
    std::uint64_t entries = 0;
};

/// Removes every entry that mentions one of the ids from all files of rejected rows under
/// `directory`. A mention is the id as a whole word, plainly or as CSV or JSON would escape it:
/// `17850` is not mentioned by `217850`. Each file is replaced atomically and durably, so a crash
/// leaves old or new files and the call can be repeated. A directory that does not exist has none.
/// Errors: io, corrupt (a file that is not ours).
[[nodiscard]] Result<ErasedRejects> erase_rejects(const std::string& directory,
                                                  std::span<const std::string> ids);

}  // namespace fineline::ingest
