#include "ingest/json_lines.h"

#include "base/text.h"
#include "model/limits.h"

namespace fineline::ingest {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

Result<std::unique_ptr<JsonLinesReader>> JsonLinesReader::open(InputStream& input) {
    std::unique_ptr<JsonLinesReader> reader(new JsonLinesReader(input));
    auto begun = reader->to_text();
    if (!begun) {
        return begun.error();
    }
    if (*begun && reader->buffer_.text().front() == '[') {
        return Error{
            ErrorCode::invalid_argument,
            input.name() +
                " is one JSON array, and must hold one message a line: jq -c '.[]' makes it so",
            {}};
    }
    return reader;
}

/// Passes over blank lines, spaces in front of a line and byte order marks; false at the end.
Result<bool> JsonLinesReader::to_text() {
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
        } else if (text.front() == '\n') {
            ++line_number_;
            buffer_.drop(1);
        } else if (text.front() == '\r' || text.front() == ' ' || text.front() == '\t') {
            buffer_.drop(1);
        } else {
            return true;
        }
    }
}

Result<JsonLinesReader::Outcome> JsonLinesReader::next() {
    buffer_.drop(leave_bytes_);
    leave_bytes_ = 0;
    auto begun = to_text();
    if (!begun) {
        return begun.error();
    }
    if (!*begun) {
        return Outcome::end;
    }
    ++number_;
    auto end = buffer_.find_line_end('\n', limits::json_line_bytes_max);
    if (!end) {
        return end.error();
    }
    if (*end == TextBuffer::nowhere) {
        set_aside(RejectReason::row_too_long,
                  "the line is longer than " + with_commas(limits::json_line_bytes_max) + " bytes",
                  buffer_.text());
        if (auto dropped = buffer_.drop_line('\n'); !dropped) {
            return dropped.error();
        }
        ++line_number_;
        return Outcome::reject;
    }
    const std::string_view raw = buffer_.text().substr(0, *end);
    leave_bytes_ = *end;
    if (raw.find('\0') != std::string_view::npos) {
        return set_aside(RejectReason::nul_byte, "the line holds a NUL byte", raw);
    }
    if (auto read = parser_.read(raw, line_.value); !read) {
        // What is JSON is UTF-8 as well, so only what is none is looked at again.
        return is_utf8(raw) ? set_aside(RejectReason::bad_json, read.error().message, raw)
                            : set_aside(RejectReason::not_utf8, "the line is not UTF-8", raw);
    }
    line_.number = number_;
    line_.line = line_number_;
    line_.byte_offset = buffer_.offset();
    line_.raw = raw;
    return Outcome::line;
}

JsonLinesReader::Outcome JsonLinesReader::set_aside(RejectReason reason,
                                                    std::string message,
                                                    std::string_view text) {
    reject_ = make_reject(
        reason, {.line = line_number_, .byte_offset = buffer_.offset()}, std::move(message), text);
    return Outcome::reject;
}

}  // namespace fineline::ingest
