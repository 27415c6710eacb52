#include "study/methods/latent_classes.h"

#include "base/random.h"
#include "study/methods/nth_seed.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_map>

namespace fineline::study {

namespace {

constexpr double log_floor = -690.0;  // exp() of it is still above 0

Error wrong(std::string message) {
    return {ErrorCode::invalid_argument, std::move(message), {}};
}

double log_of(double probability) {
    return probability > 0 ? std::max(log_floor, std::log(probability)) : log_floor;
}

/// EM from one random start. One thread at a time.
class ExpectationMaximisation {
  public:
    ExpectationMaximisation(const AnswerTable& patterns,
                            const LatentClassOptions& options,
                            std::span<const std::size_t> item_begin)
        : patterns_(patterns), options_(options), item_begin_(item_begin) {}

    struct State {
        std::vector<double> shares{};
        std::vector<double> probabilities{};
        NumericTable memberships{};
        double log_likelihood = 0;
        bool converged = false;
    };

    State run(std::uint64_t seed) {
        begin_at_random(seed);
        const double total =
            std::accumulate(patterns_.weights.begin(), patterns_.weights.end(), 0.0);
        double before = expect();
        for (unsigned round = 0; round < options_.rounds_max; ++round) {
            maximise();
            const double now = expect();
            state_.converged = now - before < options_.tolerance * total;
            before = now;
            if (state_.converged) break;
        }
        state_.log_likelihood = before;
        return std::move(state_);
    }

  private:
    [[nodiscard]] std::size_t cells() const { return item_begin_.back(); }

    void begin_at_random(std::uint64_t seed) {
        Random random(seed);
        state_.shares.assign(options_.classes, 1.0 / options_.classes);
        state_.probabilities.assign(options_.classes * cells(), 0.0);
        for (std::size_t of_class = 0; of_class < options_.classes; ++of_class) {
            for (std::size_t item = 0; item < patterns_.items(); ++item) {
                const auto part = levels_of(of_class, item);
                double sum = 0;
                for (double& probability : part) {
                    probability = 0.05 + random.uniform();
                    sum += probability;
                }
                for (double& probability : part) {
                    probability /= sum;
                }
            }
        }
        state_.memberships = NumericTable(patterns_.rows(), options_.classes);
    }

    std::span<double> levels_of(std::size_t of_class, std::size_t item) {
        return std::span(state_.probabilities)
            .subspan(of_class * cells() + item_begin_[item], patterns_.levels[item]);
    }

    /// Sets the memberships under the present parameters and returns the log-likelihood.
    double expect() {
        logs_.resize(state_.probabilities.size());
        std::transform(
            state_.probabilities.begin(), state_.probabilities.end(), logs_.begin(), log_of);
        double total = 0;
        for (std::size_t row = 0; row < patterns_.rows(); ++row) {
            const auto answers = patterns_.row(row);
            const auto joint = state_.memberships.row(row);
            for (std::size_t of_class = 0; of_class < options_.classes; ++of_class) {
                const double* const logs = logs_.data() + of_class * cells();
                double sum = log_of(state_.shares[of_class]);
                for (std::size_t item = 0; item < answers.size(); ++item) {
                    if (answers[item] == AnswerTable::missing) continue;
                    sum += logs[item_begin_[item] + answers[item]];
                }
                joint[of_class] = sum;
            }
            const double all = log_sum_exp(joint);
            for (double& value : joint) {
                value = std::exp(value - all);
            }
            total += patterns_.weights[row] * all;
        }
        return total;
    }

    /// Sets the parameters to those most likely under the present memberships.
    void maximise() {
        std::fill(state_.shares.begin(), state_.shares.end(), 0.0);
        std::fill(state_.probabilities.begin(), state_.probabilities.end(), 0.0);
        for (std::size_t row = 0; row < patterns_.rows(); ++row) {
            const auto answers = patterns_.row(row);
            for (std::size_t of_class = 0; of_class < options_.classes; ++of_class) {
                const double part = patterns_.weights[row] * state_.memberships.at(row, of_class);
                state_.shares[of_class] += part;
                double* const counts = state_.probabilities.data() + of_class * cells();
                for (std::size_t item = 0; item < answers.size(); ++item) {
                    if (answers[item] == AnswerTable::missing) continue;
                    counts[item_begin_[item] + answers[item]] += part;
                }
            }
        }
        const double total = std::accumulate(state_.shares.begin(), state_.shares.end(), 0.0);
        for (std::size_t of_class = 0; of_class < options_.classes; ++of_class) {
            state_.shares[of_class] /= total;
            for (std::size_t item = 0; item < patterns_.items(); ++item) {
                normalise(levels_of(of_class, item));
            }
        }
    }

