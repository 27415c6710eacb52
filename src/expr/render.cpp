#include "base/text.h"
#include "expr/check.h"
#include "expr/parse.h"

#include <algorithm>

namespace fineline::expr {

namespace {

/// Columns of a source line shown around the caret.
constexpr std::size_t excerpt_columns = 90;

struct Parts {
    std::string_view what;
    std::string_view advice;
};

/// Splits "what was wrong: what to do" at the first colon outside of quotes.
Parts split(std::string_view message) {
    char quote = 0;
    for (std::size_t i = 0; i < message.size(); ++i) {
        const char c = message[i];
        if (quote != 0) {
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '`') {
            quote = c;
        } else if (message.substr(i, 2) == ": ") {
            return {message.substr(0, i), message.substr(i + 2)};
        }
    }
    return {message, {}};
}

/// Moves an offset back to the start of the code point it lies in.
std::size_t code_point_start(std::string_view text, std::size_t at) {
    while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U) {
        --at;
    }
    return at;
}

/// The line a span begins in, cut to an excerpt; the span as offsets within it.
struct Excerpt {
    std::string text;
    std::size_t begin = 0;
    std::size_t end = 0;
};

Excerpt excerpt_of(std::string_view line, std::size_t begin, std::size_t end) {
    Excerpt excerpt{std::string(line), begin, end};
    if (line.size() > excerpt_columns) {
        const std::size_t margin = excerpt_columns / 3;
        const std::size_t from = code_point_start(line, begin > margin ? begin - margin : 0);
        const std::size_t to =
            code_point_start(line, std::min(line.size(), from + excerpt_columns));
        constexpr std::string_view ellipsis = "…";
        const std::string_view before = from > 0 ? ellipsis : std::string_view();
        const std::string_view after = to < line.size() ? ellipsis : std::string_view();
        excerpt.text =
            std::string(before) + std::string(line.substr(from, to - from)) + std::string(after);
        excerpt.begin = begin - from + before.size();
        excerpt.end = std::min(end, to) - from + before.size();
    }
    // A tab or control character would move the caret away from what it points at.
    for (char& c : excerpt.text) {
        c = static_cast<unsigned char>(c) < 0x20U ? ' ' : c;
    }
    return excerpt;
}

std::string render(std::string_view kind,
                   std::string_view message,
                   SourceSpan at,
                   std::string_view source) {
    const std::size_t begin =
        code_point_start(source, std::min<std::size_t>(at.begin, source.size()));
    const std::size_t line_begin = begin == 0 ? 0 : source.rfind('\n', begin - 1) + 1;
    const std::size_t line_end = std::min(source.find('\n', begin), source.size());
    const auto line_number = 1 + std::ranges::count(source.substr(0, line_begin), '\n');
    const std::size_t end = std::clamp<std::size_t>(at.end, begin, line_end);
    const Excerpt excerpt = excerpt_of(
        source.substr(line_begin, line_end - line_begin), begin - line_begin, end - line_begin);
    const Parts parts = split(message);
    const std::size_t column = code_points(source.substr(line_begin, begin - line_begin)) + 1;
    const std::string_view shown = excerpt.text;
    const std::size_t carets =
        code_points(shown.substr(excerpt.begin, excerpt.end - excerpt.begin));

    std::string out(kind);
    out += ": " + std::string(parts.what) + " at line " + std::to_string(line_number) +
           ", column " + std::to_string(column) + "\n  " + excerpt.text + "\n  ";
    out.append(code_points(shown.substr(0, excerpt.begin)), ' ');
    out.append(std::max<std::size_t>(carets, 1), '^');
    if (!parts.advice.empty()) {
        out += " " + std::string(parts.advice);
    }
    return out + "\n";
}

}  // namespace

std::string render_error(const Error& error, std::string_view source) {
    if (!error.at) {
        return "error: " + error.message + "\n";
    }
    return render("error", error.message, *error.at, source);
}

std::string render_warning(const Warning& warning, std::string_view source) {
    return render("warning", warning.message, warning.at, source);
}

}  // namespace fineline::expr
