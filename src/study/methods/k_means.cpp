#include "study/methods/k_means.h"

#include "base/random.h"
#include "study/methods/nth_seed.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace fineline::study {

namespace {

std::uint32_t nearest_to(const NumericTable& centres,
                         std::span<const double> row,
                         double& distance) {
    std::uint32_t best = 0;
    distance = std::numeric_limits<double>::infinity();
    for (std::uint32_t centre = 0; centre < centres.rows; ++centre) {
        const double candidate = squared_distance(row, centres.row(centre));
        if (candidate < distance) {
            distance = candidate;
            best = centre;
        }
    }
    return best;
}

/// One start: from seeding to the end of the moves. One thread at a time.
class Start {
  public:
    Start(const NumericTable& rows, std::span<const double> weights, const KMeansOptions& options)
        : rows_(rows), weights_(weights), options_(options) {}

    KMeansFit run(std::uint64_t seed) {
        Random random(seed);
        plant(random);
        fit_.labels.assign(rows_.rows, 0);
        for (unsigned round = 0; round < options_.rounds_max; ++round) {
            const bool changed = assign();
            move_centres();
            if (!changed && round > 0) break;
        }
        const bool singly = options_.moves == KMeansMoves::then_single_rows;
        for (unsigned round = 0; singly && round < options_.rounds_max; ++round) {
            if (!move_single_rows()) break;
            move_centres();
        }
        label_unweighted();
        measure();
        return std::move(fit_);
    }

  private:
    /// Chooses first centres by greedy k-means++: each next one is the best of a few rows drawn
    /// with a chance proportional to their weight times their squared distance from the centres
    /// there are.
    void plant(Random& random) {
        fit_.centres = NumericTable(options_.clusters, rows_.columns);
        const int candidates = 2 + static_cast<int>(std::log(options_.clusters));
        std::vector<double> distance(rows_.rows, std::numeric_limits<double>::infinity());
        std::vector<double> chance(rows_.rows, 1.0);
        for (std::uint32_t centre = 0; centre < options_.clusters; ++centre) {
            Planted best;
            for (int drawn = 0; drawn < (centre == 0 ? 1 : candidates); ++drawn) {
                Planted planted = planted_at(draw(chance, random), distance);
                if (drawn == 0 || planted.total < best.total) best = std::move(planted);
            }
            std::copy_n(
                rows_.row(best.row).begin(), rows_.columns, fit_.centres.row(centre).begin());
            distance = std::move(best.distance);
            chance = distance;
        }
    }

    /// A row as the next centre, and the squared distances there would be.
    struct Planted {
        std::size_t row = 0;
        std::vector<double> distance{};
        double total = 0;
    };

    [[nodiscard]] Planted planted_at(std::size_t centre, std::span<const double> distance) const {
        Planted planted{.row = centre, .distance = {distance.begin(), distance.end()}};
        for (std::size_t row = 0; row < rows_.rows; ++row) {
            double& here = planted.distance[row];
            here = std::min(here, squared_distance(rows_.row(row), rows_.row(centre)));
            planted.total += weights_[row] * here;
        }
        return planted;
    }

    std::size_t draw(std::span<const double> distance, Random& random) const {
        double total = 0;
        for (std::size_t row = 0; row < rows_.rows; ++row) {
            total += weights_[row] * distance[row];
        }
        double left = random.uniform() * total;
        std::size_t last = 0;
        for (std::size_t row = 0; row < rows_.rows; ++row) {
            const double share = weights_[row] * distance[row];
            if (share <= 0) continue;
            last = row;
            left -= share;
            if (left < 0) break;
        }
        return last;
    }

    bool assign() {
        bool changed = false;
        for (std::size_t row = 0; row < rows_.rows; ++row) {
            double distance = 0;
            const std::uint32_t label = nearest_to(fit_.centres, rows_.row(row), distance);
            changed = changed || label != fit_.labels[row];
            fit_.labels[row] = label;
        }
        refill_empty();
        return changed;
    }

    void count_sizes() {
        fit_.sizes.assign(options_.clusters, 0.0);
        for (std::size_t row = 0; row < rows_.rows; ++row) {
            fit_.sizes[fit_.labels[row]] += weights_[row];
        }
    }

    /// Gives a cluster that lost all its rows the row that lies farthest from its own centre.
    void refill_empty() {
        count_sizes();
        for (std::uint32_t cluster = 0; cluster < options_.clusters; ++cluster) {
            if (fit_.sizes[cluster] > 0) continue;
            std::size_t farthest = rows_.rows;
            double most = -1;
            for (std::size_t row = 0; row < rows_.rows; ++row) {
                const std::uint32_t label = fit_.labels[row];
                const double distance = squared_distance(rows_.row(row), fit_.centres.row(label));
                if (weights_[row] > 0 && fit_.sizes[label] > weights_[row] && distance > most) {
                    most = distance;
                    farthest = row;
                }
            }
            if (farthest == rows_.rows) continue;
            fit_.sizes[fit_.labels[farthest]] -= weights_[farthest];
            fit_.sizes[cluster] += weights_[farthest];
            fit_.labels[farthest] = cluster;
        }
    }

    void move_centres() {
        count_sizes();
        NumericTable sums(options_.clusters, rows_.columns);
        for (std::size_t row = 0; row < rows_.rows; ++row) {
            const auto sum = sums.row(fit_.labels[row]);
            for (std::size_t column = 0; column < rows_.columns; ++column) {
                sum[column] += weights_[row] * rows_.at(row, column);
            }
        }
        for (std::size_t cluster = 0; cluster < options_.clusters; ++cluster) {
            if (fit_.sizes[cluster] <= 0) continue;
            for (std::size_t column = 0; column < rows_.columns; ++column) {
                fit_.centres.at(cluster, column) = sums.at(cluster, column) / fit_.sizes[cluster];
            }
        }
    }

