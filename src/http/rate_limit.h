#pragma once

#include "base/instant.h"

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fineline::http {

/// How fast somebody may go.
struct Rate {
    double per_second = 0;
    double burst = 0;  ///< at once, after a pause
};

/// A token bucket per name. Its names must be bounded by others (ids of keys). Safe to share.
class RateLimit {
  public:
    explicit RateLimit(Rate rate) : rate_(rate) {}

    /// Takes so many from the name's bucket. Returns 0 if they were there; else takes none and
    /// returns in how many seconds they will be, at least 1. More than a burst at once is let
    /// through when the bucket is full, and paid back afterwards.
    [[nodiscard]] unsigned take(std::string_view name, double amount, Instant now);

  private:
    struct Bucket {
        double tokens = 0;
        Instant filled_at{};
    };

    Rate rate_;
    std::mutex lock_;
    std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace fineline::http
