#include "study/methods/partition_agreement.h"

#include <algorithm>
#include <cmath>

namespace fineline::study {

namespace {

/// Weights shared by each pair of clusters, with the sums of both sides.
struct Contingency {
    std::size_t columns = 0;
    std::vector<double> cells{};
    std::vector<double> first{};
    std::vector<double> second{};
    double total = 0;
};

Contingency contingency(const TwoLabelings& labelings) {
    const auto clusters = [](std::span<const std::uint32_t> labels) {
        return labels.empty() ? std::size_t{0}
                              : std::size_t{*std::max_element(labels.begin(), labels.end())} + 1;
    };
    Contingency table;
    table.columns = clusters(labelings.second);
    table.first.assign(clusters(labelings.first), 0.0);
    table.second.assign(table.columns, 0.0);
    table.cells.assign(table.first.size() * table.columns, 0.0);
    for (std::size_t row = 0; row < labelings.first.size(); ++row) {
        const double weight = labelings.weights.empty() ? 1.0 : labelings.weights[row];
        table.cells[labelings.first[row] * table.columns + labelings.second[row]] += weight;
        table.first[labelings.first[row]] += weight;
        table.second[labelings.second[row]] += weight;
        table.total += weight;
    }
    return table;
}

double pairs(std::span<const double> counts) {
    double sum = 0;
    for (const double count : counts) {
        sum += count * (count - 1) / 2;
    }
    return sum;
}

}  // namespace

double adjusted_rand_index(const TwoLabelings& labelings) {
    const Contingency table = contingency(labelings);
    const double all = table.total * (table.total - 1) / 2;
    if (all <= 0) return 1;
    const double first = pairs(table.first);
    const double second = pairs(table.second);
    const double by_chance = first * second / all;
    const double most = (first + second) / 2;
    if (most - by_chance <= 0) return 1;
    return (pairs(table.cells) - by_chance) / (most - by_chance);
}

std::vector<double> best_jaccard(const TwoLabelings& labelings, std::size_t clusters) {
    const Contingency table = contingency(labelings);
    std::vector<double> best(clusters, 0.0);
    for (std::size_t i = 0; i < std::min(clusters, table.first.size()); ++i) {
        for (std::size_t j = 0; j < table.columns; ++j) {
            const double shared = table.cells[i * table.columns + j];
            const double either = table.first[i] + table.second[j] - shared;
            best[i] = std::max(best[i], either > 0 ? shared / either : 0.0);
        }
    }
    return best;
}

std::vector<double> origin_entropy(const TwoLabelings& labelings, std::size_t clusters) {
    const Contingency table = contingency(labelings);
    std::vector<double> entropy(clusters, 0.0);
    for (std::size_t j = 0; j < std::min(clusters, table.columns); ++j) {
        for (std::size_t i = 0; i < table.first.size(); ++i) {
            const double shared = table.cells[i * table.columns + j];
            if (shared <= 0) continue;
            const double share = shared / table.second[j];
            entropy[j] -= share * std::log(share);
        }
    }
    return entropy;
}

}  // namespace fineline::study
