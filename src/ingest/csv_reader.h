#pragma once

#include "base/result.h"
#include "ingest/input_stream.h"
#include "ingest/reject.h"
#include "ingest/text_buffer.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::ingest {

/// How a CSV text is written, as far as it does not tell by itself.
struct CsvFormat {
    char delimiter = '\0';  ///< '\0': sniffed from the first line among , ; tab |
    bool header = true;     ///< false: the columns are called column_1, column_2 …
};

/// A good row. Views are valid until the next call of next().
struct CsvRow {
    std::span<const std::string_view>
        cells;  ///< as many as there are columns; unquoted and unescaped
    std::uint64_t number =
        0;  ///< 1, 2 … over all rows, rejected ones included, header and blank lines not
    std::uint64_t line = 0;         ///< from 1
    std::uint64_t byte_offset = 0;  ///< of the row's first byte
    std::string_view raw;           ///< as written, without the line end
};

/// Reads CSV as RFC 4180 has it and as it is found: any of four delimiters; LF, CRLF or CR at line
/// ends; a byte order mark at the start of any line (files glued together); quotes inside an
/// unquoted field are plain characters; blank lines are passed over. Every row that cannot be read
/// is a Reject, and reading goes on:
///
/// - A quoted field that is never closed, or goes on after its closing quote, rejects the one line
/// on which its
///   row begins; reading resumes at the next line. So one broken quote costs one row, not the file.
/// - Text inside well-formed quotes is never taken for rows: a row that is well-formed but has the
/// wrong number
///   of columns or a field too long is rejected as a whole, over all its lines.
///
/// Memory: one row (at most limits::csv_row_bytes_max) plus a megabyte. Cost: no allocation per row
/// or field after the first rows, quoted fields with "" excepted. One thread at a time.
class CsvReader {
  public:
    /// Reads the header. `input` must outlive the reader. Errors: invalid_argument for no header, a
    /// broken one, or two columns of one name (both named); limit_exceeded above
    /// limits::csv_columns_max; io, corrupt.
    [[nodiscard]] static Result<std::unique_ptr<CsvReader>> open(InputStream& input,
                                                                 const CsvFormat& format);

    /// Unnamed columns are called column_N, counting from 1.
    [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }

    [[nodiscard]] char delimiter() const { return delimiter_; }

    enum class Outcome : std::uint8_t { row, reject, end };

    /// Reads the next row: row() or reject() then holds it. Errors: io, corrupt.
    [[nodiscard]] Result<Outcome> next();

    [[nodiscard]] const CsvRow& row() const { return row_; }

    [[nodiscard]] const Reject& reject() const { return reject_; }

  private:
    /// One field as found: bytes of the buffer, counted from the row's begin.
    struct FieldPlace {
        std::size_t begin = 0;
        std::size_t size = 0;
        bool escaped = false;  ///< holds "" for "
    };

    enum class Shape : std::uint8_t { well_formed, broken_quotes, too_long };

    /// Where the row at the front of the buffer ends: `size` without its line end, `bytes` with it.
    struct Extent {
        Shape shape = Shape::well_formed;
        std::size_t size = 0;
        std::size_t bytes = 0;
    };

    static constexpr std::size_t nowhere = TextBuffer::nowhere;

    explicit CsvReader(InputStream& input) : buffer_(input) {}

    [[nodiscard]] Status read_header(const CsvFormat& format);
    [[nodiscard]] Status name_columns(bool has_header);
    [[nodiscard]] Result<bool> to_row_begin();
    [[nodiscard]] Result<Extent> split_row();
    [[nodiscard]] Result<Extent> split_quoted_row(const Extent& first_line);
    [[nodiscard]] Result<std::size_t> find_quoted_row_end();
    [[nodiscard]] Result<std::size_t> scan_quoted_field(std::size_t at);
    [[nodiscard]] Result<std::size_t> scan_plain_field(std::size_t at);
    [[nodiscard]] Result<std::size_t> at_field_boundary(std::size_t at);
    [[nodiscard]] Extent extent_of_line(std::size_t line_end) const;
    void split_plain(std::string_view line);
    void add_place(const FieldPlace& place);
    void cells_from_places();
    [[nodiscard]] Outcome judge(const Extent& extent);
    [[nodiscard]] Result<Outcome> skip_long_row();
    [[nodiscard]] bool repeats_header() const;
    Outcome set_aside(RejectReason reason, std::string message, std::string_view text);

    TextBuffer buffer_;
    std::vector<std::string> columns_;
    std::vector<std::string>
        header_cells_;  ///< as written, to know a repeated header; empty without one
    char delimiter_ = ',';
    char line_end_ = '\n';
    std::uint64_t line_ = 1;
    std::uint64_t number_ = 0;
    std::size_t leave_bytes_ = 0;  ///< of the row handed out last, dropped at the next call
    std::uint64_t leave_lines_ = 0;
    std::vector<std::string_view> cells_;
    std::vector<FieldPlace> places_;
    std::string unescaped_;
    CsvRow row_;
    Reject reject_;
};

}  // namespace fineline::ingest
