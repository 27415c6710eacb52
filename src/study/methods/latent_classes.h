#pragma once

#include "study/methods/numeric_table.h"

#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// Answers of people to items with a few levels each, coded 0 … levels − 1.
struct AnswerTable {
    static constexpr std::uint8_t missing = 255;

    std::vector<std::uint8_t> levels{};   ///< of each item, 2 … 64
    std::vector<std::uint8_t> answers{};  ///< by row, items of them; `missing` where not answered
    std::vector<double> weights{};        ///< one a row; empty: all 1

    [[nodiscard]] std::size_t items() const { return levels.size(); }

    [[nodiscard]] std::size_t rows() const {
        return levels.empty() ? 0 : answers.size() / levels.size();
    }

    [[nodiscard]] std::span<const std::uint8_t> row(std::size_t at) const {
        return std::span(answers).subspan(at * items(), items());
    }
};

/// The distinct rows of an answer table with their summed weights.
struct AnswerPatterns {
    AnswerTable table{};
    std::vector<std::uint32_t> pattern_of_row{};
};

[[nodiscard]] AnswerPatterns distinct_answers(const AnswerTable& table);

/// How often and how long EM tries.
struct LatentClassOptions {
    unsigned classes = 2;
    unsigned starts = 20;
    unsigned rounds_max = 20'000;  ///< of EM in one start
    double tolerance = 1e-9;  ///< ends when a round gains less than this times the rows' weight
    double prior = 0.0;  ///< pseudo-answers per class and item, spread over its levels; 0: none
    std::uint64_t seed = 1;
    unsigned threads = 1;
};

/// Penalised fit. Smaller is better.
struct InformationCriteria {
    double aic = 0;
    double aic3 = 0;  ///< penalty 3 a parameter
    double bic = 0;
    double caic = 0;
    double icl = 0;  ///< BIC + 2 · entropy of the memberships
};

/// A fitted latent class model. Classes are ordered by share, largest first.
struct LatentClassFit {
    std::vector<double> shares{};           ///< of the population, one a class
    std::vector<double> modal_shares{};     ///< by most likely class
    std::vector<double> probabilities{};    ///< [class][item][level], see probability()
    std::vector<std::size_t> item_begin{};  ///< where an item's levels begin within one class
    NumericTable memberships{};             ///< rows × classes: probability of each class
    double log_likelihood = 0;
    double log_likelihood_ratio = 0;  ///< G², against the patterns' own shares; complete rows only
    double pearson = 0;               ///< X²; of little use where most patterns occur once
    std::size_t parameters = 0;
    InformationCriteria criteria{};
    unsigned starts = 0;
    unsigned best_found = 0;     ///< starts that ended within 0.01 of the best log-likelihood
    unsigned not_converged = 0;  ///< starts that used up their rounds

    [[nodiscard]] double probability(std::size_t of_class,
                                     std::size_t item,
                                     std::size_t level) const {
        return probabilities[of_class * item_begin.back() + item_begin[item] + level];
    }
};

/// Fits latent classes by EM from many random starts, in log space, on distinct patterns; missing
/// answers are left out of their row's likelihood (missing at random). Same seed, same answer,
/// whatever the threads. Source: Goodman 1974; Linzer & Lewis 2011; Andrews & Currim 2003 (AIC3);
/// Biernacki, Celeux & Govaert 2000 (ICL). Errors: invalid_argument for an empty table, a level
/// that is out of range, an item nobody answered or all answered alike, or fewer patterns than
/// classes. Cost: O(starts · rounds · patterns · items · classes).
[[nodiscard]] Result<LatentClassFit> latent_classes(const AnswerTable& table,
                                                    const LatentClassOptions& options);

/// Checks an answer table as latent_classes does. Errors: invalid_argument.
[[nodiscard]] Status check_answers(const AnswerTable& table);

/// Returns log Σ exp(values) without overflow.
[[nodiscard]] double log_sum_exp(std::span<const double> values);

}  // namespace fineline::study
