#include "study/curve.h"

#include <algorithm>
#include <cmath>

namespace fineline::study {

namespace {

constexpr std::size_t bar_width = 40;

/// What is drawn for a sample: its share of the ceiling where there is one, else its skill.
const Measured& height_of(const CurveSample& sample) {
    return sample.captured ? *sample.captured : sample.skill;
}

std::string value_text(const Measured& measured) {
    return print(
        Estimate{.value = measured.value, .interval = measured.interval, .scale = Scale::share});
}

std::string bar(double share) {
    const double filled = std::clamp(share, 0.0, 1.0) * static_cast<double>(bar_width);
    std::string text;
    for (std::size_t i = 0; i < static_cast<std::size_t>(std::lround(filled)); ++i) {
        text += "█";
    }
    return text;
}

/// Sizes shown in a table: all of them would be too many lines.
bool is_shown(std::size_t segments, const FineLine& line) {
    const bool marked = (line.capacity && static_cast<std::size_t>(*line.capacity) == segments) ||
                        (line.recommended && line.recommended->segments == segments);
    return segments <= 8 || marked || (segments & (segments - 1)) == 0 || segments % 16 == 0;
}

Json sample_json(const CurveSample& sample) {
    const auto measured = [](const Measured& value) {
        return Json()
            .set("value", value.value)
            .set("standard_error", value.standard_error)
            .set("interval",
                 value.interval ? Json(Json::Array{value.interval->low, value.interval->high})
                                : Json());
    };
    return Json()
        .set("segments", sample.segments)
        .set("skill", measured(sample.skill))
        .set("captured", sample.captured ? measured(*sample.captured) : Json());
}

Json samples_json(const std::vector<CurveSample>& samples) {
    Json json{Json::Array{}};
    for (const CurveSample& sample : samples) {
        json.push(sample_json(sample));
    }
    return json;
}

/// The discovered sizes with the segments of each, where they are named.
Json discovered_json(const FineLine& line) {
    Json json{Json::Array{}};
    for (std::size_t i = 0; i < line.discovered.size(); ++i) {
        Json size = sample_json(line.discovered[i]);
        if (i < line.portfolios.size()) {
            Json segments{Json::Array{}};
            for (const mapping::SegmentDefinition& segment : line.portfolios[i]) {
                segments.push(Json().set("segment", segment.name).set("when", segment.when.text));
            }
            size.set("portfolio", std::move(segments));
        }
        json.push(std::move(size));
    }
    return json;
}

}  // namespace

std::string print_curve(const FineLine& line) {
    std::vector<std::string> labels;
    std::vector<std::string> values;
    std::vector<std::string> bars;
    const auto add = [&](const std::string& label, const CurveSample& sample) {
        labels.push_back(label);
        values.push_back(value_text(height_of(sample)));
        bars.push_back(bar(height_of(sample).value));
    };
    for (const CurveSample& sample : line.discovered) {
        if (is_shown(sample.segments, line)) {
            const bool at_capacity =
                line.capacity && static_cast<std::size_t>(*line.capacity) == sample.segments;
            add(std::to_string(sample.segments) + (at_capacity ? " (capacity)" : ""), sample);
        }
    }
    if (line.today) {
        add("today's " + std::to_string(line.today->segments), *line.today);
    }
    if (line.recommended) {
        add("recommended " + std::to_string(line.recommended->segments), *line.recommended);
    }
    add("one each", line.one_each);
    Table table{.title = line.one_each.captured
                             ? "The fine line: share captured of what can be told in advance"
                             : "The fine line: share of the variance told in advance",
                .columns = {"segments", "captured", ""},
                .rows = {}};
    for (std::size_t i = 0; i < labels.size(); ++i) {
        table.rows.push_back({labels[i], values[i], bars[i]});
    }
    return print(Shape(table)) + "  " + line.protocol +
           ", n = " + print_number(static_cast<double>(line.n), Scale::count) + "\n";
}

Json to_json(const FineLine& line) {
    return Json()
        .set("metric", line.metric)
        .set("protocol", line.protocol)
        .set("n", static_cast<std::size_t>(line.n))
        .set("discovered", discovered_json(line))
        .set("merges", samples_json(line.merges))
        .set("today", line.today ? sample_json(*line.today) : Json())
        .set("recommended", line.recommended ? sample_json(*line.recommended) : Json())
        .set("one_each", sample_json(line.one_each))
        .set("ceiling", line.ceiling_name)
        .set("capacity", line.capacity ? Json(*line.capacity) : Json())
        .set("below_size", static_cast<std::size_t>(line.below_size));
}

}  // namespace fineline::study
