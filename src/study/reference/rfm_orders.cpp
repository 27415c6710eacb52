#include "base/instant.h"
#include "base/text.h"
#include "study/methods/rfm.h"
#include "study/reference/topics.h"

#include <algorithm>
#include <array>
#include <map>

namespace fineline::study {

namespace {

constexpr std::string_view readme = "README of R's rfm package";
constexpr std::string_view own = "computed apart from this program, from the same file";

struct Fits {
    double orders = 0;
    std::vector<BuyerSummary> buyers{};  ///< by name
    RfmScores scored{};

    [[nodiscard]] double score(std::size_t at) const {
        const RfmScore& one = scored.scores[at];
        return 100.0 * one.recency + 10.0 * one.frequency + one.money;
    }

    [[nodiscard]] double count(std::uint8_t RfmScore::*of, std::size_t at) const {
        return static_cast<double>(score_counts(scored.scores, of, 5)[at]);
    }
};

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;

constexpr std::array rows{
    Row{"customers",
        995,
        within,
        0,
        readme,
        [](const Fits& f) { return static_cast<double>(f.buyers.size()); }},
    Row{"orders", 4906, within, 0, readme, [](const Fits& f) { return f.orders; }},
    Row{"first customer, days since",
        205,
        within,
        0,
        readme,
        [](const Fits& f) { return f.buyers[0].recency; }},
    Row{"first customer, orders",
        6,
        within,
        0,
        readme,
        [](const Fits& f) { return f.buyers[0].frequency; }},
    Row{"first customer, money",
        472,
        within,
        0,
        readme,
        [](const Fits& f) { return f.buyers[0].money; }},
    Row{"first customer, score", 343, within, 0, readme, [](const Fits& f) { return f.score(0); }},
    Row{"second customer, score", 412, within, 0, readme, [](const Fits& f) { return f.score(1); }},
    Row{"third customer, score", 323, within, 0, readme, [](const Fits& f) { return f.score(2); }},
    Row{"fourth customer, score", 544, within, 0, readme, [](const Fits& f) { return f.score(3); }},
    Row{"fifth customer, score", 433, within, 0, readme, [](const Fits& f) { return f.score(4); }},
    Row{"recency 1",
        197,
        within,
        0,
        own,
        [](const Fits& f) { return f.count(&RfmScore::recency, 0); }},
    Row{"recency 2",
        201,
        within,
        0,
        own,
        [](const Fits& f) { return f.count(&RfmScore::recency, 1); }},
    Row{"recency 3",
        198,
        within,
        0,
        own,
        [](const Fits& f) { return f.count(&RfmScore::recency, 2); }},
    Row{"recency 4",
        199,
        within,
        0,
        own,
        [](const Fits& f) { return f.count(&RfmScore::recency, 3); }},
    Row{"recency 5",
        200,
        within,
        0,
        own,
        [](const Fits& f) { return f.count(&RfmScore::recency, 4); }},
    Row{"frequency 1",
        268,
        within,
        0,
        own,
        [](const Fits& f) { return f.count(&RfmScore::frequency, 0); }},
    Row{"frequency 2",
        187,
        within,
        0,
        own,
        [](const Fits& f) { return f.count(&RfmScore::frequency, 1); }},
    Row{"frequency 3",
        176,
        within,
        0,
        own,
        [](const Fits& f) { return f.count(&RfmScore::frequency, 2); }},
    Row{"frequency 4",
        244,
        within,
        0,
        own,
        [](const Fits& f) { return f.count(&RfmScore::frequency, 3); }},
    Row{"frequency 5",
        120,
        within,
        0,
        own,
        [](const Fits& f) { return f.count(&RfmScore::frequency, 4); }},
    Row{"money 1", 199, within, 0, own, [](const Fits& f) { return f.count(&RfmScore::money, 0); }},
    Row{"money 2", 201, within, 0, own, [](const Fits& f) { return f.count(&RfmScore::money, 1); }},
    Row{"money 3", 197, within, 0, own, [](const Fits& f) { return f.count(&RfmScore::money, 2); }},
    Row{"money 4", 203, within, 0, own, [](const Fits& f) { return f.count(&RfmScore::money, 3); }},
    Row{"money 5", 195, within, 0, own, [](const Fits& f) { return f.count(&RfmScore::money, 4); }},
    Row{"frequency, 20 % quantile",
        3,
        within,
        0,
        own,
        [](const Fits& f) { return f.scored.frequency_cuts[0]; }},
    Row{"frequency, 40 % quantile",
        4,
        within,
        0,
        own,
        [](const Fits& f) { return f.scored.frequency_cuts[1]; }},
    Row{"frequency, 60 % quantile",
        5,
        within,
        0,
        own,
        [](const Fits& f) { return f.scored.frequency_cuts[2]; }},
    Row{"frequency, 80 % quantile",
        7,
        within,
        0,
        own,
        [](const Fits& f) { return f.scored.frequency_cuts[3]; }},
    Row{"money, 20 % quantile",
        254.8,
        within,
        1e-9,
        own,
        [](const Fits& f) { return f.scored.money_cuts[0]; }},
    Row{"money, 40 % quantile",
        381,
        within,
        1e-9,
        own,
        [](const Fits& f) { return f.scored.money_cuts[1]; }},
    Row{"money, 60 % quantile",
        505.4,
        within,
        1e-9,
        own,
        [](const Fits& f) { return f.scored.money_cuts[2]; }},
    Row{"money, 80 % quantile",
        665,
        within,
        1e-9,
        own,
        [](const Fits& f) { return f.scored.money_cuts[3]; }},
};

double days(LocalInstant at) {
    return std::chrono::duration<double, std::ratio<86400>>(at.time_since_epoch()).count();
}

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned) {
    const auto path = find_data_file(folders, {"rfm-orders/rfm_data_orders.csv"});
    if (!path) return path.error();
    Fits fits;
    std::map<std::string, BuyerSummary, std::less<>> buyers;
    const double end = days(parse_iso_time("2006-12-31")->local);
    bool sound = true;
    constexpr std::array<std::string_view, 3> columns{"customer_id", "order_date", "revenue"};
    const auto read = read_csv_file(*path, columns, [&](std::span<const std::string_view> cells) {
        const auto date = parse_iso_time(cells[1]);
        double revenue = 0;
        sound = sound && date && parse_number(cells[2], revenue);
        if (!sound) return;
        const double ago = end - days(date->local);
        BuyerSummary& buyer = buyers[std::string(cells[0])];
        buyer.recency = buyer.frequency == 0 ? ago : std::min(buyer.recency, ago);
        buyer.frequency += 1;
        buyer.money += revenue;
        fits.orders += 1;
    });
    if (!read) return read.error();
    for (const auto& [name, buyer] : buyers) {
        fits.buyers.push_back(buyer);
    }
    if (!sound || fits.buyers.size() < 5) {
        return Error{ErrorCode::invalid_argument, *path + " does not hold orders", {}};
    }
    auto scored = rfm_scores(fits.buyers, 5);
    if (!scored) return scored.error();
    fits.scored = std::move(*scored);
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic rfm_orders_topic{
    .name = "rfm-orders",
    .title = "RFM scores and their tie rule, rfm_data_orders",
    .takes = RunningTime::seconds,
    .run = run};

}  // namespace fineline::study
