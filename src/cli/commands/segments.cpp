#include "base/text.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "cli/server_question.h"
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
    std::vector<std::pair<std::string, std::string>> details;  ///< its purpose, order, because …
    engine::Answer answer;
    engine::ValueTotal value;
    std::optional<Error> error;  ///< why it could not be evaluated
};

/// Everything that one segment is measured against.
struct Measure {
    std::shared_ptr<const columns::View> view;
    Instant at;
    std::optional<engine::PreparedQuestion> value;
};

/// Fills in size and value.
Status measure(const Measure& by, SegmentLine& line) {
    auto question = engine::PreparedQuestion::prepare(
        by.view, {.text = line.text, .at = by.at, .purpose = {}, .threads = 2});
    if (!question) {
        return question.error();
    }
    auto answer = engine::ask(*question, 2);
    if (!answer) {
        return answer.error();
    }
    line.answer = std::move(*answer);
    if (!by.value) {
        return done;
    }
    auto total = engine::total_of(*by.value, line.answer.members);
    if (!total) {
        return total.error();
    }
    line.value = *total;
    return done;
}

/// Measures all stored segments. One that cannot be evaluated must not hide the others.
Result<std::vector<SegmentLine>> measure_all(const std::shared_ptr<const columns::View>& view,
                                             const Arguments& arguments,
                                             Instant at) {
    Measure by{.view = view, .at = at, .value = {}};
    if (!arguments.value_expression.empty()) {
        auto prepared = engine::PreparedQuestion::prepare(
            view,
            {.text = arguments.value_expression, .at = at, .purpose = {}, .threads = 2},
            expr::Use::value);
        if (!prepared) {
            return with_caret(prepared.error(), arguments.value_expression);
        }
        by.value.emplace(std::move(*prepared));
    }
    std::vector<SegmentLine> lines;
    for (const std::string& name : view->definition_names("segment")) {
        const auto* newest = view->newest_definition("segment", name);
        SegmentLine& line = lines.emplace_back();
        line.name = name;
        line.version = newest->version;
        line.text = newest->text;
        line.warnings = newest->warnings;
        line.details = newest->details;
        if (auto measured = measure(by, line); !measured) {
            line.error = measured.error();
        }
    }
    return lines;
}

Json to_json(const SegmentLine& line, bool with_value) {
    Json json;
    json.set("name", line.name).set("version", line.version).set("expression", line.text);
    for (const auto& [detail, text] : line.details) {
        json.set(detail, text);
    }
    if (line.error) {
        json.set(
            "error",
            Json().set("code", to_string(line.error->code)).set("message", line.error->message));
    } else {
        json.set("size", line.answer.members.size())
            .set("unknown", line.answer.unknown)
            .set("customers", line.answer.customers);
    }
    if (with_value && !line.error) {
        json.set("value_total", line.value.total).set("value_present", line.value.present);
    }
    return json.set("warnings", Json::Array(line.warnings.begin(), line.warnings.end()));
}

void show(const SegmentLine& line, bool with_value, Terminal& terminal) {
    std::string text = padded(line.name, 24);
    text += right_aligned(line.error ? "?" : with_commas(line.answer.members.size()), 12);
    if (with_value) {
        const bool negative = line.value.total < 0;
        const auto rounded = static_cast<std::uint64_t>(std::llround(std::abs(line.value.total)));
        text += right_aligned(line.error ? "?" : (negative ? "-" : "") + with_commas(rounded), 16);
    }
    terminal.line(text + "  " + terminal.paint(line.text, Colour::grey));
    for (const std::string& warning : line.warnings) {
        terminal.line(std::string(26, ' ') + terminal.paint(warning, Colour::yellow));
    }
}

/// Says which segments could not be evaluated, and why.
Status outcome_of(const std::vector<SegmentLine>& lines) {
    std::string text;
    for (const SegmentLine& line : lines) {
        if (line.error) {
            text += (text.empty() ? "" : "\n") + ("segment '" + line.name) +
                    "' cannot be evaluated: " + line.error->message;
        }
    }
    return text.empty() ? Status(done) : Status(Error{ErrorCode::conflict, text, {}});
}

Status run_segments(const Arguments& arguments, const Session& session) {
    if (!arguments.server.empty()) {
        return segments_of_server(arguments, session.terminal);
    }
    const auto opened = open_to_answer(arguments, session);
    if (!opened) {
        return opened.error();
    }
    engine::Workspace& workspace = *opened->workspace;
    const Instant at = opened->at;
    const auto lines = workspace.answer([&](const std::shared_ptr<const columns::View>& view) {
        return measure_all(view, arguments, at);
    });
    if (!lines) {
        return lines.error();
    }
    const bool with_value = !arguments.value_expression.empty();
    Json all{Json::Array{}};
    for (const SegmentLine& line : *lines) {
        if (arguments.json) {
            all.push(to_json(line, with_value));
        } else {
            show(line, with_value, session.terminal);
        }
    }
    if (arguments.json) {
        session.terminal.json(all);
    }
    return outcome_of(*lines);
}

constexpr std::array options{Option::data_or_server, Option::at, Option::value};

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
