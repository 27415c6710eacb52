#include "study/methods/bg_nbd.h"
#include "study/methods/gamma_gamma.h"
#include "study/methods/rows.h"
#include "study/statistics/quantile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace fineline::study {

namespace {

constexpr std::size_t groups_usual = 5;
constexpr std::size_t groups_max = 9;

/// Histories are fitted on at most this many customers: a likelihood of four parameters needs no
/// more.
constexpr std::size_t fitted_max = 20'000;

/// The columns that reads() asks for, in its order; money only where the event has an amount.
enum Column : std::size_t { days_column, since_first_column, since_last_column, money_column };

Result<std::vector<Feature>> reads(const MetricEvent& of) {
    std::vector<Feature> features{feature_of({.function = "days", .event = of.event}),
                                  feature_of({.function = "since_first", .event = of.event}),
                                  feature_of({.function = "since_last", .event = of.event})};
    if (!of.amount.empty()) {
        features.push_back(
            feature_of({.function = "sum", .event = of.event, .property = of.amount}));
    }
    return features;
}

/// What the two models know of a customer.
struct Buyer {
    PurchaseHistory history;
    SpendHistory spend;
};

/// Nothing for who never bought, and for who spent less than nothing on balance.
std::optional<Buyer> buyer(const GroupingInput& input, std::uint32_t row) {
    const double days = input.own.at(row, days_column);
    const double first = input.own.at(row, since_first_column);
    const double last = input.own.at(row, since_last_column);
    if (!(days >= 1) || std::isnan(first) || std::isnan(last)) return std::nullopt;
    const double repeats = days - 1;
    Buyer one{.history = {.repeats = repeats,
                          .last = repeats > 0 ? std::max(0.0, first - last) : 0,
                          .observed = first},
              .spend = {}};
    if (input.own.columns > money_column) {
        const double money = input.own.at(row, money_column);
        if (!(money >= 0)) return std::nullopt;
        one.spend = {.purchases = days, .mean = money / days};
    }
    return one;
}

struct Models {
    BgNbdFit purchases;
    std::optional<GammaGammaFit> spend;

    /// Purchases, or their worth, to be expected within `days` of the row's snapshot.
    [[nodiscard]] double expected(const Buyer& one, double days) const {
        const double further = purchases.model.expected_further(one.history, days);
        return spend ? further * spend->model.expected_spend(one.spend) : further;
    }
};

/// Rows of the last fitting snapshot: each customer once, with the whole history up to then.
std::vector<std::uint32_t> latest_rows(const GroupingInput& input) {
    std::uint32_t latest = 0;
    for (const std::uint32_t row : input.fit_rows) {
        latest = std::max(latest, input.snapshot[row]);
    }
    std::vector<std::uint32_t> rows;
    for (const std::uint32_t row : input.fit_rows) {
        if (input.snapshot[row] == latest) rows.push_back(row);
    }
    return rows;
}

Result<Models> fit(const GroupingInput& input) {
    std::vector<PurchaseHistory> histories;
    std::vector<SpendHistory> spends;
    for (const std::uint32_t row : sample_of(latest_rows(input), fitted_max, input.seed)) {
        if (const auto one = buyer(input, row)) {
            histories.push_back(one->history);
            spends.push_back(one->spend);
        }
    }
    const PurchaseFitOptions options{.seed = input.seed, .threads = input.threads};
    auto purchases = fit_bg_nbd(histories, Dropout::after_repeats, options);
    if (!purchases) return purchases.error();
    Models models{.purchases = std::move(*purchases), .spend = {}};
    if (input.own.columns > money_column) {
        auto spend = fit_gamma_gamma(spends, options);
        if (!spend) return spend.error();
        models.spend = std::move(*spend);
    }
    return models;
}

Table parameters_table(const Models& models) {
    const std::string why = "a parameter at its greatest likelihood";
    Table table{.title = "Parameters (times in days)", .columns = {"model", "parameter", "value"}};
    const auto add = [&](const char* model, const char* name, double value) {
        table.rows.push_back({model, name, certain(name, value, why)});
    };
    const BgNbd& bought = models.purchases.model;
    add("BG/NBD", "r", bought.r);
    add("BG/NBD", "alpha", bought.alpha);
    add("BG/NBD", "a", bought.a);
    add("BG/NBD", "b", bought.b);
    if (models.spend) {
        add("gamma-gamma", "p", models.spend->model.p);
        add("gamma-gamma", "q", models.spend->model.q);
        add("gamma-gamma", "gamma", models.spend->model.gamma);
    }
    return table;
}

Result<Groups> run(const GroupingInput& input) {
    const auto models = fit(input);
    if (!models) return models.error();
    const std::size_t wanted = input.segments > 0 ? input.segments : groups_usual;
    const std::size_t count = std::clamp<std::size_t>(wanted, 2, groups_max);
    std::vector<double> fitted;
    for (const std::uint32_t row : input.fit_rows) {
        const auto one = buyer(input, row);
        if (one) fitted.push_back(models->expected(*one, input.horizon_days));
    }
    std::sort(fitted.begin(), fitted.end());
    std::vector<double> cuts;
    for (std::size_t cut = 1; cut < count; ++cut) {
        const double share = static_cast<double>(cut) / static_cast<double>(count);
        cuts.push_back(quantile_of_sorted(fitted, share));
    }
    Groups groups{.of_row = {}, .count = count + 1, .names = {}, .told = {}};
    for (std::size_t group = 0; group < count; ++group) {
        groups.names.push_back("expected_value_" + std::to_string(group + 1) + "_of_" +
                               std::to_string(count));
    }
    groups.names.emplace_back("no_purchase_yet");
    for (std::uint32_t row = 0; row < input.known.rows; ++row) {
        const auto one = buyer(input, row);
        const auto below =
            one ? std::lower_bound(
                      cuts.begin(), cuts.end(), models->expected(*one, input.horizon_days)) -
                      cuts.begin()
                : 0;
        groups.of_row.push_back(
            static_cast<std::uint32_t>(one ? count - 1 - static_cast<std::size_t>(below) : count));
    }
    groups.told.emplace_back(parameters_table(*models));
    groups.told.emplace_back(Note{
        "Days with a purchase are the purchases. Groups are equal shares of the fitting rows by "
        "what is expected within the metric's horizon, 1 the most" +
        std::string(models->spend ? ": purchases times spend a day." : ": purchases.")});
    return groups;
}

constexpr std::array parameters{
    MethodParameter{"segments", "equal shares of the customers", 2, groups_max, groups_usual}};

}  // namespace

constinit const Method value_method{
    .name = "value",
    .title = "expected purchases and value",
    .question =
        "Who is expected to buy how much within the horizon, by how often, how lately and "
        "for how long they bought?",
    .parameters = parameters,
    .needs =
        "100 customers to fit, some of whom bought on two days, and an event that the metric "
        "reads",
    .rows_min = 100,
    .does_not_tell =
        "What else than the rhythm of buying tells: seasons, traits and other events "
        "are not looked at, and how much is taken not to depend on how often.",
    .source = "BG/NBD: Fader, Hardie & Lee 2005; gamma-gamma: Fader & Hardie 2013",
    .reads = reads,
    .run = run};

}  // namespace fineline::study
