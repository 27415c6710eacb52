#include "base/bytes.h"
#include "base/checksum.h"
#include "columns/cursor.h"
#include "columns/fold.h"
#include "columns/store_state.h"
#include "model/value_encoding.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string>

namespace fineline::columns {

namespace {

/// Walks a View in an order that only names decide, and digests what it says.
class LogicalDigest {
  public:
    explicit LogicalDigest(const ViewState& view) : view_(view) {
        for (std::size_t kind = 0; kind < table_kinds; ++kind) {
            const std::vector<std::string_view>& names = view.symbols[kind]->names;
            for (std::uint32_t id = 0; id < names.size(); ++id) {
                const TableView* table = view.table(static_cast<TableKind>(kind), id);
                if (table != nullptr && table->counts.rows > 0) {
                    tables_[kind].push_back(make(*table));
                }
            }
            std::sort(
                tables_[kind].begin(), tables_[kind].end(), [](const Source& a, const Source& b) {
                    return a.table->name < b.table->name;
                });
        }
    }

    [[nodiscard]] Digest128 run() {
        add_workspace();
        const CustomersView& customers = view_.customers;
        std::vector<std::pair<std::string_view, std::uint32_t>> persons;
        for (std::uint32_t who = 0; who < customers.size; ++who) {
            if (customers.root(who) == who) {
                persons.emplace_back(customers.least_id(who), who);
            }
        }
        std::sort(persons.begin(), persons.end());
        for (const auto& [id, root] : persons) {
            add_person(root);
        }
        std::vector<std::pair<std::string_view, std::uint32_t>> accounts;
        for (std::uint32_t account = 0; account < view_.accounts.size; ++account) {
            accounts.emplace_back(view_.accounts.ids->text(account), account);
        }
        std::sort(accounts.begin(), accounts.end());
        for (const auto& [id, account] : accounts) {
            writer_.text(id);
            add_rows(TableKind::account_trait, {&account, 1});
        }
        flush();
        return digester_.finish();
    }

  private:
    struct Source {
        const TableView* table;
        std::unique_ptr<Cursor> cursor;
        std::vector<std::uint32_t> properties;  ///< by name
    };

    [[nodiscard]] Source make(const TableView& table) const {
        Source source{
            .table = &table, .cursor = std::make_unique<Cursor>(view_, table), .properties = {}};
        std::map<std::string_view, std::uint32_t> by_name(table.properties->ids.begin(),
                                                          table.properties->ids.end());
        for (const auto& [name, id] : by_name) {
            source.properties.push_back(id);
        }
        return source;
    }

    void add_workspace() {
        writer_.u64(view_.position);
        writer_.signed_varint(view_.clock.time_since_epoch().count());
        for (const auto& [key, versions] : *view_.definitions) {
            writer_.text(key.first);
            writer_.text(key.second);
            for (const DefinitionVersion& version : versions) {
                writer_.varint(version.version);
                writer_.text(version.text);
                writer_.varint(version.warnings.size());
                for (const std::string& warning : version.warnings) {
                    writer_.text(warning);
                }
                writer_.signed_varint(version.defined_at.time_since_epoch().count());
                writer_.u8(version.archived ? 1 : 0);
                writer_.varint(version.change);
                writer_.varint(version.details.size());
                for (const auto& [name, text] : version.details) {
                    writer_.text(name);
                    writer_.text(text);
                }
            }
        }
        flush();
    }

    void add_person(std::uint32_t root) {
        std::vector<std::uint32_t> members = view_.customers.members(root);
        std::vector<std::string_view> ids;
        ids.reserve(members.size());
        for (const std::uint32_t member : members) {
            ids.push_back(view_.customers.ids->text(member));
        }
        std::sort(ids.begin(), ids.end());
        writer_.varint(ids.size());
        for (const std::string_view id : ids) {
            writer_.text(id);
        }
        writer_.signed_varint(view_.customers.earliest_of(root).time_since_epoch().count());
        for (const TableKind kind :
             {TableKind::event, TableKind::trait, TableKind::consent, TableKind::account_join}) {
            add_rows(kind, members);
        }
        flush();
    }

    void add_rows(TableKind kind, std::span<const std::uint32_t> members) {
        for (Source& source : tables_[static_cast<std::size_t>(kind)]) {
            const EventRows rows = source.cursor->read(members);
            if (rows.empty()) {
                continue;
            }
            writer_.u8(static_cast<std::uint8_t>(kind));
            writer_.text(source.table->name);
            writer_.varint(rows.size());
            for (std::uint32_t row = 0; row < rows.size(); ++row) {
                writer_.signed_varint(rows.time(row).time_since_epoch().count());
                writer_.varint(rows.arrival(row));
                for (const std::uint32_t property : source.properties) {
                    const Datum value = rows.value(PropertyId(property), row);
                    if (!value.is_missing()) {
                        writer_.text(source.table->properties->names[property]);
                        append_datum(bytes_, value);
                    }
                }
            }
        }
    }

    void flush() {
        digester_.add(bytes_);
        bytes_.clear();
    }

    const ViewState& view_;
    std::array<std::vector<Source>, table_kinds> tables_;
    std::string bytes_;
    ByteWriter writer_{bytes_};
    Digester digester_;
};

}  // namespace

std::string Store::digest() {
    const std::shared_ptr<const View> view = publish();
    const Digest128 digest = LogicalDigest(view->state()).run();
    std::array<char, 33> text{};
    std::snprintf(text.data(),
                  text.size(),
                  "%016llx%016llx",
                  static_cast<unsigned long long>(digest.high),
                  static_cast<unsigned long long>(digest.low));
    return text.data();
}

}  // namespace fineline::columns
