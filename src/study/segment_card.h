#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "study/features.h"
#include "study/statistics/interval.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace fineline::study {

/// One thing on which a segment's members and all others differ.
struct CardRow {
    Feature feature{};
    double members = 0;  ///< mean of those who have a value; of a condition the share
    double rest = 0;
    std::optional<double> index{};  ///< 100 times members over rest; absent where rest is 0
    Interval difference{};          ///< 95 % interval of members less rest, Welch's
    double distance = 0;            ///< the difference in standard deviations of all looked at
};

/// What tells a segment's members from everybody else.
struct SegmentCard {
    std::uint64_t members = 0;  ///< looked at: all, or so many drawn by chance
    std::uint64_t rest = 0;
    std::vector<CardRow> rows{};  ///< that differ for sure, most telling first
};

/// Compares a segment's members with everybody else on what can be known of both at `at`:
/// behaviours and traits (study/features.h), protected traits never. Rows are those whose
/// difference is significant at 5 % after Holm's correction for all features looked at. Describes,
/// and proves no cause. `members` are ascending rows of the view. Cost: features · at most
/// `card_sample` customers of each side. Errors: of enumerate_features; corrupt.
[[nodiscard]] Result<SegmentCard> segment_card(const std::shared_ptr<const columns::View>& view,
                                               const std::vector<CustomerOrdinal>& members,
                                               Instant at,
                                               std::uint64_t seed);

/// Customers of each side that are looked at.
inline constexpr std::size_t card_sample = 2'000;

}  // namespace fineline::study
