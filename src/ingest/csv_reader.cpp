#include "ingest/csv_reader.h"

#include "base/text.h"
#include "model/limits.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>

namespace fineline::ingest {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::array<char, 4> known_delimiters{',', ';', '\t', '|'};

/// What the cheap look at a row's bytes tells.
struct ByteKinds {
    bool ascii = true;
    bool has_nul = false;
};

/// Eight bytes at a time: most rows are ASCII and need no decoding.
ByteKinds byte_kinds(std::string_view bytes) {
    constexpr std::uint64_t ones = 0x0101010101010101ULL;
    constexpr std::uint64_t tops = 0x8080808080808080ULL;
    std::uint64_t seen = 0;
    std::uint64_t zeros = 0;
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes.data() + at, 8);
        seen |= word;
        zeros |= (word - ones) & ~word & tops;
    }
    for (; at < bytes.size(); ++at) {
        const auto byte = static_cast<unsigned char>(bytes[at]);
        seen |= byte;
        zeros |= byte == 0 ? 1U : 0U;
    }
    return {.ascii = (seen & tops) == 0, .has_nul = zeros != 0};
}

/// Counts a delimiter outside quotes.
std::size_t count_outside_quotes(std::string_view line, char delimiter) {
    std::size_t count = 0;
    bool quoted = false;
    for (const char c : line) {
        if (c == '"') {
            quoted = !quoted;
        } else if (c == delimiter && !quoted) {
            ++count;
        }
    }
    return count;
}

char sniff_delimiter(std::string_view first_line) {
    char best = ',';
    std::size_t best_count = 0;
    for (const char candidate : known_delimiters) {
        const std::size_t count = count_outside_quotes(first_line, candidate);
        if (count > best_count) {
            best = candidate;
            best_count = count;
        }
    }
    return best;
}

std::size_t find_byte(std::string_view text, char byte, std::size_t from) {
    const void* found = std::memchr(text.data() + from, byte, text.size() - from);
    return found == nullptr
               ? std::string_view::npos
               : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

}  // namespace

Result<std::unique_ptr<CsvReader>> CsvReader::open(InputStream& input, const CsvFormat& format) {
    std::unique_ptr<CsvReader> reader(new CsvReader(input));
    if (auto read = reader->read_header(format); !read) {
        return Error{read.error().code, input.name() + ": " + read.error().message, {}};
    }
    return reader;
}

Status CsvReader::read_header(const CsvFormat& format) {
    constexpr std::size_t sample_bytes = std::size_t{64} * 1024;
    if (auto filled = buffer_.reaches(sample_bytes); !filled) {
        return filled.error();
    }
    const std::string_view sample = buffer_.text();
    if (sample.find('\n') == nowhere && sample.find('\r') != nowhere) {
        line_end_ = '\r';
    }
    auto begun = to_row_begin();
    if (!begun) {
        return begun.error();
    }
    if (!*begun) {
        return Error{
            ErrorCode::invalid_argument, "is empty: the first line must name the columns", {}};
    }
    auto line_end = buffer_.find_line_end(line_end_, limits::csv_row_bytes_max);
    if (!line_end) {
        return line_end.error();
    }
    const std::string_view text = buffer_.text();
    delimiter_ =
        format.delimiter != '\0' ? format.delimiter : sniff_delimiter(text.substr(0, *line_end));
    auto extent = split_row();
    if (!extent) {
        return extent.error();
    }
    if (extent->shape != Shape::well_formed) {
        return Error{
            ErrorCode::invalid_argument, "the first line has broken quotes or is too long", {}};
    }
    if (cells_.size() > limits::csv_columns_max) {
        return Error{ErrorCode::limit_exceeded,
                     "has more than " + std::to_string(limits::csv_columns_max) + " columns",
                     {}};
    }
    const std::string_view row = buffer_.text().substr(0, extent->size);
    if (byte_kinds(row).has_nul || !is_utf8(row)) {
        return Error{ErrorCode::invalid_argument,
                     "the first line is not UTF-8 text: convert the file, e.g. iconv -f "
                     "WINDOWS-1252 -t UTF-8",
                     {}};
    }
    if (format.header) {
        line_ += static_cast<std::uint64_t>(std::count(row.begin(), row.end(), line_end_)) + 1;
    }
    if (auto named = name_columns(format.header); !named) {
        return named.error();
    }
    if (format.header) {
        buffer_.drop(extent->bytes);
    }
    return done;
}

