#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "columns/view.h"
#include "eventlog/event_log.h"
#include "model/value.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::engine {

/// One value a trait has had.
struct TraitEntry {
    std::string trait;
    Value value;
    Instant since = instant_min;  ///< instant_min: undated, holds since always
    std::uint64_t arrival = 0;    ///< log position of the record that told it
    bool current = false;
    std::string source;  ///< of the batch that told it, once name_sources has filled it
};

struct AccountEntry {
    std::string account;  ///< "" is leaving
    Instant since = instant_min;
    std::vector<TraitEntry> traits;  ///< current values of the account at `at`
};

struct ConsentEntry {
    std::string purpose;
    std::optional<bool> granted;
    Instant since = instant_min;
};

struct TimelineEntry {
    std::string event;
    Instant time;
    std::uint64_t arrival = 0;
    std::vector<std::pair<std::string, Value>> properties;  ///< missing ones are left out
};

struct EventTotal {
    std::string event;
    std::uint64_t count = 0;
    Instant first;
    Instant last;
};

/// One customer whole, as of `at`.
struct CustomerProfile {
    std::string id;
    std::vector<std::string> identities;
    std::vector<TraitEntry> traits;       ///< by trait, then time
    std::vector<AccountEntry> accounts;   ///< oldest first
    std::vector<ConsentEntry> consents;   ///< by purpose, then time
    std::vector<EventTotal> totals;       ///< by event name
    std::vector<TimelineEntry> timeline;  ///< newest first, at most `timeline_max`
    std::uint64_t events = 0;             ///< at or before `at`
    std::uint64_t future_events = 0;      ///< later than `at`, invisible to evaluation so far
};

/// Collects everything known of a customer as of `at`. Errors: not_found, with the nearest ids'
/// prefix; corrupt (the view met a damaged block of the checkpoint). Cost: the customer's own rows,
/// plus one look-up per event name and trait.
[[nodiscard]] Result<CustomerProfile> customer_profile(
    const std::shared_ptr<const columns::View>& view,
    std::string_view id,
    Instant at,
    std::size_t timeline_max);

/// Fills in where each trait came from, from the log. Cost: a batch read per distinct batch.
[[nodiscard]] Status name_sources(CustomerProfile& profile, eventlog::EventLog& log);

}  // namespace fineline::engine
