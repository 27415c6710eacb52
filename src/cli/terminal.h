#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"

#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>

namespace fineline::cli {

enum class Colour : std::uint8_t { plain, red, green, yellow, blue, grey, bold };

/// Where a command writes: answers to `out`, everything for people's eyes to `err`. Colours and the
/// progress bar appear only on a terminal (and never with NO_COLOR set). One thread at a time.
class Terminal {
  public:
    struct Streams {
        std::ostream& out;
        std::ostream& err;
        bool out_is_terminal = false;
        bool err_is_terminal = false;
    };

    explicit Terminal(const Streams& streams) : streams_(streams) {}

    /// Prints one line of the answer.
    void line(std::string_view text);

    /// Prints one JSON value of the answer, on one line.
    void json(const Json& value);

    /// Lets whoever reads the answers see all of them now.
    void flush();

    /// Prints a line that is no answer: only where a person is looking.
    void remark(std::string_view text);

    /// Prints `warning: …`, always.
    void warning(std::string_view text);

    /// Prints `error: …`, always; a multi-line text as it is.
    void error(std::string_view text);

    /// Wraps text for the answer stream in a colour, where it is a terminal.
    [[nodiscard]] std::string paint(std::string_view text, Colour colour) const;

    /// Redraws the progress line; an empty text removes it. Only where a person is looking.
    void progress(std::string_view text);

    [[nodiscard]] bool watched() const { return streams_.err_is_terminal; }

  private:
    /// Prints a line to the error stream behind a word, which is not said twice.
    void message(std::string_view word, Colour colour, std::string_view text);
    void clear_progress();

    Streams streams_;
    bool progress_shown_ = false;
};

/// Renders `[######----]  45 %` of a known total.
[[nodiscard]] std::string progress_bar(std::uint64_t done, std::uint64_t total, int width = 30);

/// Rates and remaining time of a long piece of work. One thread at a time.
class ProgressMeter {
  public:
    explicit ProgressMeter(const Clock& clock) : clock_(clock), began_(clock.now()) {}

    /// Says whether a tenth of a second has passed since the last time it said so.
    [[nodiscard]] bool due();

    /// Units a second since the beginning.
    [[nodiscard]] double rate(std::uint64_t units) const;

    /// Time left, assuming the rate so far; `done` of `total`.
    [[nodiscard]] Duration remaining(std::uint64_t done, std::uint64_t total) const;

    [[nodiscard]] Duration elapsed() const { return clock_.now() - began_; }

  private:
    const Clock& clock_;
    Instant began_;
    Instant last_ = instant_min;
};

/// Pads a text with spaces to a width in code points.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);

/// Pads on the left: for numbers in a column.
[[nodiscard]] std::string right_aligned(std::string_view text, std::size_t width);

}  // namespace fineline::cli