/// Takes the names of the columns from the first row's cells.
Status CsvReader::name_columns(bool has_header) {
    std::unordered_map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        const bool named = has_header && !cells_[i].empty();
        columns_.push_back(named ? std::string(cells_[i]) : "column_" + std::to_string(i + 1));
        const auto [first, added] = places.try_emplace(columns_.back(), i);
        if (!added) {
            return Error{ErrorCode::invalid_argument,
                         "columns " + std::to_string(first->second + 1) + " and " +
                             std::to_string(i + 1) + " have the same name: rename one of them: '" +
                             columns_.back() + "'",
                         {}};
        }
        if (has_header) {
            header_cells_.emplace_back(cells_[i]);
        }
    }
    return done;
}

Result<CsvReader::Outcome> CsvReader::next() {
    buffer_.drop(leave_bytes_);
    line_ += leave_lines_;
    leave_bytes_ = 0;
    leave_lines_ = 0;
    auto begun = to_row_begin();
    if (!begun) {
        return begun.error();
    }
    if (!*begun) {
        return Outcome::end;
    }
    ++number_;
    auto extent = split_row();
    if (!extent) {
        return extent.error();
    }
    if (extent->shape == Shape::too_long) {
        return skip_long_row();
    }
    const Outcome outcome = judge(*extent);
    leave_bytes_ = extent->bytes;
    leave_lines_ = 1;
    if (places_.empty()) {
        return outcome;
    }
    const std::string_view row = buffer_.text().substr(0, extent->size);
    leave_lines_ += static_cast<std::uint64_t>(std::count(row.begin(), row.end(), line_end_));
    return outcome;
}

/// Passes over blank lines and byte order marks; false at the end of the input.
Result<bool> CsvReader::to_row_begin() {
    while (true) {
        auto present = buffer_.reaches(byte_order_mark.size());
        if (!present) {
            return present.error();
        }
        const std::string_view text = buffer_.text();
        if (text.empty()) {
            return false;
        }
        if (text.starts_with(byte_order_mark)) {
            buffer_.drop(byte_order_mark.size());
        } else if (text.front() == line_end_) {
            buffer_.drop(1);
            ++line_;
        } else if (text.starts_with("\r\n") || text == "\r") {
            buffer_.drop(text.size() == 1 ? 1 : 2);
            ++line_;
        } else {
            return true;
        }
    }
}

CsvReader::Extent CsvReader::extent_of_line(std::size_t line_end) const {
    const std::string_view text = buffer_.text();
    const std::size_t bytes = line_end < text.size() ? line_end + 1 : line_end;
    const bool returned = line_end_ == '\n' && line_end > 0 && text[line_end - 1] == '\r';
    return {
        .shape = Shape::well_formed, .size = returned ? line_end - 1 : line_end, .bytes = bytes};
}

/// Splits the row at the front of the buffer into cells_.
Result<CsvReader::Extent> CsvReader::split_row() {
    cells_.clear();
    places_.clear();
    auto line_end = buffer_.find_line_end(line_end_, limits::csv_row_bytes_max);
    if (!line_end) {
        return line_end.error();
    }
    if (*line_end == nowhere) {
        return Extent{.shape = Shape::too_long};
    }
    const Extent first_line = extent_of_line(*line_end);
    const std::string_view line = buffer_.text().substr(0, first_line.size);
    if (find_byte(line, '"', 0) != nowhere) {
        return split_quoted_row(first_line);
    }
    split_plain(line);
    return first_line;
}

