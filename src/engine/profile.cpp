#include "engine/profile.h"

#include <algorithm>
#include <map>

namespace fineline::engine {

namespace {

constexpr PropertyId the_value{0};

/// Lists every value of one table of values (a trait, an account trait), marking the one that
/// holds.
void add_trait(std::vector<TraitEntry>& entries,
               std::string_view name,
               const columns::EventRows& rows,
               Instant at) {
    const std::uint32_t visible = rows.count_until(at);
    for (std::uint32_t row = 0; row < visible; ++row) {
        entries.push_back({.trait = std::string(name),
                           .value = to_value(rows.value(the_value, row)),
                           .since = rows.time(row),
                           .arrival = rows.arrival(row),
                           .current = row + 1 == visible,
                           .source = {}});
    }
}

std::vector<TraitEntry> account_traits(columns::Reader& reader,
                                       std::string_view account,
                                       Instant at) {
    std::vector<TraitEntry> all;
    const auto ordinal = reader.find_account(account);
    if (!ordinal) {
        return all;
    }
    for (std::uint32_t i = 0; i < reader.account_trait_count(); ++i) {
        const AccountTraitId trait{i};
        add_trait(all, reader.account_trait_name(trait), reader.account_trait(*ordinal, trait), at);
    }
    std::erase_if(all, [](const TraitEntry& entry) { return !entry.current; });
    return all;
}

void add_accounts(CustomerProfile& profile,
                  columns::Reader& reader,
                  CustomerOrdinal who,
                  Instant at) {
    const columns::EventRows joins = reader.account_joins(who);
    for (std::uint32_t row = 0; row < joins.count_until(at); ++row) {
        profile.accounts.push_back({.account = to_display(joins.value(the_value, row)),
                                    .since = joins.time(row),
                                    .traits = {}});
    }
    for (AccountEntry& entry : profile.accounts) {
        entry.traits = account_traits(reader, entry.account, at);
    }
}

void add_consents(CustomerProfile& profile,
                  columns::Reader& reader,
                  CustomerOrdinal who,
                  Instant at) {
    for (std::uint32_t i = 0; i < reader.purpose_count(); ++i) {
        const PurposeId purpose{i};
        const columns::EventRows rows = reader.consent(who, purpose);
        for (std::uint32_t row = 0; row < rows.count_until(at); ++row) {
            const Datum state = rows.value(the_value, row);
            profile.consents.push_back({.purpose = std::string(reader.purpose_name(purpose)),
                                        .granted = state.kind() == ValueKind::boolean
                                                       ? std::optional(state.boolean())
                                                       : std::nullopt,
                                        .since = rows.time(row)});
        }
    }
}

/// Adds the newest rows of one event name; the caller keeps the newest of all names.
void add_events(CustomerProfile& profile,
                columns::Reader& reader,
                CustomerOrdinal who,
                EventNameId event,
                std::pair<Instant, std::size_t> until) {
    const columns::EventRows rows = reader.events(who, event);
    const std::uint32_t visible = rows.count_until(until.first);
    profile.future_events += rows.size() - visible;
    if (visible == 0) {
        return;
    }
    const std::string name(reader.event_name(event));
    profile.totals.push_back(
        {.event = name, .count = visible, .first = rows.time(0), .last = rows.time(visible - 1)});
    profile.events += visible;
    const std::uint32_t properties = reader.property_count(event);
    const auto oldest_shown =
        static_cast<std::uint32_t>(visible - std::min<std::size_t>(visible, until.second));
    for (std::uint32_t row = oldest_shown; row < visible; ++row) {
        TimelineEntry entry{
            .event = name, .time = rows.time(row), .arrival = rows.arrival(row), .properties = {}};
        for (std::uint32_t p = 0; p < properties; ++p) {
            const Datum value = rows.value(PropertyId{p}, row);
            if (!value.is_missing()) {
                entry.properties.emplace_back(reader.property_name(event, PropertyId{p}),
                                              to_value(value));
            }
        }
        profile.timeline.push_back(std::move(entry));
    }
}

}  // namespace

Result<CustomerProfile> customer_profile(const std::shared_ptr<const columns::View>& view,
                                         std::string_view id,
                                         Instant at,
                                         std::size_t timeline_max) {
    columns::Reader reader(view);
    const auto who = reader.find_customer(id);
    if (!who) {
        return Error{ErrorCode::not_found, "no customer '" + std::string(id) + "'", {}};
    }
    CustomerProfile profile;
    profile.id = reader.customer_id(*who);
    for (const std::string_view identity : reader.identities(*who)) {
        profile.identities.emplace_back(identity);
    }
    for (std::uint32_t i = 0; i < reader.trait_count(); ++i) {
        add_trait(
            profile.traits, reader.trait_name(TraitId{i}), reader.trait(*who, TraitId{i}), at);
    }
    add_accounts(profile, reader, *who, at);
    add_consents(profile, reader, *who, at);
    for (std::uint32_t i = 0; i < reader.event_count(); ++i) {
        add_events(profile, reader, *who, EventNameId{i}, {at, timeline_max});
    }
    std::sort(profile.timeline.begin(), profile.timeline.end(), [](const auto& a, const auto& b) {
        return std::pair(a.time, a.arrival) > std::pair(b.time, b.arrival);
    });
    if (profile.timeline.size() > timeline_max) {
        profile.timeline.resize(timeline_max);
    }
    if (auto sound = view->health(); !sound) {
        return sound.error();
    }
    return profile;
}

Status name_sources(CustomerProfile& profile, eventlog::EventLog& log) {
    struct Span {
        std::uint64_t first = 0;
        std::string source;
    };

    std::map<std::uint64_t, Span> known;  // by the batch's last position
    for (TraitEntry& trait : profile.traits) {
        auto at = known.lower_bound(trait.arrival);
        if (at == known.end() || at->second.first > trait.arrival) {
            auto stored = log.read(Position(trait.arrival));
            if (!stored) {
                return stored.error();
            }
            const auto batch = RecordBatch::open(std::move(stored->bytes));
            if (!batch) {
                return batch.error();
            }
            const std::uint64_t last = stored->first.value() + batch->count() - 1;
            at = known.emplace(last, Span{stored->first.value(), batch->header().source}).first;
        }
        trait.source = at->second.source;
    }
    return done;
}

}  // namespace fineline::engine
