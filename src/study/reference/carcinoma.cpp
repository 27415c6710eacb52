#include "study/reference/answers.h"
#include "study/reference/topics.h"

#include <array>

namespace fineline::study {

namespace {

constexpr std::string_view manual = "poLCA manual 1.4; Agresti 2002, table 13.8";
constexpr std::string_view own = "computed apart from this program, best of 30 starts";

struct Fits {
    std::array<LatentClassFit, 5> of{};  ///< by number of classes
};

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;
constexpr auto at_least = Nearness::at_least;
constexpr auto at_most = Nearness::at_most;

constexpr std::array rows{
    Row{"LCA K=1, log-likelihood",
        -524.465,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.of[1].log_likelihood; }},
    Row{"LCA K=2, log-likelihood",
        -317.257,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.of[2].log_likelihood; }},
    Row{"LCA K=2, AIC",
        664.51,
        within,
        .01,
        manual,
        [](const Fits& f) { return f.of[2].criteria.aic; }},
    Row{"LCA K=2, BIC",
        706.07,
        within,
        .01,
        manual,
        [](const Fits& f) { return f.of[2].criteria.bic; }},
    Row{"LCA K=3, log-likelihood",
        -293.705,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.of[3].log_likelihood; }},
    Row{"LCA K=3, AIC",
        633.41,
        within,
        .01,
        manual,
        [](const Fits& f) { return f.of[3].criteria.aic; }},
    Row{"LCA K=3, BIC",
        697.1357,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.of[3].criteria.bic; }},
    Row{"LCA K=3, G2",
        15.26171,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.of[3].log_likelihood_ratio; }},
    Row{"LCA K=3, X2",
        20.50336,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.of[3].pearson; }},
    Row{"LCA K=3, share of the first class",
        .4447,
        within,
        .0005,
        manual,
        [](const Fits& f) { return f.of[3].shares[0]; }},
    Row{"LCA K=3, share of the second class",
        .3736,
        within,
        .0005,
        manual,
        [](const Fits& f) { return f.of[3].shares[1]; }},
    Row{"LCA K=3, share of the third class",
        .1817,
        within,
        .0005,
        manual,
        [](const Fits& f) { return f.of[3].shares[2]; }},
    Row{"LCA K=3, modal share of the first class",
        .4322,
        within,
        .0001,
        manual,
        [](const Fits& f) { return f.of[3].modal_shares[0]; }},
    Row{"LCA K=3, modal share of the second class",
        .3729,
        within,
        .0001,
        manual,
        [](const Fits& f) { return f.of[3].modal_shares[1]; }},
    Row{"LCA K=3, modal share of the third class",
        .1949,
        within,
        .0001,
        manual,
        [](const Fits& f) { return f.of[3].modal_shares[2]; }},
    Row{"LCA K=4, log-likelihood",
        -289.286,
        at_least,
        .005,
        own,
        [](const Fits& f) { return f.of[4].log_likelihood; }},
    Row{"LCA K=4, AIC",
        640.57,
        at_most,
        .01,
        own,
        [](const Fits& f) { return f.of[4].criteria.aic; }},
    Row{"LCA K=4, BIC",
        726.46,
        at_most,
        .01,
        own,
        [](const Fits& f) { return f.of[4].criteria.bic; }},
};

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned threads) {
    const auto path = find_data_file(folders, {"polca/carcinoma.csv"});
    if (!path) return path.error();
    constexpr std::array<std::string_view, 7> items{"A", "B", "C", "D", "E", "F", "G"};
    const auto answers = read_answers(*path, items, {});
    if (!answers) return answers.error();
    Fits fits;
    for (unsigned classes = 1; classes <= 4; ++classes) {
        auto fit = latent_classes(
            answers->table, {.classes = classes, .starts = 60, .seed = 1, .threads = threads});
        if (!fit) return fit.error();
        fits.of[classes] = std::move(*fit);
    }
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic carcinoma_topic{
    .name = "carcinoma",
    .title = "latent classes, seven pathologists, 118 slides",
    .takes = RunningTime::seconds,
    .run = run};

}  // namespace fineline::study
