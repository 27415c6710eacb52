#include "engine/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

namespace fineline::engine {

namespace {

/// Owns a file descriptor. One thread at a time.
class File {
  public:
    File(const std::string& path, int flags)
        : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}

    ~File() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }

    File(const File&) = delete;
    File& operator=(const File&) = delete;
    File(File&&) = delete;
    File& operator=(File&&) = delete;

    [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

    bool write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0 && errno != EINTR) {
                return false;
            }
            bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
        }
        return true;
    }

    [[nodiscard]] bool sync() const { return ::fsync(descriptor_) == 0; }

  private:
    int descriptor_;
};

Error failure(const std::string& what, const std::string& path) {
    const int code = errno;
    return Error{code == ENOSPC ? ErrorCode::unavailable : ErrorCode::io,
                 "cannot " + what + " '" + path + "': " + std::generic_category().message(code),
                 {}};
}

Status sync_directory_of(const std::string& path) {
    const std::string directory = std::filesystem::path(path).parent_path().string();
    const File opened(directory.empty() ? "." : directory, O_RDONLY | O_DIRECTORY);
    if (!opened.is_open() || !opened.sync()) {
        return failure("flush the directory of", path);
    }
    return done;
}

}  // namespace

Status write_durably(const std::string& path, std::string_view bytes) {
    const std::string beside = path + ".new";
    {
        const File file(beside, O_WRONLY | O_CREAT | O_TRUNC);
        if (!file.is_open() || !file.write(bytes) || !file.sync()) {
            return failure("write", beside);
        }
    }
    if (std::rename(beside.c_str(), path.c_str()) != 0) {
        return failure("rename", beside);
    }
    return sync_directory_of(path);
}

Status remove_durably(const std::string& path) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(path, missing);
    if (missing) {
        return done;
    }
    {
        const File file(path, O_WRONLY);
        if (!file.is_open() || !file.write(std::string(size, '\0')) || !file.sync()) {
            return failure("overwrite", path);
        }
    }
    if (::unlink(path.c_str()) != 0) {
        return failure("remove", path);
    }
    return sync_directory_of(path);
}

}  // namespace fineline::engine
