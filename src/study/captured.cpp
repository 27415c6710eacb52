#include "study/captured.h"

#include "base/require.h"
#include "study/statistics/parallel.h"
#include "study/statistics/quantile.h"

#include <cmath>
#include <limits>

namespace fineline::study {

namespace {

constexpr double winsor_share = 0.995;
constexpr double ceiling_low_min = 0.01;
constexpr double ceiling_errors_min = 10;

/// A model that predicts the mean tells nothing; rounding must not make that a little.
constexpr double rounding_max = 1e-12;

constexpr double cannot_tell = std::numeric_limits<double>::quiet_NaN();

double raw_skill_of(const SquaredErrors& errors) {
    return errors.mean > 0 ? 1 - errors.model / errors.mean : cannot_tell;
}

double skill_of(const SquaredErrors& errors) {
    const double told = raw_skill_of(errors);
    return std::abs(told) < rounding_max ? 0 : told;
}

/// A skill from what it is made of.
Skill made_of(const SquaredErrors& whole,
              const SquaredErrors& raw,
              std::vector<SquaredErrors> draws) {
    Skill skill{.value = skill_of(whole), .raw = raw_skill_of(raw), .draws = {}};
    skill.draws.reserve(draws.size());
    for (const SquaredErrors& errors : draws) {
        skill.draws.push_back(skill_of(errors));
    }
    skill.of_value = whole;
    skill.of_raw = raw;
    skill.of_draws = std::move(draws);
    return skill;
}

}  // namespace

Judgement::Judgement(JudgedRows rows, const BootstrapPlan& plan)
    : rows_(std::move(rows)), plan_(plan), cells_(rows_.cells), draws_(plan.draws) {
    require(rows_.cell.size() == rows_.outcome.size(), "a cell per judged row");
    require(rows_.unit.empty() || rows_.unit.size() == rows_.outcome.size(), "a unit per row");
    cell_draws_.resize(plan.draws * rows_.cells);
    for (std::size_t row = 0; row < size(); ++row) {
        whole_.add(rows_.outcome[row]);
        cells_[rows_.cell[row]].add(rows_.outcome[row]);
    }
    for_each_index(plan.draws, plan.threads, [&](std::size_t draw) {
        CellDraw* cells = cell_draws_.data() + draw * rows_.cells;
        OutcomeSums all;
        for (std::size_t row = 0; row < size(); ++row) {
            const std::uint32_t weight = bootstrap_weight(plan_.seed, draw, unit_of(row));
            if (weight == 0) {
                continue;
            }
            const double y = rows_.outcome[row];
            all.add({weight * 1.0, weight * y, weight * y * y});
            cells[rows_.cell[row]].n += static_cast<float>(weight);
            cells[rows_.cell[row]].sum += weight * y;
        }
        draws_[draw] = all;
    });
}

double Judgement::factor(const OutcomeSums& all) const {
    const bool same_sign = all.sum * rows_.fitted_mean > 0;
    return same_sign ? all.mean() / rows_.fitted_mean : 1;
}

double Judgement::squares_about_mean(const OutcomeSums& all) {
    const double squares = all.n > 0 ? all.squares - all.sum * all.sum / all.n : 0;
    // Rounding leaves a little where nothing varies.
    return squares > 1e-12 * all.squares ? squares : 0;
}

SquaredErrors Judgement::errors(const OutcomeSums& all, const Fit& fit) const {
    const double f = factor(all);
    const double level = f * rows_.fitted_mean;
    const double around = all.squares - 2 * level * all.sum + level * level * all.n;
    const double error = all.squares - 2 * f * fit.products + f * f * fit.squares;
    return squares_about_mean(all) > 0 ? SquaredErrors{error, around} : SquaredErrors{};
}

SquaredErrors Judgement::raw_errors(const Fit& fit) const {
    const double level = rows_.fitted_mean;
    const double around = whole_.squares - 2 * level * whole_.sum + level * level * whole_.n;
    const double error = whole_.squares - 2 * fit.products + fit.squares;
    return {error, around};
}

Skill Judgement::of_cells(std::span<const double> value_of_cell) const {
    require(value_of_cell.size() == rows_.cells, "a value per cell");
    Fit whole;
    for (std::size_t cell = 0; cell < rows_.cells; ++cell) {
        whole.products += value_of_cell[cell] * cells_[cell].sum;
        whole.squares += value_of_cell[cell] * value_of_cell[cell] * cells_[cell].n;
    }
    std::vector<SquaredErrors> drawn(plan_.draws);
    for (std::size_t draw = 0; draw < plan_.draws; ++draw) {
        const CellDraw* cells = cell_draws_.data() + draw * rows_.cells;
        Fit fit;
        for (std::size_t cell = 0; cell < rows_.cells; ++cell) {
            const double value = value_of_cell[cell];
            fit.products += value * cells[cell].sum;
            fit.squares += value * value * static_cast<double>(cells[cell].n);
        }
        drawn[draw] = errors(draws_[draw], fit);
    }
    return made_of(errors(whole_, whole), raw_errors(whole), std::move(drawn));
}

Judgement::Fit Judgement::fit_of_rows(std::span<const double> predictions) const {
    require(predictions.size() == size(), "a prediction per judged row");
    Fit fit;
    for (std::size_t row = 0; row < size(); ++row) {
        fit.products += predictions[row] * rows_.outcome[row];
        fit.squares += predictions[row] * predictions[row];
    }
    return fit;
}

double Judgement::value_of_rows(std::span<const double> predictions) const {
    return skill_of(errors(whole_, fit_of_rows(predictions)));
}

Skill Judgement::of_rows(std::span<const double> predictions) const {
    const Fit whole = fit_of_rows(predictions);
    std::vector<SquaredErrors> drawn(plan_.draws);
    for_each_index(plan_.draws, plan_.threads, [&](std::size_t draw) {
        Fit fit;
        for (std::size_t row = 0; row < size(); ++row) {
            const double weight = bootstrap_weight(plan_.seed, draw, unit_of(row));
            fit.products += weight * predictions[row] * rows_.outcome[row];
            fit.squares += weight * predictions[row] * predictions[row];
        }
        drawn[draw] = errors(draws_[draw], fit);
    });
    return made_of(errors(whole_, whole), raw_errors(whole), std::move(drawn));
}

Skill pooled(const std::vector<Skill>& skills) {
    require(!skills.empty(), "there is a skill to pool");
    if (skills.size() == 1) {
        return skills.front();
    }
    SquaredErrors whole;
    SquaredErrors raw;
    std::vector<SquaredErrors> draws(skills.front().of_draws.size());
    for (const Skill& skill : skills) {
        require(skill.of_draws.size() == draws.size(), "skills of as many draws");
        whole.add(skill.of_value);
        raw.add(skill.of_raw);
        for (std::size_t draw = 0; draw < draws.size(); ++draw) {
            draws[draw].add(skill.of_draws[draw]);
        }
    }
    return made_of(whole, raw, std::move(draws));
}

std::vector<double> captured_draws(const Skill& part, const Skill& whole) {
    std::vector<double> draws;
    for (std::size_t draw = 0; draw < part.draws.size(); ++draw) {
        draws.push_back(whole.draws[draw] > 0 ? part.draws[draw] / whole.draws[draw] : cannot_tell);
    }
    return draws;
}

Measured share_of(const Skill& part, const Skill& whole) {
    return estimate_from_draws(whole.value > 0 ? part.value / whole.value : 0,
                               captured_draws(part, whole));
}

Measured difference(const Skill& a, const Skill& b) {
    return paired_difference({a.value, a.draws}, {b.value, b.draws});
}

bool can_divide_by(const Skill& ceiling) {
    const Measured measured = ceiling.measured();
    return std::isfinite(ceiling.value) && measured.interval && measured.interval->low > 0 &&
           (measured.interval->low >= ceiling_low_min ||
            ceiling.value >= ceiling_errors_min * measured.standard_error);
}

bool is_worse_than_everybody(const Skill& skill) {
    const Measured measured = skill.measured();
    return measured.interval && measured.interval->high < 0;
}

double winsor_cap(std::span<const double> fitting_outcomes) {
    return quantile_of(fitting_outcomes, winsor_share);
}

}  // namespace fineline::study
