#include "mapping/row_expression.h"

#include "base/text.h"
#include "expr/check.h"
#include "expr/parse.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace fineline::mapping {

namespace {

/// Puts the place in the mapping file before an error of the language.
Error located(const Error& error, const MappingText& text, const std::string& file) {
    const bool in_a_file = text.line > 0;
    std::string message = in_a_file ? file + ":" + std::to_string(text.line) + ":" +
                                          std::to_string(text.column) + ": "
                                    : std::string();
    // Nobody wrote a default mapping: there is no place to point to.
    message += in_a_file ? expr::render_error(error, text.text)
                         : error.message + ": --mapping FILE says what other columns mean";
    return {error.code, std::move(message), {}};
}

/// A bare name outside of everything else, e.g. `Country` or `` `Customer ID` ``.
const expr::Name* bare_name(const expr::Expression& expression) {
    const auto* name = std::get_if<expr::Name>(&expression.root.kind);
    return name != nullptr && name->scope == expr::NameScope::bare && !expression.on ? name
                                                                                     : nullptr;
}

const expr::Literal* plain_literal(const expr::Expression& expression) {
    const auto* literal = std::get_if<expr::Literal>(&expression.root.kind);
    const bool plain = literal != nullptr && !literal->period && !literal->moment && !expression.on;
    return plain ? literal : nullptr;
}

/// The first few names, for a message.
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t shown_max = 12;
    std::string list;
    for (std::size_t i = 0; i < std::min(shown_max, names.size()); ++i) {
        list += (i == 0 ? "'" : ", '") + names[i] + "'";
    }
    return list + (names.size() > shown_max ? " …" : "");
}

Error unknown_column(std::string_view name, SourceSpan at, const ColumnNames& columns) {
    const std::vector<std::string_view> candidates(columns.names().begin(), columns.names().end());
    const std::string_view close = nearest(name, candidates);
    std::string message = "the file has no column '" + std::string(name) + "'";
    message += close.empty() ? ", it has " + listed(columns.names())
                             : ": did you mean '" + std::string(close) + "'?";
    return {ErrorCode::invalid_argument, std::move(message), at};
}

/// Finds where the expression writes a name, for the caret.
SourceSpan place_of(std::string_view text, std::string_view name) {
    const std::size_t at = text.find(name);
    if (at == std::string_view::npos) {
        return {0, static_cast<std::uint32_t>(text.size())};
    }
    return {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at + name.size())};
}

Result<expr::CheckedExpression> no_segments(std::string_view name) {
    return Error{
        ErrorCode::not_found, "a mapping knows no segments: '" + std::string(name) + "'", {}};
}

}  // namespace

RowContext::RowContext(std::size_t columns, const TimeZone& zone, Instant now)
    : values(columns), cells(columns), now_(now) {
    settings_.zone = zone;
    world_.settings = &settings_;
}

Datum RowContext::evaluate(const expr::Program& program) {
    const Datum value = evaluator_.value(program, values, world_, now_);
    // The evaluator's texts live until its next call, a row's as long as the row.
    switch (value.kind()) {
        case ValueKind::string: return Datum::of(keep(value.string()));
        case ValueKind::list: return Datum::list_of(keep(value.list_encoding()));
        case ValueKind::missing:
        case ValueKind::boolean:
        case ValueKind::number:
        case ValueKind::timestamp:
        case ValueKind::duration:
        case ValueKind::withheld: return value;
    }
    return {};
}

std::string_view RowContext::keep(std::string_view text) {
    if (texts_used_ == texts_.size()) {
        texts_.emplace_back();
    }
    std::string& place = texts_[texts_used_++];
    place.assign(text);
    return place;
}

Result<RowExpression> RowExpression::compile(const MappingText& text,
                                             const ColumnNames& columns,
                                             const std::string& file,
                                             UnknownName unknown) {
    auto parsed = expr::parse(text.text);
    if (!parsed) {
        return located(parsed.error(), text, file);
    }
    RowExpression compiled;
    if (const expr::Name* name = bare_name(*parsed)) {
        if (const auto column = columns.find(name->path)) {
            compiled.kind_ = Kind::column;
            compiled.column_ = *column;
            compiled.reads_ = {*column};
            return compiled;
        }
        if (unknown == UnknownName::refused) {
            return located(unknown_column(name->path, parsed->root.at, columns), text, file);
        }
        compiled.kind_ = Kind::literal;
        compiled.literal_ = std::make_shared<const Value>(name->path);
        return compiled;
    }
    if (const expr::Literal* literal = plain_literal(*parsed)) {
        compiled.kind_ = Kind::literal;
        compiled.literal_ = std::make_shared<const Value>(literal->value);
        return compiled;
    }
    auto checked = expr::check(std::move(*parsed), expr::Use::mapping, {});
    if (!checked) {
        return located(checked.error(), text, file);
    }
    for (const std::string& name : checked->dependencies().traits) {
        const auto column = columns.find(name);
        if (!column) {
            return located(unknown_column(name, place_of(text.text, name), columns), text, file);
        }
        compiled.reads_.push_back(*column);
    }
    auto program = expr::bind(*checked, columns, no_segments);
    if (!program) {
        return located(program.error(), text, file);
    }
    compiled.kind_ = Kind::program;
    compiled.program_ = std::move(*program);
    return compiled;
}

std::optional<std::uint32_t> RowExpression::column() const {
    return kind_ == Kind::column ? std::optional(column_) : std::nullopt;
}

Datum RowExpression::value(RowContext& row) const {
    switch (kind_) {
        case Kind::nothing: return {};
        case Kind::column: return row.values.value(column_);
        case Kind::literal: {
            if (literal_->kind() == ValueKind::list) {
                return {};
            }
            std::string unused;
            return borrow(*literal_, unused);
        }
        case Kind::program: return row.evaluate(*program_);
    }
    return {};
}

std::string_view RowExpression::text(RowContext& row) const {
    if (kind_ == Kind::column && row.cells[column_].data() != nullptr) {
        return row.cells[column_];
    }
    const Datum found = value(row);
    if (found.kind() == ValueKind::string) {
        return found.string();
    }
    return found.is_missing() ? std::string_view() : row.keep(to_display(found));
}

bool RowExpression::is_true(RowContext& row) const {
    const Datum found = value(row);
    return found.kind() == ValueKind::boolean && found.boolean();
}

}  // namespace fineline::mapping
