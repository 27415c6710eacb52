#include "ingest/input_stream.h"

#include "ingest/decoder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

namespace fineline::ingest {

namespace {

constexpr std::size_t raw_buffer_bytes = std::size_t{256} * 1024;

std::string errno_text(int code) {
    return std::error_code(code, std::generic_category()).message();
}

/// Reads a file descriptor. One thread at a time.
class FileSource final : public ByteSource {
  public:
    FileSource(int descriptor, std::optional<std::uint64_t> size, std::string name)
        : name_(std::move(name)), size_(size), descriptor_(descriptor) {}

    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;
    FileSource(FileSource&&) = delete;
    FileSource& operator=(FileSource&&) = delete;

    ~FileSource() override {
        if (descriptor_ != STDIN_FILENO) {
            ::close(descriptor_);
        }
    }

    [[nodiscard]] Result<std::size_t> read(std::span<char> into) override {
        while (true) {
            const ssize_t taken = ::read(descriptor_, into.data(), into.size());
            if (taken >= 0) {
                return static_cast<std::size_t>(taken);
            }
            if (errno != EINTR) {
                return Error{ErrorCode::io, "cannot read " + name_ + ": " + errno_text(errno), {}};
            }
        }
    }

    [[nodiscard]] std::optional<std::uint64_t> size() const override { return size_; }

    [[nodiscard]] const std::string& name() const override { return name_; }

  private:
    std::string name_;
    std::optional<std::uint64_t> size_;
    int descriptor_;
};

/// One thread at a time.
class MemorySource final : public ByteSource {
  public:
    MemorySource(std::string bytes, std::string name)
        : bytes_(std::move(bytes)), name_(std::move(name)) {}

    [[nodiscard]] Result<std::size_t> read(std::span<char> into) override {
        const std::size_t taken = std::min(into.size(), bytes_.size() - at_);
        std::copy_n(bytes_.data() + at_, taken, into.data());
        at_ += taken;
        return taken;
    }

    [[nodiscard]] std::optional<std::uint64_t> size() const override { return bytes_.size(); }

    [[nodiscard]] const std::string& name() const override { return name_; }

