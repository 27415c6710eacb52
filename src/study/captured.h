#pragma once

#include "study/partition.h"
#include "study/statistics/bootstrap.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace fineline::study {

/// What a skill is made of: squared errors of a model, and of the mean alone. Both are 0 where the
/// outcome does not vary.
struct SquaredErrors {
    double model = 0;
    double mean = 0;

    void add(const SquaredErrors& other) {
        model += other.model;
        mean += other.mean;
    }
};

/// How well a model told outcomes it had not seen, on the data and in every bootstrap draw.
struct Skill {
    double value = 0;  ///< R², of a rate the Brier skill, after re-basing the level
    double raw = 0;    ///< the same without re-basing
    std::vector<double> draws{};
    SquaredErrors of_value{};
    SquaredErrors of_raw{};
    std::vector<SquaredErrors> of_draws{};

    [[nodiscard]] Measured measured() const { return estimate_from_draws(value, draws); }
};

/// The rows a judgement rests on.
struct JudgedRows {
    std::vector<double> outcome{};      ///< winsorised where the outcome is an amount
    std::vector<std::uint32_t> cell{};  ///< of each row
    std::size_t cells = 0;
    double fitted_mean = 0;  ///< mean outcome of the fitting rows
    /// What the bootstrap draws: rows of one customer share a unit. Empty where each row is one.
    std::vector<std::uint64_t> unit{};
};

/// Judges models on rows they have not seen: R² = 1 − Σ(y − f ŷ)² / Σ(y − f ȳ)², where ŷ and ȳ come
/// from the fitting rows and f = (mean of the judged rows) / ȳ re-bases the level, one factor for
/// all models and recomputed in each draw. Models stay fixed; customers are drawn. All models see
/// the same draws, so differences are paired. Immutable; safe to share. Cost: draws · rows once,
/// then draws · cells per partition.
class Judgement {
  public:
    Judgement(JudgedRows rows, const BootstrapPlan& plan);

    /// Judges a partition; `value_of_cell` as fitted_values() gives them.
    [[nodiscard]] Skill of_cells(std::span<const double> value_of_cell) const;

    /// Judges any model; a prediction per judged row.
    [[nodiscard]] Skill of_rows(std::span<const double> predictions) const;

    /// The value of of_rows() without draws: what tuning needs. Cost: one pass over the rows.
    [[nodiscard]] double value_of_rows(std::span<const double> predictions) const;

    [[nodiscard]] std::size_t size() const { return rows_.outcome.size(); }

    /// The factor that re-bases the level.
    [[nodiscard]] double level_factor() const { return factor(whole_); }

    /// Whether the judged outcome varies at all: where it does not, no skill is defined.
    [[nodiscard]] bool outcome_varies() const { return squares_about_mean(whole_) > 0; }

  private:
    struct Fit {
        double products = 0;  ///< Σ y ŷ
        double squares = 0;   ///< Σ ŷ²
    };

    [[nodiscard]] std::uint64_t unit_of(std::size_t row) const {
        return rows_.unit.empty() ? row : rows_.unit[row];
    }

    [[nodiscard]] Fit fit_of_rows(std::span<const double> predictions) const;
    [[nodiscard]] double factor(const OutcomeSums& all) const;
    [[nodiscard]] static double squares_about_mean(const OutcomeSums& all);
    [[nodiscard]] SquaredErrors errors(const OutcomeSums& all, const Fit& fit) const;
    [[nodiscard]] SquaredErrors raw_errors(const Fit& fit) const;

    struct CellDraw {
        float n = 0;
        double sum = 0;
    };

    JudgedRows rows_;
    BootstrapPlan plan_;
    OutcomeSums whole_;
    std::vector<OutcomeSums> cells_;
    std::vector<OutcomeSums> draws_;    ///< of all rows, per draw
    std::vector<CellDraw> cell_draws_;  ///< per draw, then per cell
};

/// The skill on the customers of several judgements together, each told by the model that did not
/// see him: squared errors are added, draw by draw. Of one it is that one. Required: of_cells() or
/// of_rows() made them, from different customers or from the same weights of the same ones.
[[nodiscard]] Skill pooled(const std::vector<Skill>& skills);

/// One skill as a share of another, in every draw: what a partition captures of what can be told.
[[nodiscard]] Measured share_of(const Skill& part, const Skill& whole);

/// The draws of that share; NaN where the whole is not above 0.
[[nodiscard]] std::vector<double> captured_draws(const Skill& part, const Skill& whole);

/// a − b, paired.
[[nodiscard]] Measured difference(const Skill& a, const Skill& b);

/// Whether a ceiling is sure enough to divide by: its interval's lower bound is at least 0.01, or
/// it is ten times its standard error.
[[nodiscard]] bool can_divide_by(const Skill& ceiling);

/// Whether a skill is shown to lie below that of one group of everybody: its interval is below 0.
[[nodiscard]] bool is_worse_than_everybody(const Skill& skill);

/// The 99.5th percentile of the fitting rows: amounts above it count as it.
[[nodiscard]] double winsor_cap(std::span<const double> fitting_outcomes);

}  // namespace fineline::study
