#include "script.h"

#include "base/text.h"

#include <algorithm>
#include <array>
#include <fstream>

namespace fineline::scripts {

namespace {

std::string trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) {
        return {};
    }
    return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

/// Calls `visit(position)` for each character outside of quotes and backticks until it returns
/// true.
template <class Visit>
void outside_quotes(std::string_view text, Visit visit) {
    char quote = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quote != 0) {
            quote = c == quote ? '\0' : quote;
        } else if (c == '\'' || c == '`') {
            quote = c;
        } else if (visit(i)) {
            return;
        }
    }
}

std::string without_comment(std::string_view line) {
    std::size_t end = line.size();
    outside_quotes(line, [&](std::size_t i) {
        const bool comment = line.substr(i, 2) == "--";
        end = comment ? i : end;
        return comment;
    });
    return trimmed(line.substr(0, end));
}

/// Splits at the last separator outside of quotes; the second part is empty where there is none.
std::pair<std::string, std::string> split_last(std::string_view text, std::string_view separator) {
    std::size_t at = std::string_view::npos;
    outside_quotes(text, [&](std::size_t i) {
        at = text.substr(i, separator.size()) == separator ? i : at;
        return false;
    });
    if (at == std::string_view::npos) {
        return {trimmed(text), {}};
    }
    return {trimmed(text.substr(0, at)), trimmed(text.substr(at + separator.size()))};
}

/// Splits at the first colon outside of quotes that a space or the end follows. Times have none
/// such.
std::pair<std::string, std::string> split_colon(std::string_view text) {
    std::size_t at = text.size();
    outside_quotes(text, [&](std::size_t i) {
        const bool colon = text[i] == ':' && (i + 1 == text.size() || text[i + 1] == ' ');
        at = colon ? i : at;
        return colon;
    });
    const std::string_view rest = at < text.size() ? text.substr(at + 1) : std::string_view();
    return {trimmed(text.substr(0, at)), trimmed(rest)};
}

/// Splits into words at spaces outside of quotes, backticks and brackets.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::size_t begin = 0;
    int brackets = 0;
    const auto cut = [&](std::size_t end) {
        if (end > begin) {
            words.emplace_back(text.substr(begin, end - begin));
        }
        begin = end + 1;
    };
    outside_quotes(text, [&](std::size_t i) {
        brackets += text[i] == '[' ? 1 : text[i] == ']' ? -1 : 0;
        if (text[i] == ' ' && brackets == 0) {
            cut(i);
        }
        return false;
    });
    cut(text.size());
    return words;
}

std::string unquoted(const std::string& text) {
    const bool quoted = text.size() >= 2 && (text.front() == '`' || text.front() == '\'') &&
                        text.front() == text.back();
    return quoted ? text.substr(1, text.size() - 2) : text;
}

Value read_value(const std::string& text) {
    double number = 0;
    if (text == "missing") {
        return {};
    }
    if (text == "true" || text == "false") {
        return Value(text == "true");
    }
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
        Value::List list;
        std::string_view rest = std::string_view(text).substr(1, text.size() - 2);
        while (!rest.empty()) {
            std::size_t comma = rest.size();
            outside_quotes(rest, [&](std::size_t i) {
                comma = rest[i] == ',' ? i : comma;
                return rest[i] == ',';
            });
            list.push_back(read_value(trimmed(rest.substr(0, comma))));
            rest.remove_prefix(std::min(comma + 1, rest.size()));
        }
        return Value(std::move(list));
    }
    if (text.front() != '\'' && parse_number(text, number)) {
        return Value(number);
    }
    if (const auto time = read_instant(text)) {
        return Value(*time);
    }
    return Value(unquoted(text));
}

Error line_error(const std::string& message) {
    return {ErrorCode::invalid_argument, message, std::nullopt};
}

Status read_properties(const std::vector<std::string>& words,
                       std::size_t from,
                       ScriptRecord& record) {
    for (std::size_t i = from; i < words.size(); ++i) {
        std::size_t equals = std::string::npos;
        outside_quotes(words[i], [&](std::size_t at) {
            equals = words[i][at] == '=' ? at : equals;
            return words[i][at] == '=';
        });
        if (equals == std::string::npos || equals + 1 == words[i].size()) {
            return line_error("expected name=value, not " + words[i]);
        }
        record.properties.emplace_back(unquoted(words[i].substr(0, equals)),
                                       read_value(words[i].substr(equals + 1)));
    }
    return done;
}

/// `-` is no time: always so.
Status read_time(const std::string& word, ScriptRecord& record) {
    if (word == "-") {
        return done;
    }
    record.time = read_instant(word);
    if (!record.time) {
        return line_error("expected a time, not " + word);
    }
    return done;
}

/// Reads `trait ada - plan='pro'` and its kin: words[0] says what it is.
Status read_fact(const std::vector<std::string>& words, ScriptRecord& record) {
    const std::string& what = words[0];
    if (what == "merge" && words.size() == 3) {
        record.kind = RecordKind::merge;
        record.customer = words[1];
        record.text = words[2];
        return done;
    }
    if (words.size() < 4) {
        return line_error("too few words");
    }
    if (auto time = read_time(words[2], record); !time) {
        return time;
    }
    record.customer = words[1];
    if (what == "trait") {
        record.kind = RecordKind::traits;
        return read_properties(words, 3, record);
    }
    if (what == "account") {
        record.kind = RecordKind::account_join;
        record.text = unquoted(words[3]);
        return done;
    }
    if (what == "account_trait") {
        record.kind = RecordKind::account_traits;
        record.text = std::exchange(record.customer, {});
        return read_properties(words, 3, record);
    }
    record.kind = RecordKind::consent;
    record.name = words[3];
    if (words.size() != 5 || (words[4] != "granted" && words[4] != "refused")) {
        return line_error("expected granted or refused");
    }
    record.properties = {{"granted", Value(words[4] == "granted")}};
    return done;
}

