#include "study/methods/latent_class_regression.h"
#include "study/reference/answers.h"
#include "study/reference/topics.h"

#include <array>

namespace fineline::study {

namespace {

constexpr std::string_view own = "computed apart from this program, from the same file";
constexpr std::string_view manual = "poLCA manual 1.4, section 6.2";

struct Fits {
    double complete = 0;
    double with_party = 0;
    std::array<LatentClassFit, 5> of{};  ///< by number of classes
    LatentClassRegression party{};       ///< neutral, Bush, Gore by size
    LatentClassRegression party_age{};
};

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;
constexpr auto at_least = Nearness::at_least;

constexpr std::array rows{
    Row{"complete answers", 1311, within, 0, own, [](const Fits& f) { return f.complete; }},
    Row{"LCA K=1, log-likelihood",
        -18647.312,
        within,
        .005,
        own,
        [](const Fits& f) { return f.of[1].log_likelihood; }},
    Row{"LCA K=2, log-likelihood",
        -17344.923,
        at_least,
        .01,
        own,
        [](const Fits& f) { return f.of[2].log_likelihood; }},
    Row{"LCA K=3, log-likelihood",
        -16714.659,
        at_least,
        .01,
        own,
        [](const Fits& f) { return f.of[3].log_likelihood; }},
    Row{"LCA K=3, parameters",
        110,
        within,
        0,
        own,
        [](const Fits& f) { return static_cast<double>(f.of[3].parameters); }},
    Row{"LCA K=3, BIC",
        34218.96,
        Nearness::at_most,
        .02,
        own,
        [](const Fits& f) { return f.of[3].criteria.bic; }},
    Row{"LCA K=3, share of the first class",
        .419,
        within,
        .001,
        own,
        [](const Fits& f) { return f.of[3].shares[0]; }},
    Row{"LCA K=3, share of the second class",
        .320,
        within,
        .001,
        own,
        [](const Fits& f) { return f.of[3].shares[1]; }},
    Row{"LCA K=3, share of the third class",
        .261,
        within,
        .001,
        own,
        [](const Fits& f) { return f.of[3].shares[2]; }},
    Row{"LCA K=4, log-likelihood",
        -16350.589,
        at_least,
        .01,
        own,
        [](const Fits& f) { return f.of[4].log_likelihood; }},
    Row{"complete answers with PARTY",
        1300,
        within,
        0,
        own,
        [](const Fits& f) { return f.with_party; }},
    Row{"regression on PARTY, share neutral",
        .39,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.party.shares[0]; }},
    Row{"regression on PARTY, share Bush",
        .34,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.party.shares[1]; }},
    Row{"regression on PARTY, share Gore",
        .27,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.party.shares[2]; }},
    Row{"Bush against neutral, intercept",
        -3.81813,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.party.coefficients.at(0, 0); }},
    Row{"Bush against neutral, PARTY",
        .79327,
        within,
        .001,
        manual,
        [](const Fits& f) { return f.party.coefficients.at(0, 1); }},
    Row{"Gore against neutral, intercept",
        1.16155,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.party.coefficients.at(1, 0); }},
    Row{"Gore against neutral, PARTY",
        -.57436,
        within,
        .001,
        manual,
        [](const Fits& f) { return f.party.coefficients.at(1, 1); }},
    Row{"its standard error, Bush intercept",
        .311,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.party.standard_errors.at(0, 0); }},
    Row{"its standard error, Bush PARTY",
        .062,
        within,
        .001,
        manual,
        [](const Fits& f) { return f.party.standard_errors.at(0, 1); }},
    Row{"its standard error, Gore intercept",
        .180,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.party.standard_errors.at(1, 0); }},
    Row{"its standard error, Gore PARTY",
        .064,
        within,
        .001,
        manual,
        [](const Fits& f) { return f.party.standard_errors.at(1, 1); }},
    Row{"PARTY*AGE, first intercept",
        -4.39452,
        within,
        .02,
        manual,
        [](const Fits& f) { return f.party_age.coefficients.at(0, 0); }},
    Row{"PARTY*AGE, first PARTY",
        .80682,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.party_age.coefficients.at(0, 1); }},
    Row{"PARTY*AGE, first AGE",
        .01314,
        within,
        .0005,
        manual,
        [](const Fits& f) { return f.party_age.coefficients.at(0, 2); }},
    Row{"PARTY*AGE, first product",
        -.00020,
        within,
        .00005,
        manual,
        [](const Fits& f) { return f.party_age.coefficients.at(0, 3); }},
    Row{"PARTY*AGE, second intercept",
        -.31445,
        within,
        .02,
        manual,
        [](const Fits& f) { return f.party_age.coefficients.at(1, 0); }},
    Row{"PARTY*AGE, second PARTY",
        -.39923,
        within,
        .005,
        manual,
        [](const Fits& f) { return f.party_age.coefficients.at(1, 1); }},
    Row{"PARTY*AGE, second AGE",
        .02967,
        within,
        .0005,
        manual,
        [](const Fits& f) { return f.party_age.coefficients.at(1, 2); }},
    Row{"PARTY*AGE, second product",
        -.00310,
        within,
        .00005,
        manual,
        [](const Fits& f) { return f.party_age.coefficients.at(1, 3); }},
};

