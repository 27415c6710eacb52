#pragma once

#include "base/instant.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fineline::control {

/// An item of a request that could not become records.
struct QuarantinedItem {
    std::uint64_t id = 0;  ///< ascending with arrival; set by the store
    Instant received_at{};
    std::string source;   ///< the key's name
    std::string reason;   ///< stable code: "missing_customer", "unknown_key"
    std::string message;  ///< for people
    std::string text;     ///< the item, cut at limits::reject_text_bytes_max
};

struct ReasonCount {
    std::string source;
    std::string reason;
    std::uint64_t items = 0;
};

}  // namespace fineline::control
