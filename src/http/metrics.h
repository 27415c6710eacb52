#pragma once

#include "base/instant.h"

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace fineline::http {

/// Counts what the server does, for /metrics. Safe to share.
class Metrics {
  public:
    /// `route` is the route's pattern, never a path with ids in it.
    void count_request(std::string_view method,
                       std::string_view route,
                       unsigned status,
                       Duration took);

    /// Adds to a counter, `name{labels}`; both must be spelt in the source, not in the input.
    void count(std::string_view name, std::string_view labels, std::uint64_t by = 1);

    /// Prints everything in Prometheus' text format 0.0.4, sorted by name.
    [[nodiscard]] std::string text() const;

  private:
    /// Upper bounds of the buckets of request durations, in microseconds.
    static constexpr std::array<std::int64_t, 10> bounds_us{
        1'000, 2'500, 5'000, 10'000, 25'000, 50'000, 100'000, 250'000, 1'000'000, 10'000'000};

    struct Durations {
        std::array<std::uint64_t, bounds_us.size()> buckets{};
        std::uint64_t count = 0;
        std::int64_t total_us = 0;
    };

    mutable std::mutex lock_;
    std::map<std::string, std::map<std::string, std::uint64_t>> counters_;
    std::map<std::string, Durations> durations_;
};

/// Escapes a text for a label's value.
[[nodiscard]] std::string label_value(std::string_view text);

/// Appends one sample with its type line: for values known only when asked.
void append_gauge(std::string& out, std::string_view name, std::string_view labels, double value);

}  // namespace fineline::http
