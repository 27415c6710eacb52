#include "study/statistics/likeness.h"

#include "base/require.h"
#include "study/statistics/quantile.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace fineline::study {

namespace {

double share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

/// How many values lie in each bin; `cuts` ascend and each begins a bin.
std::vector<std::uint64_t> counts_between(std::span<const double> values,
                                          const std::vector<double>& cuts) {
    std::vector<std::uint64_t> counts(cuts.size() + 1);
    for (const double value : values) {
        ++counts[static_cast<std::size_t>(std::upper_bound(cuts.begin(), cuts.end(), value) -
                                          cuts.begin())];
    }
    return counts;
}

}  // namespace

Overlap overlap_of(std::span<const std::uint32_t> first, std::span<const std::uint32_t> second) {
    Overlap overlap;
    auto one = first.begin();
    auto other = second.begin();
    while (one != first.end() && other != second.end()) {
        if (*one == *other) {
            ++overlap.shared;
            ++one;
            ++other;
        } else if (*one < *other) {
            ++one;
        } else {
            ++other;
        }
    }
    overlap.jaccard = share(overlap.shared, first.size() + second.size() - overlap.shared);
    overlap.of_first = share(overlap.shared, first.size());
    overlap.of_second = share(overlap.shared, second.size());
    return overlap;
}

double stability_index(std::span<const std::uint64_t> expected,
                       std::span<const std::uint64_t> actual) {
    require(expected.size() == actual.size(), "the same bins on both sides");
    const auto all_expected = std::accumulate(expected.begin(), expected.end(), std::uint64_t{0});
    const auto all_actual = std::accumulate(actual.begin(), actual.end(), std::uint64_t{0});
    if (all_expected == 0 || all_actual == 0) {
        return 0;
    }
    const double added = 0.5 * static_cast<double>(expected.size());
    double index = 0;
    for (std::size_t bin = 0; bin < expected.size(); ++bin) {
        const double was = (static_cast<double>(expected[bin]) + 0.5) /
                           (static_cast<double>(all_expected) + added);
        const double is =
            (static_cast<double>(actual[bin]) + 0.5) / (static_cast<double>(all_actual) + added);
        index += (is - was) * std::log(is / was);
    }
    return index;
}

double stability_index(const TwoSamples& samples, std::size_t bins) {
    if (samples.expected.empty() || samples.actual.empty() || bins < 2) {
        return 0;
    }
    std::vector<double> ascending(samples.expected.begin(), samples.expected.end());
    std::sort(ascending.begin(), ascending.end());
    std::vector<double> cuts;
    for (std::size_t bin = 1; bin < bins; ++bin) {
        cuts.push_back(
            quantile_of_sorted(ascending, static_cast<double>(bin) / static_cast<double>(bins)));
    }
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    return stability_index(counts_between(samples.expected, cuts),
                           counts_between(samples.actual, cuts));
}

}  // namespace fineline::study
