#pragma once

#include "base/instant.h"
#include "model/value.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace fineline::expr {

/// The distribution of one population expression over all customers at one instant: distinct values
/// ascending with the number of customers strictly below each. Numbers, timestamps or durations.
struct Distribution {
    std::vector<double>
        values;  ///< timestamps as microseconds since 1970, durations in microseconds
    std::vector<std::uint64_t> below;  ///< same length
    std::uint64_t present = 0;         ///< N
    ValueKind kind = ValueKind::missing;
};

/// Kept thresholds of population functions, by canonical text of the operand (and "rfm.…" for rfm).
struct Thresholds {
    std::map<std::string, Distribution, std::less<>> by_operand;
    Instant computed_at = instant_min;
    Instant refresh_at = instant_max;  ///< verdicts that read them hold at most until then
};

/// Builds a distribution from the operand's values over all customers. Of several kinds numbers are
/// taken, else timestamps, else durations; the rest is left out. One thread at a time.
class DistributionBuilder {
  public:
    void add(const Datum& value);

    /// Takes in what another has collected; the result depends on neither order nor split.
    void merge(DistributionBuilder&& other);

    /// Returns the distribution and starts anew. Cost: a sort.
    [[nodiscard]] Distribution finish();

  private:
    std::vector<double> values_;  ///< but for zeros
    std::uint64_t zeros_ = 0;     ///< counted only: of a sum or a count most customers have none
    ValueKind kind_ = ValueKind::missing;
};

}  // namespace fineline::expr
