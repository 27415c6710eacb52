#include "study/methods/k_medoids.h"

#include "base/random.h"
#include "study/methods/nth_seed.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

namespace fineline::study {

namespace {

constexpr double far_away = std::numeric_limits<double>::infinity();

Error wrong(std::string message) {
    return {ErrorCode::invalid_argument, std::move(message), {}};
}

/// PAM on the distances of one sample. One thread at a time.
class Pam {
  public:
    Pam(const MixedTable& table, std::span<const std::uint32_t> rows) : rows_(rows) {
        const std::size_t size = rows.size();
        distances_.resize(size * size, 0.0F);
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                const auto distance = static_cast<float>(gower_distance(table, rows[i], rows[j]));
                distances_[i * size + j] = distance;
                distances_[j * size + i] = distance;
            }
        }
    }

    /// Returns the medoids as rows of the table.
    std::vector<std::uint32_t> run(unsigned clusters) {
        build(clusters);
        while (swap_best()) {
        }
        std::vector<std::uint32_t> result;
        for (const std::size_t medoid : medoids_) {
            result.push_back(rows_[medoid]);
        }
        return result;
    }

  private:
    [[nodiscard]] std::size_t size() const { return rows_.size(); }

    [[nodiscard]] double distance(std::size_t i, std::size_t j) const {
        return static_cast<double>(distances_[i * size() + j]);
    }

    /// Adds medoids one by one, each where it saves most.
    void build(unsigned clusters) {
        std::vector<double> nearest(size(), far_away);
        for (unsigned cluster = 0; cluster < clusters; ++cluster) {
            std::size_t best = 0;
            double least = far_away;
            for (std::size_t candidate = 0; candidate < size(); ++candidate) {
                if (std::find(medoids_.begin(), medoids_.end(), candidate) != medoids_.end())
                    continue;
                double sum = 0;
                for (std::size_t row = 0; row < size(); ++row) {
                    sum += std::min(nearest[row], distance(row, candidate));
                }
                if (sum < least) {
                    least = sum;
                    best = candidate;
                }
            }
            medoids_.push_back(best);
            for (std::size_t row = 0; row < size(); ++row) {
                nearest[row] = std::min(nearest[row], distance(row, best));
            }
        }
    }

    void find_two_nearest() {
        own_.assign(size(), 0);
        first_.assign(size(), far_away);
        second_.assign(size(), far_away);
        for (std::size_t row = 0; row < size(); ++row) {
            for (std::size_t cluster = 0; cluster < medoids_.size(); ++cluster) {
                const double here = distance(row, medoids_[cluster]);
                if (here < first_[row]) {
                    second_[row] = first_[row];
                    first_[row] = here;
                    own_[row] = cluster;
                } else {
                    second_[row] = std::min(second_[row], here);
                }
            }
        }
    }

    /// What the sum changes by if `candidate` replaces each medoid, all at once.
    [[nodiscard]] std::vector<double> changes(std::size_t candidate,
                                              std::span<const double> removal) const {
        std::vector<double> change(removal.begin(), removal.end());
        double for_all = 0;
        for (std::size_t row = 0; row < size(); ++row) {
            const double here = distance(row, candidate);
            if (here < first_[row]) {
                for_all += here - first_[row];
                change[own_[row]] += first_[row] - second_[row];
            } else if (here < second_[row]) {
                change[own_[row]] += here - second_[row];
            }
        }
        for (double& value : change) {
            value += for_all;
        }
        return change;
    }

    bool swap_best() {
        find_two_nearest();
        if (medoids_.size() == 1) std::fill(second_.begin(), second_.end(), 2.0);
        std::vector<double> removal(medoids_.size(), 0.0);
        for (std::size_t row = 0; row < size(); ++row) {
            removal[own_[row]] += second_[row] - first_[row];
        }
        double least = -1e-6;  // the sums are of floats
        std::size_t leaves = 0;
        std::size_t enters = size();
        for (std::size_t candidate = 0; candidate < size(); ++candidate) {
            if (medoids_[own_[candidate]] == candidate) continue;
            const auto change = changes(candidate, removal);
            const auto best = std::min_element(change.begin(), change.end());
            if (*best < least) {
                least = *best;
                leaves = static_cast<std::size_t>(best - change.begin());
                enters = candidate;
            }
        }
        if (enters == size()) return false;
        medoids_[leaves] = enters;
        return true;
    }

    std::span<const std::uint32_t> rows_;
    std::vector<float> distances_{};
    std::vector<std::size_t> medoids_{};
    std::vector<std::size_t> own_{};
    std::vector<double> first_{};
    std::vector<double> second_{};
};

std::vector<std::uint32_t> sample_rows(std::size_t rows, std::size_t wanted, std::uint64_t seed) {
    std::vector<std::uint32_t> all(rows);
    std::iota(all.begin(), all.end(), 0U);
    if (rows <= wanted) return all;
    Random random(seed);
    for (std::size_t i = 0; i < wanted; ++i) {
        std::swap(all[i], all[i + random.below(rows - i)]);
    }
    all.resize(wanted);
    std::sort(all.begin(), all.end());
    return all;
}

