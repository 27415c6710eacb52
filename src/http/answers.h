#pragma once

#include "base/json.h"
#include "engine/definitions.h"
#include "engine/live.h"
#include "engine/profile.h"
#include "engine/schema.h"
#include "expr/check.h"
#include "expr/evaluate.h"

#include <string>

namespace fineline::http {

/// What the API and the program's --json both print, so that one reader reads both.
[[nodiscard]] Json profile_json(const engine::CustomerProfile& profile);
[[nodiscard]] Json timeline_json(const engine::CustomerProfile& profile);
[[nodiscard]] Json explanation_json(const expr::Explanation& explanation);
[[nodiscard]] Json schema_json(const engine::SchemaReport& report);
[[nodiscard]] Json warnings_json(const expr::CheckedExpression& checked);
[[nodiscard]] Json strings_json(const std::vector<std::string>& texts);
[[nodiscard]] Json defined_json(const engine::Defined& defined);
[[nodiscard]] Json segment_json(const engine::LiveSegment& segment);

/// "yes", "no" or "unknown".
[[nodiscard]] const char* to_string(expr::Truth truth);

/// The body of a look-up's answer. Printed straight on: a tree of it would cost more than the
/// look-up itself.
[[nodiscard]] std::string lookup_text(const engine::CustomerSegments& found,
                                      const engine::LiveView& view,
                                      Instant now);

/// A change as the API writes it.
[[nodiscard]] Json change_json(const engine::Change& change);

/// The same, printed straight on: a stream tells tens of thousands a second.
void append_change(std::string& out, const engine::Change& change);

/// Of when an answer is: the instant and position of its view, the latest event time seen, how far
/// that lies behind, and how late the clock's own work is.
[[nodiscard]] Json freshness_json(const engine::LiveView& view, Instant now);

}  // namespace fineline::http
