#include "membership/reads.h"

namespace fineline::membership {

void Reads::add(const expr::Dependencies& direct) {
    events.insert(direct.events.begin(), direct.events.end());
    traits.insert(direct.traits.begin(), direct.traits.end());
    account_traits.insert(direct.account_traits.begin(), direct.account_traits.end());
    purposes.insert(direct.purposes.begin(), direct.purposes.end());
    segments.insert(direct.segments.begin(), direct.segments.end());
    any_event = any_event || direct.any_event;
    population = population || direct.population;
    clock = clock || direct.clock;
}

void Reads::add(const Reads& others) {
    events.insert(others.events.begin(), others.events.end());
    traits.insert(others.traits.begin(), others.traits.end());
    account_traits.insert(others.account_traits.begin(), others.account_traits.end());
    purposes.insert(others.purposes.begin(), others.purposes.end());
    segments.insert(others.segments.begin(), others.segments.end());
    any_event = any_event || others.any_event;
    population = population || others.population;
    clock = clock || others.clock;
}

void DependencyIndex::add(std::uint32_t place, const Reads& reads, bool reads_customer_zone) {
    const auto list = [place](Index& index, const Reads::Names& names) {
        for (const std::string& name : names) {
            index[name].push_back(place);
        }
    };
    if (reads.any_event) {
        any_event_.push_back(place);
        for (auto& [name, places] : events_) {
            places.push_back(place);
        }
    } else {
        for (const std::string& name : reads.events) {
            // A name seen for the first time begins with those that read every event.
            events_.try_emplace(name, any_event_).first->second.push_back(place);
        }
    }
    list(traits_, reads.traits);
    if (reads_customer_zone && !reads.traits.contains("timezone")) {
        traits_["timezone"].push_back(place);
    }
    list(account_traits_, reads.account_traits);
    list(consents_, reads.purposes);
    if (!reads.account_traits.empty()) {
        joins_.push_back(place);
    }
}

const DependencyIndex::Places& DependencyIndex::find(const Index& index,
                                                     std::string_view name,
                                                     const Places& otherwise) {
    const auto found = index.find(name);
    return found == index.end() ? otherwise : found->second;
}

const DependencyIndex::Places& DependencyIndex::event(std::string_view name) const {
    return find(events_, name, any_event_);
}

const DependencyIndex::Places& DependencyIndex::trait(std::string_view name) const {
    return find(traits_, name, none_);
}

const DependencyIndex::Places& DependencyIndex::account_trait(std::string_view name) const {
    return find(account_traits_, name, none_);
}

const DependencyIndex::Places& DependencyIndex::consent(std::string_view purpose) const {
    return find(consents_, purpose, none_);
}

}  // namespace fineline::membership
