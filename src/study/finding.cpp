#include "study/finding.h"

#include "base/require.h"
#include "base/text.h"

#include <algorithm>
#include <cmath>

namespace fineline::study {

namespace {

/// Prints with a fixed number of decimals and thousands separators.
std::string fixed(double value, int decimals) {
    double unit = 1;
    for (int i = 0; i < decimals; ++i) {
        unit *= 10;
    }
    const double scaled = std::round(std::abs(value) * unit);
    if (scaled >= 1e15) {
        return number_text(value);
    }
    const auto whole = static_cast<std::uint64_t>(scaled / unit);
    const auto rest = static_cast<std::uint64_t>(scaled - static_cast<double>(whole) * unit);
    std::string text = (value < 0 && scaled > 0 ? "-" : "") + with_commas(whole);
    if (decimals > 0) {
        std::string digits = std::to_string(rest);
        digits.insert(0, static_cast<std::size_t>(decimals) - digits.size(), '0');
        text += "." + digits;
    }
    return text;
}

/// Decimals so that about three figures tell.
int decimals_for(double value) {
    const double size = std::abs(value);
    if (size >= 100 || size == 0) {
        return 0;
    }
    return size >= 10 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
}

/// Whole per cent, with a decimal where small ones need it.
std::string share_digits(double percent) {
    const bool whole = std::abs(percent) >= 10 || percent == std::round(percent);
    return fixed(percent, whole ? 0 : 1);
}

std::string digits_of(double value, Scale scale) {
    switch (scale) {
        case Scale::count: return fixed(value, 0);
        case Scale::share: return share_digits(100 * value);
        case Scale::amount: return fixed(value, 2);
        case Scale::plain: return fixed(value, decimals_for(value));
    }
    return {};
}

std::string cell_text(const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) {
        return *text;
    }
    const auto* estimate = std::get_if<Estimate>(&cell);
    if (estimate == nullptr) {
        return "-";
    }
    std::string text = print_number(estimate->value, estimate->scale);
    if (estimate->interval) {
        text += " (" + digits_of(estimate->interval->low, estimate->scale) + " to " +
                digits_of(estimate->interval->high, estimate->scale) + ")";
    }
    return text;
}

void append_padded(std::string& out, const std::string& text, std::size_t width) {
    out += text;
    out.append(width - std::min(width, code_points(text)), ' ');
}

/// Prints rows of texts as columns; the first row is the heading.
std::string columns_text(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()), 0);
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], code_points(row[i]));
        }
    }
    std::string out;
    for (const auto& row : rows) {
        std::string line = "  ";
        for (std::size_t i = 0; i < row.size(); ++i) {
            append_padded(line, row[i], widths[i] + 2);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
    }
    return out;
}

std::string title_line(const std::string& title) {
    return title.empty() ? "" : title + "\n";
}

struct Printer {
    std::string operator()(const Note& note) const { return note.text + "\n"; }

    std::string operator()(const Estimate& estimate) const {
        return estimate.name + ": " + print(estimate) + "\n";
    }

    std::string operator()(const Table& table) const {
        std::vector<std::vector<std::string>> rows{table.columns};
        for (const auto& row : table.rows) {
            std::vector<std::string>& texts = rows.emplace_back();
            for (const Cell& cell : row) {
                texts.push_back(cell_text(cell));
            }
        }
        return title_line(table.title) + columns_text(rows);
    }

    std::string operator()(const Distribution& distribution) const {
        std::vector<std::vector<std::string>> rows{{"from", "to", distribution.unit}};
        for (std::size_t i = 0; i < distribution.counts.size(); ++i) {
            rows.push_back({print_number(distribution.bounds[i], Scale::plain),
                            print_number(distribution.bounds[i + 1], Scale::plain),
                            with_commas(distribution.counts[i])});
        }
        return title_line(distribution.title) + columns_text(rows);
    }

