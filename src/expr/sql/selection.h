#pragma once

#include "expr/sql/printer.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace fineline::expr::sql {

/// The events that an aggregate, a `did` or a sequence sees, as a relation `e` under construction.
/// It reads the table of events as it is, or, once a property is asked for, through a subquery that
/// extracts each property once. One thread at a time.
class EventSelection {
  public:
    /// Events of that name (all for `any` or null) at or before now, in the window where there is
    /// one.
    EventSelection(Printer& printer,
                   const EventSelector* event,
                   const std::optional<Window>& window);
    EventSelection(const EventSelection&) = delete;
    EventSelection& operator=(const EventSelection&) = delete;
    EventSelection(EventSelection&&) = delete;
    EventSelection& operator=(EventSelection&&) = delete;
    ~EventSelection() = default;

    [[nodiscard]] Fragment property(const std::string& name);
    /// hour, weekday, weekend, day, month, date or time of the event.
    [[nodiscard]] Fragment field(std::string_view name, const Scope& scope);
    [[nodiscard]] Fragment holiday(const HolidayTest& test);
    /// The event's wall-clock time.
    [[nodiscard]] std::string local();
    /// The condition as SQL, to be used over `e`.
    [[nodiscard]] std::string condition(const Node& node);

    /// Whether the event lies in another window, as SQL to be used over `e`.
    [[nodiscard]] std::string inside(const std::optional<Window>& window);

    /// Keeps only events that meet it.
    void keep(std::string condition) { select_.conditions.push_back(std::move(condition)); }

    /// Gives the relation a column of its own, computed before everything else; yields its name.
    std::string computed(const std::string& name, std::string text);

    [[nodiscard]] From& from() { return select_.from; }

    [[nodiscard]] const WindowText& window() const { return window_; }

    /// Closes the relation: the select with these columns after the keys of the frame.
    [[nodiscard]] Select finish(std::vector<Column> columns, std::string tail = "");

  private:
    Printer& printer_;
    Select inner_;   ///< extracts properties; over the table of events
    Select select_;  ///< over `e`
    WindowText window_;
    std::map<std::string, std::string, std::less<>>
        stems_;  ///< property → its part of column names
    bool derived_ = false;
};

/// The ending of a column that holds a JSON value in that reading: number, text, time …
[[nodiscard]] std::string_view column_suffix(ReadAs as);

/// A select as a relation of that name.
[[nodiscard]] std::string subquery(const Select& select,
                                   std::string_view keys,
                                   std::string_view alias);

/// `= 'name'` on e.event; empty for any.
[[nodiscard]] std::string event_condition(const Dialect& dialect, const EventSelector& event);

}  // namespace fineline::expr::sql
