#pragma once

#include "model/value.h"

namespace fineline::expr::functions {

/// Says whether values of the kind have an order: number, string (by bytes), timestamp, duration,
/// boolean.
[[nodiscard]] bool is_ordered(ValueKind kind);

/// Compares two values of one ordered kind: negative, zero, positive.
[[nodiscard]] int order_of_same_kind(const Datum& a, const Datum& b);

/// Any total order in which equal values (same kind, same value) stand together; cheap rather than
/// meaningful: texts go by length first.
[[nodiscard]] int grouping_order(const Datum& a, const Datum& b);

}  // namespace fineline::expr::functions
