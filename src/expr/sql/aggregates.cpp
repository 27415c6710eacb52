#include "expr/sql/printer.h"
#include "expr/sql/selection.h"

#include <algorithm>
#include <initializer_list>

// Aggregates over a customer's events: each becomes a table with one row per customer that has such
// events, left-joined where it is read.

namespace fineline::expr::sql {

namespace {

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string in_order(const std::string& keys, std::string_view direction = "ASC") {
    return "(PARTITION BY " + keys + " ORDER BY e.time " + std::string(direction) + ", e.seq " +
           std::string(direction) + ")";
}

std::string grouped_by(const std::string& keys) {
    return "GROUP BY " + keys;
}

}  // namespace

Fragment Printer::did(const Node& at, const Did& node, const Scope& scope) {
    if (scope.withheld) {
        return withheld(SqlType::boolean);
    }
    Node affirmed = at;
    std::get<Did>(affirmed.kind).negated = false;
    Table*& table = leaf_table(affirmed);
    if (table == nullptr) {
        EventSelection events(*this, &node.event, node.window);
        if (node.where) {
            events.keep(events.condition(**node.where));
        }
        const std::string name = statement_.name_for("did_" + node.event.name);
        Select select = events.finish({{.text = "TRUE", .name = "found"}}, grouped_by(frame_.keys));
        table = &statement_.add({.name = name, .select = std::move(select)});
    }
    return found_in(*table, node.negated, scope);
}

Fragment Printer::found_in(const Table& table, bool negated, const Scope& scope) {
    scope.from->join(table.name);
    Fragment found;
    found.type = SqlType::boolean;
    found.text = (negated ? "NOT coalesce(" : "coalesce(") + table.name + ".found, FALSE)";
    found.binding = negated ? Binding::negation : Binding::atom;
    return found;
}

Fragment Printer::withheld(SqlType type) {
    Fragment fragment = null_fragment(type);
    fragment.withheld = true;
    return fragment;
}

Table*& Printer::leaf_table(const Node& node) {
    for (auto& [leaf, table] : leaves_) {
        if (leaf == node) {
            return table;
        }
    }
    return leaves_.emplace_back(node, nullptr).second;
}

Fragment Printer::aggregate(const Node& at, const Aggregate& node, const Scope& scope) {
    if (scope.withheld) {
        return withheld(SqlType::missing);
    }
    Table* table = leaf_table(at);
    if (table == nullptr) {
        table = &aggregate_table(at, node);
        leaf_table(at) = table;
    }
    const std::string& function = node.function;
    scope.from->join(table->name);
    if (is_one_of(function, {"min", "max", "first", "last", "top"})) {
        Fragment value;
        value.type = SqlType::dynamic;
        value.column = function == "min" || function == "max" ? extremum_reader(*table)
                                                              : column_reader(*table, "value");
        return value;
    }
    if (is_one_of(function, {"since_first", "since_last"})) {
        return since(table->name + ".value", scope);
    }
    Fragment value;
    value.text = table->name + ".value";
    value.type = is_one_of(function, {"first_time", "last_time"}) ? SqlType::timestamp
                 : function == "gap"                              ? SqlType::duration
                                                                  : SqlType::number;
    if (is_one_of(function, {"count", "distinct", "days", "weeks", "months"})) {
        value.text = "coalesce(" + value.text + ", 0)";
        value.integer = true;
        value.magnitude = 1e18;
    } else if (function == "sum") {
        value.text =
            "CASE WHEN " + table->name + ".customer_id IS NULL THEN 0 ELSE " + value.text + " END";
    }
    return value;
}

Table& Printer::aggregate_table(const Node& at, const Aggregate& node) {
    const std::string& function = node.function;
    if (function == "min" || function == "max") {
        return extremum_table(node);
    }
    if (function == "first" || function == "last") {
        return ranked_table(node);
    }
    if (function == "top") {
        return top_table(node);
    }
    if (function == "median" || function == "quantile") {
        return quantile_table(node, function == "median" ? 0.5 : node.numbers.at(0));
    }
    if (function == "trend") {
        return trend_table(node);
    }
    EventSelection events(*this, &node.event, node.window);
    const std::string condition = node.where ? events.condition(**node.where) : "";
    if (node.where && function != "share") {
        events.keep(condition);
    }
    const std::string value = grouped_value(at, node, events, condition);
    const std::string name = statement_.name_for(function + "_" + node.event.name);
    Select select = events.finish({{.text = value, .name = "value"}}, grouped_by(frame_.keys));
    return statement_.add({.name = name, .select = std::move(select)});
}

/// The aggregate as one SQL aggregate over a customer's events.
std::string Printer::grouped_value(const Node& at,
                                   const Aggregate& node,
                                   EventSelection& events,
                                   const std::string& condition) {
    const std::string& function = node.function;
    const auto number = [&] {
        return events.property(node.property.value_or("")).column(ReadAs::number);
    };
    if (function == "count") {
        return "count(*)";
    }
    if (function == "share") {
        return "count(CASE WHEN " + condition + " THEN 1 END) / " + dialect_.to_double("count(*)");
    }
    if (function == "sum") {
        return dialect_.finite_or_null("coalesce(" + dialect_.compensated_sum(number()) + ", 0)");
    }
    if (function == "avg") {
        const std::string value = number();
        return dialect_.finite_or_null(dialect_.compensated_sum(value) + " / count(" + value + ")");
    }
    if (function == "distinct") {
        return "count(DISTINCT " +
               events.property(node.property.value_or("")).column(ReadAs::identity) + ")";
    }
    if (is_one_of(function, {"days", "weeks", "months"})) {
        const TimeUnit unit = function == "days"    ? TimeUnit::day
                              : function == "weeks" ? TimeUnit::week
                                                    : TimeUnit::month;
        return "count(DISTINCT " + dialect_.start_of(unit, events.local()) + ")";
    }
    if (is_one_of(function, {"first_time", "since_first"})) {
        return "min(e.time)";
    }
    if (is_one_of(function, {"last_time", "since_last"})) {
        return "max(e.time)";
    }
    if (function == "gap") {
        const std::string span =
            dialect_.micros_of("max(e.time)") + " - " + dialect_.micros_of("min(e.time)");
        return dialect_.whole_quotient("(" + span + ")", "nullif(count(*) - 1, 0)");
    }
    return unsayable(at, function + "()").text;
}

/// first, last: the value of the outermost event that has one.
Table& Printer::ranked_table(const Aggregate& node) {
    EventSelection events(*this, &node.event, node.window);
    if (node.where) {
        events.keep(events.condition(**node.where));
    }
    const std::string value = events.property(node.property.value_or("")).column(ReadAs::json);
    events.keep(value + " IS NOT NULL");
    const std::string place =
        "row_number() OVER " + in_order(frame_.keys, node.function == "first" ? "ASC" : "DESC");
    const Select ranked =
        events.finish({{.text = value, .name = "value"}, {.text = place, .name = "place"}});
    return outermost(node.function + "_" + node.event.name, ranked);
}

/// The rows of place 1 of a ranked select, its `value` readable in every way.
Table& Printer::outermost(const std::string& hint, const Select& ranked) {
    Table table{.name = statement_.name_for(hint)};
    table.select.columns = {{.text = frame_.keys, .name = ""}};
    table.select.from.base = subquery(ranked, frame_.keys, "ranked");
    table.select.conditions = {"place = 1"};
    return statement_.add(std::move(table));
}

/// min, max: of numbers if there are any, else of timestamps, else of texts.
Table& Printer::extremum_table(const Aggregate& node) {
    EventSelection events(*this, &node.event, node.window);
    if (node.where) {
        events.keep(events.condition(**node.where));
    }
    const Fragment property = events.property(node.property.value_or(""));
    const std::string function = node.function;
    const auto best = [&](ReadAs as) { return function + "(" + property.column(as) + ")"; };
    std::vector<Column> columns{{.text = best(ReadAs::number), .name = "best_number"},
                                {.text = best(ReadAs::stored_timestamp), .name = "best_stamp"},
                                {.text = best(ReadAs::string), .name = "best_text"}};
    const Select best_of_each = events.finish(std::move(columns), grouped_by(frame_.keys));
    Table table{.name = statement_.name_for(function + "_" + node.event.name)};
    table.select.columns = {{.text = frame_.keys, .name = ""}};
    table.select.from.base = subquery(best_of_each, frame_.keys, "best");
    return statement_.add(std::move(table));
}

std::function<std::string(ReadAs)> Printer::extremum_reader(Table& table) {
    return [this, &table](ReadAs as) {
        const std::string stamp = "CASE WHEN best_number IS NULL THEN best_stamp END";
        const std::string text =
            "CASE WHEN best_number IS NULL AND best_stamp IS NULL THEN best_text END";
        const std::string json = "coalesce(" + dialect_.json_of_scalar("best_number") + ", " +
                                 dialect_.json_of_timestamp("best_stamp") + ", " +
                                 dialect_.json_of_scalar("best_text") + ")";
        std::string value = "NULL";
        switch (as) {
            case ReadAs::number: value = "best_number"; break;
            case ReadAs::stored_timestamp: value = stamp; break;
            case ReadAs::string: value = text; break;
            case ReadAs::json: value = json; break;
            case ReadAs::timestamp:
                value = "coalesce(" + stamp + ", " +
                        dialect_.parse_timestamp(text, written_zone()) + ")";
                break;
            case ReadAs::identity:
                value = "coalesce(" + dialect_.identity_of_number("best_number") + ", " +
                        dialect_.identity_of_timestamp("best_stamp") + ", " +
                        dialect_.identity_of_string("best_text") + ")";
                break;
            case ReadAs::boolean: value = "CAST(NULL AS BOOLEAN)"; break;
            case ReadAs::list: value = "CAST(NULL AS VARCHAR)"; break;
        }
        const std::string name = "value_" + std::string(column_suffix(as));
        table.select.add({.text = value, .name = name});
        return table.name + "." + name;
    };
}

/// x[⌊h⌋] + (h − ⌊h⌋)·(x[⌊h⌋+1] − x[⌊h⌋]) with h = (n − 1)·q over the numbers in ascending order.
Table& Printer::quantile_table(const Aggregate& node, double q) {
    EventSelection events(*this, &node.event, node.window);
    if (node.where) {
        events.keep(events.condition(**node.where));
    }
    const std::string x = events.property(node.property.value_or("")).column(ReadAs::number);
    events.keep(x + " IS NOT NULL");
    const std::string per_customer = "(PARTITION BY " + frame_.keys;
    const Select ranked = events.finish(
        {{.text = x, .name = "x"},
         {.text = "row_number() OVER " + per_customer + " ORDER BY " + x + ") - 1",
          .name = "place"},
         {.text = "(count(*) OVER " + per_customer + ") - 1) * " + dialect_.double_literal(q),
          .name = "h"}});
    const std::string low = "max(CASE WHEN place = floor(h) THEN x END)";
    const std::string high = "max(CASE WHEN place = ceil(h) THEN x END)";
    Table table{.name = statement_.name_for(node.function + "_" + node.event.name)};
    table.select.columns = {
        {.text = frame_.keys, .name = ""},
        {.text = dialect_.finite_or_null(low + " + (max(h) - floor(max(h))) * (" + high + " - " +
                                         low + ")"),
         .name = "value"}};
    table.select.from.base = subquery(ranked, frame_.keys, "ranked");
    table.select.tail = grouped_by(frame_.keys);
    return statement_.add(std::move(table));
}

/// With D days the mean of x = 0 … D−1 is (D − 1)/2 and the sum of its squared deviations D(D² −
/// 1)/12; days without events add nothing to Σ (x − mean)·y, so the events alone are enough. Every
/// subject gets a row.
Table& Printer::trend_table(const Aggregate& node) {
    EventSelection events(*this, &node.event, node.window);
    if (node.where) {
        events.keep(events.condition(**node.where));
    }
    const std::string day = "CAST(" + events.local() + " AS DATE)";
    const std::string y =
        node.property ? events.property(*node.property).column(ReadAs::number) : "1";
    if (node.property) {
        events.keep(y + " IS NOT NULL");
    }
    const std::string seen_name = statement_.name_for("daily_" + node.event.name);
    const bool open = !events.window().first.has_value();
    Select daily = events.finish({{.text = day, .name = "day"}, {.text = y, .name = "y"}});
    const Table& seen = statement_.add({.name = seen_name, .select = std::move(daily)});

    Select spans;
    spans.from.base = frame_.subjects;
    const WindowText window = this->window(node.window, spans.from);
    const std::string zone = zone_in(spans.from);
    const auto local_day = [&](const InstantText& at) {
        return "CAST(" + dialect_.local_time(at.text, zone) + " AS DATE)";
    };
    const std::string first = open ? "min(day)" : "min(first_day)";
    const auto span_days = [&](const std::string& from, const std::string& to) {
        return dialect_.to_double(dialect_.days_between(from, to) + " + 1");
    };
    spans.columns = {{.text = frame_.keys, .name = ""},
                     {.text = local_day(window.last), .name = "last_day"}};
    if (!open) {
        spans.columns.push_back({.text = local_day(*window.first), .name = "first_day"});
    }
    Select numbered;
    numbered.from.base = subquery(spans, frame_.keys, "spans");
    numbered.from.join(seen.name);
    numbered.columns = {{.text = frame_.keys, .name = ""},
                        {.text = "day, y, last_day", .name = ""}};
    const std::string first_of_window =
        open ? "min(day) OVER (PARTITION BY " + frame_.keys + ")" : "first_day";
    numbered.columns.push_back({.text = first_of_window, .name = "start_day"});
    Select weighted;
    weighted.from.base = subquery(numbered, frame_.keys, "numbered");
    weighted.columns = {
        {.text = frame_.keys, .name = ""},
        {.text = span_days("start_day", "last_day"), .name = "days"},
        {.text = dialect_.to_double(dialect_.days_between("start_day", "day")), .name = "x"},
        {.text = "y", .name = ""}};
    Table table{.name = statement_.name_for("trend_" + node.event.name)};
    const std::string slope = "coalesce(" + dialect_.compensated_sum("(2 * x - (days - 1)) * y") +
                              ", 0) * 6 / (max(days) * (max(days) * max(days) - 1))";
    table.select.columns = {
        {.text = frame_.keys, .name = ""},
        {.text = "CASE WHEN max(days) >= 2 THEN " + dialect_.finite_or_null(slope) + " END",
         .name = "value"}};
    table.select.from.base = subquery(weighted, frame_.keys, "weighted");
    table.select.tail = grouped_by(frame_.keys);
    return statement_.add(std::move(table));
}

/// The most frequent value; of equally frequent ones the one seen first.
Table& Printer::top_table(const Aggregate& node) {
    EventSelection events(*this, &node.event, node.window);
    if (node.where) {
        events.keep(events.condition(**node.where));
    }
    const Fragment property = events.property(node.property.value_or(""));
    const std::string value = property.column(ReadAs::json);
    const std::string identity = property.column(ReadAs::identity);
    events.keep(value + " IS NOT NULL");
    const Select seen =
        events.finish({{.text = value, .name = "value"},
                       {.text = identity, .name = "identity"},
                       {.text = "row_number() OVER " + in_order(frame_.keys), .name = "seen"}});
    Select counted;
    counted.columns = {{.text = frame_.keys, .name = ""},
                       {.text = "min(value)", .name = "value"},
                       {.text = "count(*)", .name = "times"},
                       {.text = "min(seen)", .name = "first_seen"}};
    counted.from.base = subquery(seen, frame_.keys, "seen");
    counted.tail = "GROUP BY " + frame_.keys + ", identity";
    Select ranked;
    ranked.columns = {{.text = frame_.keys, .name = ""},
                      {.text = "value", .name = ""},
                      {.text = "row_number() OVER (PARTITION BY " + frame_.keys +
                               " ORDER BY times DESC, first_seen ASC)",
                       .name = "place"}};
    ranked.from.base = subquery(counted, frame_.keys, "counted");
    return outermost("top_" + node.event.name, ranked);
}

}  // namespace fineline::expr::sql
