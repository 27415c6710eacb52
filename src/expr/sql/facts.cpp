#include "expr/sql/printer.h"
#include "expr/sql/selection.h"

// What is known of a customer beside events: existence, traits, account, consent.

namespace fineline::expr::sql {

namespace {

/// The table's rows at or before `now`; a row without time holds since always.
std::string known_by(std::string_view alias, const std::string& now) {
    const std::string time = std::string(alias) + ".time";
    return "(" + time + " IS NULL OR " + time + " <= " + now + ")";
}

std::string newest_first(const std::string& keys, std::string_view alias) {
    const std::string row(alias);
    return "row_number() OVER (PARTITION BY " + keys + " ORDER BY " + row +
           ".time DESC NULLS LAST, " + row + ".seq DESC)";
}

}  // namespace

void Printer::define_customers() {
    const std::string now = dialect_.timestamp_literal(options_.now);
    statement_.add(
        {.name = statement_.name_for("customers"),
         .select = {},
         .verbatim =
             "SELECT customer_id FROM events WHERE time <= " + now +
             "\nUNION\nSELECT customer_id FROM traits WHERE time IS NULL OR time <= " + now});
}

void Printer::define_zones() {
    Table zones{.name = statement_.name_for("zones")};
    zones.select.from.base = frame_.subjects;
    const Scope scope{.from = &zones.select.from};
    const std::string own = read(trait("timezone", scope), ReadAs::string);
    zones.select.columns = {{.text = frame_.keys, .name = ""},
                            {.text = "CASE WHEN " + dialect_.is_zone_name(own) + " THEN " + own +
                                     " ELSE " + quoted(options_.settings.zone.name()) + " END",
                             .name = "zone"}};
    statement_.add(std::move(zones));
}

std::string Printer::history_of(std::string_view table, std::string_view alias) const {
    const std::string named = std::string(table) + " AS " + std::string(alias);
    return frame_.occasions ? frame_.subjects + " JOIN " + named + " USING (customer_id)" : named;
}

std::string Printer::now_of_row() const {
    return frame_.occasions ? "occasions.now" : dialect_.timestamp_literal(options_.now);
}

std::function<std::string(ReadAs)> Printer::column_reader(Table& table, std::string source) {
    return [this, &table, source = std::move(source)](ReadAs as) {
        const std::string zone = as == ReadAs::timestamp ? written_zone() : "";
        const std::string name = source + "_" + std::string(column_suffix(as));
        table.select.add(
            {.text = dialect_.read_json(as, {.document = source, .key = nullptr}, zone),
             .name = name});
        return table.name + "." + name;
    };
}

Fragment Printer::column_of(Table& table, const Scope& scope, std::string source) {
    Fragment value;
    if (scope.withheld) {
        value = null_fragment();
        value.withheld = true;
        return value;
    }
    scope.from->join(table.name);
    value.type = SqlType::dynamic;
    value.column = column_reader(table, std::move(source));
    return value;
}

Table& Printer::latest_table(const std::string& hint, const HistoryText& history) {
    Select all;
    all.columns = {{.text = frame_.keys, .name = ""},
                   {.text = history.value, .name = ""},
                   {.text = newest_first(frame_.keys, history.alias), .name = "recency"}};
    all.from.base = history.from;
    all.conditions = history.conditions;
    Table table{.name = statement_.name_for(hint)};
    table.select.columns = {{.text = frame_.keys, .name = ""}};
    table.select.from.base = subquery(all, frame_.keys, "history");
    table.select.conditions = {"recency = 1"};
    return statement_.add(std::move(table));
}

Printer::HistoryText Printer::trait_history(const Name& trait) {
    const bool account = trait.scope == NameScope::account;
    HistoryText history;
    history.alias = "t";
    history.value = "t.value";
    history.from = account ? account_table() + " JOIN account_traits AS t USING (account_id)"
                           : history_of("traits", "t");
    if (account && frame_.occasions) {
        history.from += " JOIN occasions USING (" + frame_.keys + ")";
    }
    history.conditions = {"t.trait = " + quoted(trait.path), known_by("t", now_of_row())};
    return history;
}

Table& Printer::trait_table(const Name& trait) {
    const std::string kind = trait.scope == NameScope::account ? "account_" : "trait_";
    auto [found, fresh] = traits_.try_emplace(kind + trait.path, nullptr);
    if (fresh) {
        const HistoryText history = trait_history(trait);
        found->second = &latest_table(kind + trait.path, history);
    }
    return *found->second;
}

Fragment Printer::trait(const std::string& name, const Scope& scope) {
    return column_of(
        trait_table({.scope = NameScope::bare, .path = name, .quoted = false}), scope, "value");
}

Fragment Printer::account_trait(const std::string& name, const Scope& scope) {
    return column_of(
        trait_table({.scope = NameScope::account, .path = name, .quoted = false}), scope, "value");
}

std::string Printer::account_table() {
    Table*& table = traits_["account of"];
    if (table == nullptr) {
        table = &latest_table("account",
                              {.alias = "j",
                               .from = history_of("joins", "j"),
                               .value = "j.account_id",
                               .conditions = {known_by("j", now_of_row())}});
        table->select.columns.push_back({.text = "account_id", .name = ""});
    }
    return table->name;
}

std::string Printer::consent_table(const std::string& purpose) {
    Table*& table = traits_["consent " + purpose];
    if (table == nullptr) {
        table = &latest_table(
            "consent_" + purpose,
            {.alias = "s",
             .from = history_of("consents", "s"),
             .value = "s.granted",
             .conditions = {"s.purpose = " + quoted(purpose), known_by("s", now_of_row())}});
        table->select.columns.push_back({.text = "granted", .name = ""});
    }
    return table->name;
}

Fragment Printer::consent(const std::string& purpose, const Scope& scope) {
    const std::string table = consent_table(purpose);
    scope.from->join(table);
    Fragment granted;
    granted.text = table + ".granted";
    granted.type = SqlType::boolean;
    return granted;
}

/// The runs of equal values: one row per change, the newest kept with the value before it.
Table& Printer::change_table(const Name& trait) {
    const std::string kind = trait.scope == NameScope::account ? "account_change_" : "change_";
    Table*& table = traits_[kind + trait.path];
    if (table != nullptr) {
        return *table;
    }
    const HistoryText history = trait_history(trait);
    const std::string oldest_first =
        "(PARTITION BY " + frame_.keys + " ORDER BY t.time ASC NULLS FIRST, t.seq ASC)";
    const JsonPlace value{.document = "t.value", .key = nullptr};
    Select settings;
    settings.columns = {
        {.text = frame_.keys, .name = ""},
        {.text = "t.time, t.seq, t.value", .name = ""},
        {.text = dialect_.read_json(ReadAs::identity, value, ""), .name = "identity"},
        {.text = "lag(identity) OVER " + oldest_first, .name = "before"},
        {.text = "row_number() OVER " + oldest_first, .name = "place"}};
    settings.columns[3].text = "lag(" + settings.columns[2].text + ") OVER " + oldest_first;
    settings.from.base = history.from;
    settings.conditions = history.conditions;
    const std::string run_order = "(PARTITION BY " + frame_.keys + " ORDER BY place";
    Select runs;
    runs.columns = {{.text = frame_.keys, .name = ""},
                    {.text = "time", .name = "changed_at"},
                    {.text = "lag(value) OVER " + run_order + ")", .name = "previous"},
                    {.text = "row_number() OVER " + run_order + " DESC)", .name = "recency"}};
    runs.from.base = subquery(settings, frame_.keys, "settings");
    runs.conditions = {"(place = 1 OR identity IS DISTINCT FROM before)"};
    Table change{.name = statement_.name_for(kind + trait.path)};
    change.select.columns = {{.text = frame_.keys, .name = ""}};
    change.select.from.base = subquery(runs, frame_.keys, "runs");
    change.select.conditions = {"recency = 1"};
    table = &statement_.add(std::move(change));
    return *table;
}

Fragment Printer::trait_change(const TraitChange& change, const Scope& scope) {
    Table& table = change_table(change.trait);
    if (!change.since || scope.withheld) {
        return column_of(table, scope, "previous");
    }
    table.select.add({.text = "changed_at", .name = "changed_at"});
    scope.from->join(table.name);
    return since(table.name + ".changed_at", scope);
}

Fragment Printer::since(const std::string& time, const Scope& scope) {
    Fragment span;
    span.text = dialect_.micros_of(now_in(scope).text) + " - " + dialect_.micros_of(time);
    span.type = SqlType::duration;
    span.binding = Binding::sum;
    span.counted_from = time;
    return span;
}

}  // namespace fineline::expr::sql
