#include "study/methods/k_means.h"
#include "study/reference/local_optimum.h"
#include "study/reference/mcdonalds_survey.h"
#include "study/reference/topics.h"

#include <array>

namespace fineline::study {

namespace {

constexpr std::string_view own = "computed apart from this program, from the same file";

struct Fits {
    std::array<KMeansFit, 9> best{};    ///< by number of clusters, single rows moved as well
    std::array<KMeansFit, 9> rounds{};  ///< the published optima of Lloyd's rounds
};

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;
constexpr auto relative = Nearness::relative;
constexpr auto at_most = Nearness::at_most;

constexpr std::array rows{
    Row{"k-means K=1, best sum of squares",
        2779.041,
        at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[1].squares; }},
    Row{"k-means K=2, best sum of squares",
        2145.504,
        at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[2].squares; }},
    Row{"k-means K=3, best sum of squares",
        1818.701,
        at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[3].squares; }},
    Row{"k-means K=4, best sum of squares",
        1602.916,
        at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[4].squares; }},
    Row{"k-means K=5, best sum of squares",
        1434.601,
        at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[5].squares; }},
    Row{"k-means K=6, best sum of squares",
        1325.234,
        at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[6].squares; }},
    Row{"k-means K=7, best sum of squares",
        1241.783,
        at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[7].squares; }},
    Row{"k-means K=8, best sum of squares",
        1163.931,
        at_most,
        .001,
        own,
        [](const Fits& f) { return f.best[8].squares; }},
    Row{"rounds only K=1, sum of squares",
        2779.041,
        within,
        .001,
        own,
        [](const Fits& f) { return f.rounds[1].squares; }},
    Row{"rounds only K=2, sum of squares",
        2145.504,
        within,
        .001,
        own,
        [](const Fits& f) { return f.rounds[2].squares; }},
    Row{"rounds only K=3, sum of squares",
        1818.701,
        within,
        .001,
        own,
        [](const Fits& f) { return f.rounds[3].squares; }},
    Row{"rounds only K=4, sum of squares",
        1602.916,
        within,
        .001,
        own,
        [](const Fits& f) { return f.rounds[4].squares; }},
    Row{"rounds only K=5, sum of squares",
        1434.601,
        within,
        .001,
        own,
        [](const Fits& f) { return f.rounds[5].squares; }},
    Row{"rounds only K=1, sum of distances",
        1971.17,
        within,
        .006,
        own,
        [](const Fits& f) { return f.rounds[1].distances; }},
    Row{"rounds only K=2, sum of distances",
        1716.80,
        within,
        .006,
        own,
        [](const Fits& f) { return f.rounds[2].distances; }},
    Row{"rounds only K=3, sum of distances",
        1556.32,
        within,
        .006,
        own,
        [](const Fits& f) { return f.rounds[3].distances; }},
    Row{"rounds only K=4, sum of distances",
        1449.48,
        within,
        .006,
        own,
        [](const Fits& f) { return f.rounds[4].distances; }},
    Row{"rounds only K=5, sum of distances",
        1350.53,
        within,
        .006,
        own,
        [](const Fits& f) { return f.rounds[5].distances; }},
    Row{"k-means K=6, sum of distances at a lower sum of squares",
        1273.38,
        relative,
        .005,
        own,
        [](const Fits& f) { return f.best[6].distances; }},
    Row{"k-means K=7, sum of distances at a lower sum of squares",
        1220.17,
        relative,
        .005,
        own,
        [](const Fits& f) { return f.best[7].distances; }},
    Row{"k-means K=8, sum of distances at a lower sum of squares",
        1170.04,
        relative,
        .005,
        own,
        [](const Fits& f) { return f.best[8].distances; }},
    Row{"rounds only K=4, largest segment",
        580,
        within,
        0,
        own,
        [](const Fits& f) { return f.rounds[4].sizes[0]; }},
    Row{"rounds only K=4, second segment",
        318,
        within,
        0,
        own,
        [](const Fits& f) { return f.rounds[4].sizes[1]; }},
    Row{"rounds only K=4, third segment",
        314,
        within,
        0,
        own,
        [](const Fits& f) { return f.rounds[4].sizes[2]; }},
    Row{"rounds only K=4, fourth segment",
        241,
        within,
        0,
        own,
        [](const Fits& f) { return f.rounds[4].sizes[3]; }},
};

constexpr std::array<double, 6> published{0, 2779.041, 2145.504, 1818.701, 1602.916, 1434.601};

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned threads) {
    const auto answers = mcdonalds_answers(folders);
    if (!answers) return answers.error();
    const Patterns patterns = distinct_rows(as_numbers(answers->table));
    Fits fits;
    for (unsigned clusters = 1; clusters <= 8; ++clusters) {
        auto best = k_means(patterns.rows,
                            patterns.weights,
                            {.clusters = clusters, .starts = 1000, .seed = 1, .threads = threads});
        if (!best) return best.error();
        fits.best[clusters] = std::move(*best);
        if (clusters >= published.size()) continue;
        auto rounds =
            local_optimum(patterns.rows,
                          patterns.weights,
                          {.clusters = clusters, .squares = published[clusters], .starts = 1500});
        if (!rounds) return rounds.error();
        fits.rounds[clusters] = std::move(*rounds);
    }
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic mcdonalds_topic{.name = "mcdonalds",
                                               .title = "k-means, McDonald's survey",
                                               .takes = RunningTime::seconds,
                                               .run = run};

}  // namespace fineline::study
