#pragma once

#include "base/result.h"

#include <string>
#include <utility>

namespace fineline::eventlog {

/// Holds a data directory for one program: an exclusive `flock` on the file `lock` in it, which the
/// kernel lets go of when the process ends, however it ends. The file says which process holds it
/// and stays when it is let go. Safe to share; movable.
class DirectoryLock {
  public:
    /// Errors: conflict, naming the process that holds it; io.
    [[nodiscard]] static Result<DirectoryLock> acquire(const std::string& directory);

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
