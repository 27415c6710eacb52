#include "expr/sql/printer.h"
#include "expr/sql/selection.h"

// Sequences by window functions: an event completes step k if it matches the step and the latest
// event before it that completed step k − 1 is near enough. The latest is enough: an earlier one is
// farther away.

namespace fineline::expr::sql {

namespace {

std::string column(std::string_view stem, std::size_t step) {
    return std::string(stem) + "_" + std::to_string(step);
}

std::string earlier_rows(const std::string& keys) {
    return "WINDOW earlier AS (PARTITION BY " + keys +
           " ORDER BY time, seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)";
}

std::string later_rows(const std::string& keys) {
    return "WINDOW later AS (PARTITION BY " + keys +
           " ORDER BY time, seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)";
}

}  // namespace

/// The customer's events that match some step, with a flag per step; `position` is their order.
Select Printer::step_flags(const Sequence& node) {
    const bool ends_with_no = node.steps.back().negated;
    EventSelection events(*this, nullptr, ends_with_no ? std::optional<Window>() : node.window);
    const std::string inside = ends_with_no && node.window ? events.inside(node.window) : "";
    std::vector<Column> columns{{.text = "e.time, e.seq", .name = ""}};
    if (frame_.occasions) {
        columns.push_back({.text = "e.now", .name = ""});
    }
    std::vector<std::string> any;
    for (std::size_t i = 0; i < node.steps.size(); ++i) {
        const Step& step = node.steps[i];
        std::vector<std::string> all;
        if (!step.event.any) {
            all.push_back(event_condition(dialect_, step.event));
        }
        if (step.where) {
            all.push_back(events.condition(**step.where));
        }
        if (!step.negated && !inside.empty()) {
            all.push_back(inside);
        }
        const std::string flag = all.empty() ? "TRUE" : joined(all, " AND ");
        columns.push_back({.text = flag, .name = column("step", i + 1)});
        any.push_back(all.empty() ? "TRUE" : event_condition(dialect_, step.event));
        if (any.back().empty()) {
            any.back() = "TRUE";
        }
    }
    if (node.counting) {
        columns.push_back(
            {.text = "row_number() OVER (PARTITION BY " + frame_.keys + " ORDER BY e.time, e.seq)",
             .name = "position"});
    }
    events.keep("(" + joined(any, " OR ") + ")");
    return events.finish(std::move(columns));
}

/// Adds the columns found_k and, for counting, start_k: the latest first event of a chain that ends
/// here.
Select Printer::chain_step(const Select& previous, const Sequence& node, std::size_t k) {
    Select next;
    next.from.base = subquery(previous, frame_.keys, "events_" + std::to_string(k - 1));
    const std::string last =
        "max(CASE WHEN " + column("found", k - 1) + " THEN time END) OVER earlier";
    std::string reached = last + " IS NOT NULL";
    if (const auto& within = node.steps[k - 1].within) {
        reached = "time <= " + plus(last, *within, next.from);
    }
    next.columns = {{.text = "*", .name = ""},
                    {.text = column("step", k) + " AND " + reached, .name = column("found", k)}};
    if (node.counting) {
        next.columns.push_back({.text = "max(CASE WHEN " + column("found", k - 1) + " THEN " +
                                        column("start", k - 1) + " END) OVER earlier",
                                .name = column("start", k)});
    }
    next.tail = earlier_rows(frame_.keys);
    return next;
}

std::string Printer::plus(const std::string& time, const Period& period, From& from) {
    return minus({.text = time, .known = {}}, {.count = -period.count, .unit = period.unit}, from)
        .text;
}

Fragment Printer::sequence(const Node& at, const Sequence& node, const Scope& scope) {
    if (scope.withheld) {
        return withheld(node.counting ? SqlType::number : SqlType::boolean);
    }
    Table* table = leaf_table(at);
    if (table == nullptr) {
        table = &sequence_table(node);
        leaf_table(at) = table;
    }
    if (!node.counting) {
        return found_in(*table, false, scope);
    }
    scope.from->join(table->name);
    Fragment count;
    count.text = "coalesce(" + table->name + ".value, 0)";
    count.type = SqlType::number;
    count.integer = true;
    count.magnitude = 1e18;
    return count;
}

Table& Printer::sequence_table(const Sequence& node) {
    const bool ends_with_no = node.steps.back().negated;
    const std::size_t last = node.steps.size() - (ends_with_no ? 1 : 0);
    Select chain;
    chain.columns = {{.text = "*", .name = ""}, {.text = "step_1", .name = "found_1"}};
    if (node.counting) {
        chain.columns.push_back({.text = "position", .name = "start_1"});
    }
    chain.from.base = subquery(step_flags(node), frame_.keys, "events_0");
    for (std::size_t k = 2; k <= last; ++k) {
        chain = chain_step(chain, node, k);
    }
    std::vector<std::string> conditions{column("found", last)};
    if (ends_with_no) {
        Select absent;
        absent.columns = {
            {.text = "*", .name = ""},
            {.text = "min(CASE WHEN " + column("step", last + 1) + " THEN time END) OVER later",
             .name = "next_no"}};
        absent.from.base = subquery(chain, frame_.keys, "chains");
        absent.tail = later_rows(frame_.keys);
        chain = std::move(absent);
    }
    Select ends;
    ends.from.base = subquery(chain, frame_.keys, "chain_ends");
    ends.columns = {{.text = frame_.keys, .name = ""}};
    ends.conditions = {column("found", last)};
    if (ends_with_no) {
        const std::string deadline = plus("time", *node.steps.back().within, ends.from);
        ends.conditions.push_back(
            deadline +
            " <= " + (frame_.occasions ? "now" : dialect_.timestamp_literal(options_.now)));
        ends.conditions.push_back("(next_no IS NULL OR next_no > " + deadline + ")");
    }
    if (node.counting) {
        return count_chains(std::move(ends), last);
    }
    ends.columns.push_back({.text = "TRUE", .name = "found"});
    ends.tail = "GROUP BY " + frame_.keys;
    return statement_.add({.name = statement_.name_for("sequence"), .select = std::move(ends)});
}

/// Takes the chain that ends earliest, then the earliest of those that start after it, and so on.
Table& Printer::count_chains(Select ends, std::size_t last) {
    ends.columns.push_back({.text = column("start", last), .name = "begins"});
    ends.columns.push_back({.text = "position", .name = "ends"});
    const std::string& keys = frame_.keys;
    const std::string chains =
        statement_.add({.name = statement_.name_for("chains"), .select = std::move(ends)}).name;
    const std::string next = statement_.name_for("next_chain");
    statement_.add(
        {.name = next,
         .select = {},
         .verbatim = "SELECT " + keys + ", this.ends, min(that.ends) AS next_ends\nFROM " + chains +
                     " AS this JOIN " + chains + " AS that USING (" + keys +
                     ")\nWHERE that.begins > this.ends\nGROUP BY " + keys + ", this.ends"});
    const std::string walk = statement_.name_for("chain_walk");
    statement_.make_recursive();
    statement_.add({.name = walk,
                    .select = {},
                    .verbatim = "SELECT " + keys + ", min(ends) AS ends, 1 AS taken\nFROM " +
                                chains + "\nGROUP BY " + keys + "\nUNION ALL\nSELECT " + keys +
                                ", next_ends, taken + 1\nFROM " + walk + " JOIN " + next +
                                " USING (" + keys + ", ends)"});
    Select count;
    count.columns = {{.text = keys, .name = ""}, {.text = "max(taken)", .name = "value"}};
    count.from.base = walk;
    count.tail = "GROUP BY " + keys;
    return statement_.add(
        {.name = statement_.name_for("sequence_count"), .select = std::move(count)});
}

}  // namespace fineline::expr::sql
