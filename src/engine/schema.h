#pragma once

#include "base/instant.h"
#include "columns/view.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fineline::engine {

/// One property or trait as the data holds it.
struct FieldSummary {
    std::string name;
    columns::KindCounts kinds;
    std::uint64_t distinct_strings = 0;  ///< texts in its dictionary
};

struct EventSummary {
    columns::NameSummary event;
    std::uint64_t customers = 0;  ///< who have at least one
    std::vector<FieldSummary> properties;
};

/// Something about the data that an analyst would want to know before trusting a number.
struct Oddity {
    std::string where;  ///< "purchase.amount", "trait country", "events"
    std::string what;   ///< one sentence with its count
};

/// What the data holds.
struct SchemaReport {
    std::uint64_t events = 0;
    std::uint64_t customers = 0;   ///< who exist at `at`
    std::uint64_t identities = 0;  ///< ids, before merging
    Instant first = instant_max;
    Instant last = instant_min;
    std::vector<EventSummary> event_names;  ///< most frequent first
    std::vector<FieldSummary> traits;
    std::vector<FieldSummary> account_traits;
    std::vector<std::string> purposes;
    std::vector<Oddity> oddities;
};

/// Summarises a view as of `at`. Cost: one pass over the customers.
[[nodiscard]] SchemaReport describe(const std::shared_ptr<const columns::View>& view, Instant at);

}  // namespace fineline::engine
