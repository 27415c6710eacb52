#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::expr::sql {

/// A FROM clause that grows: a first relation, then tables left-joined by the keys of the frame.
struct From {
    std::string base;
    std::vector<std::string> joined;

    /// Joins the table unless it is there.
    void join(const std::string& table);
};

/// A column of a select list: `text AS name`; an empty name leaves it as it is.
struct Column {
    std::string text;
    std::string name;
};

/// One SELECT under construction.
struct Select {
    std::vector<Column> columns;
    From from;
    std::vector<std::string>
        conditions;    ///< joined by AND; each already in parentheses where needed
    std::string tail;  ///< GROUP BY …, ORDER BY …
    bool distinct = false;

    /// Adds the column unless one of that name is there.
    void add(Column column);

    /// Prints it over several lines; `keys` are those of USING.
    [[nodiscard]] std::string text(std::string_view keys) const;
};

/// A named common table expression; columns may be added until the statement is printed.
struct Table {
    std::string name;
    Select select{};
    std::string verbatim{};  ///< where not empty, the body instead of `select`
};

/// The WITH list of a query, in order of definition. Tables keep their addresses.
class Statement {
  public:
    /// Makes a name from the hint that no table has yet: purchase → purchase, purchase_2 …
    [[nodiscard]] std::string name_for(std::string_view hint);

    Table& add(Table table);

    void make_recursive() { recursive_ = true; }

    /// Prints the list and the closing query.
    [[nodiscard]] std::string text(const Select& last, std::string_view keys) const;

  private:
    std::deque<Table> tables_;
    std::vector<std::string> names_;
    bool recursive_ = false;
};

/// Indents every line by that many spaces.
[[nodiscard]] std::string indent(std::string_view text, std::size_t spaces);

/// Joins parts with a separator.
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, std::string_view separator);

/// Turns any text into a part of an SQL identifier: letters, digits and _, lower case, not empty.
[[nodiscard]] std::string identifier(std::string_view text);

}  // namespace fineline::expr::sql
