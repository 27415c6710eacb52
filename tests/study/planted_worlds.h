#pragma once

#include "base/instant.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fineline::study_tests {

/// What a made world is like. The worlds were fixed before anything was tuned on them.
struct WorldPlan {
    std::size_t true_segments = 3;  ///< 1, 3 or 5
    bool amounts = false;           ///< the metric is a log-normal amount instead of a rate
    double effect = 1;              ///< times the distances between neighbouring true segments
    std::uint64_t seed = 1;
    /// The drawn segments alone, without faults: as many as there are true ones.
    bool faultless = false;
    /// Quarters of data. Of two the first is looked back on and the second is told: one horizon, in
    /// which nothing can be seen to drift.
    int quarters = 4;
    double size = 1;  ///< times the customers of every segment
};

/// One drawn segment and what was planted in it.
struct PlantedSegment {
    std::string name{};
    std::string when{};
    std::uint32_t customers = 0;
    std::size_t truth = 0;               ///< number of the true segment its members belong to
    std::vector<std::string> faults{};   ///< codes that must be found, empty: sound
    std::vector<std::string> implied{};  ///< codes that these faults bring with them
};

/// A world as it reaches the program: records of the log and a portfolio file.
struct PlantedWorld {
    std::vector<PlantedSegment> segments{};
    std::string portfolio{};             ///< YAML
    std::vector<std::string> batches{};  ///< encoded records, in order
    Instant at{};                        ///< the end of the data
    std::size_t customers = 0;
};

/// The true chance of a purchase in a quarter among the members of a true segment.
[[nodiscard]] double true_rate(const WorldPlan& plan, std::size_t truth);

/// Makes 40,000 customers over 360 days: a trait that says to which drawn segment each belongs, and
/// purchases in each of four quarters with the chance of its true segment, whatever segment was
/// drawn around it.
///
/// True rates are 10 %, then 2 and 3 points further apart in turn. Of 12 drawn segments, beside the
/// sound ones: two halves of one true segment divided by chance (a noise twin each; not beside five
/// true segments, where two halves that a test can show to be alike would not fit), slivers, one
/// whose people are in another already, one that may not be written to, one that doubled since the
/// last review, one that holds nearly all who share a protected trait.
[[nodiscard]] PlantedWorld make_world(const WorldPlan& plan);

}  // namespace fineline::study_tests
