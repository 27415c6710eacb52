#include "base/text.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "engine/question.h"

#include <array>
#include <cmath>
#include <optional>

namespace fineline::cli {

namespace {

struct SegmentLine {
    std::string name;
    std::uint64_t version = 0;
    std::string text;
    std::vector<std::string> warnings;
    engine::Answer answer;
    engine::ValueTotal value;
};

/// Everything that one segment is measured against.
struct Measure {
    std::shared_ptr<const columns::View> view;
    Instant at;
    std::optional<engine::PreparedQuestion> value;
};

Result<SegmentLine> measure(const Measure& by, const std::string& name) {
    const auto& view = by.view;
    const auto* newest = view->newest_definition("segment", name);
    SegmentLine line{.name = name,
                     .version = newest->version,
                     .text = newest->text,
                     .warnings = newest->warnings,
                     .answer = {},
                     .value = {}};
    auto question = engine::PreparedQuestion::prepare(
        view, {.text = newest->text, .at = by.at, .purpose = {}, .threads = 2});
    if (!question) {
        return question.error();
    }
    auto answer = engine::ask(*question, 2);
    if (!answer) {
        return answer.error();
    }
    line.answer = std::move(*answer);
    if (by.value) {
        line.value = engine::total_of(*by.value, line.answer.members);
    }
    return line;
}

Json to_json(const SegmentLine& line, bool with_value) {
    Json json;
    if (with_value) {
        json.set("value_total", line.value.total).set("value_present", line.value.present);
    }
    return json.set("name", line.name)
        .set("version", line.version)
        .set("expression", line.text)
        .set("size", line.answer.members.size())
        .set("unknown", line.answer.unknown)
        .set("customers", line.answer.customers)
        .set("warnings", Json::Array(line.warnings.begin(), line.warnings.end()));
}

void show(const SegmentLine& line, bool with_value, Terminal& terminal) {
    std::string text =
        padded(line.name, 24) + right_aligned(with_commas(line.answer.members.size()), 12);
    if (with_value) {
        const bool negative = line.value.total < 0;
        const auto rounded = static_cast<std::uint64_t>(std::llround(std::abs(line.value.total)));
        text += right_aligned((negative ? "-" : "") + with_commas(rounded), 16);
    }
    terminal.line(text + "  " + terminal.paint(line.text, Colour::grey));
    for (const std::string& warning : line.warnings) {
        terminal.line(std::string(26, ' ') + terminal.paint(warning, Colour::yellow));
    }
}

Status run_segments(const Arguments& arguments, const Session& session) {
    auto workspace = open_workspace(arguments, session, OpenFor::reading);
    if (!workspace) {
        return workspace.error();
    }
    const auto at = instant_of(arguments, session, **workspace);
    if (!at) {
        return at.error();
    }
    Measure by{.view = (*workspace)->view(), .at = *at, .value = {}};
    if (!arguments.value_expression.empty()) {
        auto prepared = engine::PreparedQuestion::prepare(
            by.view,
            {.text = arguments.value_expression, .at = *at, .purpose = {}, .threads = 2},
            expr::Use::value);
        if (!prepared) {
            return with_caret(prepared.error(), arguments.value_expression);
        }
        by.value.emplace(std::move(*prepared));
    }
    Json all{Json::Array{}};
    for (const std::string& name : by.view->definition_names("segment")) {
        const auto line = measure(by, name);
        if (!line) {
            // One segment that cannot be evaluated must not hide the others.
            session.terminal.warning("segment " + name + ": " + line.error().message);
            continue;
        }
        if (arguments.json) {
            all.push(to_json(*line, by.value.has_value()));
        } else {
            show(*line, by.value.has_value(), session.terminal);
        }
    }
    if (arguments.json) {
        session.terminal.json(all);
    }
    return done;
}

constexpr std::array options{Option::data, Option::at, Option::value};

}  // namespace

constinit const Command segments_command{
    .name = "segments",
    .summary = "List the stored segments with their sizes",
    .options = options,
    .examples =
        "fineline segments --data shop\n"
        "fineline segments --data shop --value 'sum(purchase.amount)'\n"
        "fineline segments --data shop --at 2011-06-01 --json",
    .run = run_segments};

}  // namespace fineline::cli
