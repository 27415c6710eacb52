#include "eventlog/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace fineline::eventlog {

Error system_error(const std::string& path, const std::string& what) {
    const int reason = errno;
    return {reason == ENOSPC || reason == EDQUOT ? ErrorCode::unavailable : ErrorCode::io,
            path + " " + what + ": " + std::generic_category().message(reason),
            {}};
}

Status sync_to_disk(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return system_error(path, "cannot be opened");
    }
    const bool synced = fsync(descriptor) == 0;
    Status status = synced ? Status(done) : Status(system_error(path, "cannot be written to disk"));
    ::close(descriptor);
    return status;
}

Status rename_durably(const std::string& directory,
                      const std::string& from,
                      const std::string& to) {
    const Status synced = sync_to_disk(from);
    if (!synced) {
        return synced.error();
    }
    if (std::rename(from.c_str(), to.c_str()) != 0) {
        return system_error(from, "cannot be renamed");
    }
    return sync_to_disk(directory);
}

Status remove_file(const std::string& path) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return system_error(path, "cannot be deleted");
    }
    return done;
}

bool file_exists(const std::string& path) {
    return ::access(path.c_str(), F_OK) == 0;
}

Status create_new_file(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        if (errno == EEXIST) {
            return Error{
                ErrorCode::conflict, "the file exists already; choose another name: " + path, {}};
        }
        return system_error(path, "cannot be created");
    }
    ::close(descriptor);
    return done;
}

Status create_directory(const std::string& path) {
    std::error_code error;
    std::filesystem::create_directories(path, error);
    if (error) {
        return Error{ErrorCode::io, path + " cannot be made: " + error.message(), {}};
    }
    return done;
}

}  // namespace fineline::eventlog