    bool move_single_rows() {
        bool moved = false;
        for (std::size_t row = 0; row < rows_.rows; ++row) {
            const double weight = weights_[row];
            const std::uint32_t own = fit_.labels[row];
            if (weight <= 0 || fit_.sizes[own] <= weight) continue;
            const auto values = rows_.row(row);
            const double saved = squared_distance(values, fit_.centres.row(own)) * fit_.sizes[own] /
                                 (fit_.sizes[own] - weight);
            std::uint32_t best = own;
            double least = saved * (1 - 1e-12);
            for (std::uint32_t other = 0; other < options_.clusters; ++other) {
                if (other == own) continue;
                const double added = squared_distance(values, fit_.centres.row(other)) *
                                     fit_.sizes[other] / (fit_.sizes[other] + weight);
                if (added < least) {
                    least = added;
                    best = other;
                }
            }
            if (best != own) {
                shift(row, best);
                moved = true;
            }
        }
        return moved;
    }

    void shift(std::size_t row, std::uint32_t to) {
        const std::uint32_t from = fit_.labels[row];
        const double weight = weights_[row];
        for (std::size_t column = 0; column < rows_.columns; ++column) {
            const double value = rows_.at(row, column);
            double& old_centre = fit_.centres.at(from, column);
            double& new_centre = fit_.centres.at(to, column);
            old_centre += (old_centre - value) * weight / (fit_.sizes[from] - weight);
            new_centre += (value - new_centre) * weight / (fit_.sizes[to] + weight);
        }
        fit_.sizes[from] -= weight;
        fit_.sizes[to] += weight;
        fit_.labels[row] = to;
    }

    /// Rows without weight took no part; they get the nearest centre.
    void label_unweighted() {
        for (std::size_t row = 0; row < rows_.rows; ++row) {
            double distance = 0;
            if (weights_[row] > 0) continue;
            fit_.labels[row] = nearest_to(fit_.centres, rows_.row(row), distance);
        }
    }

    void measure() {
        move_centres();
        for (std::size_t row = 0; row < rows_.rows; ++row) {
            const double squared =
                squared_distance(rows_.row(row), fit_.centres.row(fit_.labels[row]));
            fit_.squares += weights_[row] * squared;
            fit_.distances += weights_[row] * std::sqrt(squared);
        }
    }

    const NumericTable& rows_;
    std::span<const double> weights_;
    const KMeansOptions& options_;
    KMeansFit fit_{};
};

void sort_clusters(KMeansFit& fit) {
    const auto place = order_by_size(fit.sizes);
    const KMeansFit found = fit;
    for (std::size_t cluster = 0; cluster < place.size(); ++cluster) {
        fit.sizes[place[cluster]] = found.sizes[cluster];
        std::copy_n(found.centres.row(cluster).begin(),
                    found.centres.columns,
                    fit.centres.row(place[cluster]).begin());
    }
    for (auto& label : fit.labels) {
        label = place[label];
    }
}

Status check(const NumericTable& rows,
             std::span<const double> weights,
             const KMeansOptions& options) {
    if (options.clusters == 0 || options.starts == 0) {
        return Error{
            ErrorCode::invalid_argument, "k-means needs a cluster and a start at least", {}};
    }
    const Patterns patterns = distinct_rows(rows);
    std::vector<char> weighted(patterns.rows.rows, 0);
    for (std::size_t row = 0; row < rows.rows; ++row) {
        if (weights[row] > 0) weighted[patterns.pattern_of_row[row]] = 1;
    }
    const auto distinct = static_cast<std::size_t>(std::count(weighted.begin(), weighted.end(), 1));
    if (distinct < options.clusters) {
        return Error{ErrorCode::invalid_argument,
                     std::to_string(options.clusters) + " clusters of " + std::to_string(distinct) +
                         " distinct rows cannot be; ask for fewer",
                     {}};
    }
    return done;
}

}  // namespace

Result<KMeansFit> k_means(const NumericTable& rows,
                          std::span<const double> weights,
                          const KMeansOptions& options) {
    if (const auto checked = check_finite(rows); !checked) return checked.error();
    const auto used = checked_weights(weights, rows.rows);
    if (!used) return used.error();
    if (const auto checked = check(rows, *used, options); !checked) return checked.error();

    std::vector<KMeansFit> fits(options.starts);
    for_each_index(options.starts, options.threads, [&](std::size_t start) {
        fits[start] = Start(rows, *used, options).run(nth_seed(options.seed, start));
    });
    const auto best =
        std::min_element(fits.begin(), fits.end(), [](const KMeansFit& a, const KMeansFit& b) {
            return a.squares < b.squares;
        });
    const double bar = best->squares * (1 + 1e-6) + 1e-12;
    const auto found = std::count_if(
        fits.begin(), fits.end(), [&](const KMeansFit& fit) { return fit.squares <= bar; });
    KMeansFit fit = std::move(*best);
    fit.starts = options.starts;
    fit.best_found = static_cast<unsigned>(found);
    sort_clusters(fit);
    return fit;
}

std::vector<std::uint32_t> nearest_centre(const NumericTable& centres, const NumericTable& rows) {
    std::vector<std::uint32_t> labels(rows.rows);
    for (std::size_t row = 0; row < rows.rows; ++row) {
        double distance = 0;
        labels[row] = nearest_to(centres, rows.row(row), distance);
    }
    return labels;
}

}  // namespace fineline::study
