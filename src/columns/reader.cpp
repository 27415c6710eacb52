#include "base/require.h"
#include "columns/cursor.h"
#include "columns/view.h"
#include "columns/view_state.h"

#include <algorithm>
#include <array>

namespace fineline::columns {

struct Reader::State {
    explicit State(std::shared_ptr<const View> of) { look_at(std::move(of)); }

    void look_at(std::shared_ptr<const View> other) {
        view = std::move(other);
        columns = &view->state();
        asked = nobody;
        ++looks;
    }

    /// The person's ordinals, the given one's root first; empty if it is erased or was never given
    /// out.
    [[nodiscard]] std::span<const std::uint32_t> person(std::uint32_t ordinal) {
        const CustomersView& customers = columns->customers;
        if (ordinal == asked) {
            return members;
        }
        asked = ordinal;
        members.clear();
        const std::uint32_t root =
            ordinal < customers.size ? customers.root(ordinal) : CustomersView::erased;
        if (root == CustomersView::erased) {
            return members;
        }
        std::uint32_t member = root;
        do {
            members.push_back(member);
            member = customers.next(member);
        } while (member != root);
        return members;
    }

    [[nodiscard]] EventRows rows(TableKind kind,
                                 std::uint32_t table,
                                 std::span<const std::uint32_t> ordinals) {
        auto& cursors = cursors_of[static_cast<std::size_t>(kind)];
        if (table >= cursors.size()) {
            cursors.resize(table + 1);
        }
        if (ordinals.empty()) {
            return {};
        }
        TableCursor& found = cursors[table];
        return found.looks == looks || turn(found, kind, table) ? found.cursor->read(ordinals)
                                                                : EventRows();
    }

    [[nodiscard]] std::optional<std::uint32_t> find_name(TableKind kind,
                                                         std::string_view name) const {
        const SymbolList& list = columns->names(kind);
        const auto found = list.ids.find(name);
        return found == list.ids.end() ? std::nullopt : std::optional(found->second);
    }

    [[nodiscard]] std::uint32_t name_count(TableKind kind) const {
        return static_cast<std::uint32_t>(columns->names(kind).names.size());
    }

    static constexpr std::uint32_t nobody = 0xffff'ffffU;

    /// A cursor and the View it was turned to last, by its number.
    struct TableCursor {
        std::unique_ptr<Cursor> cursor;
        std::uint64_t looks = 0;
    };

    /// Turns a cursor to the table of this View; false: there is none.
    [[nodiscard]] bool turn(TableCursor& of, TableKind kind, std::uint32_t table) const {
        const TableView* found = columns->table(kind, table);
        if (found == nullptr) {
            return false;
        }
        if (of.cursor == nullptr) {
            of.cursor = std::make_unique<Cursor>(*columns, *found);
        } else {
            of.cursor->look_at(*columns, *found);
        }
        of.looks = looks;
        return true;
    }

