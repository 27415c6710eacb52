#include "study/reference/local_optimum.h"
#include "study/reference/topics.h"

#include <array>
#include <cmath>

namespace fineline::study {

namespace {

constexpr std::string_view own = "computed apart from this program, from the same file";

struct Fits {
    std::array<KMeansFit, 6> of{};  ///< the published optima of Lloyd's rounds, by clusters
    std::array<KMeansFit, 6> best{};
};

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;

constexpr std::array rows{
    Row{"rounds only K=2, sum of squares",
        1844.064,
        within,
        .001,
        own,
        [](const Fits& f) { return f.of[2].squares; }},
    Row{"rounds only K=3, sum of squares",
        1553.340,
        within,
        .001,
        own,
        [](const Fits& f) { return f.of[3].squares; }},
    Row{"rounds only K=4, sum of squares",
        1386.777,
        within,
        .01,
        own,
        [](const Fits& f) { return f.of[4].squares; }},
    Row{"rounds only K=5, sum of squares",
        1266.149,
        within,
        .001,
        own,
        [](const Fits& f) { return f.of[5].squares; }},
    Row{"k-means K=2, best sum of squares",
        1844.064,
        Nearness::at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[2].squares; }},
    Row{"k-means K=3, best sum of squares",
        1553.340,
        Nearness::at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[3].squares; }},
    Row{"k-means K=4, best sum of squares",
        1386.777,
        Nearness::at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[4].squares; }},
    Row{"k-means K=5, best sum of squares",
        1266.149,
        Nearness::at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[5].squares; }},
};

constexpr std::array<double, 6> published{0, 0, 1844.064, 1553.340, 1386.777, 1266.149};

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned threads) {
    const auto path = find_data_file(folders, {"wholesale-customers/wholesale_customers.csv"});
    if (!path) return path.error();
    constexpr std::array<std::string_view, 6> columns{
        "Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen"};
    const auto numbers = read_csv_numbers(*path, columns);
    if (!numbers) return numbers.error();
    NumericTable spend(numbers->size() / columns.size(), columns.size());
    for (std::size_t at = 0; at < numbers->size(); ++at) {
        spend.values[at] = std::log1p((*numbers)[at]);
    }
    const auto scaled = standardised(spend);
    if (!scaled) return scaled.error();
    Fits fits;
    for (unsigned clusters = 2; clusters <= 5; ++clusters) {
        auto fit = local_optimum(
            *scaled, {}, {.clusters = clusters, .squares = published[clusters], .starts = 300});
        if (!fit) return fit.error();
        fits.of[clusters] = std::move(*fit);
        auto best = k_means(
            *scaled, {}, {.clusters = clusters, .starts = 60, .seed = 1, .threads = threads});
        if (!best) return best.error();
        fits.best[clusters] = std::move(*best);
    }
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic wholesale_topic{
    .name = "wholesale",
    .title = "k-means of 440 wholesale customers, logarithms, standardised",
    .takes = RunningTime::seconds,
    .run = run};

}  // namespace fineline::study
