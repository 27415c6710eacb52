#pragma once

#include "base/instant.h"
#include "base/json.h"
#include "base/result.h"
#include "ingest/message_reader.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::ingest {

/// What a route of the tracking API takes: one message, or `{"batch": […]}`.
enum class TrackingShape : std::uint8_t { message, batch };

/// A body of the tracking API taken apart; its messages are not looked at yet.
struct TrackingBody {
    std::vector<Json> items;
    std::string write_key;             ///< as the body says it; "" if it does not
    std::optional<Instant> sent_at{};  ///< of the batch
    std::size_t bytes = 0;             ///< of the whole body, inflated
};

/// Inflates a gzip body. Errors: invalid_argument (no gzip, or cut off), limit_exceeded (more than
/// `bytes_max` come out; no more than that is ever held).
[[nodiscard]] Result<std::string> inflate_gzip(std::string_view body, std::size_t bytes_max);

/// Reads a body. `context` and `integrations` of a batch are merged into each of its messages; what
/// the message says itself wins. Errors: invalid_argument (no JSON, no object, no array `batch`).
[[nodiscard]] Result<TrackingBody> read_tracking_body(std::string_view body, TrackingShape shape);

/// How much one request may bring.
struct TrackingLimits {
    std::size_t body_bytes_max = 0;
    std::size_t item_bytes_max = 0;
    std::size_t items_max = 0;
};

/// What the server knows of a request beside its body.
struct TrackingOrigin {
    std::string implied_type;  ///< by the route: "track"; "" where each message says its own
    std::string source;        ///< the key's name
    Instant received_at{};
    MessagePolicy policy{};
};

/// A message that became no records.
struct RejectedItem {
    std::string reason;  ///< a code of reject.h, or "item_too_large", "too_many_items"
    std::string message;
    std::string text;  ///< the message, cut at limits::reject_text_bytes_max
};

/// Prints a message as it is set aside: cut at limits::reject_text_bytes_max, never within a
/// letter.
[[nodiscard]] std::string text_set_aside(const Json& message);

/// What became of a body.
struct TrackedRecords {
    std::string batch;  ///< encoded; "" if no message became a record
    std::vector<RejectedItem> rejected;
    std::size_t oversized = 0;  ///< of these: larger than one message may be
};

/// Turns the messages into records of one batch, each message wholly or not at all.
/// Errors: limit_exceeded (more records than a batch of the log holds).
[[nodiscard]] Result<TrackedRecords> to_records(TrackingBody body,
                                                const TrackingLimits& limits,
                                                TrackingOrigin origin);

}  // namespace fineline::ingest