  private:
    std::string bytes_;
    std::string name_;
    std::size_t at_ = 0;
};

/// Starts of files that people hand over instead of text.
struct Unreadable {
    std::string_view magic;
    std::string_view advice;
};

using namespace std::string_view_literals;

constexpr std::array<Unreadable, 7> unreadable{{
    {"PK\x03\x04"sv, "is a workbook or ZIP archive: export it as CSV, or unpack it first"},
    {"\xd0\xcf\x11\xe0"sv, "is an old Excel workbook: export it as CSV first"},
    {"\xff\xfe"sv, "is UTF-16: convert it first, e.g. iconv -f UTF-16 -t UTF-8"},
    {"\xfe\xff"sv, "is UTF-16: convert it first, e.g. iconv -f UTF-16 -t UTF-8"},
    {"BZh"sv, "is bzip2: unpack it first (gzip and zstd are read as they are)"},
    {"\xfd"
     "7zXZ"sv,
     "is xz: unpack it first (gzip and zstd are read as they are)"},
    {"PAR1"sv, "is Parquet: export it as CSV first"},
}};

Result<std::unique_ptr<Decoder>> decoder_for(std::string_view start, const std::string& name) {
    if (start.starts_with("\x1f\x8b"sv)) {
        return make_gzip_decoder();
    }
    const bool skippable = start.size() >= 4 &&
                           (static_cast<unsigned char>(start[0]) & 0xf0U) == 0x50U &&
                           start.substr(1, 3) == "\x2a\x4d\x18"sv;
    if (start.starts_with("\x28\xb5\x2f\xfd"sv) || skippable) {
        return make_zstd_decoder();
    }
    for (const Unreadable& format : unreadable) {
        if (start.starts_with(format.magic)) {
            return Error{ErrorCode::invalid_argument, name + " " + std::string(format.advice), {}};
        }
    }
    return std::unique_ptr<Decoder>();
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_source(const std::string& path) {
    if (path == "-") {
        return std::unique_ptr<ByteSource>(
            std::make_unique<FileSource>(STDIN_FILENO, std::nullopt, "standard input"));
    }
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        const ErrorCode code = errno == ENOENT ? ErrorCode::not_found : ErrorCode::io;
        return Error{code, "cannot open " + path + ": " + errno_text(errno), {}};
    }

    struct stat status {};

    const bool measured = ::fstat(descriptor, &status) == 0;
    if (measured && S_ISDIR(status.st_mode)) {
        ::close(descriptor);
        return Error{ErrorCode::invalid_argument, path + " is a directory: name a file", {}};
    }
    const bool regular = measured && S_ISREG(status.st_mode);
    const auto size =
        regular ? std::optional(static_cast<std::uint64_t>(status.st_size)) : std::nullopt;
    return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(descriptor, size, path));
}

std::unique_ptr<ByteSource> memory_source(std::string bytes, std::string name) {
    return std::make_unique<MemorySource>(std::move(bytes), std::move(name));
}

InputStream::InputStream(std::unique_ptr<ByteSource> source)
    : source_(std::move(source)), raw_(raw_buffer_bytes, '\0') {}

InputStream::~InputStream() = default;

Result<std::unique_ptr<InputStream>> InputStream::open(std::unique_ptr<ByteSource> source) {
    constexpr std::size_t magic_bytes = 8;
    std::unique_ptr<InputStream> stream(new InputStream(std::move(source)));
    while (stream->raw_end_ < magic_bytes && !stream->source_ended_) {
        if (auto filled = stream->fill(); !filled) {
            return filled.error();
        }
    }
    auto decoder =
        decoder_for(std::string_view(stream->raw_.data(), stream->raw_end_), stream->name());
    if (!decoder) {
        return decoder.error();
    }
    stream->decoder_ = std::move(*decoder);
    return stream;
}

Result<std::unique_ptr<InputStream>> InputStream::open_file(const std::string& path) {
    auto source = open_source(path);
    if (!source) {
        return source.error();
    }
    return open(std::move(*source));
}

/// Appends what the source yields to the raw buffer, which must have room.
Status InputStream::fill() {
    if (raw_begin_ == raw_end_) {
        raw_begin_ = 0;
        raw_end_ = 0;
    }
    auto taken = source_->read(std::span(raw_.data() + raw_end_, raw_.size() - raw_end_));
    if (!taken) {
        return taken.error();
    }
    raw_end_ += *taken;
    bytes_done_ += *taken;
    source_ended_ = *taken == 0;
    return done;
}

Result<std::size_t> InputStream::read(std::span<char> into) {
    auto taken = read_text(into);
    if (taken) {
        digester_.add(std::string_view(into.data(), *taken));
        text_bytes_ += *taken;
    }
    return taken;
}

Result<std::string_view> InputStream::peek(std::size_t bytes) {
    while (ahead_.size() < bytes) {
        const std::size_t held = ahead_.size();
        ahead_.resize(bytes);
        const std::span<char> room(ahead_.data() + held, bytes - held);
        auto taken = decoder_ ? read_decoded(room) : read_raw(room);
        ahead_.resize(held + (taken ? *taken : 0));
        if (!taken) {
            return taken.error();
        }
        if (*taken == 0) {
            break;
        }
    }
    return std::string_view(ahead_).substr(0, bytes);
}

Result<std::size_t> InputStream::read_text(std::span<char> into) {
    if (ahead_.empty()) {
        return decoder_ ? read_decoded(into) : read_raw(into);
    }
    const std::size_t taken = std::min(into.size(), ahead_.size());
    std::copy_n(ahead_.data(), taken, into.data());
    ahead_.erase(0, taken);
    return taken;
}

Result<std::size_t> InputStream::read_raw(std::span<char> into) {
    if (raw_begin_ < raw_end_) {
        const std::size_t taken = std::min(into.size(), raw_end_ - raw_begin_);
        std::memcpy(into.data(), raw_.data() + raw_begin_, taken);
        raw_begin_ += taken;
        return taken;
    }
    auto taken = source_->read(into);
    if (taken) {
        bytes_done_ += *taken;
    }
    return taken;
}

Result<std::size_t> InputStream::read_decoded(std::span<char> into) {
    while (true) {
        auto step = decoder_->decode(
            std::string_view(raw_.data() + raw_begin_, raw_end_ - raw_begin_), into);
        if (!step) {
            return Error{step.error().code, name() + ": " + step.error().message, {}};
        }
        raw_begin_ += step->consumed;
        if (step->produced > 0) {
            return step->produced;
        }
        if (step->consumed > 0) {
            continue;
        }
        if (source_ended_ || raw_begin_ < raw_end_) {
            break;
        }
        if (auto filled = fill(); !filled) {
            return filled.error();
        }
    }
    if (raw_begin_ < raw_end_ || !decoder_->complete()) {
        return Error{ErrorCode::corrupt,
                     name() + " ends in the middle of its compressed data: it was cut",
                     {}};
    }
    return std::size_t{0};
}

}  // namespace fineline::ingest
