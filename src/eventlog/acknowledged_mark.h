#pragma once

#include "base/result.h"

#include <cstdint>
#include <string>
#include <utility>

namespace fineline::eventlog {

/// Remembers, beside the log, the last revision that was durable: the file `log.acknowledged`, 16
/// bytes, written after each commit and never ahead of the log. SQLite takes a damaged write-ahead
/// log for the torn end of a crash and silently forgets the transactions behind the damage; a log
/// older than its mark tells. The write is not waited for: after a power cut the mark may be old,
/// never wrong. One thread at a time.
class AcknowledgedMark {
  public:
    /// Compares a log at `revision` with its mark; a log without one passes.
    /// Errors: corrupt, if the log has lost acknowledged transactions or the mark itself is
    /// damaged; io.
    [[nodiscard]] static Status check(const std::string& path, std::uint64_t revision);

    /// Checks, then opens or creates the mark, to be moved on. Errors: as check().
    [[nodiscard]] static Result<AcknowledgedMark> open(const std::string& path,
                                                       std::uint64_t revision);

    /// Notes that this revision is durable. Errors: io, unavailable (disk full).
    [[nodiscard]] Status set(std::uint64_t revision);

    AcknowledgedMark(AcknowledgedMark&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)), path_(std::move(other.path_)) {}

    ~AcknowledgedMark();

    AcknowledgedMark(const AcknowledgedMark&) = delete;
    AcknowledgedMark& operator=(const AcknowledgedMark&) = delete;
    AcknowledgedMark& operator=(AcknowledgedMark&&) = delete;

  private:
    AcknowledgedMark(int descriptor, std::string path)
        : descriptor_(descriptor), path_(std::move(path)) {}

    int descriptor_;
    std::string path_;
};

}  // namespace fineline::eventlog
