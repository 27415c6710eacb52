#pragma once

#include "base/instant.h"
#include "expr/sql/statement.h"

#include <optional>
#include <string>
#include <vector>

namespace fineline::expr::sql {

class EventSelection;

/// Where a part of the expression is printed: which SELECT its tables join, and what names mean
/// there.
struct Scope {
    From* from = nullptr;              ///< gets the tables that the part reads
    EventSelection* events = nullptr;  ///< inside `where`: the events that bare names belong to
    bool withheld = false;             ///< print what holds for customers who have not consented
};

/// An instant in SQL; its value as well where that is known when the query is printed.
struct InstantText {
    std::string text;
    std::optional<Instant> known;
};

/// A window as conditions on e.time, and its first and last instant for trend (no begin: open).
struct WindowText {
    std::vector<std::string> conditions;
    std::optional<InstantText> first;
    InstantText last;
};

/// The rows an expression is evaluated for: every customer, or every occasion.
struct Frame {
    std::string subjects = "customers";  ///< table with one row per subject
    std::string keys = "customer_id";    ///< its key columns
    bool occasions = false;              ///< `now` is a column of the subjects
};

}  // namespace fineline::expr::sql
