#pragma once

#include "base/instant.h"

#include <cstddef>
#include <functional>
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
    /// Looks a name up without making a text of it.
    struct NameHash {
        using is_transparent = void;

        std::size_t operator()(std::string_view name) const {
            return std::hash<std::string_view>()(name);
        }
    };

    struct Bucket {
        double tokens = 0;
        Instant filled_at{};
    };

    Rate rate_;
    std::mutex lock_;
    std::unordered_map<std::string, Bucket, NameHash, std::equal_to<>> buckets_;
};

}  // namespace fineline::http