void CsvReader::split_plain(std::string_view line) {
    const char* at = line.data();
    const char* const end = at + line.size();
    while (cells_.size() <= limits::csv_columns_max) {
        const void* found = std::memchr(at, delimiter_, static_cast<std::size_t>(end - at));
        const char* const cell_end = found == nullptr ? end : static_cast<const char*>(found);
        cells_.emplace_back(at, static_cast<std::size_t>(cell_end - at));
        if (found == nullptr) {
            return;
        }
        at = cell_end + 1;
    }
}

Result<CsvReader::Extent> CsvReader::split_quoted_row(const Extent& first_line) {
    auto row_end = find_quoted_row_end();
    if (!row_end) {
        return row_end.error();
    }
    if (*row_end == nowhere) {
        Extent broken = first_line;
        broken.shape = Shape::broken_quotes;
        return broken;
    }
    const Extent extent = extent_of_line(*row_end);
    FieldPlace& last = places_.back();
    if (last.begin + last.size > extent.size) {
        last.size = extent.size - last.begin;
    }
    cells_from_places();
    return extent;
}

/// Walks over the fields of a row that holds quotes; returns where its line ends, `nowhere` if
/// broken.
Result<std::size_t> CsvReader::find_quoted_row_end() {
    std::size_t at = 0;
    while (true) {
        auto present = buffer_.reaches(at);
        if (!present) {
            return present.error();
        }
        const bool quoted = *present && buffer_.text()[at] == '"';
        auto field_end = quoted ? scan_quoted_field(at) : scan_plain_field(at);
        if (!field_end || *field_end == nowhere) {
            return field_end;
        }
        auto boundary = at_field_boundary(*field_end);
        if (!boundary || *boundary == nowhere) {
            return boundary;
        }
        if (*boundary == buffer_.text().size() || buffer_.text()[*boundary] != delimiter_) {
            return boundary;
        }
        at = *boundary + 1;
    }
}

/// Checks that a field may end at `at`; returns the place of the delimiter or line end (or end of
/// input) behind it, `nowhere` if something else follows.
Result<std::size_t> CsvReader::at_field_boundary(std::size_t at) {
    auto present = buffer_.reaches(at + 1);
    if (!present) {
        return present.error();
    }
    const std::string_view text = buffer_.text();
    if (at == text.size() || text[at] == delimiter_ || text[at] == line_end_) {
        return at;
    }
    if (text[at] == '\r' && (at + 1 == text.size() || text[at + 1] == '\n')) {
        return at + 1;
    }
    return nowhere;
}

/// Returns the place behind the closing quote, `nowhere` if there is none within a row's length.
Result<std::size_t> CsvReader::scan_quoted_field(std::size_t at) {
    bool escaped = false;
    std::size_t from = at + 1;
    while (true) {
        const std::string_view text = buffer_.text();
        const std::size_t quote = from < text.size() ? find_byte(text, '"', from) : nowhere;
        if ((quote == nowhere ? text.size() : quote) > limits::csv_row_bytes_max) {
            return nowhere;
        }
        auto followed = buffer_.reaches(quote == nowhere ? text.size() : quote + 1);
        if (!followed) {
            return followed.error();
        }
        if (quote == nowhere) {
            if (!*followed) {
                return nowhere;
            }
            from = text.size();
        } else if (*followed && buffer_.text()[quote + 1] == '"') {
            escaped = true;
            from = quote + 2;
        } else {
            add_place({.begin = at + 1, .size = quote - at - 1, .escaped = escaped});
            return quote + 1;
        }
    }
}

/// Returns the place of the delimiter or line end behind an unquoted field.
Result<std::size_t> CsvReader::scan_plain_field(std::size_t at) {
    std::size_t end = at;
    while (true) {
        const std::string_view text = buffer_.text();
        while (end < text.size() && text[end] != delimiter_ && text[end] != line_end_) {
            ++end;
        }
        if (end > limits::csv_row_bytes_max) {
            return nowhere;
        }
        if (end < text.size()) {
            break;
        }
        auto grown = buffer_.more();
        if (!grown) {
            return grown.error();
        }
        if (!*grown) {
            break;
        }
    }
    add_place({.begin = at, .size = end - at, .escaped = false});
    return end;
}

