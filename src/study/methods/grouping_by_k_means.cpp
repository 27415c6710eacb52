#include "study/methods/k_means.h"
#include "study/methods/nth_seed.h"
#include "study/methods/rows.h"
#include "study/methods/stability.h"
#include "study/statistics/quantile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

constexpr std::size_t fit_rows_max = 20'000;
constexpr std::size_t stability_rows_max = 2'000;
constexpr unsigned stability_pairs = 10;

/// Where the steps from median to largest are this many times those from least to median, the
/// column is taken as its logarithm.
constexpr double skew_min = 5;

/// How a column becomes a coordinate.
struct Axis {
    std::size_t column = 0;
    double filled = 0;  ///< stands for a missing value
    bool logarithm = false;
    double mean = 0;
    double deviation = 1;

    [[nodiscard]] double of(double value) const {
        const double known = std::isnan(value) ? filled : value;
        return ((logarithm ? std::log1p(std::max(0.0, known)) : known) - mean) / deviation;
    }
};

/// Learns an axis on the rows to fit; false where the column does not vary or is mostly missing.
bool learn(Axis& axis, const GroupingInput& input, std::span<const std::uint32_t> rows) {
    std::vector<double> values;
    for (const std::uint32_t row : rows) {
        const double value = input.known.at(row, axis.column);
        if (!std::isnan(value)) values.push_back(value);
    }
    if (values.size() * 2 < rows.size()) return false;
    std::sort(values.begin(), values.end());
    axis.filled = quantile_of_sorted(values, 0.5);
    const double above = values.back() - axis.filled;
    axis.logarithm = values.front() >= 0 && above > skew_min * (axis.filled - values.front());
    double sum = 0;
    double squares = 0;
    for (const std::uint32_t row : rows) {
        const double coordinate = axis.of(input.known.at(row, axis.column));
        sum += coordinate;
        squares += coordinate * coordinate;
    }
    const auto count = static_cast<double>(rows.size());
    axis.mean = sum / count;
    axis.deviation = std::sqrt(std::max(0.0, squares / count - axis.mean * axis.mean));
    return axis.deviation > 1e-9;
}

NumericTable coordinates(const GroupingInput& input,
                         std::span<const Axis> axes,
                         std::span<const std::uint32_t> rows) {
    NumericTable table(rows.size(), axes.size());
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (std::size_t axis = 0; axis < axes.size(); ++axis) {
            table.at(row, axis) = axes[axis].of(input.known.at(rows[row], axes[axis].column));
        }
    }
    return table;
}

/// The number of groups that is largest among those found again, and the table that shows it.
Result<std::size_t> choose_count(const NumericTable& rows,
                                 const GroupingInput& input,
                                 Table& table) {
    constexpr double agreement_min = 0.8;
    std::size_t chosen = 2;
    double best = -1;
    bool any_stable = false;
    for (unsigned clusters = 2; clusters <= input.segments_max; ++clusters) {
        const auto whole = k_means(
            rows,
            {},
            {.clusters = clusters, .starts = 10, .seed = input.seed, .threads = input.threads});
        if (!whole) return whole.error();
        const Refit refit = [&](std::span<const double> draws,
                                std::uint64_t seed) -> Result<std::vector<std::uint32_t>> {
            const auto again =
                k_means(rows, draws, {.clusters = clusters, .starts = 5, .seed = seed});
            if (!again) return again.error();
            return nearest_centre(again->centres, rows);
        };
        const auto measured =
            stability({},
                      whole->labels,
                      refit,
                      {.pairs = stability_pairs, .seed = input.seed, .threads = input.threads});
        if (!measured) return measured.error();
        const double median = measured->agreement_median;
        table.rows.push_back(
            {certain("segments", clusters, "a count"),
             Estimate{.name = "Rand index",
                      .value = median,
                      .interval = Interval{quantile_of_sorted(measured->agreement, 0.05),
                                           quantile_of_sorted(measured->agreement, 0.95)},
                      .n = rows.rows},
             certain("least Jaccard",
                     *std::min_element(measured->bootstrap_jaccard.begin(),
                                       measured->bootstrap_jaccard.end()),
                     "a mean over few bootstraps")});
        if (median >= agreement_min || (!any_stable && median > best)) {
            chosen = clusters;
            best = median;
            any_stable = any_stable || median >= agreement_min;
        }
    }
    return chosen;
}

Result<Groups> run(const GroupingInput& input) {
    const auto rows = sample_of(input.fit_rows, fit_rows_max, input.seed);
    std::vector<Axis> axes;
    for (std::size_t column = 0; column < input.columns.size(); ++column) {
        Axis axis{.column = column};
        if (learn(axis, input, rows)) axes.push_back(axis);
    }
    if (axes.empty()) {
        return Error{
            ErrorCode::invalid_argument,
            "nothing that is known varies over customers: k-means has nothing to measure by",
            {}};
    }
    const NumericTable fitted = coordinates(input, axes, rows);
    Groups groups;
    std::size_t count = input.segments;
    if (count == 0) {
        Table table{
            .title = "Found again on other draws of the same customers (1 = the same groups)",
            .columns = {"segments", "Rand index of pairs of draws", "least segment's Jaccard"},
            .rows = {}};
        const auto sampled = sample_of(rows, stability_rows_max, nth_seed(input.seed, 1));
        const auto chosen = choose_count(coordinates(input, axes, sampled), input, table);
        if (!chosen) return chosen.error();
        count = *chosen;
        groups.told.emplace_back(std::move(table));
    }
    const auto fit = k_means(fitted,
                             {},
                             {.clusters = static_cast<unsigned>(count),
                              .starts = 20,
                              .seed = input.seed,
                              .threads = input.threads});
    if (!fit) return fit.error();
    std::vector<std::uint32_t> all(input.known.rows);
    for (std::uint32_t row = 0; row < all.size(); ++row) {
        all[row] = row;
    }
    groups.of_row = nearest_centre(fit->centres, coordinates(input, axes, all));
    groups.count = count;
    groups.told.emplace_back(
        Note{"k-means on " + std::to_string(axes.size()) +
             " features, each by its deviation from the "
             "mean (skewed ones by their logarithm, missing values at the median): the best of " +
             std::to_string(fit->starts) + " starts was found " + std::to_string(fit->best_found) +
             " times."});
    return groups;
}

constexpr std::array parameters{
    MethodParameter{"segments", "how many groups; chosen by stability where not given", 2, 64, 0},
    MethodParameter{"seed", "of starts and bootstraps", 0, 1e9, 1}};

}  // namespace

constinit const Method k_means_method{
    .name = "kmeans",
    .title = "k-means",
    .question = "Which customers behave alike, measured by how far apart they are in all features?",
    .parameters = parameters,
    .needs = "100 customers to fit, better 100 for each feature; features that vary",
    .rows_min = 100,
    .does_not_tell =
        "Whether there are groups at all: it cuts a cloud as readily as islands. It "
        "weighs every feature alike, whatever the purpose, and knows no metric.",
    .source = "Lloyd 1982; Arthur & Vassilvitskii 2007; stability: Dolnicar & Leisch 2010",
    .run = run};

}  // namespace fineline::study
