#pragma once

#include "base/random.h"
#include "retail_records.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

/// What is asked and in which order messages come, where a retailer's year is lived through.
namespace fineline::live {

/// Every construct of the language.
inline constexpr std::array<const char*, 46> questions{
    "did purchase",
    "did refund and did not purchase",
    "did purchase today",
    "did purchase yesterday",
    "did purchase this week",
    "did purchase last week",
    "count(purchase, this month) >= 5",
    "count(purchase, last month) >= 5",
    "did purchase last 7 days",
    "did purchase last 1 month",
    "count(purchase, 14 to 7 days ago) >= 1",
    "did purchase since 2011-01-01",
    "did purchase before 2010-12-10",
    "did purchase from 2010-12-05 to 2010-12-20",
    "did purchase first 2 days",
    "count(purchase) >= 20",
    "sum(purchase.amount) > 500",
    "sum(purchase.amount, last 14 days) > 200",
    "avg(purchase.amount) > 20",
    "min(purchase.amount) < 5",
    "max(purchase.quantity) >= 100",
    "median(purchase.amount) > 15",
    "quantile(purchase.amount, 0.9) > 30",
    "first(purchase.product) = '85123A'",
    "last(purchase.quantity) > 10",
    "distinct(purchase.invoice) >= 2",
    "days(purchase) >= 2",
    "weeks(purchase, last 4 weeks) >= 2",
    "months(purchase) >= 2",
    "since_last(purchase) > 10 days",
    "since_first(purchase) <= 5 days",
    "gap(purchase) > 1 hours",
    "share(purchase where quantity >= 12) > 0.5",
    "trend(purchase.amount, last 14 days) > 0",
    "top(purchase.product) = '85123A'",
    "count(any where hour < 10) >= 1",
    "did purchase where weekend",
    "sequence(purchase -> refund within 10 days)",
    "sequence(purchase -> no purchase within 3 days, last 20 days)",
    "sequence_count(purchase -> purchase within 7 days) >= 2",
    "country != 'United Kingdom'",
    "country in ('France', 'Germany') and since_changed(country) > 2 days",
    "count(purchase) > 3 and not (did refund) and last_time(purchase) < now - 4 days",
    "case when did refund then 'r' when did purchase last 5 days then 'p' else 'n' end = 'p'",
    "percentile(sum(purchase.amount)) >= 90",
    "rfm.recency >= 4 and rfm.frequency >= 4"};

/// How much of the year is lived through.
struct Stretch {
    int days = 0;
    int looked_at_every = 1;  ///< days from one comparison to the next
};

/// All of the year, each day looked at (FINELINE_SCALE=full), or so many days of it
/// (FINELINE_RETAIL_DAYS=N); else the quick stretch.
inline Stretch stretch_of(Stretch quick) {
    const char* scale = std::getenv("FINELINE_SCALE");       // NOLINT(concurrency-mt-unsafe)
    const char* days = std::getenv("FINELINE_RETAIL_DAYS");  // NOLINT(concurrency-mt-unsafe)
    if (days != nullptr) {
        return {.days = std::stoi(days)};
    }
    return scale != nullptr && std::string_view(scale) == "full" ? Stretch{.days = 374} : quick;
}

inline constexpr std::chrono::sys_days first_day{std::chrono::year(2010) / 12 / 1};

/// One message on its way.
struct Arrival {
    Instant at{};
    std::uint32_t record = 0;

    friend bool operator<(const Arrival& a, const Arrival& b) {
        return a.at != b.at ? a.at < b.at : a.record < b.record;
    }
};

enum class Order : std::uint8_t { in_time, shuffled_and_twice };

/// Messages in order of their arrival: as they happened, or each late by up to a day, and twice.
inline std::vector<Arrival> arrivals(const std::vector<RetailRecord>& records, Order order) {
    Random random(11);
    std::vector<Arrival> all;
    const auto delay = [&] {
        return Duration(static_cast<std::int64_t>(random.below(86'400'000'000)));
    };
    for (std::uint32_t i = 0; i < records.size(); ++i) {
        const bool late = order == Order::shuffled_and_twice;
        all.push_back({.at = records[i].time + (late ? delay() : Duration{0}), .record = i});
        if (late) {
            all.push_back({.at = records[i].time + delay(), .record = i});
        }
    }
    std::sort(all.begin(), all.end());
    return all;
}

}  // namespace fineline::live
