#include "study/methods/rfm.h"
#include "study/methods/rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace fineline::study {

namespace {

constexpr unsigned bins = 5;
constexpr std::uint8_t recent_from = 3;

/// The columns that reads() asks for, in its order.
enum Column : std::size_t { recency_column, frequency_column, money_column };

Result<std::vector<Feature>> reads(const MetricEvent& of) {
    if (of.amount.empty()) {
        return Error{ErrorCode::invalid_argument,
                     "RFM needs how long ago, how often and how much of one event: the metric must "
                     "read an event with an amount",
                     {}};
    }
    constexpr double a_year = 365;
    return std::vector<Feature>{
        feature_of({.function = "since_last", .event = of.event}),
        feature_of({.function = "count", .event = of.event, .last_days = a_year}),
        feature_of(
            {.function = "sum", .event = of.event, .property = of.amount, .last_days = a_year})};
}

std::optional<BuyerSummary> buyer(const GroupingInput& input, std::uint32_t row) {
    const double recency = input.own.at(row, recency_column);
    const double frequency = input.own.at(row, frequency_column);
    const double money = input.own.at(row, money_column);
    if (std::isnan(recency) || std::isnan(frequency)) return std::nullopt;
    return BuyerSummary{
        .recency = recency, .frequency = frequency, .money = std::isnan(money) ? 0 : money};
}

/// The place of a value among cuts, by the rule of rfm_scores.
std::uint8_t score(double value, std::span<const double> cuts) {
    return static_cast<std::uint8_t>(
        1 + (std::lower_bound(cuts.begin(), cuts.end(), value) - cuts.begin()));
}

/// Recent or lapsed, by how often and how much together: the mean of frequency and money, 1 to 5.
std::uint32_t group_of(const BuyerSummary& one, const RfmScores& scores) {
    const std::uint8_t recency =
        static_cast<std::uint8_t>(bins + 1 - score(one.recency, scores.recency_cuts));
    const int worth =
        score(one.frequency, scores.frequency_cuts) + score(one.money, scores.money_cuts);
    const std::uint32_t level = worth >= 8 ? 0 : worth >= 5 ? 1 : 2;
    return (recency >= recent_from ? 0U : 3U) + level;
}

Result<Groups> run(const GroupingInput& input) {
    std::vector<BuyerSummary> buyers;
    for (const std::uint32_t row : input.fit_rows) {
        if (const auto one = buyer(input, row)) buyers.push_back(*one);
    }
    const auto scores = rfm_scores(buyers, bins);
    if (!scores) return scores.error();
    Groups groups{.of_row = {},
                  .count = 7,
                  .names = {"recent_valuable",
                            "recent_middling",
                            "recent_slight",
                            "lapsed_valuable",
                            "lapsed_middling",
                            "lapsed_slight",
                            "never_bought"},
                  .told = {}};
    for (std::uint32_t row = 0; row < input.known.rows; ++row) {
        const auto one = buyer(input, row);
        groups.of_row.push_back(one ? group_of(*one, *scores) : 6U);
    }
    Table table{.title = "Cuts of recency (days), frequency and money over the fitting customers",
                .columns = {"score reached above", "recency (days)", "frequency", "money"},
                .rows = {}};
    for (std::size_t cut = 0; cut + 1 < bins; ++cut) {
        const std::string given = "a quantile of the fitting customers";
        table.rows.push_back({std::to_string(cut + 1),
                              certain("recency", scores->recency_cuts[cut], given),
                              certain("frequency", scores->frequency_cuts[cut], given),
                              certain("money", scores->money_cuts[cut], given)});
    }
    groups.told.emplace_back(std::move(table));
    groups.told.emplace_back(Note{
        "Quintiles, recency reversed; ties share a score, and a value on a cut belongs below it, "
        "so "
        "that bins are unequal where many tie. Recent: recency score 3 to 5. Valuable: frequency "
        "and money scores sum to 8 or more; slight: to 4 or less."});
    return groups;
}

constexpr std::array parameters{
    MethodParameter{"bins", "quantile bins of each of the three", bins, bins, bins}};

}  // namespace

constinit const Method rfm_method{
    .name = "rfm",
    .title = "recency, frequency, monetary value",
    .question = "Who bought lately, often and much, by quintiles of all three?",
    .parameters = parameters,
    .needs = "100 customers to fit who bought; an event with an amount, read by the metric",
    .rows_min = 100,
    .does_not_tell =
        "What anybody will do next: the scores describe the past, and the cuts are equal "
        "shares, not borders that anything shows. Everything else that is known is left out.",
    .source = "Hughes 1994; tie rule of R's rfm package",
    .reads = reads,
    .run = run};

}  // namespace fineline::study
