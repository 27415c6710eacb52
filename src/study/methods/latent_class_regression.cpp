#include "study/methods/latent_class_regression.h"

#include "base/random.h"
#include "study/methods/nth_seed.h"
#include "study/methods/symmetric_inverse.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

namespace fineline::study {

namespace {

/// What EM works on: answers, an intercept before the covariates, the layout of probabilities.
struct Problem {
    const AnswerTable& table;
    NumericTable design{};
    std::vector<double> weights{};
    std::vector<std::size_t> item_begin{0};
};

struct State {
    std::vector<double> probabilities{};  ///< [class][item][level]
    NumericTable coefficients{};  ///< classes × covariates; class 0 is the reference, all 0
    NumericTable memberships{};
    double log_likelihood = -std::numeric_limits<double>::infinity();
};

/// log shares of each class for one row of the design.
void log_shares(const NumericTable& coefficients,
                std::span<const double> row,
                std::span<double> out) {
    for (std::size_t of_class = 0; of_class < coefficients.rows; ++of_class) {
        const auto own = coefficients.row(of_class);
        out[of_class] = std::inner_product(own.begin(), own.end(), row.begin(), 0.0);
    }
    const double all = log_sum_exp(out);
    for (double& value : out) {
        value -= all;
    }
}

double log_of(double probability) {
    constexpr double log_floor = -690.0;
    return probability > 0 ? std::max(log_floor, std::log(probability)) : log_floor;
}

double expect(const Problem& problem, State& state) {
    const std::size_t cells = problem.item_begin.back();
    std::vector<double> logs(state.probabilities.size());
    std::transform(state.probabilities.begin(), state.probabilities.end(), logs.begin(), log_of);
    double total = 0;
    for (std::size_t row = 0; row < problem.table.rows(); ++row) {
        const auto joint = state.memberships.row(row);
        const auto answers = problem.table.row(row);
        log_shares(state.coefficients, problem.design.row(row), joint);
        for (std::size_t of_class = 0; of_class < joint.size(); ++of_class) {
            for (std::size_t item = 0; item < answers.size(); ++item) {
                if (answers[item] == AnswerTable::missing) continue;
                joint[of_class] +=
                    logs[of_class * cells + problem.item_begin[item] + answers[item]];
            }
        }
        const double all = log_sum_exp(joint);
        for (double& value : joint) {
            value = std::exp(value - all);
        }
        total += problem.weights[row] * all;
    }
    return total;
}

void set_probabilities(const Problem& problem, State& state) {
    const std::size_t cells = problem.item_begin.back();
    std::fill(state.probabilities.begin(), state.probabilities.end(), 0.0);
    for (std::size_t row = 0; row < problem.table.rows(); ++row) {
        const auto answers = problem.table.row(row);
        for (std::size_t of_class = 0; of_class < state.memberships.columns; ++of_class) {
            const double part = problem.weights[row] * state.memberships.at(row, of_class);
            for (std::size_t item = 0; item < answers.size(); ++item) {
                if (answers[item] == AnswerTable::missing) continue;
                state.probabilities[of_class * cells + problem.item_begin[item] + answers[item]] +=
                    part;
            }
        }
    }
    for (std::size_t of_class = 0; of_class < state.memberships.columns; ++of_class) {
        for (std::size_t item = 0; item < problem.table.items(); ++item) {
            const auto part = std::span(state.probabilities)
                                  .subspan(of_class * cells + problem.item_begin[item],
                                           problem.table.levels[item]);
            const double sum = std::accumulate(part.begin(), part.end(), 0.0);
            for (double& value : part) {
                value = sum > 0 ? value / sum : 1.0 / static_cast<double>(part.size());
            }
        }
    }
}

/// One Newton step of the multinomial logit whose response are the memberships.
void step_coefficients(const Problem& problem, State& state) {
    const std::size_t covariates = problem.design.columns;
    const std::size_t others = state.memberships.columns - 1;
    const std::size_t size = others * covariates;
    if (size == 0) return;
    std::vector<double> gradient(size, 0.0);
    std::vector<double> information(size * size, 0.0);
    std::vector<double> shares(others + 1);
    for (std::size_t row = 0; row < problem.table.rows(); ++row) {
        const auto design = problem.design.row(row);
        const double weight = problem.weights[row];
        log_shares(state.coefficients, design, shares);
        std::transform(
            shares.begin(), shares.end(), shares.begin(), [](double v) { return std::exp(v); });
        for (std::size_t at = 0; at < size; ++at) {
            const std::size_t a = at / covariates + 1;
            const double from_a = weight * design[at % covariates];
            gradient[at] += from_a * (state.memberships.at(row, a) - shares[a]);
            for (std::size_t to = 0; to <= at; ++to) {
                const std::size_t b = to / covariates + 1;
                const double variance = shares[a] * ((a == b ? 1.0 : 0.0) - shares[b]);
                information[at * size + to] += from_a * design[to % covariates] * variance;
            }
        }
    }
    for (std::size_t at = 0; at < size; ++at) {
        information[at * size + at] += 1e-9;
        for (std::size_t to = 0; to < at; ++to) {
            information[to * size + at] = information[at * size + to];
        }
    }
    const auto step = symmetric_solve(information, gradient);
    for (std::size_t at = 0; step && at < size; ++at) {
        const double bounded = std::clamp((*step)[at], -2.0, 2.0);
        state.coefficients.at(at / covariates + 1, at % covariates) += bounded;
    }
}

State run_start(const Problem& problem, const LatentClassOptions& options, std::uint64_t seed) {
    Random random(seed);
    State state;
    state.memberships = NumericTable(problem.table.rows(), options.classes);
    state.coefficients = NumericTable(options.classes, problem.design.columns);
    state.probabilities.resize(options.classes * problem.item_begin.back());
    for (double& value : state.memberships.values) {
        value = 0.05 + random.uniform();
    }
    for (std::size_t row = 0; row < problem.table.rows(); ++row) {
        const auto part = state.memberships.row(row);
        const double sum = std::accumulate(part.begin(), part.end(), 0.0);
        for (double& value : part) {
            value /= sum;
        }
    }
    set_probabilities(problem, state);
    for (double& value : state.probabilities) {
        value *= 0.5 + random.uniform();
    }
    const double total = std::accumulate(problem.weights.begin(), problem.weights.end(), 0.0);
    double before = expect(problem, state);
    for (unsigned round = 0; round < options.rounds_max; ++round) {
        set_probabilities(problem, state);
        step_coefficients(problem, state);
        const double now = expect(problem, state);
        const bool ended = std::abs(now - before) < options.tolerance * total;
        before = now;
        if (ended) break;
    }
    state.log_likelihood = before;
    return state;
}

/// Puts the classes in order of size and makes the largest the reference.
void order_classes(const Problem& problem, State& state) {
    const std::size_t classes = state.memberships.columns;
    std::vector<double> sizes(classes, 0.0);
    for (std::size_t row = 0; row < problem.table.rows(); ++row) {
        for (std::size_t of_class = 0; of_class < classes; ++of_class) {
            sizes[of_class] += problem.weights[row] * state.memberships.at(row, of_class);
        }
    }
    const auto place = order_by_size(sizes);
    const State found = state;
    const std::size_t cells = problem.item_begin.back();
    const auto first =
        static_cast<std::size_t>(std::find(place.begin(), place.end(), 0U) - place.begin());
    for (std::size_t of_class = 0; of_class < classes; ++of_class) {
        const std::size_t to = place[of_class];
        for (std::size_t i = 0; i < problem.design.columns; ++i) {
            state.coefficients.at(to, i) =
                found.coefficients.at(of_class, i) - found.coefficients.at(first, i);
        }
        std::copy_n(found.probabilities.begin() + static_cast<std::ptrdiff_t>(of_class * cells),
                    cells,
                    state.probabilities.begin() + static_cast<std::ptrdiff_t>(to * cells));
        for (std::size_t row = 0; row < problem.table.rows(); ++row) {
            state.memberships.at(row, to) = found.memberships.at(row, of_class);
        }
    }
}

/// The score of one row: first the coefficients, then log odds of each level against the item's
/// first.
std::vector<double> score(const Problem& problem, const State& state, std::size_t row) {
    const std::size_t classes = state.memberships.columns;
    const std::size_t cells = problem.item_begin.back();
    const auto design = problem.design.row(row);
    const auto answers = problem.table.row(row);
    std::vector<double> shares(classes);
    log_shares(state.coefficients, design, shares);
    std::vector<double> result;
    for (std::size_t of_class = 1; of_class < classes; ++of_class) {
        const double residual = state.memberships.at(row, of_class) - std::exp(shares[of_class]);
        for (const double value : design) {
            result.push_back(residual * value);
        }
    }
    for (std::size_t of_class = 0; of_class < classes; ++of_class) {
        const double part = state.memberships.at(row, of_class);
        for (std::size_t item = 0; item < answers.size(); ++item) {
            const bool missing = answers[item] == AnswerTable::missing;
            for (std::size_t level = 1; level < problem.table.levels[item]; ++level) {
                const double expected =
                    state.probabilities[of_class * cells + problem.item_begin[item] + level];
                const double seen = answers[item] == level ? 1.0 : 0.0;
                result.push_back(missing ? 0.0 : part * (seen - expected));
            }
        }
    }
    return result;
}

/// Variances of the coefficients; parameters on the border of their range (a probability of 0 or 1)
/// carry no information and are left out.
NumericTable standard_errors(const Problem& problem, const State& state) {
    const std::size_t wanted = (state.memberships.columns - 1) * problem.design.columns;
    std::vector<double> information;
    std::size_t size = 0;
    for (std::size_t row = 0; row < problem.table.rows(); ++row) {
        const auto own = score(problem, state, row);
        size = own.size();
        information.resize(size * size, 0.0);
        for (std::size_t i = 0; i < size; ++i) {
            for (std::size_t j = 0; j < size; ++j) {
                information[i * size + j] += problem.weights[row] * own[i] * own[j];
            }
        }
    }
    std::vector<std::size_t> kept;
    for (std::size_t i = 0; i < size; ++i) {
        if (i < wanted || information[i * size + i] > 1e-6) kept.push_back(i);
    }
    std::vector<double> inner;
    for (const std::size_t i : kept) {
        for (const std::size_t j : kept) {
            inner.push_back(information[i * size + j]);
        }
    }
    const auto covariance = symmetric_inverse(inner, kept.size());
    if (!covariance || wanted == 0) return {};
    NumericTable errors(state.memberships.columns - 1, problem.design.columns);
    for (std::size_t i = 0; i < wanted; ++i) {
        errors.values[i] = std::sqrt((*covariance)[i * kept.size() + i]);
    }
    return errors;
}

Result<Problem> problem_of(const AnswerTable& table, const NumericTable& covariates) {
    if (const auto checked = check_answers(table); !checked) return checked.error();
    if (covariates.rows != table.rows()) {
        return Error{ErrorCode::invalid_argument,
                     std::to_string(covariates.rows) + " rows of covariates for " +
                         std::to_string(table.rows()) + " rows of answers",
                     {}};
    }
    if (const auto scaled = standardised(covariates); !scaled) return scaled.error();
    Problem problem{.table = table};
    problem.design = NumericTable(table.rows(), covariates.columns + 1);
    for (std::size_t row = 0; row < table.rows(); ++row) {
        problem.design.at(row, 0) = 1;
        std::copy_n(
            covariates.row(row).begin(), covariates.columns, problem.design.row(row).begin() + 1);
    }
    problem.weights = *checked_weights(table.weights, table.rows());
    for (const std::uint8_t levels : table.levels) {
        problem.item_begin.push_back(problem.item_begin.back() + levels);
    }
    return problem;
}

}  // namespace

Result<LatentClassRegression> latent_class_regression(const AnswerTable& table,
                                                      const NumericTable& covariates,
                                                      const LatentClassOptions& options) {
    const auto problem = problem_of(table, covariates);
    if (!problem) return problem.error();
    if (options.classes == 0 || options.starts == 0 || table.rows() < options.classes) {
        return Error{
            ErrorCode::invalid_argument, "ask for 1 class at least, and fewer than rows", {}};
    }
    std::vector<State> states(options.starts);
    for_each_index(options.starts, options.threads, [&](std::size_t start) {
        states[start] = run_start(*problem, options, nth_seed(options.seed, start));
    });
    auto& best =
        *std::max_element(states.begin(), states.end(), [](const State& a, const State& b) {
            return a.log_likelihood < b.log_likelihood;
        });
    LatentClassRegression fit;
    fit.log_likelihood = best.log_likelihood;
    fit.starts = options.starts;
    fit.best_found =
        static_cast<unsigned>(std::count_if(states.begin(), states.end(), [&](const State& state) {
            return state.log_likelihood > best.log_likelihood - 0.01;
        }));
    order_classes(*problem, best);
    fit.standard_errors = standard_errors(*problem, best);
    fit.coefficients = NumericTable(options.classes - 1, problem->design.columns);
    std::copy(
        best.coefficients.values.begin() + static_cast<std::ptrdiff_t>(problem->design.columns),
        best.coefficients.values.end(),
        fit.coefficients.values.begin());
    fit.shares.assign(options.classes, 0.0);
    const double total = std::accumulate(problem->weights.begin(), problem->weights.end(), 0.0);
    for (std::size_t row = 0; row < table.rows(); ++row) {
        for (std::size_t of_class = 0; of_class < options.classes; ++of_class) {
            fit.shares[of_class] +=
                problem->weights[row] * best.memberships.at(row, of_class) / total;
        }
    }
    fit.parameters = (options.classes - 1) * problem->design.columns +
                     options.classes * (problem->item_begin.back() - table.items());
    fit.probabilities = std::move(best.probabilities);
    fit.memberships = std::move(best.memberships);
    return fit;
}

}  // namespace fineline::study
