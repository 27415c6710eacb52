#pragma once

#include "base/instant.h"

#include <array>
#include <compare>
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
    /// `method` and `route`, the route's pattern and never a path with ids in it, are texts of the
    /// program's own. Cost: two look-ups, no text is made.
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

    /// Requests that are counted together.
    struct RequestKind {
        std::string_view method;
        std::string_view route;
        unsigned status = 0;

        friend auto operator<=>(const RequestKind&, const RequestKind&) = default;
    };

    /// Where the request before was counted: most are of one kind.
    struct Counted {
        RequestKind kind;
        std::uint64_t* requests = nullptr;
        Durations* durations = nullptr;
    };

    using Counters = std::map<std::string, std::map<std::string, std::uint64_t>>;

    [[nodiscard]] Counters all_counters() const;

    mutable std::mutex lock_;
    Counters counters_;
    std::map<RequestKind, std::uint64_t> requests_;
    std::map<std::string_view, Durations> durations_;  ///< by route
    Counted last_;
};

/// Escapes a text for a label's value.
[[nodiscard]] std::string label_value(std::string_view text);

/// Appends one sample with its type line: for values known only when asked.
void append_gauge(std::string& out, std::string_view name, std::string_view labels, double value);

}  // namespace fineline::http
