#include "cli/terminal.h"

#include "base/text.h"

#include <algorithm>

namespace fineline::cli {

namespace {

constexpr Duration redraw_every = std::chrono::milliseconds(100);

std::string_view escape_of(Colour colour) {
    switch (colour) {
        case Colour::plain: return "";
        case Colour::red: return "\x1b[31m";
        case Colour::green: return "\x1b[32m";
        case Colour::yellow: return "\x1b[33m";
        case Colour::blue: return "\x1b[34m";
        case Colour::grey: return "\x1b[90m";
        case Colour::bold: return "\x1b[1m";
    }
    return "";
}

std::string coloured(std::string_view text, Colour colour) {
    return std::string(escape_of(colour)) + std::string(text) + "\x1b[0m";
}

}  // namespace

void Terminal::clear_progress() {
    if (progress_shown_) {
        streams_.err << "\r\x1b[2K";
        progress_shown_ = false;
    }
}

void Terminal::line(std::string_view text) {
    clear_progress();
    streams_.out << text << '\n';
}

void Terminal::flush() {
    streams_.out.flush();
}

void Terminal::json(const Json& value) {
    line(value.text());
}

void Terminal::remark(std::string_view text) {
    if (watched()) {
        clear_progress();
        streams_.err << coloured(text, Colour::grey) << '\n';
    }
}

void Terminal::warning(std::string_view text) {
    message("warning:", Colour::yellow, text);
}

void Terminal::error(std::string_view text) {
    message("error:", Colour::red, text);
}

void Terminal::message(std::string_view word, Colour colour, std::string_view text) {
    clear_progress();
    if (text.starts_with(word)) {
        text.remove_prefix(word.size());
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    }
    streams_.err << (watched() ? coloured(word, colour) : std::string(word)) << ' ' << text << '\n';
}

std::string Terminal::paint(std::string_view text, Colour colour) const {
    return streams_.out_is_terminal && colour != Colour::plain ? coloured(text, colour)
                                                               : std::string(text);
}

void Terminal::progress(std::string_view text) {
    if (!watched()) {
        return;
    }
    clear_progress();
    if (!text.empty()) {
        streams_.err << text << std::flush;
        progress_shown_ = true;
    }
}

std::string progress_bar(std::uint64_t done, std::uint64_t total, int width) {
    const double share =
        total == 0 ? 1.0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    const int full = static_cast<int>(share * width);
    std::string bar = "[";
    bar.append(static_cast<std::size_t>(full), '#');
    bar.append(static_cast<std::size_t>(width - full), '-');
    return bar + "] " + right_aligned(std::to_string(static_cast<int>(share * 100)), 3) + " %";
}

bool ProgressMeter::due() {
    const Instant now = clock_.now();
    if (last_ != instant_min && now - last_ < redraw_every) {
        return false;
    }
    last_ = now;
    return true;
}

double ProgressMeter::rate(std::uint64_t units) const {
    const double seconds = static_cast<double>(elapsed().count()) / 1e6;
    return seconds > 0 ? static_cast<double>(units) / seconds : 0;
}

Duration ProgressMeter::remaining(std::uint64_t done, std::uint64_t total) const {
    if (done == 0 || done >= total) {
        return {};
    }
    const double left = static_cast<double>(elapsed().count()) * static_cast<double>(total - done) /
                        static_cast<double>(done);
    return std::chrono::floor<std::chrono::seconds>(Duration(static_cast<std::int64_t>(left)));
}

std::string padded(std::string_view text, std::size_t width) {
    std::string all(text);
    const std::size_t taken = code_points(text);
    all.append(width > taken ? width - taken : 0, ' ');
    return all;
}

std::string right_aligned(std::string_view text, std::size_t width) {
    const std::size_t taken = code_points(text);
    return std::string(width > taken ? width - taken : 0, ' ') + std::string(text);
}

}  // namespace fineline::cli
