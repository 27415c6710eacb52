#pragma once

#include "base/json.h"
#include "study/statistics/interval.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a study answers with. The shapes are closed: whoever prints or draws them can draw every
/// study there will be.
namespace fineline::study {

/// How a number is printed: as it is, as a share in per cent, in the metric's unit, or as a count.
enum class Scale : std::uint8_t { plain, share, amount, count };

/// One number and how sure it is. Without an interval, `why_no_interval` says why.
struct Estimate {
    std::string name{};  ///< a noun: "value captured"
    double value = 0;    ///< shares in 0…1, whatever they are printed as
    std::optional<Interval> interval{};
    std::string why_no_interval{};  ///< "a count of the whole population"
    double level = 0.9;             ///< of the interval
    std::uint64_t n = 0;            ///< customers it rests on; 0: not of customers
    Scale scale = Scale::plain;

    friend bool operator==(const Estimate&, const Estimate&) = default;
};

/// A cell of a table: nothing, a text, or a number with what is known about it.
using Cell = std::variant<std::monostate, std::string, Estimate>;

struct Table {
    std::string title{};
    std::vector<std::string> columns{};
    std::vector<std::vector<Cell>> rows{};  ///< each as long as `columns`
};

/// How many fall between bounds: `counts[i]` in [bounds[i], bounds[i + 1]), the last one closed.
struct Distribution {
    std::string title{};
    std::string unit{};
    std::vector<double> bounds{};  ///< ascending, one more than `counts`
    std::vector<std::uint64_t> counts{};
};

struct Matrix {
    std::string title{};
    std::vector<std::string> rows{};
    std::vector<std::string> columns{};
    std::vector<double> values{};  ///< by row, rows · columns of them
    Scale scale = Scale::plain;
};

struct CurvePoint {
    double x = 0;
    double y = 0;
    std::optional<Interval> interval{};  ///< of y
    std::string label{};                 ///< empty: an unnamed point
};

/// One line of a picture, by ascending x.
struct Curve {
    std::string title{};
    std::string x_name{};
    std::string y_name{};
    std::vector<CurvePoint> points{};
    Scale scale = Scale::plain;  ///< of y
};

/// A sentence or several.
struct Note {
    std::string text{};
};

using Shape = std::variant<Note, Estimate, Table, Distribution, Matrix, Curve>;

/// What one study, or one check of an audit, found.
struct Finding {
    std::string code{};                   ///< stable, lower case: "too_small", or the method's name
    std::vector<std::string> segments{};  ///< those it is about; empty: the whole
    std::string says{};                   ///< one sentence
    std::string why{};                    ///< why that matters, one sentence
    std::vector<Shape> evidence{};
    std::string patch{};  ///< the change to the portfolio file that would mend it, as a diff
};

/// An estimate that is a count.
[[nodiscard]] Estimate counted(std::string name, double count);

/// Prints a number as its scale says: `5.2 %`, `1,067,371`, `412.50`.
[[nodiscard]] std::string print_number(double value, Scale scale);

/// Prints an estimate without its name: `81 % (77 to 85)`, or `12 (no interval: …)`.
[[nodiscard]] std::string print(const Estimate& estimate);

/// Prints a shape or a finding for people: lines of at most about 100 columns, ending in a newline.
[[nodiscard]] std::string print(const Shape& shape);
[[nodiscard]] std::string print(const Finding& finding);

/// The same as JSON; numbers travel as numbers, unrounded. A shape says its kind under "shape".
[[nodiscard]] Json to_json(const Estimate& estimate);
[[nodiscard]] Json to_json(const Shape& shape);
[[nodiscard]] Json to_json(const Finding& finding);

/// Says whether every number in it is finite: a study never prints NaN.
[[nodiscard]] bool is_finite(const Shape& shape);
[[nodiscard]] bool is_finite(const Finding& finding);

}  // namespace fineline::study
