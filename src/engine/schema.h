#pragma once

#include "base/instant.h"
#include "base/result.h"
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
};

struct EventSummary {
    columns::NameSummary event;
    std::vector<FieldSummary> properties;
};

/// Something about the data that an analyst would want to know before trusting a number.
struct Oddity {
    std::string where;  ///< "purchase.amount", "trait country", "events"
    std::string what;   ///< one sentence with its count
};

/// What the data holds.
struct SchemaReport {
    columns::Totals totals;
    std::vector<EventSummary> event_names;  ///< most frequent first
    std::vector<FieldSummary> traits;
    std::vector<FieldSummary> account_traits;
    std::vector<std::string> purposes;
    std::vector<Oddity> oddities;
};

/// Summarises a view as of `at`. Cost: one pass over every numeric property. Errors: corrupt (the
/// view met a damaged block of the checkpoint).
[[nodiscard]] Result<SchemaReport> describe(const std::shared_ptr<const columns::View>& view,
                                            Instant at);

}  // namespace fineline::engine
