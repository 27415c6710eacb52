#pragma once

#include "study/methods/numeric_table.h"

namespace fineline::study {

/// How a column is compared.
enum class ColumnKind : std::uint8_t {
    number,    ///< by difference, relative to the column's range
    category,  ///< same or not; a code per category
};

/// Rows of mixed columns; NaN is a missing value here.
struct MixedTable {
    NumericTable values{};
    std::vector<ColumnKind> kinds{};  ///< one a column
    std::vector<double> ranges{};     ///< of number columns, set by with_ranges
};

/// Sets the ranges of the number columns. Errors: invalid_argument for an empty table, an infinite
/// value, kinds that are not one a column, or a column of numbers that is constant or all missing.
[[nodiscard]] Result<MixedTable> with_ranges(MixedTable table);

/// The mean, over the columns both rows know, of |a − b| / range or of "differs"; 0 … 1, and 1
/// where they know none in common. Source: Gower 1971.
[[nodiscard]] double gower_distance(const MixedTable& table, std::size_t a, std::size_t b);

struct KMedoidsOptions {
    unsigned clusters = 4;
    unsigned samples = 5;  ///< drawn where there are more rows than `sample_rows_max`
    std::size_t sample_rows_max = 1500;
    std::uint64_t seed = 1;
    unsigned threads = 1;
};

/// The best partition found. Clusters are ordered by size, largest first.
struct KMedoidsFit {
    std::vector<std::uint32_t> medoids{};  ///< rows that stand for their clusters: typical members
    std::vector<std::uint32_t> labels{};
    std::vector<double> sizes{};
    double distances = 0;  ///< summed Gower distance to the own medoid
    unsigned samples = 0;  ///< 1: on all rows
    unsigned best_found = 0;
};

/// Partitions rows around real rows so that the sum of Gower distances to them is as small as
/// found: BUILD and SWAP of PAM (Kaufman & Rousseeuw 1990) with the swap gains of FastPAM1
/// (Schubert & Rousseeuw 2019); above `sample_rows_max` rows on samples of that size, keeping the
/// medoids best for all rows (CLARA). Errors: as with_ranges, or fewer distinct rows than clusters.
/// Cost: O(samples · sample² · columns) time, O(sample²) memory a thread.
[[nodiscard]] Result<KMedoidsFit> k_medoids(const MixedTable& table,
                                            const KMedoidsOptions& options);

}  // namespace fineline::study
