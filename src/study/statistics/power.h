#pragma once

#include <cstdint>
#include <optional>

namespace fineline::study {

/// The chances a planned test may take.
struct TestPlan {
    double significance = 0.05;  ///< two-sided, over all comparisons together (Bonferroni)
    double power = 0.80;
    int comparisons = 1;
};

/// The smallest number of customers, half of them treated, that would show a relative change of
/// `detect` in a mean: 2 · 16 σ² / (detect · μ)², for 80 % power at two-sided 5 %. Nothing where
/// no number would do: the mean or `detect` is 0. Source: Lehr (1992), 16 ≈ 2 (1.96 + 0.84)².
struct OutcomeSpread {
    double mean = 0;
    double variance = 0;
};

[[nodiscard]] std::optional<double> least_size(const OutcomeSpread& outcome, double detect);

/// Customers per arm that show the difference between two rates, equal arms: the usual formula with
/// the pooled variance under equality, without continuity correction, not rounded.
/// Nothing where the rates are equal or not in [0, 1]. Source: Fleiss, Levin & Paik (2003), §4.2.
struct TwoRates {
    double control = 0;
    double treated = 0;
};

[[nodiscard]] std::optional<double> size_per_arm_for_rates(const TwoRates& rates,
                                                           const TestPlan& plan = {});

/// Customers per arm that show a difference between two means of a common standard deviation.
/// Nothing where the difference is 0. Source: as above, §4; 2 σ² (z + z)² / difference².
struct MeanShift {
    double difference = 0;
    double standard_deviation = 0;
};

[[nodiscard]] std::optional<double> size_per_arm_for_means(const MeanShift& shift,
                                                           const TestPlan& plan = {});

}  // namespace fineline::study