    std::string operator()(const Matrix& matrix) const {
        std::vector<std::vector<std::string>> rows(1, {""});
        rows[0].insert(rows[0].end(), matrix.columns.begin(), matrix.columns.end());
        for (std::size_t r = 0; r < matrix.rows.size(); ++r) {
            std::vector<std::string>& texts = rows.emplace_back();
            texts.push_back(matrix.rows[r]);
            for (std::size_t c = 0; c < matrix.columns.size(); ++c) {
                texts.push_back(
                    print_number(matrix.values[r * matrix.columns.size() + c], matrix.scale));
            }
        }
        return title_line(matrix.title) + columns_text(rows);
    }

    std::string operator()(const Curve& curve) const {
        std::vector<std::vector<std::string>> rows{{curve.x_name, curve.y_name, ""}};
        for (const CurvePoint& point : curve.points) {
            const Estimate y{.value = point.y, .interval = point.interval, .scale = curve.scale};
            rows.push_back({print_number(point.x, Scale::plain), cell_text(y), point.label});
        }
        return title_line(curve.title) + columns_text(rows);
    }
};

Json interval_json(const std::optional<Interval>& interval) {
    return interval ? Json(Json::Array{interval->low, interval->high}) : Json();
}

Json texts_json(const std::vector<std::string>& texts) {
    return Json::Array(texts.begin(), texts.end());
}

template <class Number>
Json numbers_json(const std::vector<Number>& numbers) {
    Json::Array array;
    for (const Number number : numbers) {
        array.emplace_back(static_cast<double>(number));
    }
    return array;
}

std::string_view scale_name(Scale scale) {
    switch (scale) {
        case Scale::plain: return "plain";
        case Scale::share: return "share";
        case Scale::amount: return "amount";
        case Scale::count: return "count";
    }
    return {};
}

Json cell_json(const Cell& cell) {
    if (const auto* text = std::get_if<std::string>(&cell)) {
        return *text;
    }
    const auto* estimate = std::get_if<Estimate>(&cell);
    return estimate == nullptr ? Json() : to_json(*estimate);
}

struct JsonPrinter {
    Json operator()(const Note& note) const {
        return Json().set("shape", "note").set("text", note.text);
    }

    Json operator()(const Estimate& estimate) const { return to_json(estimate); }

    Json operator()(const Table& table) const {
        Json rows{Json::Array{}};
        for (const auto& row : table.rows) {
            Json cells{Json::Array{}};
            for (const Cell& cell : row) {
                cells.push(cell_json(cell));
            }
            rows.push(std::move(cells));
        }
        return Json()
            .set("shape", "table")
            .set("title", table.title)
            .set("columns", texts_json(table.columns))
            .set("rows", std::move(rows));
    }

    Json operator()(const Distribution& distribution) const {
        return Json()
            .set("shape", "distribution")
            .set("title", distribution.title)
            .set("unit", distribution.unit)
            .set("bounds", numbers_json(distribution.bounds))
            .set("counts", numbers_json(distribution.counts));
    }

    Json operator()(const Matrix& matrix) const {
        return Json()
            .set("shape", "matrix")
            .set("title", matrix.title)
            .set("rows", texts_json(matrix.rows))
            .set("columns", texts_json(matrix.columns))
            .set("values", numbers_json(matrix.values))
            .set("scale", scale_name(matrix.scale));
    }

    Json operator()(const Curve& curve) const {
        Json points{Json::Array{}};
        for (const CurvePoint& point : curve.points) {
            points.push(Json()
                            .set("x", point.x)
                            .set("y", point.y)
                            .set("interval", interval_json(point.interval))
                            .set("label", point.label));
        }
        return Json()
            .set("shape", "curve")
            .set("title", curve.title)
            .set("x", curve.x_name)
            .set("y", curve.y_name)
            .set("scale", scale_name(curve.scale))
            .set("points", std::move(points));
    }
};

