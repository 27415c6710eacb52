#include "model/name_limits.h"

#include "base/text.h"
#include "model/limits.h"

namespace fineline {

namespace {

constexpr std::array<const char*, name_kinds> kind_words{
    "event names", "traits", "traits of accounts", "purposes of consent"};

std::size_t most_of(NameKind kind) {
    return kind == NameKind::event ? limits::event_names_max : limits::traits_max;
}

std::string too_many(const std::string& what, std::size_t most, std::string_view name) {
    return "the workspace holds " + std::to_string(most) + " " + what +
           ", as many as it may; this one is new: " + in_quotes(name);
}

/// The kind a record's own name, or else each of its properties, is of; none: nothing is counted.
std::optional<NameKind> kind_of(RecordKind kind) {
    switch (kind) {
        case RecordKind::event: return NameKind::event;
        case RecordKind::traits: return NameKind::trait;
        case RecordKind::account_traits: return NameKind::account_trait;
        case RecordKind::consent: return NameKind::purpose;
        case RecordKind::tombstone:
        case RecordKind::account_join:
        case RecordKind::merge:
        case RecordKind::erasure:
        case RecordKind::definition:
        case RecordKind::clock: break;
    }
    return std::nullopt;
}

}  // namespace

void NameLimits::know(NameKind kind, std::string_view name) {
    Names& names = names_[static_cast<std::size_t>(kind)];
    ++names.count;
    if (!name.empty()) {
        names.known.emplace(name);
    }
}

void NameLimits::know_property(std::string_view event, std::string_view property) {
    Names& names = properties_[std::string(event)];
    ++names.count;
    if (!property.empty()) {
        names.known.emplace(property);
    }
}

bool NameLimits::met_before(std::size_t place, BatchName name) const {
    return place < met_.size() && name.value() < met_[place].size() && met_[place][name.value()];
}

void NameLimits::note_met(std::size_t place, BatchName name) {
    if (place >= met_.size()) {
        met_.resize(place + 1);
    }
    if (name.value() >= met_[place].size()) {
        met_[place].resize(name.value() + 1, false);
    }
    met_[place][name.value()] = true;
}

bool NameLimits::admit_name(Names& names, std::string_view name, std::size_t most) {
    std::string text(name);
    if (names.known.contains(text)) {
        return true;
    }
    if (names.count >= most) {
        return false;
    }
    ++names.count;
    names.known.insert(text);
    noted_.push_back({.in = &names, .name = std::move(text)});
    return true;
}

std::optional<std::string> NameLimits::admit(const RecordBatchBuilder& batch,
                                             const RecordDraft& draft) {
    const std::optional<NameKind> kind = kind_of(draft.kind);
    if (!kind) {
        return std::nullopt;
    }
    if (batch.empty()) {
        met_.clear();  // a new batch numbers its names anew
    }
    const auto place = static_cast<std::size_t>(*kind);
    if (*kind == NameKind::trait || *kind == NameKind::account_trait) {
        return admit_properties(batch, draft, place);
    }
    if (!met_before(place, draft.name)) {
        const std::string_view name = batch.name_text(draft.name);
        if (!admit_name(names_[place], name, most_of(*kind))) {
            return too_many(kind_words[place], most_of(*kind), name);
        }
        note_met(place, draft.name);
    }
    return *kind == NameKind::event
               ? admit_properties(batch, draft, name_kinds + draft.name.value())
               : std::nullopt;
}

/// Admits each property: an event's among that event's, else as a name of the kind.
std::optional<std::string> NameLimits::admit_properties(const RecordBatchBuilder& batch,
                                                        const RecordDraft& draft,
                                                        std::size_t place) {
    for (const NamedDatum& property : draft.properties) {
        if (met_before(place, property.name)) {
            continue;
        }
        const std::string_view name = batch.name_text(property.name);
        const bool of_event = place >= name_kinds;
        const std::size_t most = of_event ? limits::properties_per_event_max : limits::traits_max;
        const std::string event(of_event ? batch.name_text(draft.name) : std::string_view());
        if (!admit_name(of_event ? properties_[event] : names_[place], name, most)) {
            return too_many(
                of_event ? "properties of '" + event + "'" : kind_words[place], most, name);
        }
        note_met(place, property.name);
    }
    return std::nullopt;
}

void NameLimits::take_back() {
    for (const Noted& noted : noted_) {
        noted.in->known.erase(noted.name);
        --noted.in->count;
    }
    noted_.clear();
    met_.clear();
}

}  // namespace fineline