    void normalise(std::span<double> counts) const {
        const auto levels = static_cast<double>(counts.size());
        const double sum = std::accumulate(counts.begin(), counts.end(), options_.prior);
        for (double& count : counts) {
            count = sum > 0 ? (count + options_.prior / levels) / sum : 1.0 / levels;
        }
    }

    const AnswerTable& patterns_;
    const LatentClassOptions& options_;
    std::span<const std::size_t> item_begin_;
    State state_{};
    std::vector<double> logs_{};
};

/// The best state, with classes by share, on patterns.
LatentClassFit ordered(const ExpectationMaximisation::State& state,
                       std::vector<std::size_t> item_begin) {
    LatentClassFit fit;
    const auto place = order_by_size(state.shares);
    const std::size_t cells = item_begin.back();
    fit.shares.resize(place.size());
    fit.probabilities.resize(state.probabilities.size());
    fit.memberships = NumericTable(state.memberships.rows, place.size());
    for (std::size_t of_class = 0; of_class < place.size(); ++of_class) {
        const std::size_t to = place[of_class];
        fit.shares[to] = state.shares[of_class];
        std::copy_n(state.probabilities.begin() + static_cast<std::ptrdiff_t>(of_class * cells),
                    cells,
                    fit.probabilities.begin() + static_cast<std::ptrdiff_t>(to * cells));
        for (std::size_t row = 0; row < fit.memberships.rows; ++row) {
            fit.memberships.at(row, to) = state.memberships.at(row, of_class);
        }
    }
    fit.item_begin = std::move(item_begin);
    fit.log_likelihood = state.log_likelihood;
    return fit;
}

/// The log-likelihood of one pattern under the model.
double pattern_log_likelihood(const LatentClassFit& fit, std::span<const std::uint8_t> answers) {
    std::vector<double> joint(fit.shares.size());
    for (std::size_t of_class = 0; of_class < joint.size(); ++of_class) {
        joint[of_class] = log_of(fit.shares[of_class]);
        for (std::size_t item = 0; item < answers.size(); ++item) {
            if (answers[item] == AnswerTable::missing) continue;
            joint[of_class] += log_of(fit.probability(of_class, item, answers[item]));
        }
    }
    return log_sum_exp(joint);
}

/// Sets what compares the fit with the observed patterns: modal shares, G², X², criteria.
void judge(LatentClassFit& fit, const AnswerTable& patterns) {
    const double total = std::accumulate(patterns.weights.begin(), patterns.weights.end(), 0.0);
    fit.modal_shares.assign(fit.shares.size(), 0.0);
    double entropy = 0;
    double expected_seen = 0;
    for (std::size_t row = 0; row < patterns.rows(); ++row) {
        const double weight = patterns.weights[row];
        if (weight <= 0) continue;
        const auto membership = fit.memberships.row(row);
        const auto modal = std::max_element(membership.begin(), membership.end());
        fit.modal_shares[static_cast<std::size_t>(modal - membership.begin())] += weight / total;
        for (const double part : membership) {
            entropy -= part > 0 ? weight * part * std::log(part) : 0.0;
        }
        const double expected = total * std::exp(pattern_log_likelihood(fit, patterns.row(row)));
        fit.log_likelihood_ratio += 2 * weight * std::log(weight / expected);
        fit.pearson += (weight - expected) * (weight - expected) / expected;
        expected_seen += expected;
    }
    fit.pearson += std::max(0.0, total - expected_seen);
    const auto parameters = static_cast<double>(fit.parameters);
    const double deviance = -2 * fit.log_likelihood;
    fit.criteria = {.aic = deviance + 2 * parameters,
                    .aic3 = deviance + 3 * parameters,
                    .bic = deviance + std::log(total) * parameters,
                    .caic = deviance + (std::log(total) + 1) * parameters,
                    .icl = deviance + std::log(total) * parameters + 2 * entropy};
}

std::size_t weighted_rows(const AnswerTable& patterns) {
    return static_cast<std::size_t>(std::count_if(patterns.weights.begin(),
                                                  patterns.weights.end(),
                                                  [](double weight) { return weight > 0; }));
}

}  // namespace

double log_sum_exp(std::span<const double> values) {
    const double largest = *std::max_element(values.begin(), values.end());
    if (!std::isfinite(largest)) return largest;
    double sum = 0;
    for (const double value : values) {
        sum += std::exp(value - largest);
    }
    return largest + std::log(sum);
}

AnswerPatterns distinct_answers(const AnswerTable& table) {
    AnswerPatterns patterns;
    patterns.table.levels = table.levels;
    std::unordered_map<std::string, std::uint32_t> seen;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const auto answers = table.row(row);
        const auto next = static_cast<std::uint32_t>(patterns.table.weights.size());
        const auto [found, is_new] =
            seen.try_emplace(std::string(answers.begin(), answers.end()), next);
        if (is_new) {
            patterns.table.answers.insert(
                patterns.table.answers.end(), answers.begin(), answers.end());
            patterns.table.weights.push_back(0);
        }
        patterns.table.weights[found->second] += table.weights.empty() ? 1 : table.weights[row];
        patterns.pattern_of_row.push_back(found->second);
    }
    return patterns;
}

