#include "expr/view_subject.h"

namespace fineline::expr {

std::optional<EventNameId> ViewSymbols::event(std::string_view name) const {
    return reader_.find_event(name);
}

std::uint32_t ViewSymbols::event_count() const {
    return reader_.event_count();
}

std::optional<PropertyId> ViewSymbols::property(EventNameId event, std::string_view name) const {
    return reader_.find_property(event, name);
}

std::optional<TraitId> ViewSymbols::trait(std::string_view name) const {
    return reader_.find_trait(name);
}

std::optional<AccountTraitId> ViewSymbols::account_trait(std::string_view name) const {
    return reader_.find_account_trait(name);
}

std::optional<PurposeId> ViewSymbols::purpose(std::string_view name) const {
    return reader_.find_purpose(name);
}

columns::EventRows ViewSubject::events(EventNameId name) {
    return reader_.events(who_, name);
}

columns::EventRows ViewSubject::trait(TraitId trait) {
    return reader_.trait(who_, trait);
}

columns::EventRows ViewSubject::consent(PurposeId purpose) {
    return reader_.consent(who_, purpose);
}

columns::EventRows ViewSubject::account_joins() {
    return reader_.account_joins(who_);
}

columns::EventRows ViewSubject::account_trait(std::string_view account, AccountTraitId trait) {
    const auto ordinal = reader_.find_account(account);
    return ordinal ? reader_.account_trait(*ordinal, trait) : columns::EventRows();
}

}  // namespace fineline::expr
