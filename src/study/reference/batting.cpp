#include "study/methods/shrinkage.h"
#include "study/reference/topics.h"

#include <array>
#include <cmath>

namespace fineline::study {

namespace {

constexpr std::string_view own =
    "computed apart from this program; the data of Efron & Morris 1975";

struct Fits {
    Shrunk rates{};
    Shrunk scaled{};  ///< on the arcsine scale
    double error_raw = 0;
    double error_shrunk = 0;
    double error_raw_scaled = 0;
    double error_shrunk_scaled = 0;
};

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;

constexpr std::array rows{
    Row{"James-Stein, mean rate",
        .26543,
        within,
        .00001,
        own,
        [](const Fits& f) { return f.rates.centre; }},
    Row{"James-Stein, share kept",
        .2117,
        within,
        .0001,
        own,
        [](const Fits& f) { return f.rates.factor; }},
    Row{"squared error, each by itself",
        .07532,
        within,
        .00002,
        own,
        [](const Fits& f) { return f.error_raw; }},
    Row{"squared error, shrunk",
        .02131,
        within,
        .00002,
        own,
        [](const Fits& f) { return f.error_shrunk; }},
    Row{"ratio of both",
        3.5,
        within,
        .05,
        own,
        [](const Fits& f) { return f.error_raw / f.error_shrunk; }},
    Row{"arcsine scale, share kept",
        .2090,
        within,
        .0001,
        own,
        [](const Fits& f) { return f.scaled.factor; }},
    Row{"arcsine scale, error each by itself",
        17.571,
        within,
        .001,
        own,
        [](const Fits& f) { return f.error_raw_scaled; }},
    Row{"arcsine scale, error shrunk",
        4.999,
        within,
        .001,
        own,
        [](const Fits& f) { return f.error_shrunk_scaled; }},
};

constexpr double at_bats = 45;

/// The scale on which a rate of 45 trials has variance 1.
double on_arcsine_scale(double rate) {
    return std::sqrt(at_bats) * std::asin(2 * rate - 1);
}

double squared_error(std::span<const double> guesses, std::span<const double> truths) {
    double sum = 0;
    for (std::size_t i = 0; i < guesses.size(); ++i) {
        sum += (guesses[i] - truths[i]) * (guesses[i] - truths[i]);
    }
    return sum;
}

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned) {
    const auto path = find_data_file(folders, {"shrinkage/efron_morris.csv"});
    if (!path) return path.error();
    constexpr std::array<std::string_view, 2> columns{"r", "p"};
    const auto numbers = read_csv_numbers(*path, columns);
    if (!numbers) return numbers.error();
    std::vector<double> early;
    std::vector<double> late;
    std::vector<double> early_scaled;
    std::vector<double> late_scaled;
    for (std::size_t at = 0; at + 1 < numbers->size(); at += 2) {
        early.push_back((*numbers)[at] / at_bats);
        late.push_back((*numbers)[at + 1]);
        early_scaled.push_back(on_arcsine_scale(early.back()));
        late_scaled.push_back(on_arcsine_scale(late.back()));
    }
    double mean = 0;
    for (const double rate : early) {
        mean += rate / static_cast<double>(early.size());
    }
    const auto rates = james_stein(early, mean * (1 - mean) / at_bats);
    const auto scaled = james_stein(early_scaled, 1);
    if (!rates) return rates.error();
    if (!scaled) return scaled.error();
    const Fits fits{.rates = *rates,
                    .scaled = *scaled,
                    .error_raw = squared_error(early, late),
                    .error_shrunk = squared_error(rates->values, late),
                    .error_raw_scaled = squared_error(early_scaled, late_scaled),
                    .error_shrunk_scaled = squared_error(scaled->values, late_scaled)};
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic batting_topic{.name = "batting",
                                             .title = "shrinkage, batting averages of 18 players",
                                             .takes = RunningTime::seconds,
                                             .run = run};

}  // namespace fineline::study
