#include "study/methods/bg_bb.h"
#include "study/reference/topics.h"

#include <array>

namespace fineline::study {

namespace {

constexpr std::string_view btyd = "Fader, Hardie & Shang 2010; BTYD 2.4.3 walkthrough";
constexpr std::string_view lifetimes = "lifetimes test against the authors' spreadsheet";

struct Fits {
    BgBbFit fit{};
    double conditional_sum = 0;  ///< expected donations of the next five years, over all donors
};

using Row = ReferenceRow<Fits>;

constexpr std::array rows{
    Row{"BG/BB alpha",
        1.2035,
        Nearness::relative,
        1e-3,
        btyd,
        [](const Fits& f) { return f.fit.model.alpha; }},
    Row{"BG/BB beta",
        .7497,
        Nearness::relative,
        1e-3,
        btyd,
        [](const Fits& f) { return f.fit.model.beta; }},
    Row{"BG/BB gamma",
        .6568,
        Nearness::relative,
        1e-3,
        btyd,
        [](const Fits& f) { return f.fit.model.gamma; }},
    Row{"BG/BB delta",
        2.7839,
        Nearness::relative,
        1e-3,
        btyd,
        [](const Fits& f) { return f.fit.model.delta; }},
    Row{"BG/BB log-likelihood",
        -33225.58,
        Nearness::within,
        .01,
        btyd,
        [](const Fits& f) { return f.fit.search.log_likelihood; }},
    Row{"BG/BB new donor, 10 years",
        3.179805,
        Nearness::relative,
        1e-4,
        btyd,
        [](const Fits& f) { return f.fit.model.expected_repeats(10); }},
    Row{"BG/BB all donors, next 5 years",
        12884.2,
        Nearness::within,
        1.0,
        lifetimes,
        [](const Fits& f) { return f.conditional_sum; }},
};

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned threads) {
    const auto path = find_data_file(folders, {"cdnow/donations_rf_matrix.csv"});
    if (!path) return path.error();
    constexpr std::array<std::string_view, 4> columns{"x", "t.x", "n.cal", "custs"};
    const auto numbers = read_csv_numbers(*path, columns);
    if (!numbers) return numbers.error();
    std::vector<PurchaseHistory> histories;
    for (std::size_t at = 0; at + 3 < numbers->size(); at += 4) {
        histories.push_back({.repeats = (*numbers)[at],
                             .last = (*numbers)[at + 1],
                             .observed = (*numbers)[at + 2],
                             .weight = (*numbers)[at + 3]});
    }
    const auto fit = fit_bg_bb(histories, {.starts = 8, .seed = 1, .threads = threads});
    if (!fit) return fit.error();
    Fits fits{.fit = *fit};
    for (const PurchaseHistory& one : histories) {
        fits.conditional_sum += one.weight * fits.fit.model.expected_further(one, 5);
    }
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic donations_topic{.name = "donations",
                                               .title = "BG/BB, 11,104 donors by year",
                                               .takes = RunningTime::seconds,
                                               .run = run};

}  // namespace fineline::study
