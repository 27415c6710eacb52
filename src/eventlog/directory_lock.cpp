#include "eventlog/directory_lock.h"

#include "eventlog/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace fineline::eventlog {

namespace {

/// Says who holds the lock, for the message.
Error held(int descriptor, const std::string& directory) {
    std::array<char, 32> text{};
    const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
    const std::string said(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    const std::string process = said.substr(0, said.find_first_not_of("0123456789"));
    return {ErrorCode::conflict,
            "another fineline (" + (process.empty() ? "reading it" : "process " + process) +
                ") has this directory open; wait for it or stop it: " + directory,
            {}};
}

/// Names the writer in the lock file; readers leave it empty.
bool write_holder(int descriptor, Access access) {
    const std::string process = access == Access::writing ? std::to_string(getpid()) + "\n" : "";
    return ftruncate(descriptor, 0) == 0 && pwrite(descriptor, process.data(), process.size(), 0) ==
                                                static_cast<ssize_t>(process.size());
}

}  // namespace

Result<DirectoryLock> DirectoryLock::acquire(const std::string& directory, Access access) {
    const std::string path = directory + "/lock";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        return system_error(path, "cannot be opened");
    }
    DirectoryLock lock(descriptor);
    if (flock(descriptor, (access == Access::writing ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK ? held(descriptor, directory)
                                    : system_error(path, "cannot be locked");
    }
    if (!write_holder(descriptor, access)) {
        return system_error(path, "cannot be written");
    }
    return lock;
}

DirectoryLock::~DirectoryLock() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

}  // namespace fineline::eventlog
