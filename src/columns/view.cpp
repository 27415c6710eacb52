#include "columns/view.h"

#include <algorithm>
#include <deque>

namespace fineline::columns {
namespace {
class Source final : public ValueSource {
  public:
    const View::Rows* rows = nullptr;
    mutable std::deque<std::string> storage;
    Datum value(PropertyId p, std::uint32_t row) const override {
        for (const auto& [id, v] : (*rows)[row].values)
            if (id == p.value()) return borrow(v, storage.emplace_back());
        return {};
    }
};
}  // namespace
struct Reader::State {
    std::shared_ptr<const View> view;
    std::deque<std::pair<std::vector<Instant>, std::vector<std::uint64_t>>> scratch;
    std::deque<Source> sources;
    std::uint32_t who = 0xffffffff;
    EventRows rows(const View::Table& t, std::uint32_t i, bool customer) {
        if (customer && i != who) {
            who = i;
            scratch.clear();
            sources.clear();
        }
        auto it = t.rows.find(i);
        if (it == t.rows.end()) return {};
        auto& s = scratch.emplace_back();
        for (const auto& r : it->second) {
            s.first.push_back(r.time);
            s.second.push_back(r.arrival);
        }
        auto& source = sources.emplace_back();
        source.rows = &it->second;
        return {s.first.data(), s.second.data(), static_cast<std::uint32_t>(s.first.size()), &source, 0};
    }
};
namespace {
template <class Id>
std::optional<Id> find(const std::vector<View::Table>& tables, std::string_view name) {
    for (std::size_t i = 0; i < tables.size(); ++i)
        if (tables[i].name == name) return Id(static_cast<std::uint32_t>(i));
    return std::nullopt;
}
}  // namespace
Reader::Reader(std::shared_ptr<const View> view) : state_(std::make_unique<State>()) { state_->view = std::move(view); }
Reader::~Reader() = default;
const View& Reader::view() const { return *state_->view; }
std::uint32_t Reader::ordinal_count() const { return static_cast<std::uint32_t>(view().ids.size()); }
std::optional<CustomerOrdinal> Reader::find_customer(std::string_view id) const {
    auto it = view().by_id.find(id);
    if (it == view().by_id.end()) return std::nullopt;
    return CustomerOrdinal(view().root(it->second));
}
std::vector<std::string_view> Reader::identities(CustomerOrdinal who) const {
    std::vector<std::string_view> out;
    for (const auto& [id, o] : view().by_id)
        if (view().root(o) == who.value()) out.push_back(id);
    return out;
}
std::string_view Reader::customer_id(CustomerOrdinal who) const {
    bool merged = false;
    for (std::uint32_t i = 0; i < view().parent.size(); ++i) merged |= i != who.value() && view().root(i) == who.value();
    return merged ? identities(who).front() : std::string_view(view().ids[who.value()]);
}
bool Reader::exists(CustomerOrdinal who, Instant now) {
    if (view().parent[who.value()] != who.value() || view().ids[who.value()].empty()) return false;
    for (const auto* tables : {&view().events, &view().traits})
        for (const auto& t : *tables) {
            auto it = t.rows.find(who.value());
            if (it != t.rows.end() && it->second.front().time <= now) return true;
        }
    return false;
}
EventRows Reader::events(CustomerOrdinal who, EventNameId n) { return state_->rows(view().events[n.value()], who.value(), true); }
EventRows Reader::trait(CustomerOrdinal who, TraitId t) { return state_->rows(view().traits[t.value()], who.value(), true); }
EventRows Reader::consent(CustomerOrdinal who, PurposeId p) { return state_->rows(view().consents[p.value()], who.value(), true); }
EventRows Reader::account_joins(CustomerOrdinal who) { return state_->rows(view().joins, who.value(), true); }
std::optional<AccountOrdinal> Reader::find_account(std::string_view id) const {
    for (std::size_t i = 0; i < view().accounts.size(); ++i)
        if (view().accounts[i] == id) return AccountOrdinal(static_cast<std::uint32_t>(i));
    return std::nullopt;
}
EventRows Reader::account_trait(AccountOrdinal a, AccountTraitId t) { return state_->rows(view().account_traits[t.value()], a.value(), false); }
std::optional<EventNameId> Reader::find_event(std::string_view n) const { return find<EventNameId>(view().events, n); }
std::optional<PropertyId> Reader::find_property(EventNameId e, std::string_view n) const {
    const auto& p = view().events[e.value()].properties;
    for (std::size_t i = 0; i < p.size(); ++i)
        if (p[i] == n) return PropertyId(static_cast<std::uint32_t>(i));
    return std::nullopt;
}
std::optional<TraitId> Reader::find_trait(std::string_view n) const { return find<TraitId>(view().traits, n); }
std::optional<AccountTraitId> Reader::find_account_trait(std::string_view n) const { return find<AccountTraitId>(view().account_traits, n); }
std::optional<PurposeId> Reader::find_purpose(std::string_view n) const { return find<PurposeId>(view().consents, n); }
std::uint32_t Reader::event_count() const { return static_cast<std::uint32_t>(view().events.size()); }
std::uint32_t Reader::property_count(EventNameId e) const { return static_cast<std::uint32_t>(view().events[e.value()].properties.size()); }
std::uint32_t Reader::trait_count() const { return static_cast<std::uint32_t>(view().traits.size()); }
std::uint32_t Reader::account_trait_count() const { return static_cast<std::uint32_t>(view().account_traits.size()); }
std::uint32_t Reader::purpose_count() const { return static_cast<std::uint32_t>(view().consents.size()); }
std::string_view Reader::event_name(EventNameId e) const { return view().events[e.value()].name; }
std::string_view Reader::property_name(EventNameId e, PropertyId p) const { return view().events[e.value()].properties[p.value()]; }
std::string_view Reader::trait_name(TraitId t) const { return view().traits[t.value()].name; }
std::string_view Reader::account_trait_name(AccountTraitId t) const { return view().account_traits[t.value()].name; }
std::string_view Reader::purpose_name(PurposeId p) const { return view().consents[p.value()].name; }
}  // namespace fineline::columns
