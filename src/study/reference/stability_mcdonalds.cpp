#include "study/methods/k_means.h"
#include "study/methods/stability.h"
#include "study/reference/mcdonalds_survey.h"
#include "study/reference/topics.h"

#include <array>

namespace fineline::study {

namespace {

constexpr std::string_view own = "computed apart from this program, 60 pairs of bootstrap samples";

struct Fits {
    std::array<Stability, 9> of{};  ///< by number of clusters
};

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;

// Both sides are medians of 60 random pairs, each good to about 0.04. With five segments the pairs
// fall into two groups, a third of them below 0.62 and a third above 0.90, and the median swings
// between: over four seeds it was 0.70, 0.83, 0.85 and 0.80.
constexpr std::array rows{
    Row{"median Rand index K=2",
        .96,
        within,
        .06,
        own,
        [](const Fits& f) { return f.of[2].agreement_median; }},
    Row{"median Rand index K=3",
        .92,
        within,
        .06,
        own,
        [](const Fits& f) { return f.of[3].agreement_median; }},
    Row{"median Rand index K=4",
        .90,
        within,
        .06,
        own,
        [](const Fits& f) { return f.of[4].agreement_median; }},
    Row{"median Rand index K=5",
        .69,
        within,
        .2,
        own,
        [](const Fits& f) { return f.of[5].agreement_median; }},
    Row{"median Rand index K=6",
        .72,
        within,
        .06,
        own,
        [](const Fits& f) { return f.of[6].agreement_median; }},
    Row{"median Rand index K=7",
        .65,
        within,
        .06,
        own,
        [](const Fits& f) { return f.of[7].agreement_median; }},
    Row{"median Rand index K=8",
        .65,
        within,
        .06,
        own,
        [](const Fits& f) { return f.of[8].agreement_median; }},
    Row{"SLSw K=4, first segment",
        .95,
        within,
        .06,
        own,
        [](const Fits& f) { return f.of[4].within[0]; }},
    Row{"SLSw K=4, second segment",
        .96,
        within,
        .06,
        own,
        [](const Fits& f) { return f.of[4].within[1]; }},
    Row{"SLSw K=4, third segment",
        .92,
        within,
        .06,
        own,
        [](const Fits& f) { return f.of[4].within[2]; }},
    Row{"SLSw K=4, fourth segment",
        .96,
        within,
        .06,
        own,
        [](const Fits& f) { return f.of[4].within[3]; }},
};

Result<Stability> stability_of(const Patterns& patterns, unsigned clusters, unsigned threads) {
    const KMeansOptions whole{.clusters = clusters, .starts = 40, .seed = 1, .threads = threads};
    const auto fit = k_means(patterns.rows, patterns.weights, whole);
    if (!fit) return fit.error();
    const Refit refit = [&](std::span<const double> draws,
                            std::uint64_t seed) -> Result<std::vector<std::uint32_t>> {
        auto again = k_means(
            patterns.rows,
            draws,
            {.clusters = clusters, .starts = 10, .moves = KMeansMoves::rounds, .seed = seed});
        if (!again) return again.error();
        return nearest_centre(again->centres, patterns.rows);
    };
    return stability(
        patterns.weights, fit->labels, refit, {.pairs = 60, .seed = 1, .threads = threads});
}

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned threads) {
    const auto answers = mcdonalds_answers(folders);
    if (!answers) return answers.error();
    const Patterns patterns = distinct_rows(as_numbers(answers->table));
    Fits fits;
    for (unsigned clusters = 2; clusters <= 8; ++clusters) {
        auto measured = stability_of(patterns, clusters, threads);
        if (!measured) return measured.error();
        fits.of[clusters] = std::move(*measured);
    }
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic stability_topic{
    .name = "stability",
    .title = "stability of k-means over K, McDonald's survey",
    .takes = RunningTime::minutes,
    .run = run};

}  // namespace fineline::study