/// Labels all rows by the nearest medoid; clusters by size.
KMedoidsFit assigned(const MixedTable& table, std::span<const std::uint32_t> medoids) {
    KMedoidsFit fit;
    fit.medoids.assign(medoids.begin(), medoids.end());
    fit.sizes.assign(medoids.size(), 0.0);
    for (std::size_t row = 0; row < table.values.rows; ++row) {
        std::uint32_t best = 0;
        double least = far_away;
        for (std::uint32_t cluster = 0; cluster < medoids.size(); ++cluster) {
            const double here =
                medoids[cluster] == row ? -1 : gower_distance(table, row, medoids[cluster]);
            if (here < least) {
                least = here;
                best = cluster;
            }
        }
        fit.labels.push_back(best);
        fit.sizes[best] += 1;
        fit.distances += std::max(0.0, least);
    }
    const auto place = order_by_size(fit.sizes);
    const KMedoidsFit found = fit;
    for (std::size_t cluster = 0; cluster < place.size(); ++cluster) {
        fit.medoids[place[cluster]] = found.medoids[cluster];
        fit.sizes[place[cluster]] = found.sizes[cluster];
    }
    for (auto& label : fit.labels) {
        label = place[label];
    }
    return fit;
}

std::size_t distinct_count(const MixedTable& table) {
    NumericTable known = table.values;
    for (double& value : known.values) {
        if (std::isnan(value)) value = std::numeric_limits<double>::infinity();
    }
    return distinct_rows(known).weights.size();
}

}  // namespace

Result<MixedTable> with_ranges(MixedTable table) {
    const NumericTable& values = table.values;
    if (values.rows == 0 || values.columns == 0 || table.kinds.size() != values.columns) {
        return wrong("there is nothing to compare: " + std::to_string(values.rows) + " rows, " +
                     std::to_string(values.columns) + " columns, " +
                     std::to_string(table.kinds.size()) + " kinds of columns");
    }
    table.ranges.assign(values.columns, 0.0);
    for (std::size_t column = 0; column < values.columns; ++column) {
        double low = far_away;
        double high = -far_away;
        for (std::size_t row = 0; row < values.rows; ++row) {
            const double value = values.at(row, column);
            if (std::isinf(value)) {
                return wrong("row " + std::to_string(row + 1) + ", column " +
                             std::to_string(column + 1) + " is infinite");
            }
            if (std::isnan(value)) continue;
            low = std::min(low, value);
            high = std::max(high, value);
        }
        if (table.kinds[column] == ColumnKind::number && !(high > low)) {
            return wrong("column " + std::to_string(column + 1) +
                         " is constant or all missing and tells nobody apart; leave it out");
        }
        table.ranges[column] = high > low ? high - low : 1.0;
    }
    return table;
}

double gower_distance(const MixedTable& table, std::size_t a, std::size_t b) {
    const auto left = table.values.row(a);
    const auto right = table.values.row(b);
    double sum = 0;
    double known = 0;
    for (std::size_t column = 0; column < left.size(); ++column) {
        const double difference = left[column] - right[column];
        if (std::isnan(difference)) continue;
        known += 1;
        if (table.kinds[column] == ColumnKind::category) {
            sum += difference == 0 ? 0.0 : 1.0;
        } else {
            sum += std::abs(difference) / table.ranges[column];
        }
    }
    return known > 0 ? sum / known : 1.0;
}

Result<KMedoidsFit> k_medoids(const MixedTable& raw, const KMedoidsOptions& options) {
    const auto table = with_ranges(raw);
    if (!table) return table.error();
    const std::size_t distinct = distinct_count(*table);
    if (options.clusters == 0 || options.samples == 0 || distinct < options.clusters ||
        options.sample_rows_max < options.clusters) {
        return wrong(std::to_string(options.clusters) + " clusters of " + std::to_string(distinct) +
                     " distinct rows cannot be; ask for 1 at least and fewer than that");
    }
    const bool whole = table->values.rows <= options.sample_rows_max;
    std::vector<KMedoidsFit> fits(whole ? 1 : options.samples);
    for_each_index(fits.size(), options.threads, [&](std::size_t sample) {
        const auto rows = sample_rows(
            table->values.rows, options.sample_rows_max, nth_seed(options.seed, sample));
        fits[sample] = assigned(*table, Pam(*table, rows).run(options.clusters));
    });
    const auto best =
        std::min_element(fits.begin(), fits.end(), [](const KMedoidsFit& a, const KMedoidsFit& b) {
            return a.distances < b.distances;
        });
    const double bar = best->distances * 1.01;
    const auto found = static_cast<unsigned>(std::count_if(
        fits.begin(), fits.end(), [&](const KMedoidsFit& fit) { return fit.distances <= bar; }));
    KMedoidsFit fit = std::move(*best);
    fit.samples = static_cast<unsigned>(fits.size());
    fit.best_found = found;
    return fit;
}

}  // namespace fineline::study
