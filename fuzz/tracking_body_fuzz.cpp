#include "base/require.h"
#include "ingest/tracking_body.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace fineline;          // NOLINT(google-build-using-namespace)
using namespace fineline::ingest;  // NOLINT(google-build-using-namespace)

/// Reads any bytes as a body of the tracking API, the first bit saying which shape and whether it
/// is compressed: what is accepted must make a batch that can be opened, and every message must
/// become records or be set aside.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t bytes_max = 1'000'000;
    if (size == 0) {
        return 0;
    }
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto shape = (data[0] & 1U) != 0 ? TrackingShape::batch : TrackingShape::message;
    auto inflated = inflate_gzip(body, bytes_max);
    require(!inflated || inflated->size() <= bytes_max, "more came out than was allowed");
    const bool packed = (data[0] & 2U) != 0 && inflated;
    auto read = read_tracking_body(packed ? std::string_view(*inflated) : body, shape);
    if (!read) {
        return 0;
    }
    const std::size_t items = read->items.size();
    const bool implied = (data[0] & 4U) != 0;
    auto tracked = to_records(std::move(*read),
                              {.body_bytes_max = bytes_max, .item_bytes_max = 200, .items_max = 20},
                              {.implied_type = implied ? "track" : "",
                               .source = "fuzz",
                               .received_at = Instant(std::chrono::hours(500'000)),
                               .policy = {.alias_merges = true}});
    require(tracked.has_value(), "a body failed whose messages are only flawed");
    require(tracked->rejected.size() <= items, "more was set aside than came");
    if (!tracked->batch.empty()) {
        require(RecordBatch::open(tracked->batch).has_value(), "a batch that cannot be read");
    }
    return 0;
}
