#pragma once

#include "base/instant.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fineline::control {

/// Where changes are sent.
struct Webhook {
    std::string id;
    std::string url;
    std::string secret;    ///< signs what is sent; the receiver has it too
    std::string segments;  ///< names separated by commas; "": all
    Instant created_at{};
    std::uint64_t delivered = 0;     ///< number of the newest change the receiver has acknowledged
    unsigned failures = 0;           ///< of the delivery at hand, in a row
    Instant retry_at = instant_min;  ///< not before then
    std::string last_error;
};

/// A delivery that was given up. It can be sent again.
struct DeadLetter {
    std::uint64_t id = 0;
    std::string webhook;
    std::uint64_t first = 0;  ///< numbers of the changes it held, inclusive
    std::uint64_t last = 0;
    Instant given_up_at{};
    std::string error;
};

}  // namespace fineline::control
