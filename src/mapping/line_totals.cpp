#include "mapping/line_totals.h"

#include "model/limits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace fineline::mapping {

namespace {

constexpr std::array<std::string_view, 7> function_names{
    "sum", "count", "first", "last", "list", "min", "max"};
constexpr std::size_t totals_max = 100;  // so that `#99` and backticks fit where sum(x) stood

bool in_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || static_cast<unsigned char>(c) >= 0x80;
}

/// Returns the place behind a quoted text or backticked name that begins at `at`, or `at` itself.
std::size_t behind_quotes(std::string_view text, std::size_t at) {
    if (text[at] != '\'' && text[at] != '`') {
        return at;
    }
    const std::size_t end = text.find(text[at], at + 1);
    return end == std::string_view::npos ? text.size() : end + 1;
}

/// A call found: [begin, end) with the argument between the parentheses.
struct FoundCall {
    LineFunction function = LineFunction::count;
    std::size_t begin = 0;
    std::size_t argument = 0;
    std::size_t end = 0;
};

/// Returns the place behind the parenthesis that closes the one before `from`; npos if none does.
std::size_t behind_parentheses(std::string_view text, std::size_t from) {
    std::size_t depth = 1;
    while (from < text.size()) {
        const std::size_t behind = behind_quotes(text, from);
        if (behind != from) {
            from = behind;
            continue;
        }
        depth += text[from] == '(' ? 1U : 0U;
        depth -= text[from] == ')' ? 1U : 0U;
        ++from;
        if (depth == 0) {
            return from;
        }
    }
    return std::string_view::npos;
}

/// Finds the next call of a line function at or behind `from`; its `end` is npos if it is not
/// closed.
std::optional<FoundCall> find_call(std::string_view text, std::size_t from) {
    while (from < text.size()) {
        const std::size_t behind = behind_quotes(text, from);
        if (behind != from || !in_word(text[from])) {
            from = std::max(behind, from + 1);
            continue;
        }
        std::size_t end = from;
        while (end < text.size() && in_word(text[end])) {
            ++end;
        }
        const auto found =
            std::find(function_names.begin(), function_names.end(), text.substr(from, end - from));
        const std::size_t open = text.find_first_not_of(' ', end);
        if (found != function_names.end() && open != std::string_view::npos && text[open] == '(') {
            return FoundCall{.function = static_cast<LineFunction>(found - function_names.begin()),
                             .begin = from,
                             .argument = open + 1,
                             .end = behind_parentheses(text, open + 1)};
        }
        from = end;
    }
    return std::nullopt;
}

Error call_error(const MappingText& text, const std::string& file, const std::string& message) {
    return {ErrorCode::invalid_argument,
            file + ":" + std::to_string(text.line) + ":" + std::to_string(text.column) + ": " +
                message + ": " + text.text,
            {}};
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

}  // namespace

Result<MappingText> extract_totals(const MappingText& text,
                                   const std::string& file,
                                   std::vector<LineTotal>& totals) {
    MappingText rewritten = text;
    std::size_t from = 0;
    while (const auto call = find_call(text.text, from)) {
        if (call->end == std::string_view::npos) {
            return call_error(text, file, "a call is not closed");
        }
        const std::string_view argument =
            std::string_view(text.text).substr(call->argument, call->end - call->argument - 1);
        if (is_blank(argument) && call->function != LineFunction::count) {
            return call_error(text, file, "only count() goes without an argument");
        }
        if (totals.size() == totals_max) {
            return Error{ErrorCode::limit_exceeded,
                         file + ": more than " + std::to_string(totals_max) + " totals over lines",
                         {}};
        }
        const std::size_t length = call->end - call->begin;
        LineTotal total;
        total.function = call->function;
        total.column = "#" + std::to_string(totals.size());
        total.column.resize(length - 2, ' ');
        if (!is_blank(argument)) {
            total.argument = {
                .text = std::string(argument), .line = text.line, .column = text.column};
        }
        rewritten.text.replace(call->begin, length, "`" + total.column + "`");
        totals.push_back(std::move(total));
        from = call->end;
    }
    return rewritten;
}

void TotalState::add(LineFunction function, const Datum& value) {
    if (function == LineFunction::count || value.is_missing()) {
        count_ += value.is_missing() ? 0U : 1U;
        return;
    }
    switch (function) {
        case LineFunction::sum:
        case LineFunction::min:
        case LineFunction::max:
            if (value.kind() == ValueKind::number) {
                add_number(function, value.number());
            }
            return;
        case LineFunction::first:
        case LineFunction::last:
            if (function == LineFunction::last || count_ == 0) {
                value_ = to_value(value);
                bytes_ = value.kind() == ValueKind::string ? value.string().size() : 0;
            }
            ++count_;
            return;
        case LineFunction::list:
            list_.push_back(to_value(value));
            bytes_ +=
                sizeof(Value) + (value.kind() == ValueKind::string ? value.string().size() : 0);
            return;
        case LineFunction::count: return;
    }
}

void TotalState::add_number(LineFunction function, double number) {
    if (function != LineFunction::sum) {
        const bool better = function == LineFunction::min ? number < sum_ : number > sum_;
        sum_ = count_ == 0 || better ? number : sum_;
        ++count_;
        return;
    }
    const double next = sum_ + number;
    compensation_ +=
        std::abs(sum_) >= std::abs(number) ? (sum_ - next) + number : (number - next) + sum_;
    sum_ = next;
    ++count_;
}

Datum TotalState::result(LineFunction function) {
    storage_.clear();
    switch (function) {
        case LineFunction::sum: {
            const double total = sum_ + compensation_;
            return std::isfinite(total) ? Datum::of(total) : Datum();
        }
        case LineFunction::count: return Datum::of(static_cast<double>(count_));
        case LineFunction::first:
        case LineFunction::last: return borrow(value_, storage_);
        case LineFunction::list:
            append_list_encoding(storage_, list_);
            return Datum::list_of(storage_);
        case LineFunction::min:
        case LineFunction::max: return count_ == 0 ? Datum() : Datum::of(sum_);
    }
    return {};
}

bool TotalState::too_long() const {
    return list_.size() > limits::list_elements_max;
}

}  // namespace fineline::mapping
