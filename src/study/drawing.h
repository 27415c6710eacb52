#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fineline::study {

inline constexpr std::string_view ink = "#1f2933";
inline constexpr std::string_view faint = "#d5dae0";
inline constexpr std::string_view quiet = "#66717d";
inline constexpr std::string_view path_colour = "#1b6ca8";
inline constexpr std::string_view today_colour = "#b4541a";
inline constexpr std::string_view taken_colour = "#1a7f4b";

/// A coordinate of a picture, to a tenth.
[[nodiscard]] std::string coordinate(double value);

/// Text made safe to stand in HTML and SVG.
[[nodiscard]] std::string escaped_markup(std::string_view text);

/// How a text stands at its point.
enum class Anchor : std::uint8_t { start, middle, end };

struct Point {
    double x = 0;
    double y = 0;
};

/// A text of the picture.
struct Label {
    Point at{};
    std::string words{};
    int size = 18;
    std::string_view colour = ink;
    Anchor anchor = Anchor::start;
};

/// An SVG picture of 1280 × 720 while it is drawn; y grows downwards. One thread at a time.
class Drawing {
  public:
    Drawing();

    /// Writes a text with a white rim, so that lines behind it do not cross it.
    void write(const Label& label);

    /// Draws a straight line; `style`: SVG attributes of the stroke.
    void stroke(const Point& from, const Point& to, std::string_view style);

    void dot(const Point& at, std::string_view colour, double radius);

    /// Draws a line through `points` ("x,y x,y …"); `dashes` as SVG has them, empty: none.
    void curve(std::string_view points, std::string_view colour, std::string_view dashes);

    /// Fills the area within `points` lightly.
    void area(std::string_view points, std::string_view colour);

    /// The picture as a document.
    [[nodiscard]] std::string finish() const;

  private:
    std::string out_{};
};

}  // namespace fineline::study
