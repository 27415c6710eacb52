#include "expr/sql/printer.h"
#include "expr/sql/selection.h"

#include <algorithm>

// What is not a customer's own: segments, ranks among all customers, and the query as a whole.

namespace fineline::expr::sql {

Fragment Printer::segment(const Node& at, const SegmentRef& node, const Scope& scope) {
    if (scope.withheld) {
        return withheld(SqlType::boolean);
    }
    auto found = segments_.find(node.name);
    if (found == segments_.end()) {
        if (std::find(open_segments_.begin(), open_segments_.end(), node.name) !=
            open_segments_.end()) {
            return fail(&at, "segment '" + node.name + "' refers to itself");
        }
        if (!options_.segment) {
            return fail(&at, "segment '" + node.name + "' is not known here");
        }
        const auto definition = options_.segment(node.name);
        if (!definition) {
            if (!error_) {
                error_ = definition.error();
            }
            return null_fragment(SqlType::boolean);
        }
        open_segments_.push_back(node.name);
        Select members = members_of(definition->expression().root, subjects());
        members.columns.push_back({.text = "TRUE", .name = "found"});
        open_segments_.pop_back();
        Table table{.name = statement_.name_for("segment_" + node.name),
                    .select = std::move(members)};
        found = segments_.emplace(node.name, &statement_.add(std::move(table))).first;
    }
    return found_in(*found->second, false, scope);
}

Select Printer::members_of(const Node& node, const std::string& among) {
    Select members;
    members.columns = {{.text = frame_.keys, .name = ""}};
    members.from.base = among;
    members.conditions = {condition(node, Scope{.from = &members.from})};
    return members;
}

const std::string& Printer::subjects() const {
    return permitted_.empty() ? frame_.subjects : permitted_;
}

/// The operand's value of every customer for whom it is present.
Table& Printer::population_table(const Node& key, const Node& operand) {
    Table*& known = leaf_table(key);
    if (known != nullptr) {
        return *known;
    }
    Select values;
    values.from.base = subjects();
    const Scope scope{.from = &values.from};
    const Fragment value = compile(operand, scope);
    std::string x = "NULL";
    if (value.type == SqlType::number || value.type == SqlType::duration ||
        value.type == SqlType::timestamp) {
        x = value.text;
    } else if (value.type == SqlType::dynamic) {
        x = read(value, ReadAs::number);
    }
    values.columns = {{.text = frame_.keys, .name = ""}, {.text = x, .name = "x"}};
    Table table{.name = statement_.name_for("population")};
    table.select.columns = {{.text = frame_.keys, .name = ""}};
    table.select.from.base = subquery(values, frame_.keys, "operand");
    table.select.conditions = {"x IS NOT NULL"};
    Table& added = statement_.add(std::move(table));
    leaf_table(key) = &added;
    return added;
}

Fragment Printer::population_value(PopulationKind kind,
                                   int tiles,
                                   Table& table,
                                   const Scope& scope) {
    const std::string below = "(rank() OVER (ORDER BY x) - 1)";
    const std::string others = "nullif(count(*) OVER () - 1, 0)";
    std::string name = "position";
    std::string text = "rank() OVER (ORDER BY x DESC)";
    if (kind == PopulationKind::percentile) {
        name = "percentile";
        text = "coalesce(" + dialect_.double_literal(100) + " * " + below + " / " + others + ", 0)";
    } else if (kind == PopulationKind::ntile) {
        const std::string n = std::to_string(tiles);
        name = "tile_of_" + n;
        text = "least(" + n + ", coalesce(" + dialect_.whole_quotient(n + " * " + below, others) +
               ", 0) + 1)";
    }
    table.select.add({.text = text, .name = name});
    scope.from->join(table.name);
    Fragment value;
    value.text = table.name + "." + name;
    value.type = SqlType::number;
    value.integer = kind != PopulationKind::percentile;
    value.magnitude = 1e18;
    return value;
}

Fragment Printer::population(const Node& at, const Population& node, const Scope& scope) {
    if (scope.withheld) {
        return withheld(SqlType::number);
    }
    if (frame_.occasions) {
        return fail(&at, "a rank among all customers at each occasion cannot be said in SQL");
    }
    Node key = at;
    std::get<Population>(key.kind).kind = PopulationKind::rank;
    std::get<Population>(key.kind).tiles = 0;
    return population_value(node.kind, node.tiles, population_table(key, *node.operand), scope);
}

/// The fifth of the customers who have a purchase event: by its latest time, number or sum of
/// amounts.
Fragment Printer::rfm(const Node& at, const Rfm& node, const Scope& scope) {
    if (scope.withheld) {
        return withheld(SqlType::number);
    }
    if (frame_.occasions) {
        return fail(&at, "a rank among all customers at each occasion cannot be said in SQL");
    }
    Aggregate measure;
    measure.event.name = options_.settings.purchase_event;
    switch (node.field) {
        case RfmField::recency: measure.function = "last_time"; break;
        case RfmField::frequency: measure.function = "count"; break;
        case RfmField::monetary:
            measure.function = "sum";
            measure.property = options_.settings.amount_property;
            break;
    }
    Did bought;
    bought.event = measure.event;
    Case present;
    present.branches.push_back(
        {.condition = Node{.kind = bought, .at = {}}, .value = Node{.kind = measure, .at = {}}});
    const Node operand{.kind = std::move(present), .at = {}};
    return population_value(PopulationKind::ntile, 5, population_table(at, operand), scope);
}

/// A field of the moment of decision: in a query, what the occasion's event tells.
Fragment Printer::context(const std::string& path, const Scope& scope) {
    if (!frame_.occasions || scope.events != nullptr) {
        return fail(nullptr,
                    "context." + path + " needs an occasion: add 'on EVENT' to take it from");
    }
    Fragment value;
    value.type = SqlType::dynamic;
    value.column = [this, path](ReadAs as) {
        const std::string name =
            "context_" + identifier(path) + "_" + std::string(column_suffix(as));
        const JsonPlace place{.document = "e.properties", .key = &path};
        occasions_->select.add(
            {.text = dialect_.read_json(as, place, as == ReadAs::timestamp ? written_zone() : ""),
             .name = name});
        return "occasions." + name;
    };
    return value;
}

void Printer::define_occasions(const OccasionSource& source) {
    Table occasions{.name = statement_.name_for("occasions")};
    EventSelection events(*this, &source.event, std::nullopt);
    occasions.select =
        events.finish({{.text = "e.seq", .name = "occasion"}, {.text = "e.time", .name = "now"}});
    occasions_ = &statement_.add(std::move(occasions));
    frame_ = {.subjects = "occasions", .keys = "customer_id, occasion", .occasions = true};
}

/// The occasions whose event meets the condition after `on EVENT where`, all as of the event's own
/// time.
std::string Printer::chosen_occasions(const OccasionSource& source) {
    EventSelection events(*this, &source.event, std::nullopt);
    events.keep("e.seq = occasion");
    events.keep(events.condition(**source.where));
    Table chosen{.name = statement_.name_for("chosen"),
                 .select = events.finish({{.text = "TRUE", .name = "found"}})};
    return statement_.add(std::move(chosen)).name;
}

void Printer::define_permitted() {
    const std::string consent = consent_table(*options_.purpose);
    Table permitted{.name = statement_.name_for("permitted")};
    permitted.select.columns = {{.text = frame_.keys, .name = ""},
                                {.text = "TRUE", .name = "found"}};
    permitted.select.from.base = frame_.subjects;
    permitted.select.from.join(consent);
    permitted.select.conditions = {"coalesce(" + consent + ".granted, " +
                                   (options_.no_record_is_granted ? "TRUE" : "FALSE") + ")"};
    permitted_ = statement_.add(std::move(permitted)).name;
}

/// The closing select: whoever meets the condition; for a purpose, who has not consented meets only
/// what holds without looking at them.
Select Printer::root(const Node& node) {
    if (permitted_.empty()) {
        return members_of(node, frame_.subjects);
    }
    Select members;
    members.columns = {{.text = frame_.keys, .name = ""}};
    members.from.base = frame_.subjects;
    members.from.join(permitted_);
    const Fragment open = as_boolean(compile(node, {.from = &members.from}));
    const Scope hidden{.from = &members.from, .events = nullptr, .withheld = true};
    const Fragment withheld = as_boolean(compile(node, hidden));
    members.conditions = {"CASE WHEN coalesce(" + permitted_ + ".found, FALSE) THEN " + open.text +
                          " ELSE " + withheld.text + " END"};
    return members;
}

}  // namespace fineline::expr::sql