constexpr std::array<std::string_view, 12> items{"MORALG",
                                                 "CARESG",
                                                 "KNOWG",
                                                 "LEADG",
                                                 "DISHONG",
                                                 "INTELG",
                                                 "MORALB",
                                                 "CARESB",
                                                 "KNOWB",
                                                 "LEADB",
                                                 "DISHONB",
                                                 "INTELB"};

Result<LatentClassRegression> on_party(const std::string& path, unsigned threads) {
    constexpr std::array<std::string_view, 1> covariates{"PARTY"};
    const auto answers = read_answers(path, items, covariates);
    if (!answers) return answers.error();
    return latent_class_regression(
        answers->table,
        answers->numbers,
        {.classes = 3, .starts = 8, .tolerance = 1e-9, .seed = 1, .threads = threads});
}

/// PARTY, AGE and their product; AGE in decades while fitting, so that columns are of like size.
Result<LatentClassRegression> on_party_and_age(const std::string& path, unsigned threads) {
    constexpr std::array<std::string_view, 2> columns{"PARTY", "AGE"};
    const auto answers = read_answers(path, items, columns);
    if (!answers) return answers.error();
    NumericTable covariates(answers->numbers.rows, 3);
    for (std::size_t row = 0; row < covariates.rows; ++row) {
        covariates.at(row, 0) = answers->numbers.at(row, 0);
        covariates.at(row, 1) = answers->numbers.at(row, 1) / 10;
        covariates.at(row, 2) = covariates.at(row, 0) * covariates.at(row, 1);
    }
    auto fit = latent_class_regression(
        answers->table,
        covariates,
        {.classes = 3, .starts = 8, .tolerance = 1e-10, .seed = 1, .threads = threads});
    if (!fit) return fit;
    for (std::size_t of_class = 0; of_class < 2; ++of_class) {
        fit->coefficients.at(of_class, 2) /= 10;
        fit->coefficients.at(of_class, 3) /= 10;
    }
    return fit;
}

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned threads) {
    const auto path = find_data_file(folders, {"polca/election.csv"});
    if (!path) return path.error();
    const auto answers = read_answers(*path, items, {});
    if (!answers) return answers.error();
    Fits fits{.complete = static_cast<double>(answers->table.rows())};
    for (unsigned classes = 1; classes <= 4; ++classes) {
        auto fit = latent_classes(
            answers->table,
            {.classes = classes, .starts = 12, .tolerance = 1e-8, .seed = 1, .threads = threads});
        if (!fit) return fit.error();
        fits.of[classes] = std::move(*fit);
    }
    auto party = on_party(*path, threads);
    if (!party) return party.error();
    fits.party = std::move(*party);
    fits.with_party = static_cast<double>(fits.party.memberships.rows);
    auto party_age = on_party_and_age(*path, threads);
    if (!party_age) return party_age.error();
    fits.party_age = std::move(*party_age);
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic election_topic{
    .name = "election",
    .title = "latent classes and their regression, US election study 2000",
    .takes = RunningTime::minutes,
    .run = run};

}  // namespace fineline::study