Status read_event(const std::vector<std::string>& words, ScriptRecord& record) {
    if (words.size() < 3) {
        return line_error("expected customer, time and event");
    }
    record.kind = RecordKind::event;
    record.customer = words[0];
    record.name = unquoted(words[2]);
    if (auto time = read_time(words[1], record); !time) {
        return time;
    }
    if (!record.time) {
        return line_error("an event needs a time");
    }
    return read_properties(words, 3, record);
}

/// Reads a question: `ask at 2025-01-01 EXPRESSION: ada`, `value ada EXPRESSION = 40` …
Status read_question(std::string rest, ScriptLine& line) {
    if (rest.starts_with("at ")) {
        const std::size_t end = std::min(rest.find(' ', 3), rest.size());
        line.at = read_instant(rest.substr(3, end - 3));
        rest = trimmed(rest.substr(end));
        if (!line.at) {
            return line_error("expected a time after at");
        }
    }
    const bool of_one = line.kind == LineKind::value || line.kind == LineKind::metric ||
                        line.kind == LineKind::verdict || line.kind == LineKind::explanation;
    if (of_one) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        line.subject = rest.substr(0, end);
        rest = trimmed(rest.substr(end));
    }
    if (line.kind == LineKind::prints) {
        std::tie(line.expression, line.expectation) = split_last(rest, " : ");
    } else if (of_one && line.kind != LineKind::explanation) {
        std::tie(line.expression, line.expectation) = split_last(rest, " = ");
    } else {
        std::tie(line.expression, line.expectation) = split_colon(rest);
    }
    return line.expectation.empty() ? Status(line_error("says nothing that is expected")) : done;
}

struct Keyword {
    std::string_view word;
    LineKind kind;
};

constexpr std::array questions{Keyword{"ask", LineKind::ask},
                               Keyword{"unknown", LineKind::unknown},
                               Keyword{"members", LineKind::members},
                               Keyword{"entered", LineKind::entered},
                               Keyword{"left", LineKind::left},
                               Keyword{"occasions", LineKind::occasions},
                               Keyword{"value", LineKind::value},
                               Keyword{"metric", LineKind::metric},
                               Keyword{"verdict", LineKind::verdict},
                               Keyword{"explain", LineKind::explanation},
                               Keyword{"error", LineKind::error},
                               Keyword{"warning", LineKind::warning},
                               Keyword{"prints", LineKind::prints}};

constexpr std::array<std::string_view, 5> facts{
    "trait", "account", "account_trait", "consent", "merge"};

Status read_line(ScriptLine& line) {
    const std::vector<std::string> words = words_of(line.text);
    const std::string& first = words[0];
    const std::string rest = trimmed(std::string_view(line.text).substr(first.size()));
    for (const Keyword& question : questions) {
        if (first == question.word) {
            line.kind = question.kind;
            return read_question(rest, line);
        }
    }
    if (std::ranges::find(facts, first) != facts.end()) {
        return read_fact(words, line.record);
    }
    if (first == "clock") {
        line.kind = LineKind::clock;
        line.at = read_instant(rest);
        return line.at ? done : Status(line_error("expected a time, not " + rest));
    }
    if (first == "segment") {
        line.kind = LineKind::segment;
        std::tie(line.subject, line.expression) = split_colon(rest);
        line.subject = unquoted(line.subject);
        return done;
    }
    if (first == "setting" && words.size() >= 2) {
        line.kind = LineKind::setting;
        line.subject = words[1];
        line.expression = trimmed(std::string_view(rest).substr(words[1].size()));
        return done;
    }
    if (first == "purpose" || first == "erase") {
        line.kind = first == "erase" ? LineKind::erase : LineKind::purpose;
        line.subject = rest;
        return done;
    }
    return read_event(words, line.record);
}

}  // namespace

std::optional<Instant> read_instant(const std::string& text) {
    const auto iso = parse_iso_time(text);
    if (!iso) {
        return std::nullopt;
    }
    return Instant(iso->local.time_since_epoch()) - iso->offset.value_or(std::chrono::minutes(0));
}

std::vector<std::string> read_names(const std::string& text) {
    std::vector<std::string> names;
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        names.push_back(trimmed(rest.substr(0, comma)));
        rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    std::erase(names, "nobody");
    std::ranges::sort(names);
    return names;
}

Result<Script> read_script(const std::string& path) {
    Script script;
    script.path = path;
    std::ifstream file(path);
    if (!file) {
        return Error{ErrorCode::io, "cannot read " + path, std::nullopt};
    }
    std::size_t number = 0;
    for (std::string written; std::getline(file, written);) {
        ++number;
        script.arrival_matters =
            script.arrival_matters || written.starts_with("-- arrival matters");
        ScriptLine line;
        line.number = number;
        line.text = without_comment(written);
        if (line.text.empty()) {
            continue;
        }
        if (auto status = read_line(line); !status) {
            return Error{ErrorCode::invalid_argument,
                         path + ":" + std::to_string(number) + ": " + status.error().message,
                         std::nullopt};
        }
        script.lines.push_back(std::move(line));
    }
    return script;
}

}  // namespace fineline::scripts
