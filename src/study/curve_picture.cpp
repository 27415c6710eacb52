#include "base/text.h"
#include "study/curve.h"
#include "study/drawing.h"

#include <algorithm>
#include <cmath>

namespace fineline::study {

namespace {

constexpr double height = 720;
constexpr double left = 110;
constexpr double right = 1090;  ///< of the log scale; behind it the break and "one each"
constexpr double one_each_at = 1180;
constexpr double top = 130;
constexpr double bottom = 610;

const Measured& height_of(const CurveSample& sample) {
    return sample.captured ? *sample.captured : sample.skill;
}

/// Draws one Fine Line. One thread at a time.
class Picture : private Drawing {
  public:
    explicit Picture(const FineLine& line) : line_(line) {
        const std::size_t largest =
            line.today ? std::max<std::size_t>(64, line.today->segments) : 64;
        x_max_ = static_cast<double>(largest);
        double most = line.one_each.captured ? 1 : height_of(line.one_each).value;
        double least = 0;
        for (const auto* samples : {&line.discovered, &line.merges}) {
            for (const CurveSample& sample : *samples) {
                most = std::max(most, height_of(sample).value);
                least = std::min(least, height_of(sample).value);
            }
        }
        y_max_ = std::max(1e-6, most * 1.08);
        y_min_ = std::max(least * 1.1, -y_max_ / 2);
    }

    [[nodiscard]] std::string draw() {
        draw_title();
        draw_axes();
        draw_capacity();
        draw_band(line_.discovered, path_colour);
        draw_path(line_.merges, today_colour, "6 5");
        draw_path(line_.discovered, path_colour, "");
        draw_one_each();
        draw_points();
        draw_legend();
        return finish();
    }

  private:
    [[nodiscard]] double x(double segments) const {
        return left + (right - left) * std::log(std::max(1.0, segments)) / std::log(x_max_);
    }

    [[nodiscard]] double y(double value) const {
        const double shown = std::clamp(value, y_min_, y_max_);
        return bottom - (bottom - top) * (shown - y_min_) / (y_max_ - y_min_);
    }

    /// A vertical bar over the interval of a sample.
    void whisker(double at_x, const Measured& measured, std::string_view colour) {
        if (measured.interval) {
            stroke({at_x, y(measured.interval->low)},
                   {at_x, y(measured.interval->high)},
                   "stroke=\"" + std::string(colour) + "\" stroke-width=\"3\" opacity=\"0.6\"");
        }
    }

    void draw_title() {
        const bool shares = line_.one_each.captured.has_value();
        write({.at = {left - 60, 52}, .words = "The fine line", .size = 34});
        write({.at = {left - 60, 86},
               .words = (shares ? "Share captured of what can be told in advance about "
                                : "Share of the variance told in advance of ") +
                        line_.metric,
               .size = 20,
               .colour = quiet});
    }

    void draw_axes() {
        const double span = y_max_ - y_min_;
        const double step = span > 0.6 ? 0.2 : span > 0.3 ? 0.1 : span > 0.12 ? 0.05 : span / 4;
        for (double value = std::ceil(y_min_ / step) * step; value <= y_max_; value += step) {
            const double rounded = std::abs(value) < step / 2 ? 0 : value;
            stroke({left, y(rounded)},
                   {one_each_at + 50, y(rounded)},
                   "stroke=\"" + std::string(faint) + "\" stroke-width=\"1\"");
            write({.at = {left - 12, y(rounded) + 6},
                   .words = print_number(rounded, Scale::share),
                   .colour = quiet,
                   .anchor = Anchor::end});
        }
        for (double segments = 1; segments <= x_max_; segments *= 2) {
            write({.at = {x(segments), bottom + 30},
                   .words = number_text(segments),
                   .colour = quiet,
                   .anchor = Anchor::middle});
        }
        stroke({left, bottom}, {right + 10, bottom}, "stroke=\"#1f2933\" stroke-width=\"1.5\"");
        stroke({right + 30, bottom},
               {one_each_at + 50, bottom},
               "stroke=\"#1f2933\" stroke-width=\"1.5\"");
        for (const double at : {right + 10, right + 30}) {
            stroke({at - 5, bottom + 9},
                   {at + 5, bottom - 9},
                   "stroke=\"#1f2933\" stroke-width=\"1.5\"");
        }
        write({.at = {one_each_at, bottom + 30},
               .words = "one each",
               .colour = quiet,
               .anchor = Anchor::middle});
        write({.at = {(left + right) / 2, bottom + 60},
               .words = "number of segments",
               .colour = quiet,
               .anchor = Anchor::middle});
        write(
            {.at = {left - 60, height - 18},
             .words = line_.protocol +
                      "; n = " + print_number(static_cast<double>(line_.n), Scale::count) +
                      "; bands and bars are 90 % intervals over customers, given the fitted models",
             .size = 14,
             .colour = quiet});
    }

