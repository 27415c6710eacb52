#pragma once

#include "base/result.h"
#include "study/reference/published_files.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Published numbers, and what this program makes of the same data.
namespace fineline::study {

/// When ours counts as the published number.
enum class Nearness : std::uint8_t {
    within,    ///< differs by the tolerance at most
    relative,  ///< differs by the tolerance times the published number at most
    at_least,  ///< is not below it by more than the tolerance: a likelihood may be better
    at_most,   ///< is not above it by more than the tolerance: a criterion may be better
};

/// A published number beside ours.
struct CheckedNumber {
    std::string_view what{};
    double published = 0;
    double ours = 0;
    Nearness nearness = Nearness::within;
    double tolerance = 0;
    std::string_view source{};

    [[nodiscard]] bool met() const {
        const double apart = ours - published;
        switch (nearness) {
            case Nearness::within: return std::abs(apart) <= tolerance;
            case Nearness::relative: return std::abs(apart) <= tolerance * std::abs(published);
            case Nearness::at_least: return apart >= -tolerance;
            case Nearness::at_most: return apart <= tolerance;
        }
        return false;
    }
};

/// One row of a topic's table; `ours` reads the number from what the topic fitted.
template <class Fits>
struct ReferenceRow {
    std::string_view what{};
    double published = 0;
    Nearness nearness = Nearness::within;
    double tolerance = 0;
    std::string_view source{};
    double (*ours)(const Fits& fits) = nullptr;
};

template <class Fits>
[[nodiscard]] std::vector<CheckedNumber> compared(std::span<const ReferenceRow<Fits>> rows,
                                                  const Fits& fits) {
    std::vector<CheckedNumber> result;
    for (const auto& row : rows) {
        result.push_back({.what = row.what,
                          .published = row.published,
                          .ours = row.ours(fits),
                          .nearness = row.nearness,
                          .tolerance = row.tolerance,
                          .source = row.source});
    }
    return result;
}

/// How long a topic takes on two cores.
enum class RunningTime : std::uint8_t { seconds, minutes };

/// Numbers that come from one data set and belong together.
struct ReferenceTopic {
    std::string_view name{};   ///< as typed
    std::string_view title{};  ///< what is reproduced, of what
    RunningTime takes = RunningTime::seconds;
    /// Errors: not_found where the data set is not there; what the methods answer otherwise.
    Result<std::vector<CheckedNumber>> (*run)(const DataFolders& folders,
                                              unsigned threads) = nullptr;
};

/// All topics, in the order they are printed.
[[nodiscard]] std::span<const ReferenceTopic> reference_topics();

}  // namespace fineline::study
