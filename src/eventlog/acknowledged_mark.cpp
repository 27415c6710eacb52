#include "eventlog/acknowledged_mark.h"

#include "base/bytes.h"
#include "base/checksum.h"
#include "eventlog/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace fineline::eventlog {

namespace {

constexpr std::size_t mark_bytes = 2 * sizeof(std::uint64_t);

/// Reads the revision of a mark; 0 if there is none.
Result<std::uint64_t> read_mark(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return errno == ENOENT ? Result<std::uint64_t>(0) : system_error(path, "cannot be opened");
    }
    std::array<char, mark_bytes + 1> buffer{};
    const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
    Error unreadable = system_error(path, "cannot be read");
    ::close(descriptor);
    if (size < 0) {
        return unreadable;
    }
    if (size == 0) {
        return std::uint64_t{0};
    }
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
    ByteReader reader(bytes);
    const std::uint64_t revision = reader.u64();
    const std::uint64_t stored = reader.u64();
    if (!reader.ok() || !reader.at_end() || stored != checksum(bytes.substr(0, sizeof revision))) {
        return Error{
            ErrorCode::corrupt,
            "the mark of acknowledged transactions is damaged; the log itself may be whole: "
            "delete the mark to open it: " +
                path,
            {}};
    }
    return revision;
}

}  // namespace

Status AcknowledgedMark::check(const std::string& path, std::uint64_t revision) {
    const auto marked = read_mark(path);
    if (!marked) {
        return marked.error();
    }
    if (*marked > revision) {
        return Error{
            ErrorCode::corrupt,
            "the log has lost acknowledged transactions (its revision is " +
                std::to_string(revision) + ", acknowledged " + std::to_string(*marked) +
                "): its write-ahead log was damaged or removed; restore a backup, or delete " +
                path + " to accept the loss",
            {}};
    }
    return done;
}

Result<AcknowledgedMark> AcknowledgedMark::open(const std::string& path, std::uint64_t revision) {
    const Status checked = check(path, revision);
    if (!checked) {
        return checked.error();
    }
    const bool is_new = !file_exists(path);
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        return system_error(path, "cannot be opened");
    }
    AcknowledgedMark mark(descriptor, path);
    const Status written = mark.set(revision);
    if (!written) {
        return written.error();
    }
    // Later writes overwrite these bytes in place, so a power cut leaves one mark or another.
    if (is_new && fsync(descriptor) != 0) {
        return system_error(path, "cannot be written to disk");
    }
    return mark;
}

Status AcknowledgedMark::set(std::uint64_t revision) {
    std::string bytes;
    ByteWriter writer(bytes);
    writer.u64(revision);
    writer.u64(checksum(bytes));
    if (pwrite(descriptor_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        return system_error(path_, "cannot be written");
    }
    return done;
}

AcknowledgedMark::~AcknowledgedMark() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

}  // namespace fineline::eventlog
