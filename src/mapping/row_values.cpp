#include "mapping/row_values.h"

#include <utility>

namespace fineline::mapping {

namespace {

constexpr Instant since_always = instant_min;
constexpr std::uint64_t only_arrival = 0;

}  // namespace

ColumnNames::ColumnNames(std::vector<std::string> names) : names_(std::move(names)) {
    for (std::uint32_t i = 0; i < names_.size(); ++i) {
        places_.emplace(names_[i], i);
    }
}

std::optional<std::uint32_t> ColumnNames::find(std::string_view name) const {
    const auto place = places_.find(std::string(name));
    return place == places_.end() ? std::nullopt : std::optional(place->second);
}

std::optional<EventNameId> ColumnNames::event(std::string_view /*name*/) const {
    return std::nullopt;
}

std::uint32_t ColumnNames::event_count() const {
    return 0;
}

std::optional<PropertyId> ColumnNames::property(EventNameId /*event*/,
                                                std::string_view /*name*/) const {
    return std::nullopt;
}

std::optional<TraitId> ColumnNames::trait(std::string_view name) const {
    const auto column = find(name);
    return column ? std::optional(TraitId(*column)) : std::nullopt;
}

std::optional<AccountTraitId> ColumnNames::account_trait(std::string_view /*name*/) const {
    return std::nullopt;
}

std::optional<PurposeId> ColumnNames::purpose(std::string_view /*name*/) const {
    return std::nullopt;
}

columns::EventRows RowValues::events(EventNameId /*name*/) {
    return {};
}

columns::EventRows RowValues::trait(TraitId trait) {
    return {&since_always, &only_arrival, 1, &source_, trait.value()};
}

columns::EventRows RowValues::consent(PurposeId /*purpose*/) {
    return {};
}

columns::EventRows RowValues::account_joins() {
    return {};
}

columns::EventRows RowValues::account_trait(std::string_view /*account*/,
                                            AccountTraitId /*trait*/) {
    return {};
}

Datum RowValues::Source::value(PropertyId /*property*/, std::uint32_t row) const {
    return values[row];
}

}  // namespace fineline::mapping
