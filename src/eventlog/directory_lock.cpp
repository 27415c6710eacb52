#include "eventlog/directory_lock.h"

#include "eventlog/files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace fineline::eventlog {

namespace {

/// Reads who holds the lock, for the message; empty if the file does not say.
std::string holder(int descriptor) {
    std::array<char, 32> text{};
    const ssize_t size = pread(descriptor, text.data(), text.size(), 0);
    const std::string said(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    return said.substr(0, said.find_first_not_of("0123456789"));
}

}  // namespace

Result<DirectoryLock> DirectoryLock::acquire(const std::string& directory) {
    const std::string path = directory + "/lock";
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        return system_error(path, "cannot be opened");
    }
    DirectoryLock lock(descriptor);
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) {
            return system_error(path, "cannot be locked");
        }
        const std::string process = holder(descriptor);
        return Error{ErrorCode::conflict,
                     "another fineline" + (process.empty() ? "" : " (process " + process + ")") +
                         " has this directory open; wait for it or stop it: " + directory,
                     {}};
    }
    const std::string process = std::to_string(getpid()) + "\n";
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, process.data(), process.size(), 0) !=
                                             static_cast<ssize_t>(process.size())) {
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