    void draw_capacity() {
        if (!line_.capacity) {
            return;
        }
        const double at = x(*line_.capacity);
        stroke({at, top - 10},
               {at, bottom},
               "stroke=\"#66717d\" stroke-width=\"1.5\" stroke-dasharray=\"3 4\"");
        write({.at = {at, top - 18},
               .words = "capacity " + std::to_string(*line_.capacity),
               .size = 16,
               .colour = quiet,
               .anchor = Anchor::middle});
    }

    void draw_band(const std::vector<CurveSample>& samples, std::string_view colour) {
        std::string upper;
        std::string lower;
        for (const CurveSample& sample : samples) {
            const Measured& measured = height_of(sample);
            const Interval band =
                measured.interval.value_or(Interval{measured.value, measured.value});
            const std::string at = coordinate(x(static_cast<double>(sample.segments)));
            upper += at + "," + coordinate(y(band.high)) + " ";
            lower.insert(0, at + "," + coordinate(y(band.low)) + " ");
        }
        area(upper + lower, colour);
    }

    void draw_path(const std::vector<CurveSample>& samples,
                   std::string_view colour,
                   std::string_view dashes) {
        std::string points;
        for (const CurveSample& sample : samples) {
            points += coordinate(x(static_cast<double>(sample.segments))) + "," +
                      coordinate(y(height_of(sample).value)) + " ";
        }
        curve(points, colour, dashes);
    }

    void draw_one_each() {
        const Measured& measured = height_of(line_.one_each);
        whisker(one_each_at, measured, ink);
        dot({one_each_at, y(measured.value)}, ink, 7);
        write({.at = {one_each_at, y(measured.value) - 16},
               .words = print_number(measured.value, Scale::share),
               .anchor = Anchor::middle});
    }

    void draw_point(const CurveSample& sample,
                    std::string_view colour,
                    const std::string& words,
                    bool above) {
        const Measured& measured = height_of(sample);
        const double at = x(static_cast<double>(sample.segments));
        whisker(at, measured, colour);
        dot({at, y(measured.value)}, colour, 8);
        const Estimate estimate{
            .value = measured.value, .interval = measured.interval, .scale = Scale::share};
        const bool near_end = at > right - 260;
        write({.at = {near_end ? at - 16 : at + 16, y(measured.value) + (above ? -22 : 40)},
               .words = words + ": " + print(estimate),
               .colour = colour,
               .anchor = near_end ? Anchor::end : Anchor::start});
    }

    void draw_points() {
        const bool same = line_.today && line_.recommended &&
                          line_.today->segments == line_.recommended->segments;
        if (line_.today && !same) {
            draw_point(*line_.today,
                       today_colour,
                       "today's " + std::to_string(line_.today->segments),
                       false);
        }
        if (line_.recommended) {
            draw_point(*line_.recommended,
                       taken_colour,
                       "recommended " + std::to_string(line_.recommended->segments),
                       line_.recommended->segments > 4);
        }
    }

    void draw_legend() {
        double at = top + 4;
        const auto entry = [&](std::string_view words,
                               std::string_view colour,
                               std::string_view dashes) {
            stroke({left + 16, at},
                   {left + 56, at},
                   "stroke=\"" + std::string(colour) + "\" stroke-width=\"3\"" +
                       (dashes.empty() ? "" : " stroke-dasharray=\"" + std::string(dashes) + "\""));
            write({.at = {left + 66, at + 6},
                   .words = std::string(words),
                   .size = 16,
                   .colour = colour});
            at += 26;
        };
        entry("discovered: one tree, pruned", path_colour, "");
        if (line_.merges.size() > 1) {
            entry("today's portfolio, merged step by step", today_colour, "6 5");
        }
    }

    const FineLine& line_;
    double x_max_ = 64;
    double y_max_ = 1;
    double y_min_ = 0;
};

}  // namespace

std::string draw_curve(const FineLine& line) {
    return Picture(line).draw();
}

}  // namespace fineline::study
