#include "study/reference/answers.h"
#include "study/reference/topics.h"

#include <array>

namespace fineline::study {

namespace {

constexpr std::string_view own = "computed apart from this program; the data of Goodman 1974";

struct Fits {
    std::array<LatentClassFit, 4> of{};  ///< by number of classes
};

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;
constexpr auto at_least = Nearness::at_least;

constexpr std::array rows{
    Row{"LCA K=1, log-likelihood",
        -543.650,
        within,
        .005,
        own,
        [](const Fits& f) { return f.of[1].log_likelihood; }},
    Row{"LCA K=2, log-likelihood",
        -504.468,
        at_least,
        .005,
        own,
        [](const Fits& f) { return f.of[2].log_likelihood; }},
    Row{"LCA K=2, AIC",
        1026.94,
        within,
        .01,
        own,
        [](const Fits& f) { return f.of[2].criteria.aic; }},
    Row{"LCA K=2, BIC",
        1057.31,
        within,
        .01,
        own,
        [](const Fits& f) { return f.of[2].criteria.bic; }},
    Row{"LCA K=2, share of the first class",
        .7208,
        within,
        .0005,
        own,
        [](const Fits& f) { return f.of[2].shares[0]; }},
    Row{"LCA K=2, share of the second class",
        .2792,
        within,
        .0005,
        own,
        [](const Fits& f) { return f.of[2].shares[1]; }},
    Row{"LCA K=3, log-likelihood",
        -503.301,
        at_least,
        .005,
        own,
        [](const Fits& f) { return f.of[3].log_likelihood; }},
    Row{"LCA K=3, BIC",
        1081.86,
        Nearness::at_most,
        .01,
        own,
        [](const Fits& f) { return f.of[3].criteria.bic; }},
};

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned threads) {
    const auto path = find_data_file(folders, {"polca/values.csv"});
    if (!path) return path.error();
    constexpr std::array<std::string_view, 4> items{"A", "B", "C", "D"};
    const auto answers = read_answers(*path, items, {});
    if (!answers) return answers.error();
    Fits fits;
    for (unsigned classes = 1; classes <= 3; ++classes) {
        auto fit = latent_classes(
            answers->table, {.classes = classes, .starts = 60, .seed = 1, .threads = threads});
        if (!fit) return fit.error();
        fits.of[classes] = std::move(*fit);
    }
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic values_topic{
    .name = "values",
    .title = "latent classes, four role conflicts, 216 people",
    .takes = RunningTime::seconds,
    .run = run};

}  // namespace fineline::study