Status check_answers(const AnswerTable& table) {
    if (table.rows() == 0) {
        return wrong("there are no answers to fit");
    }
    if (const auto weights = checked_weights(table.weights, table.rows()); !weights) {
        return weights.error();
    }
    for (std::size_t item = 0; item < table.items(); ++item) {
        std::vector<char> seen(256, 0);
        for (std::size_t row = 0; row < table.rows(); ++row) {
            const std::uint8_t answer = table.row(row)[item];
            if (answer != AnswerTable::missing && answer >= table.levels[item]) {
                return wrong("row " + std::to_string(row + 1) + ", item " +
                             std::to_string(item + 1) + " has level " + std::to_string(answer) +
                             " of " + std::to_string(table.levels[item]) + ", counted from 0");
            }
            if (answer != AnswerTable::missing) seen[answer] = 1;
        }
        if (std::count(seen.begin(), seen.end(), 1) < 2) {
            return wrong("item " + std::to_string(item + 1) +
                         " has one answer at most and tells nobody apart; leave it out");
        }
    }
    return done;
}

Result<LatentClassFit> latent_classes(const AnswerTable& table, const LatentClassOptions& options) {
    if (const auto checked = check_answers(table); !checked) return checked.error();
    const AnswerPatterns patterns = distinct_answers(table);
    if (options.classes == 0 || options.starts == 0 ||
        weighted_rows(patterns.table) < options.classes) {
        return wrong(std::to_string(options.classes) + " classes of " +
                     std::to_string(weighted_rows(patterns.table)) +
                     " distinct patterns cannot be; ask for 1 at least and fewer than that");
    }
    std::vector<std::size_t> item_begin{0};
    for (const std::uint8_t levels : table.levels) {
        item_begin.push_back(item_begin.back() + levels);
    }
    std::vector<ExpectationMaximisation::State> states(options.starts);
    for_each_index(options.starts, options.threads, [&](std::size_t start) {
        ExpectationMaximisation em(patterns.table, options, item_begin);
        states[start] = em.run(nth_seed(options.seed, start));
    });
    const auto best =
        std::max_element(states.begin(), states.end(), [](const auto& a, const auto& b) {
            return a.log_likelihood < b.log_likelihood;
        });
    LatentClassFit fit = ordered(*best, item_begin);
    fit.starts = options.starts;
    for (const auto& state : states) {
        fit.best_found += state.log_likelihood > fit.log_likelihood - 0.01 ? 1U : 0U;
        fit.not_converged += state.converged ? 0U : 1U;
    }
    fit.parameters = options.classes - 1 + options.classes * (item_begin.back() - table.items());
    judge(fit, patterns.table);
    NumericTable by_row(table.rows(), options.classes);
    for (std::size_t row = 0; row < table.rows(); ++row) {
        std::copy_n(fit.memberships.row(patterns.pattern_of_row[row]).begin(),
                    options.classes,
                    by_row.row(row).begin());
    }
    fit.memberships = std::move(by_row);
    return fit;
}

}  // namespace fineline::study