    std::shared_ptr<const View> view;
    const ViewState* columns = nullptr;
    std::uint64_t looks = 0;  ///< how many Views so far
    std::uint32_t asked = nobody;
    std::vector<std::uint32_t> members;
    std::array<std::vector<TableCursor>, table_kinds> cursors_of;
};

namespace {

template <class Id>
std::optional<Id> as_id(const std::optional<std::uint32_t>& found) {
    return found ? std::optional(Id(*found)) : std::nullopt;
}

}  // namespace

Reader::Reader(std::shared_ptr<const View> view)
    : state_(std::make_unique<State>(std::move(view))) {}

Reader::~Reader() = default;

void Reader::look_at(std::shared_ptr<const View> view) {
    state_->look_at(std::move(view));
}

const View& Reader::view() const {
    return *state_->view;
}

std::uint32_t Reader::ordinal_count() const {
    return state_->columns->customers.size;
}

std::optional<CustomerOrdinal> Reader::find_customer(std::string_view id) const {
    const CustomersView& customers = state_->columns->customers;
    const auto found =
        customers.ids->find_in(*customers.slots, id, TextKind::string, customers.size);
    return found ? std::optional(CustomerOrdinal(customers.root(*found))) : std::nullopt;
}

std::string_view Reader::customer_id(CustomerOrdinal who) const {
    const CustomersView& customers = state_->columns->customers;
    const std::uint32_t root =
        who.value() < customers.size ? customers.root(who.value()) : CustomersView::erased;
    return root == CustomersView::erased ? std::string_view() : customers.least_id(root);
}

std::vector<std::string_view> Reader::identities(CustomerOrdinal who) const {
    const CustomersView& customers = state_->columns->customers;
    std::vector<std::string_view> ids;
    for (const std::uint32_t member : state_->person(who.value())) {
        ids.push_back(customers.ids->text(member));
    }
    std::sort(ids.begin(), ids.end());
    return ids;
}

std::uint64_t Reader::merged_by(CustomerOrdinal who) const {
    return state_->columns->customers.merged_by(who.value());
}

bool Reader::exists(CustomerOrdinal who, Instant now) {
    const CustomersView& customers = state_->columns->customers;
    if (who.value() >= customers.size || customers.root(who.value()) != who.value()) {
        return false;
    }
    const Instant earliest = customers.earliest_of(who.value());
    return earliest <= now && earliest != instant_max;
}

EventRows Reader::events(CustomerOrdinal who, EventNameId name) {
    return state_->rows(TableKind::event, name.value(), state_->person(who.value()));
}

EventRows Reader::trait(CustomerOrdinal who, TraitId trait) {
    return state_->rows(TableKind::trait, trait.value(), state_->person(who.value()));
}

EventRows Reader::consent(CustomerOrdinal who, PurposeId purpose) {
    return state_->rows(TableKind::consent, purpose.value(), state_->person(who.value()));
}

EventRows Reader::account_joins(CustomerOrdinal who) {
    return state_->rows(TableKind::account_join, 0, state_->person(who.value()));
}

std::optional<AccountOrdinal> Reader::find_account(std::string_view id) const {
    const AccountsView& accounts = state_->columns->accounts;
    return as_id<AccountOrdinal>(
        accounts.ids->find_in(*accounts.slots, id, TextKind::string, accounts.size));
}

EventRows Reader::account_trait(AccountOrdinal account, AccountTraitId trait) {
    if (account.value() >= state_->columns->accounts.size) {
        return {};
    }
    const std::uint32_t ordinal = account.value();
    return state_->rows(TableKind::account_trait, trait.value(), {&ordinal, 1});
}

std::optional<EventNameId> Reader::find_event(std::string_view name) const {
    return as_id<EventNameId>(state_->find_name(TableKind::event, name));
}

std::optional<PropertyId> Reader::find_property(EventNameId event, std::string_view name) const {
    const TableView* table = state_->columns->table(TableKind::event, event.value());
    if (table == nullptr) {
        return std::nullopt;
    }
    const auto found = table->properties->ids.find(name);
    return found == table->properties->ids.end() ? std::nullopt
                                                 : std::optional(PropertyId(found->second));
}

std::optional<TraitId> Reader::find_trait(std::string_view name) const {
    return as_id<TraitId>(state_->find_name(TableKind::trait, name));
}

std::optional<AccountTraitId> Reader::find_account_trait(std::string_view name) const {
    return as_id<AccountTraitId>(state_->find_name(TableKind::account_trait, name));
}

std::optional<PurposeId> Reader::find_purpose(std::string_view name) const {
    return as_id<PurposeId>(state_->find_name(TableKind::consent, name));
}

std::uint32_t Reader::event_count() const {
    return state_->name_count(TableKind::event);
}

std::uint32_t Reader::property_count(EventNameId event) const {
    const TableView* table = state_->columns->table(TableKind::event, event.value());
    return table == nullptr ? 0 : static_cast<std::uint32_t>(table->properties->names.size());
}

std::uint32_t Reader::trait_count() const {
    return state_->name_count(TableKind::trait);
}

std::uint32_t Reader::account_trait_count() const {
    return state_->name_count(TableKind::account_trait);
}

std::uint32_t Reader::purpose_count() const {
    return state_->name_count(TableKind::consent);
}

std::string_view Reader::event_name(EventNameId event) const {
    return state_->columns->names(TableKind::event).names[event.value()];
}

std::string_view Reader::property_name(EventNameId event, PropertyId property) const {
    const TableView* table = state_->columns->table(TableKind::event, event.value());
    require(table != nullptr, "the event name is not of this View");
    return table->properties->names[property.value()];
}

std::string_view Reader::trait_name(TraitId trait) const {
    return state_->columns->names(TableKind::trait).names[trait.value()];
}

std::string_view Reader::account_trait_name(AccountTraitId trait) const {
    return state_->columns->names(TableKind::account_trait).names[trait.value()];
}

std::string_view Reader::purpose_name(PurposeId purpose) const {
    return state_->columns->names(TableKind::consent).names[purpose.value()];
}

}  // namespace fineline::columns
