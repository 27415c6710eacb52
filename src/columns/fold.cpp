#include "columns/fold.h"

#include <algorithm>

#include "base/checksum.h"

namespace fineline::columns {
namespace {
std::uint32_t intern(std::vector<std::string>& names, std::string_view name) {
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == name) return static_cast<std::uint32_t>(i);
    names.emplace_back(name);
    return static_cast<std::uint32_t>(names.size() - 1);
}
View::Table& table(std::vector<View::Table>& tables, std::string_view name) {
    for (auto& t : tables)
        if (t.name == name) return t;
    tables.push_back({std::string(name), {}, {}});
    return tables.back();
}
void insert(View::Table& t, std::uint32_t who, View::Row row) {
    auto& rows = t.rows[who];
    auto at = std::upper_bound(rows.begin(), rows.end(), row, [](const auto& a, const auto& b) {
        return std::pair(a.time, a.arrival) < std::pair(b.time, b.arrival);
    });
    rows.insert(at, std::move(row));
}
std::uint32_t ordinal(View& v, std::string_view id) {
    auto it = v.by_id.find(id);
    if (it != v.by_id.end()) return v.root(it->second);
    const auto o = static_cast<std::uint32_t>(v.ids.size());
    v.ids.emplace_back(id);
    v.parent.push_back(o);
    v.by_id.emplace(id, o);
    return o;
}
void merge_tables(View::Table& t, std::uint32_t from, std::uint32_t to) {
    auto it = t.rows.find(from);
    if (it == t.rows.end()) return;
    auto rows = std::move(it->second);
    t.rows.erase(it);
    for (auto& r : rows) insert(t, to, std::move(r));
}
}  // namespace

Status Store::apply(const RecordBatch& batch, Position first) {
    View& v = *live_;
    batch.for_each([&](const RecordView& r) {
        const std::uint64_t arrival = first.value() + r.index;
        const Instant time = r.time.value_or(instant_min);
        auto props = r.properties();
        std::uint32_t name = 0;
        Datum value;
        switch (r.kind) {
            case RecordKind::tombstone:
            case RecordKind::clock:
            case RecordKind::erasure: break;
            case RecordKind::event: {
                View::Row row{time, arrival, {}};
                auto& t = table(v.events, batch.names()[r.name]);
                while (props.next(name, value)) row.values.emplace_back(intern(t.properties, batch.names()[name]), to_value(value));
                insert(t, ordinal(v, r.customer), std::move(row));
                break;
            }
            case RecordKind::traits:
                while (props.next(name, value))
                    insert(table(v.traits, batch.names()[name]), ordinal(v, r.customer), {time, arrival, {{0, to_value(value)}}});
                break;
            case RecordKind::account_join:
                insert(v.joins, ordinal(v, r.customer), {time, arrival, {{0, Value(std::string(r.text))}}});
                break;
            case RecordKind::account_traits:
                while (props.next(name, value))
                    insert(table(v.account_traits, batch.names()[name]), intern(v.accounts, r.text), {time, arrival, {{0, to_value(value)}}});
                break;
            case RecordKind::consent:
                while (props.next(name, value))
                    insert(table(v.consents, batch.names()[r.name]), ordinal(v, r.customer), {time, arrival, {{0, to_value(value)}}});
                break;
            case RecordKind::merge: {
                const auto a = ordinal(v, r.customer), b = ordinal(v, r.text);
                if (a == b) break;
                v.parent[b] = a;
                for (auto* tables : {&v.events, &v.traits, &v.consents})
                    for (auto& t : *tables) merge_tables(t, b, a);
                merge_tables(v.joins, b, a);
                break;
            }
            case RecordKind::definition: {
                DefinitionVersion d;
                while (props.next(name, value)) {
                    if (batch.names()[name] == "text") d.text = value.string();
                    if (batch.names()[name] == "warnings") {
                        ListReader reader(value.list_encoding());
                        Datum e;
                        while (reader.next(e)) d.warnings.emplace_back(e.string());
                    }
                }
                d.defined_at = time;
                auto& versions = v.definitions[{batch.names()[r.name], std::string(r.text)}];
                d.version = versions.size() + 1;
                versions.push_back(std::move(d));
                break;
            }
        }
    });
    v.position = first.value() + batch.count();
    return done;
}
std::shared_ptr<const View> Store::publish() { return std::make_shared<const View>(*live_); }
Position Store::position() const { return Position(live_->position); }
ErasedFromColumns Store::erase(std::string_view customer) {
    View& v = *live_;
    auto it = v.by_id.find(customer);
    ErasedFromColumns gone;
    if (it == v.by_id.end()) return gone;
    const auto who = v.root(it->second);
    for (auto* tables : {&v.events, &v.traits, &v.consents}) {
        for (auto& t : *tables) t.rows.erase(who);
        std::erase_if(*tables, [](const auto& t) { return t.rows.empty(); });
    }
    std::erase_if(v.by_id, [&](const auto& e) { return v.root(e.second) == who; });
    v.ids[who].clear();
    return gone;
}
std::string Store::digest() const { return "none"; }
}  // namespace fineline::columns
