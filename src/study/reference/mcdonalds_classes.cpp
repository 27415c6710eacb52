#include "study/reference/mcdonalds_survey.h"
#include "study/reference/topics.h"

#include <array>

namespace fineline::study {

Result<SurveyAnswers> mcdonalds_answers(const DataFolders& folders) {
    const auto path = find_data_file(folders, {"msa/mcdonalds.csv"});
    if (!path) return path.error();
    constexpr std::array<std::string_view, 11> items{"yummy",
                                                     "convenient",
                                                     "spicy",
                                                     "fattening",
                                                     "greasy",
                                                     "fast",
                                                     "cheap",
                                                     "tasty",
                                                     "expensive",
                                                     "healthy",
                                                     "disgusting"};
    return read_answers(*path, items, {});
}

namespace {

constexpr std::string_view own = "computed apart from this program, best of 15 starts";

struct Fits {
    std::array<LatentClassFit, 9> of{};  ///< by number of classes
};

using Row = ReferenceRow<Fits>;
constexpr auto at_least = Nearness::at_least;
constexpr auto at_most = Nearness::at_most;

constexpr std::array rows{
    Row{"LCA K=1, log-likelihood",
        -8346.217,
        Nearness::within,
        .001,
        own,
        [](const Fits& f) { return f.of[1].log_likelihood; }},
    Row{"LCA K=2, log-likelihood",
        -7610.836,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[2].log_likelihood; }},
    Row{"LCA K=3, log-likelihood",
        -7311.478,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[3].log_likelihood; }},
    Row{"LCA K=4, log-likelihood",
        -7111.108,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[4].log_likelihood; }},
    Row{"LCA K=5, log-likelihood",
        -7011.167,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[5].log_likelihood; }},
    Row{"LCA K=6, log-likelihood",
        -6956.019,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[6].log_likelihood; }},
    Row{"LCA K=7, log-likelihood",
        -6900.136,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[7].log_likelihood; }},
    Row{"LCA K=8, log-likelihood",
        -6864.090,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[8].log_likelihood; }},
    Row{"LCA K=2, BIC",
        15389.1,
        at_most,
        .1,
        own,
        [](const Fits& f) { return f.of[2].criteria.bic; }},
    Row{"LCA K=3, BIC",
        14877.8,
        at_most,
        .1,
        own,
        [](const Fits& f) { return f.of[3].criteria.bic; }},
    Row{"LCA K=4, BIC",
        14564.4,
        at_most,
        .1,
        own,
        [](const Fits& f) { return f.of[4].criteria.bic; }},
    Row{"LCA K=5, BIC",
        14451.9,
        at_most,
        .1,
        own,
        [](const Fits& f) { return f.of[5].criteria.bic; }},
    Row{"LCA K=6, BIC",
        14429.0,
        at_most,
        .1,
        own,
        [](const Fits& f) { return f.of[6].criteria.bic; }},
    Row{"LCA K=7, BIC",
        14404.6,
        at_most,
        .1,
        own,
        [](const Fits& f) { return f.of[7].criteria.bic; }},
    Row{"LCA K=8, BIC",
        14419.9,
        at_most,
        .1,
        own,
        [](const Fits& f) { return f.of[8].criteria.bic; }},
};

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned threads) {
    const auto answers = mcdonalds_answers(folders);
    if (!answers) return answers.error();
    Fits fits;
    for (unsigned classes = 1; classes <= 8; ++classes) {
        auto fit = latent_classes(answers->table,
                                  {.classes = classes,
                                   .starts = classes < 4   ? 8U
                                             : classes < 8 ? 40U
                                                           : 250U,
                                   .tolerance = 1e-8,
                                   .seed = 1,
                                   .threads = threads});
        if (!fit) return fit.error();
        fits.of[classes] = std::move(*fit);
    }
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic mcdonalds_classes_topic{.name = "mcdonalds-classes",
                                                       .title = "latent classes, McDonald's survey",
                                                       .takes = RunningTime::minutes,
                                                       .run = run};

}  // namespace fineline::study
