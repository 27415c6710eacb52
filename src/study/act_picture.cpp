#include "study/act_picture.h"

#include "base/text.h"
#include "study/drawing.h"

#include <algorithm>
#include <cmath>

namespace fineline::study {

namespace {

constexpr double left = 130;
constexpr double right = 1180;
constexpr double top = 130;
constexpr double bottom = 610;
constexpr std::size_t segments_shown_min = 8;

/// Draws the curve of act mode. One thread at a time.
class ActPicture : private Drawing {
  public:
    explicit ActPicture(const ActCurve& curve) : curve_(curve), points_(curve.path) {
        // Today's own actions stand at the end: those of the path are drawn towards the average.
        if (!points_.empty() && points_.back().segments >= curve.today.segments &&
            points_.size() > 1) {
            points_.pop_back();
        }
        if (curve.today.segments > 1) points_.push_back(curve.today);
        double least = curve.today.seemed;
        double most = least;
        for (const ActCurvePoint& point : points_) {
            const Interval band = interval_of(point);
            least = std::min({least, band.low, point.seemed});
            most = std::max({most, band.high, point.seemed});
            x_max_ = std::max(x_max_, static_cast<double>(point.segments));
        }
        const double margin = std::max(1e-9, (most - least) * 0.12);
        y_min_ = least - margin;
        y_max_ = most + margin;
    }

    [[nodiscard]] std::string draw() {
        write({.at = {left - 60, 52}, .words = "What acting on segments brings", .size = 34});
        write({.at = {left - 60, 86},
               .words = "Per customer, by the number of segments: " + curve_.metric,
               .size = 20,
               .colour = quiet});
        draw_axes();
        draw_band();
        draw_lines();
        draw_ends();
        draw_legend();
        return finish();
    }

  private:
    static Interval interval_of(const ActCurvePoint& point) {
        return point.brings.interval.value_or(Interval{point.brings.value, point.brings.value});
    }

    [[nodiscard]] double x(double segments) const {
        return left + (right - left) * std::log(std::max(1.0, segments)) / std::log(x_max_);
    }

    [[nodiscard]] double y(double value) const {
        return bottom - (bottom - top) * (value - y_min_) / (y_max_ - y_min_);
    }

    [[nodiscard]] Point at(std::size_t segments, double value) const {
        return {x(static_cast<double>(segments)), y(value)};
    }

    [[nodiscard]] std::string number(double value) const {
        if (curve_.today.brings.scale != Scale::share) {
            return print_number(value, curve_.today.brings.scale);
        }
        return number_text(std::round(value * 1000) / 10) + " %";
    }

    void draw_axes() {
        constexpr int lines = 5;
        for (int i = 0; i <= lines; ++i) {
            const double value = y_min_ + (y_max_ - y_min_) * i / lines;
            stroke({left, y(value)}, {right, y(value)}, "stroke=\"#d5dae0\" stroke-width=\"1\"");
            write({.at = {left - 12, y(value) + 6},
                   .words = number(value),
                   .size = 16,
                   .colour = quiet,
                   .anchor = Anchor::end});
        }
        const double factor = x_max_ > 64 ? 4 : 2;
        for (double segments = 1; segments <= x_max_; segments *= factor) {
            write({.at = {x(segments), bottom + 30},
                   .words = number_text(segments),
                   .colour = quiet,
                   .anchor = Anchor::middle});
        }
        write({.at = {(left + right) / 2, bottom + 60},
               .words = "number of segments",
               .colour = quiet,
               .anchor = Anchor::middle});
        if (curve_.capacity && *curve_.capacity <= x_max_) {
            const double where = x(*curve_.capacity);
            stroke({where, top},
                   {where, bottom},
                   "stroke=\"#66717d\" stroke-width=\"1.5\" stroke-dasharray=\"3 4\"");
            write({.at = {where, top - 8},
                   .words = "capacity " + std::to_string(*curve_.capacity),
                   .size = 16,
                   .colour = quiet,
                   .anchor = Anchor::middle});
        }
        std::string foot = curve_.protocol +
                           "; n = " + print_number(static_cast<double>(curve_.n), Scale::count) +
                           "; the band is a 90 % interval";
        if (curve_.too_small > 0) {
            foot += "; " + std::to_string(curve_.too_small) +
                    " of today's segments are too small for a test";
        }
        write({.at = {left - 60, 702}, .words = foot, .size = 14, .colour = quiet});
    }

    void draw_band() {
        std::string upper;
        std::string lower;
        for (const ActCurvePoint& point : points_) {
            const Interval band = interval_of(point);
            const std::string where = coordinate(x(static_cast<double>(point.segments)));
            upper += where + "," + coordinate(y(band.high)) + " ";
            lower.insert(0, where + "," + coordinate(y(band.low)) + " ");
        }
        area(upper + lower, path_colour);
    }

    void draw_lines() {
        std::string brings;
        std::string seemed;
        for (const ActCurvePoint& point : points_) {
            const std::string where = coordinate(x(static_cast<double>(point.segments))) + ",";
            brings += where + coordinate(y(point.brings.value)) + " ";
            seemed += where + coordinate(y(point.seemed)) + " ";
        }
        if (!points_.empty()) {
            const double floor = points_.front().brings.value;
            stroke({left, y(floor)},
                   {right, y(floor)},
                   "stroke=\"#1f2933\" stroke-width=\"1.5\" stroke-dasharray=\"2 4\"");
        }
        curve(seemed, today_colour, "6 5");
        curve(brings, path_colour, "");
    }

    void draw_ends() {
        for (const ActCurvePoint& point : points_) {
            const bool taken = point.segments == curve_.recommended;
            dot(at(point.segments, point.brings.value), taken ? taken_colour : path_colour, 8);
            if (taken) {
                write({.at = {x(static_cast<double>(point.segments)) + 14,
                              y(point.brings.value) - 16},
                       .words = "recommended " + std::to_string(point.segments) + ": " +
                                number(point.brings.value),
                       .colour = taken_colour});
            }
        }
        if (curve_.today.segments < 2) return;
        const std::string who = "today's " + std::to_string(curve_.today.segments);
        dot(at(curve_.today.segments, curve_.today.seemed), today_colour, 8);
        write({.at = {right - 16, y(curve_.today.seemed) - 12},
               .words = who + " seemed to bring " + number(curve_.today.seemed),
               .colour = today_colour,
               .anchor = Anchor::end});
        write({.at = {right - 16, y(curve_.today.brings.value) + 34},
               .words = who + " bring " + number(curve_.today.brings.value),
               .colour = path_colour,
               .anchor = Anchor::end});
    }

    void draw_legend() {
        const auto entry = [&](double where, std::string_view words, std::string_view colour) {
            stroke({left + 16, where},
                   {left + 56, where},
                   "stroke=\"" + std::string(colour) + "\" stroke-width=\"3\"");
            write({.at = {left + 66, where + 6},
                   .words = std::string(words),
                   .size = 16,
                   .colour = colour});
        };
        entry(top + 4, "as it seemed to those who picked the actions", today_colour);
        entry(top + 30, "what it brings to customers not looked at before", path_colour);
        entry(top + 56, "one action for all: " + curve_.floor_action, ink);
    }

    const ActCurve& curve_;
    std::vector<ActCurvePoint> points_;
    double x_max_ = segments_shown_min;
    double y_min_ = 0;
    double y_max_ = 1;
};

}  // namespace

std::string draw_act_curve(const ActReport& report) {
    return ActPicture(report.curve).draw();
}

}  // namespace fineline::study
