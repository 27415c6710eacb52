#include "expr/sql/selection.h"

#include <algorithm>
#include <array>

namespace fineline::expr::sql {

namespace {

constexpr std::array<std::string_view, 8> suffixes{
    "json", "number", "text", "flag", "time", "stamp", "list", "key"};

Fragment number_field(std::string text, double largest) {
    Fragment field;
    field.text = std::move(text);
    field.type = SqlType::number;
    field.integer = true;
    field.magnitude = largest;
    return field;
}

}  // namespace

std::string_view column_suffix(ReadAs as) {
    return suffixes.at(static_cast<std::size_t>(as));
}

std::string event_condition(const Dialect& dialect, const EventSelector& event) {
    return event.any ? "" : "e.event = " + dialect.string_literal(event.name);
}

std::string subquery(const Select& select, std::string_view keys, std::string_view alias) {
    return "(\n" + indent(select.text(keys), 4) + "\n) AS " + std::string(alias);
}

EventSelection::EventSelection(Printer& printer,
                               const EventSelector* event,
                               const std::optional<Window>& window)
    : printer_(printer) {
    const Frame& frame = printer.frame_;
    inner_.from.base = "events AS e";
    if (frame.occasions) {
        derived_ = true;
        inner_.from.base = frame.subjects + " JOIN events AS e USING (customer_id)";
        inner_.conditions.push_back("(e.time, e.seq) <= (occasions.now, occasions.occasion)");
    }
    if (event != nullptr && !event->any) {
        inner_.conditions.push_back(event_condition(printer.dialect_, *event));
    }
    window_ = printer.window(window, inner_.from);
    inner_.conditions.insert(
        inner_.conditions.end(), window_.conditions.begin(), window_.conditions.end());
}

std::string EventSelection::computed(const std::string& name, std::string text) {
    derived_ = true;
    inner_.add({.text = std::move(text), .name = name});
    return "e." + name;
}

Fragment EventSelection::property(const std::string& name) {
    const auto [found, fresh] = stems_.try_emplace(name, identifier(name));
    std::string& stem = found->second;
    if (fresh) {
        const auto taken = std::count_if(
            stems_.begin(), stems_.end(), [&](const auto& other) { return other.second == stem; });
        if (taken > 1) {
            stem += "_" + std::to_string(stems_.size());
        }
    }
    Fragment value;
    value.type = SqlType::dynamic;
    value.column = [this, name, stem](ReadAs as) {
        const bool needs_zone = as == ReadAs::timestamp;
        const std::string zone = needs_zone ? printer_.written_zone() : "";
        const JsonPlace place{.document = "e.properties", .key = &name};
        return computed(stem + "_" + std::string(column_suffix(as)),
                        printer_.dialect_.read_json(as, place, zone));
    };
    return value;
}

std::string EventSelection::local() {
    const std::string zone = printer_.zone_in(inner_.from);
    return zone.empty() ? "e.time"
                        : computed("local_time", printer_.dialect_.local_time("e.time", zone));
}

Fragment EventSelection::field(std::string_view name, const Scope& scope) {
    Fragment field;
    if (name == "time") {
        field.text = "e.time";
        field.type = SqlType::timestamp;
    } else if (name == "date") {
        const std::string midnight = printer_.dialect_.start_of(TimeUnit::day, local());
        field.text = printer_.dialect_.utc_time(midnight, printer_.zone_in(*scope.from));
        field.type = SqlType::timestamp;
    } else if (name == "weekday") {
        field.text = "CASE extract(isodow FROM " + local() +
                     ") WHEN 1 THEN 'mon' WHEN 2 THEN 'tue' WHEN 3 THEN 'wed' WHEN 4 THEN 'thu' "
                     "WHEN 5 THEN 'fri' WHEN 6 THEN 'sat' ELSE 'sun' END";
        field.type = SqlType::string;
    } else if (name == "weekend") {
        field.text = "extract(isodow FROM " + local() + ") >= 6";
        field.type = SqlType::boolean;
        field.binding = Binding::comparison;
    } else {
        return number_field("extract(" + std::string(name) + " FROM " + local() + ")", 60);
    }
    return field;
}

Fragment EventSelection::holiday(const HolidayTest& test) {
    const std::string day = "CAST(" + local() + " AS DATE)";
    std::vector<std::string> spans;
    for (const Holiday& holiday : printer_.options_.settings.holidays.days()) {
        if (test.name.empty() || holiday.name == test.name) {
            spans.push_back(day + " BETWEEN " + printer_.dialect_.date_literal(holiday.first) +
                            " AND " + printer_.dialect_.date_literal(holiday.last));
        }
    }
    Fragment answer;
    answer.type = SqlType::boolean;
    answer.text = spans.empty() ? "FALSE" : "(" + joined(spans, " OR ") + ")";
    return answer;
}

std::string EventSelection::condition(const Node& node) {
    return printer_.condition(node, Scope{.from = &select_.from, .events = this});
}

std::string EventSelection::inside(const std::optional<Window>& window) {
    if (!printer_.frame_.occasions) {
        return joined(printer_.window(window, select_.from).conditions, " AND ");
    }
    return computed("inside", joined(printer_.window(window, inner_.from).conditions, " AND "));
}

Select EventSelection::finish(std::vector<Column> columns, std::string tail) {
    Select select = std::move(select_);
    const Frame& frame = printer_.frame_;
    select.columns.insert(select.columns.begin(), {.text = frame.keys, .name = ""});
    select.columns.insert(select.columns.end(), columns.begin(), columns.end());
    select.tail = std::move(tail);
    if (derived_) {
        std::vector<Column> carried{{.text = frame.keys, .name = ""},
                                    {.text = "e.time, e.seq, e.event", .name = ""}};
        if (frame.occasions) {
            carried.push_back({.text = "occasions.now", .name = ""});
        }
        inner_.columns.insert(inner_.columns.begin(), carried.begin(), carried.end());
        select.from.base = subquery(inner_, frame.keys, "e");
        return select;
    }
    From from = std::move(inner_.from);
    for (const std::string& table : select.from.joined) {
        from.join(table);
    }
    select.from = std::move(from);
    select.conditions.insert(
        select.conditions.begin(), inner_.conditions.begin(), inner_.conditions.end());
    return select;
}

}  // namespace fineline::expr::sql
