#include "engine/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace fineline::engine {

namespace {

bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return true;
}

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

    [[nodiscard]] bool write(std::string_view bytes) const { return write_all(descriptor_, bytes); }

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

DurableFile::DurableFile(std::string path)
    : path_(std::move(path)),
      beside_(path_ + ".new"),
      descriptor_(::open(beside_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)),
      failed_(descriptor_ < 0 ? errno : 0) {}

DurableFile::~DurableFile() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
        ::unlink(beside_.c_str());
    }
}

bool DurableFile::add(std::string_view bytes) {
    if (failed_ == 0 && !write_all(descriptor_, bytes)) {
        failed_ = errno;
    }
    return failed_ == 0;
}

Status DurableFile::finish() {
    if (failed_ == 0 && ::fsync(descriptor_) != 0) {
        failed_ = errno;
    }
    if (failed_ != 0) {
        errno = failed_;
        return failure("write", beside_);
    }
    ::close(std::exchange(descriptor_, -1));
    if (std::rename(beside_.c_str(), path_.c_str()) != 0) {
        return failure("rename", beside_);
    }
    return sync_directory_of(path_);
}

Status write_durably(const std::string& path, std::string_view bytes) {
    DurableFile file(path);
    file.add(bytes);
    return file.finish();
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