void CsvReader::add_place(const FieldPlace& place) {
    if (places_.size() <= limits::csv_columns_max) {
        places_.push_back(place);
    }
}

void CsvReader::cells_from_places() {
    const std::string_view text = buffer_.text();
    std::size_t escaped_bytes = 0;
    for (const FieldPlace& place : places_) {
        escaped_bytes += place.escaped ? place.size : 0;
    }
    unescaped_.clear();
    unescaped_.reserve(escaped_bytes);  // so that the cells below stay where they are
    for (const FieldPlace& place : places_) {
        const std::string_view written = text.substr(place.begin, place.size);
        if (!place.escaped) {
            cells_.push_back(written);
            continue;
        }
        const std::size_t begin = unescaped_.size();
        for (std::size_t i = 0; i < written.size(); ++i) {
            unescaped_.push_back(written[i]);
            i += written[i] == '"' ? 1U : 0U;
        }
        cells_.push_back(std::string_view(unescaped_).substr(begin));
    }
}

/// Decides whether the row that was split is a good one.
CsvReader::Outcome CsvReader::judge(const Extent& extent) {
    const std::string_view raw = buffer_.text().substr(0, extent.size);
    if (extent.shape == Shape::broken_quotes) {
        return set_aside(RejectReason::broken_quotes,
                         "a quoted field is not closed, or goes on after its closing quote",
                         raw);
    }
    const ByteKinds kinds = byte_kinds(raw);
    if (kinds.has_nul) {
        return set_aside(RejectReason::nul_byte, "the row holds a NUL byte", raw);
    }
    if (!kinds.ascii && !is_utf8(raw)) {
        return set_aside(RejectReason::not_utf8, "the row is not UTF-8", raw);
    }
    if (raw.size() > limits::csv_field_bytes_max) {
        for (std::size_t i = 0; i < cells_.size(); ++i) {
            if (cells_[i].size() > limits::csv_field_bytes_max) {
                return set_aside(RejectReason::field_too_long,
                                 "field " + std::to_string(i + 1) + " is longer than " +
                                     with_commas(limits::csv_field_bytes_max) +
                                     " bytes: " + with_commas(cells_[i].size()),
                                 raw);
            }
        }
    }
    if (cells_.size() != columns_.size()) {
        return set_aside(RejectReason::wrong_column_count,
                         "the row should have " + std::to_string(columns_.size()) +
                             " columns and has " + std::to_string(cells_.size()),
                         raw);
    }
    if (repeats_header()) {
        return set_aside(RejectReason::duplicate_header, "the row repeats the header", raw);
    }
    row_ = {.cells = cells_,
            .number = number_,
            .line = line_,
            .byte_offset = buffer_.offset(),
            .raw = raw};
    return Outcome::row;
}

/// Sets aside a row that does not fit into memory, reading over the rest of its line.
Result<CsvReader::Outcome> CsvReader::skip_long_row() {
    set_aside(RejectReason::row_too_long,
              "the line is longer than " + with_commas(limits::csv_row_bytes_max) + " bytes",
              buffer_.text());
    if (auto dropped = buffer_.drop_line(line_end_); !dropped) {
        return dropped.error();
    }
    ++line_;
    return Outcome::reject;
}

bool CsvReader::repeats_header() const {
    return !header_cells_.empty() && cells_.front() == header_cells_.front() &&
           std::equal(cells_.begin(), cells_.end(), header_cells_.begin(), header_cells_.end());
}

CsvReader::Outcome CsvReader::set_aside(RejectReason reason,
                                        std::string message,
                                        std::string_view text) {
    reject_ = make_reject(
        reason, {.line = line_, .byte_offset = buffer_.offset()}, std::move(message), text);
    return Outcome::reject;
}

}  // namespace fineline::ingest
