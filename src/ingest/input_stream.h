#pragma once

#include "base/checksum.h"
#include "base/result.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fineline::ingest {

/// Where raw bytes come from: a file, standard input, memory. One thread at a time.
class ByteSource {
  public:
    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;
    ByteSource(ByteSource&&) = delete;
    ByteSource& operator=(ByteSource&&) = delete;
    virtual ~ByteSource() = default;

    /// Fills the front of `into` and returns how much; 0 only at the end. Errors: io.
    [[nodiscard]] virtual Result<std::size_t> read(std::span<char> into) = 0;

    /// Unknown for what cannot be measured.
    [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;

    /// Named in messages.
    [[nodiscard]] virtual const std::string& name() const = 0;
};

/// Opens a file, or standard input for "-". Errors: not_found, io.
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_source(const std::string& path);

/// Reads from memory; for tests and request bodies.
[[nodiscard]] std::unique_ptr<ByteSource> memory_source(std::string bytes, std::string name);

class Decoder;

/// Text from a source, decompressed where its first bytes say gzip or zstd, in constant memory.
/// Several compressed members or frames in a row are read as one. One thread at a time.
class InputStream {
  public:
    /// Reads the first bytes to find out the compression. Errors: io; invalid_argument for what is
    /// no text we can read (a workbook or other archive, UTF-16), with what to do instead.
    [[nodiscard]] static Result<std::unique_ptr<InputStream>> open(
        std::unique_ptr<ByteSource> source);

    /// Opens a file, or standard input for "-". Errors: as open_source and open.
    [[nodiscard]] static Result<std::unique_ptr<InputStream>> open_file(const std::string& path);

    ~InputStream();
    InputStream(const InputStream&) = delete;
    InputStream& operator=(const InputStream&) = delete;
    InputStream(InputStream&&) = delete;
    InputStream& operator=(InputStream&&) = delete;

    /// Fills the front of `into` with decompressed text and returns how much; 0 only at the end.
    /// Errors: io; corrupt for broken or cut compression.
    [[nodiscard]] Result<std::size_t> read(std::span<char> into);

    /// Returns up to `bytes` of the text that read() will deliver next; fewer only near the end.
    /// Valid until the next call. Errors: as read().
    [[nodiscard]] Result<std::string_view> peek(std::size_t bytes);

    /// Bytes taken from the source so far, compressed as it is: what progress is measured by.
    [[nodiscard]] std::uint64_t bytes_done() const { return bytes_done_; }

    [[nodiscard]] std::optional<std::uint64_t> bytes_total() const { return source_->size(); }

    /// Bytes of text delivered so far.
    [[nodiscard]] std::uint64_t text_bytes() const { return text_bytes_; }

    /// The digest of the text delivered so far; at the end it identifies the content, however
    /// compressed.
    [[nodiscard]] Digest128 digest() const { return digester_.finish(); }

    [[nodiscard]] const std::string& name() const { return source_->name(); }

  private:
    explicit InputStream(std::unique_ptr<ByteSource> source);
    [[nodiscard]] Status fill();
    [[nodiscard]] Result<std::size_t> read_text(std::span<char> into);
    [[nodiscard]] Result<std::size_t> read_raw(std::span<char> into);
    [[nodiscard]] Result<std::size_t> read_decoded(std::span<char> into);

    std::unique_ptr<ByteSource> source_;
    std::unique_ptr<Decoder> decoder_;
    std::string raw_;  ///< bytes of the source not yet decoded: [raw_begin_, raw_end_)
    std::size_t raw_begin_ = 0;
    std::size_t raw_end_ = 0;
    bool source_ended_ = false;
    std::string ahead_;  ///< text that was peeked at and not read yet
    std::uint64_t bytes_done_ = 0;
    std::uint64_t text_bytes_ = 0;
    Digester digester_;
};

}  // namespace fineline::ingest
