#include "study/methods/k_medoids.h"
#include "study/methods/rows.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

/// The mean silhouette: how much nearer customers lie to their own medoid than to the next, 0 … 1.
double separation(const MixedTable& table, const KMedoidsFit& fit) {
    double sum = 0;
    for (std::size_t row = 0; row < table.values.rows; ++row) {
        double own = 0;
        double next = std::numeric_limits<double>::infinity();
        for (std::size_t cluster = 0; cluster < fit.medoids.size(); ++cluster) {
            const double here = gower_distance(table, row, fit.medoids[cluster]);
            if (cluster == fit.labels[row]) {
                own = here;
            } else {
                next = std::min(next, here);
            }
        }
        const double larger = std::max(own, next);
        sum += larger > 0 && std::isfinite(next) ? (next - own) / larger : 0.0;
    }
    return sum / static_cast<double>(table.values.rows);
}

MixedTable rows_of(const GroupingInput& input, std::span<const std::uint32_t> rows) {
    MixedTable table{.values = NumericTable(rows.size(), input.columns.size()),
                     .kinds = input.kinds};
    for (std::size_t row = 0; row < rows.size(); ++row) {
        std::copy_n(input.known.row(rows[row]).begin(),
                    input.columns.size(),
                    table.values.row(row).begin());
    }
    return table;
}

/// Labels every row by the medoid that is nearest, given as rows of the input.
std::vector<std::uint32_t> nearest_medoid(const MixedTable& all,
                                          std::span<const std::uint32_t> medoids) {
    std::vector<std::uint32_t> labels(all.values.rows);
    for (std::size_t row = 0; row < labels.size(); ++row) {
        double least = std::numeric_limits<double>::infinity();
        for (std::uint32_t cluster = 0; cluster < medoids.size(); ++cluster) {
            const double here = gower_distance(all, row, medoids[cluster]);
            if (here < least) {
                least = here;
                labels[row] = cluster;
            }
        }
    }
    return labels;
}

Result<Groups> run(const GroupingInput& input) {
    constexpr std::size_t fit_rows_max = 3'000;
    const auto rows = sample_of(input.fit_rows, fit_rows_max, input.seed);
    auto fitted = with_ranges(rows_of(input, rows));
    if (!fitted) return fitted.error();
    KMedoidsOptions options{.clusters = static_cast<unsigned>(input.segments),
                            .sample_rows_max = 1'000,
                            .seed = input.seed,
                            .threads = input.threads};
    Table table{.title = "How much nearer " + input.rows_are +
                         " lie to the typical one of their own kind than to that of the next",
                .columns = {"segments", "separation, 0 to 1"},
                .rows = {}};
    Groups groups;
    double best = -1;
    const std::size_t from = input.segments > 0 ? input.segments : 2;
    const std::size_t to = input.segments > 0 ? input.segments : input.segments_max;
    std::vector<std::uint32_t> medoids;
    for (std::size_t count = from; count <= to; ++count) {
        options.clusters = static_cast<unsigned>(count);
        const auto fit = k_medoids(*fitted, options);
        if (!fit) return fit.error();
        const double apart = separation(*fitted, *fit);
        table.rows.push_back(
            {certain("segments", static_cast<double>(count), "a count"),
             certain("separation", apart, "a description of the fitted " + input.rows_are)});
        if (apart <= best) continue;
        best = apart;
        groups.count = count;
        medoids.clear();
        for (const std::uint32_t medoid : fit->medoids) {
            medoids.push_back(rows[medoid]);
        }
    }
    MixedTable all{.values = input.known, .kinds = input.kinds, .ranges = fitted->ranges};
    groups.of_row = nearest_medoid(all, medoids);
    groups.told.emplace_back(std::move(table));
    groups.told.emplace_back(
        Note{"k-medoids around real " + input.rows_are + ", by Gower's distance over " +
             std::to_string(input.columns.size()) + " features, on " + std::to_string(rows.size()) +
             " of them; a missing value is passed over."});
    return groups;
}

constexpr std::array parameters{
    MethodParameter{"segments", "how many groups; by separation where not given", 2, 64, 0},
    MethodParameter{"seed", "of the samples", 0, 1e9, 1}};

}  // namespace

constinit const Method k_medoids_method{
    .name = "kmedoids",
    .title = "k-medoids with Gower's distance",
    .question =
        "Which customers are alike, numbers, kinds and gaps together, and who is typical of each?",
    .parameters = parameters,
    .needs = "100 customers to fit; features that vary; gaps are allowed",
    .rows_min = 100,
    .does_not_tell =
        "Whether there are groups at all. One extreme value stretches a feature's range "
        "and so makes it count for little. It knows no metric.",
    .source = "Kaufman & Rousseeuw 1990; Gower 1971; Schubert & Rousseeuw 2019",
    .run = run};

}  // namespace fineline::study