bool all_finite(const std::vector<double>& values) {
    return std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

bool interval_is_finite(const std::optional<Interval>& interval) {
    return !interval || (std::isfinite(interval->low) && std::isfinite(interval->high));
}

bool estimate_is_finite(const Estimate& estimate) {
    return std::isfinite(estimate.value) && interval_is_finite(estimate.interval);
}

struct FiniteCheck {
    bool operator()(const Note&) const { return true; }

    bool operator()(const Estimate& estimate) const { return estimate_is_finite(estimate); }

    bool operator()(const Table& table) const {
        for (const auto& row : table.rows) {
            for (const Cell& cell : row) {
                const auto* estimate = std::get_if<Estimate>(&cell);
                if (estimate != nullptr && !estimate_is_finite(*estimate)) {
                    return false;
                }
            }
        }
        return true;
    }

    bool operator()(const Distribution& distribution) const {
        return all_finite(distribution.bounds);
    }

    bool operator()(const Matrix& matrix) const { return all_finite(matrix.values); }

    bool operator()(const Curve& curve) const {
        return std::all_of(curve.points.begin(), curve.points.end(), [](const CurvePoint& point) {
            return std::isfinite(point.x) && std::isfinite(point.y) &&
                   interval_is_finite(point.interval);
        });
    }
};

}  // namespace

std::string print_number(double value, Scale scale) {
    return digits_of(value, scale) + (scale == Scale::share ? " %" : "");
}

Estimate counted(std::string name, double count) {
    return {.name = std::move(name),
            .value = count,
            .why_no_interval = "counted, not estimated",
            .scale = Scale::count};
}

std::string print(const Estimate& estimate) {
    std::string text = cell_text(estimate);
    if (!estimate.interval && !estimate.why_no_interval.empty()) {
        text += " (no interval: " + estimate.why_no_interval + ")";
    }
    return text;
}

std::string print(const Shape& shape) {
    return std::visit(Printer{}, shape);
}

std::string print(const Finding& finding) {
    std::string out = finding.code;
    for (std::size_t i = 0; i < finding.segments.size(); ++i) {
        out += (i == 0 ? "  " : ", ") + finding.segments[i];
    }
    out += "\n  " + finding.says + "\n";
    if (!finding.why.empty()) {
        out += "  " + finding.why + "\n";
    }
    for (const Shape& shape : finding.evidence) {
        const std::string text = print(shape);
        for (std::size_t begin = 0; begin < text.size();) {
            const std::size_t end = text.find('\n', begin) + 1;
            out += "    " + text.substr(begin, end - begin);
            begin = end;
        }
    }
    return out + finding.patch;
}

Json to_json(const Estimate& estimate) {
    Json json;
    json.set("shape", "estimate")
        .set("name", estimate.name)
        .set("value", estimate.value)
        .set("interval", interval_json(estimate.interval))
        .set("scale", scale_name(estimate.scale));
    if (estimate.interval) {
        json.set("level", estimate.level);
    } else {
        json.set("why_no_interval", estimate.why_no_interval);
    }
    if (estimate.n > 0) {
        json.set("n", static_cast<std::size_t>(estimate.n));
    }
    return json;
}

Json to_json(const Shape& shape) {
    return std::visit(JsonPrinter{}, shape);
}

Json to_json(const Finding& finding) {
    Json evidence{Json::Array{}};
    for (const Shape& shape : finding.evidence) {
        require(is_finite(shape), "a finding holds a number that is not finite");
        evidence.push(to_json(shape));
    }
    return Json()
        .set("code", finding.code)
        .set("segments", texts_json(finding.segments))
        .set("says", finding.says)
        .set("why", finding.why)
        .set("evidence", std::move(evidence))
        .set("patch", finding.patch);
}

bool is_finite(const Shape& shape) {
    return std::visit(FiniteCheck{}, shape);
}

bool is_finite(const Finding& finding) {
    return std::all_of(finding.evidence.begin(), finding.evidence.end(), [](const Shape& shape) {
        return is_finite(shape);
    });
}

}  // namespace fineline::study
