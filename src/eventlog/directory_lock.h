#pragma once

#include "base/result.h"
#include "eventlog/event_log.h"

#include <string>
#include <utility>

namespace fineline::eventlog {

/// Holds a data directory: a `flock` on the file `lock` in it, exclusive for one writer or shared
/// by any number of readers, which the kernel lets go of when the process ends, however it ends.
/// The file names the process that writes. Safe to share; movable.
class DirectoryLock {
  public:
    /// Errors: conflict, naming the process that holds it; io.
    [[nodiscard]] static Result<DirectoryLock> acquire(const std::string& directory, Access access);

    DirectoryLock(DirectoryLock&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)) {}

    ~DirectoryLock();

    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;
    DirectoryLock& operator=(DirectoryLock&&) = delete;

  private:
    explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}

    int descriptor_;
};

}  // namespace fineline::eventlog
