#include "expr/sql/statement.h"

#include <algorithm>

namespace fineline::expr::sql {

void From::join(const std::string& table) {
    if (std::find(joined.begin(), joined.end(), table) == joined.end()) {
        joined.push_back(table);
    }
}

void Select::add(Column column) {
    const auto same = [&](const Column& other) { return other.name == column.name; };
    if (column.name.empty() || std::none_of(columns.begin(), columns.end(), same)) {
        columns.push_back(std::move(column));
    }
}

std::string Select::text(std::string_view keys) const {
    std::vector<std::string> list;
    list.reserve(columns.size());
    std::size_t width = 0;
    for (const Column& column : columns) {
        list.push_back(column.name.empty() ? column.text : column.text + " AS " + column.name);
        width += list.back().size() + 2;
    }
    const bool one_line = width <= 90;
    std::string text = distinct ? "SELECT DISTINCT" : "SELECT";
    text += (one_line ? " " : "\n    ") + sql::joined(list, one_line ? ", " : ",\n    ");
    text += "\nFROM " + from.base;
    for (const std::string& table : from.joined) {
        text += "\nLEFT JOIN " + table + " USING (" + std::string(keys) + ")";
    }
    for (std::size_t i = 0; i < conditions.size(); ++i) {
        text += (i == 0 ? "\nWHERE " : "\n  AND ") + conditions[i];
    }
    return tail.empty() ? text : text + "\n" + tail;
}

std::string Statement::name_for(std::string_view hint) {
    const std::string stem = identifier(hint);
    std::string name = stem;
    for (int number = 2; std::find(names_.begin(), names_.end(), name) != names_.end(); ++number) {
        name = stem + "_" + std::to_string(number);
    }
    names_.push_back(name);
    return name;
}

Table& Statement::add(Table table) {
    return tables_.emplace_back(std::move(table));
}

std::string Statement::text(const Select& last, std::string_view keys) const {
    std::string text;
    for (const Table& table : tables_) {
        text += text.empty() ? (recursive_ ? "WITH RECURSIVE " : "WITH ") : ",\n";
        const std::string body = table.verbatim.empty() ? table.select.text(keys) : table.verbatim;
        text += table.name + " AS (\n" + indent(body, 4) + "\n)";
    }
    return (text.empty() ? text : text + "\n") + last.text(keys);
}

std::string indent(std::string_view text, std::size_t spaces) {
    std::string out;
    bool at_line_start = true;
    for (const char character : text) {
        if (at_line_start) {
            out.append(spaces, ' ');
        }
        out.push_back(character);
        at_line_start = character == '\n';
    }
    return out;
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (const std::string& part : parts) {
        if (&part != parts.data()) {
            text += separator;
        }
        text += part;
    }
    return text;
}

std::string identifier(std::string_view text) {
    std::string out;
    for (const char character : text) {
        const bool upper = character >= 'A' && character <= 'Z';
        const bool plain =
            (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9');
        out.push_back(upper ? static_cast<char>(character - 'A' + 'a') : plain ? character : '_');
    }
    if (out.size() > 40) {
        out.resize(40);
    }
    return out.empty() || (out.front() >= '0' && out.front() <= '9') ? "n" + out : out;
}

}  // namespace fineline::expr::sql
