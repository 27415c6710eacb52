#include "expr/reference.h"

#include "base/text.h"
#include "expr/functions/function.h"

#include <string_view>

namespace fineline::expr {

namespace {

std::string signature(const AggregateFunction& function) {
    std::string text(function.name);
    switch (function.property) {
        case PropertyNeed::never: text += "(e"; break;
        case PropertyNeed::optional: text += "(e[.p]"; break;
        case PropertyNeed::required: text += "(e.p"; break;
    }
    text += function.where_required ? " where c" : "";
    for (int i = 0; i < function.numbers; ++i) {
        text += ", q";
    }
    return text + ")";
}

std::string signature(const ScalarFunction& function) {
    constexpr std::string_view letters = "abcdefgh";
    std::string text(function.name);
    text += '(';
    const int shown =
        function.arguments_max < 0 ? function.arguments_min + 1 : function.arguments_max;
    for (int i = 0; i < shown; ++i) {
        text += i == 0 ? "" : ", ";
        text += letters[static_cast<std::size_t>(i) % letters.size()];
    }
    return text + (function.arguments_max < 0 ? ", …)" : ")");
}

std::string_view type_word(StaticType type) {
    switch (type) {
        case StaticType::unknown_type: return "as its values";
        case StaticType::boolean: return "boolean";
        case StaticType::number: return "number";
        case StaticType::string: return "string";
        case StaticType::timestamp: return "timestamp";
        case StaticType::duration: return "duration";
        case StaticType::list: return "list";
    }
    return {};
}

/// Appends one row of a Markdown table.
void append_row(std::string& out, std::initializer_list<std::string_view> cells) {
    for (const std::string_view cell : cells) {
        out += "| ";
        out += cell;
        out += ' ';
    }
    out += "|\n";
}

std::string code(std::string_view text) {
    std::string quoted(1, '`');
    quoted += text;
    quoted += '`';
    return quoted;
}

}  // namespace

std::string language_reference() {
    std::string out = "### Functions over events\n\n";
    append_row(out, {"function", "value", "type", "on nothing", "example"});
    append_row(out, {"---", "---", "---", "---", "---"});
    for (const AggregateFunction* function : aggregate_functions()) {
        append_row(out,
                   {code(signature(*function)),
                    function->summary,
                    type_word(function->result),
                    function->on_nothing,
                    code(function->example)});
    }
    out += "\n### Functions of values\n\n";
    append_row(out, {"function", "value", "type", "example"});
    append_row(out, {"---", "---", "---", "---"});
    for (const ScalarFunction* function : scalar_functions()) {
        std::string summary(function->summary);
        summary += function->mapping_only ? " In mapping files only." : "";
        append_row(out,
                   {code(signature(*function)),
                    summary,
                    type_word(function->result),
                    code(function->example)});
    }
    return out;
}

std::vector<FunctionEntry> function_entries() {
    std::vector<FunctionEntry> entries;
    for (const AggregateFunction* function : aggregate_functions()) {
        entries.push_back(
            {function->name, signature(*function), function->summary, function->example});
    }
    for (const ScalarFunction* function : scalar_functions()) {
        if (!function->mapping_only) {
            entries.push_back(
                {function->name, signature(*function), function->summary, function->example});
        }
    }
    return entries;
}

}  // namespace fineline::expr
