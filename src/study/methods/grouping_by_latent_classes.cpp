#include "study/methods/latent_classes.h"
#include "study/methods/rows.h"
#include "study/statistics/quantile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

namespace fineline::study {

namespace {

constexpr std::size_t fit_rows_max = 5'000;
constexpr std::size_t items_max = 16;

/// A feature as an answer: below the first cut 0, below the second 1, else 2.
struct Item {
    std::size_t column = 0;
    std::vector<double> cuts{};

    [[nodiscard]] std::uint8_t of(double value) const {
        if (std::isnan(value)) return AnswerTable::missing;
        const auto above = std::upper_bound(cuts.begin(), cuts.end(), value) - cuts.begin();
        return static_cast<std::uint8_t>(above);
    }
};

/// Cuts a feature at its thirds, ties permitting; empty where it does not vary.
std::optional<Item> item_of(const GroupingInput& input,
                            std::size_t column,
                            std::span<const std::uint32_t> rows) {
    std::vector<double> values;
    for (const std::uint32_t row : rows) {
        const double value = input.known.at(row, column);
        if (!std::isnan(value)) values.push_back(value);
    }
    if (values.size() < rows.size() / 10 + 1) return std::nullopt;
    std::sort(values.begin(), values.end());
    Item item{.column = column};
    for (const double share : {1.0 / 3, 2.0 / 3}) {
        const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size()));
        // A cut on a value would split those who share it: it moves up to the next one.
        const auto next = std::upper_bound(values.begin(), values.end(), values[at]);
        const double cut = values[at] > values.front() ? values[at]
                           : next == values.end()      ? values.front()
                                                       : *next;
        if (cut > values.front() && (item.cuts.empty() || cut > item.cuts.back()))
            item.cuts.push_back(cut);
    }
    return item.cuts.empty() ? std::nullopt : std::optional<Item>(item);
}

AnswerTable answers_of(const GroupingInput& input,
                       std::span<const Item> items,
                       std::span<const std::uint32_t> rows) {
    AnswerTable table;
    for (const Item& item : items) {
        table.levels.push_back(static_cast<std::uint8_t>(item.cuts.size() + 1));
    }
    for (const std::uint32_t row : rows) {
        for (const Item& item : items) {
            table.answers.push_back(item.of(input.known.at(row, item.column)));
        }
    }
    return table;
}

std::uint32_t most_likely(const LatentClassFit& fit, std::span<const std::uint8_t> answers) {
    std::uint32_t best = 0;
    double most = -std::numeric_limits<double>::infinity();
    for (std::uint32_t of_class = 0; of_class < fit.shares.size(); ++of_class) {
        double sum = std::log(std::max(fit.shares[of_class], 1e-300));
        for (std::size_t item = 0; item < answers.size(); ++item) {
            if (answers[item] == AnswerTable::missing) continue;
            sum += std::log(std::max(fit.probability(of_class, item, answers[item]), 1e-300));
        }
        if (sum > most) {
            most = sum;
            best = of_class;
        }
    }
    return best;
}

std::vector<Cell> criteria_row(const LatentClassFit& fit) {
    const std::string given = "follows from the fit";
    return {certain("segments", static_cast<double>(fit.shares.size()), "a count"),
            certain("log-likelihood", fit.log_likelihood, given),
            certain("AIC3", fit.criteria.aic3, given),
            certain("BIC", fit.criteria.bic, given),
            certain("ICL", fit.criteria.icl, given),
            certain("best found", fit.best_found, "a count"),
            certain("starts", fit.starts, "a count")};
}

/// The classes by the smallest AIC3 where none are asked for.
Result<LatentClassFit> fit_classes(const AnswerTable& answers,
                                   const GroupingInput& input,
                                   Table& table) {
    std::optional<LatentClassFit> best;
    const std::size_t from = input.segments > 0 ? input.segments : 1;
    const std::size_t to = input.segments > 0 ? input.segments : input.segments_max;
    for (std::size_t count = from; count <= to; ++count) {
        auto fit = latent_classes(answers,
                                  {.classes = static_cast<unsigned>(count),
                                   .starts = 10,
                                   .rounds_max = 2'000,
                                   .tolerance = 1e-7,
                                   .seed = input.seed,
                                   .threads = input.threads});
        if (!fit) return fit;
        table.rows.push_back(criteria_row(*fit));
        if (!best || fit->criteria.aic3 < best->criteria.aic3) best = std::move(*fit);
    }
    return std::move(*best);
}

Result<Groups> run(const GroupingInput& input) {
    const auto rows = sample_of(input.fit_rows, fit_rows_max, input.seed);
    std::vector<Item> items;
    for (std::size_t column = 0; column < input.columns.size() && items.size() < items_max;
         ++column) {
        if (auto item = item_of(input, column, rows)) items.push_back(std::move(*item));
    }
    if (items.size() < 3) {
        return Error{ErrorCode::invalid_argument,
                     "latent classes need three features that vary at least, not " +
                         std::to_string(items.size()),
                     {}};
    }
    Table table{
        .title = "Latent classes by number of segments (smaller AIC3, BIC, ICL is better)",
        .columns = {"segments", "log-likelihood", "AIC3", "BIC", "ICL", "best found", "of starts"},
        .rows = {}};
    const auto fit = fit_classes(answers_of(input, items, rows), input, table);
    if (!fit) return fit.error();
    std::vector<std::uint32_t> all(input.known.rows);
    for (std::uint32_t row = 0; row < all.size(); ++row) {
        all[row] = row;
    }
    const AnswerTable answers = answers_of(input, items, all);
    Groups groups{.of_row = {}, .count = fit->shares.size(), .names = {}, .told = {}};
    for (std::size_t row = 0; row < answers.rows(); ++row) {
        groups.of_row.push_back(most_likely(*fit, answers.row(row)));
    }
    groups.told.emplace_back(std::move(table));
    groups.told.emplace_back(
        Note{"Latent classes on " + std::to_string(items.size()) +
             " features, each cut at its thirds; the number of segments by AIC3 unless asked for; "
             "customers stand in their most likely class."});
    return groups;
}

constexpr std::array parameters{
    MethodParameter{"segments", "how many classes; by AIC3 where not given", 1, 64, 0},
    MethodParameter{"seed", "of the starts", 0, 1e9, 1}};

}  // namespace

constinit const Method latent_classes_method{
    .name = "lca",
    .title = "latent class analysis",
    .question = "Which few kinds of customers would explain how their answers go together?",
    .parameters = parameters,
    .needs = "200 customers to fit, three features that vary; answers, or features cut into thirds",
    .rows_min = 200,
    .does_not_tell =
        "That the classes exist: items that repeat each other make classes of their own. "
        "Order and distance of levels are not used. It knows no metric.",
    .source = "Goodman 1974; Linzer & Lewis 2011; AIC3: Andrews & Currim 2003",
    .run = run};

}  // namespace fineline::study
