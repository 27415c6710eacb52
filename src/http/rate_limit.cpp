#include "http/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace fineline::http {

unsigned RateLimit::take(std::string_view name, double amount, Instant now) {
    constexpr double us_per_second = 1e6;
    const std::lock_guard lock(lock_);
    auto place = buckets_.find(name);
    if (place == buckets_.end()) {
        place = buckets_.emplace(name, Bucket{rate_.burst, now}).first;
    }
    Bucket& bucket = place->second;
    const double passed = static_cast<double>((now - bucket.filled_at).count()) / us_per_second;
    // A clock that was set back fills nothing and takes nothing.
    bucket.tokens = std::min(rate_.burst, bucket.tokens + std::max(0.0, passed) * rate_.per_second);
    bucket.filled_at = now;
    const double needed = std::min(amount, rate_.burst);
    if (bucket.tokens >= needed) {
        bucket.tokens -= amount;
        return 0;
    }
    const double seconds = std::ceil((needed - bucket.tokens) / rate_.per_second);
    return static_cast<unsigned>(std::clamp(seconds, 1.0, 3600.0));
}

}  // namespace fineline::http
