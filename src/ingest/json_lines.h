#pragma once

#include "base/json.h"
#include "base/result.h"
#include "ingest/input_stream.h"
#include "ingest/reject.h"
#include "ingest/text_buffer.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace fineline::ingest {

/// One good line. Views and the value are valid until the next call of next().
struct JsonLine {
    Json value{};
    std::uint64_t number = 0;  ///< 1, 2 … over all lines that are not blank
    std::uint64_t line = 0;    ///< from 1
    std::uint64_t byte_offset = 0;
    std::string_view raw{};
};

/// Reads JSON Lines: one JSON value a line (LF or CRLF), blank lines passed over. Every line that
/// is no JSON is a Reject, and reading goes on. Memory: one line (at most
/// limits::json_line_bytes_max) plus a megabyte. One thread at a time.
class JsonLinesReader {
  public:
    /// `input` must outlive the reader. Errors: invalid_argument for a file that is one JSON array;
    /// io, corrupt.
    [[nodiscard]] static Result<std::unique_ptr<JsonLinesReader>> open(InputStream& input);

    enum class Outcome : std::uint8_t { line, reject, end };

    /// Reads the next line: line() or reject() then holds it. Errors: io, corrupt.
    [[nodiscard]] Result<Outcome> next();

    [[nodiscard]] const JsonLine& line() const { return line_; }

    [[nodiscard]] const Reject& reject() const { return reject_; }

  private:
    explicit JsonLinesReader(InputStream& input) : buffer_(input) {}

    [[nodiscard]] Result<bool> to_text();
    Outcome set_aside(RejectReason reason, std::string message, std::string_view text);

    TextBuffer buffer_;
    JsonParser parser_;
    std::uint64_t line_number_ = 1;
    std::uint64_t number_ = 0;
    std::size_t leave_bytes_ = 0;
    JsonLine line_;
    Reject reject_;
};

}  // namespace fineline::ingest
