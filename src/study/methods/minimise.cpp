#include "study/methods/minimise.h"

#include "base/require.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <cmath>

namespace fineline::study {

namespace {

/// A simplex that walks downhill. One thread at a time.
class Simplex {
  public:
    Simplex(const Objective& objective,
            std::span<const double> start,
            const MinimiseOptions& options)
        : objective_(objective),
          options_(options),
          size_(start.size()),
          expansion_(1.0 + 2.0 / static_cast<double>(size_)),
          contraction_(0.75 - 0.5 / static_cast<double>(size_)),
          shrinkage_(1.0 - 1.0 / static_cast<double>(size_)) {
        if (size_ == 1) {
            contraction_ = 0.5;
            shrinkage_ = 0.5;
        }
        add({start.begin(), start.end()});
        for (std::size_t i = 0; i < size_; ++i) {
            std::vector<double> corner(start.begin(), start.end());
            corner[i] += options_.step;
            add(std::move(corner));
        }
    }

    Minimum walk() {
        bool flat = false;
        while (!flat && evaluations_ < options_.evaluations_max) {
            std::sort(corners_.begin(), corners_.end(), [](const Corner& a, const Corner& b) {
                return a.value < b.value;
            });
            flat = spread() <= options_.tolerance * (std::abs(corners_.front().value) + 1e-10);
            if (!flat) step();
        }
        const auto best = std::min_element(
            corners_.begin(), corners_.end(), [](const Corner& a, const Corner& b) {
                return a.value < b.value;
            });
        return {best->at, best->value, evaluations_, flat};
    }

  private:
    struct Corner {
        std::vector<double> at{};
        double value = 0;
    };

    [[nodiscard]] double spread() const { return corners_.back().value - corners_.front().value; }

    Corner evaluated(std::vector<double> at) {
        ++evaluations_;
        const double value = objective_(at);
        return {std::move(at), value};
    }

    void add(std::vector<double> at) { corners_.push_back(evaluated(std::move(at))); }

    /// The point beyond the others' centre as seen from the worst corner: 1 mirrors it, −½ lies
    /// inside.
    Corner beyond(std::span<const double> centre, double factor) {
        std::vector<double> at(size_);
        for (std::size_t i = 0; i < size_; ++i) {
            at[i] = centre[i] + factor * (centre[i] - corners_.back().at[i]);
        }
        return evaluated(std::move(at));
    }

    void step() {
        std::vector<double> centre(size_, 0.0);
        for (std::size_t corner = 0; corner < size_; ++corner) {
            for (std::size_t i = 0; i < size_; ++i) {
                centre[i] += corners_[corner].at[i] / static_cast<double>(size_);
            }
        }
        Corner mirrored = beyond(centre, 1.0);
        if (mirrored.value < corners_.front().value) {
            Corner farther = beyond(centre, expansion_);
            corners_.back() =
                farther.value < mirrored.value ? std::move(farther) : std::move(mirrored);
            return;
        }
        if (mirrored.value < corners_[size_ - 1].value) {
            corners_.back() = std::move(mirrored);
            return;
        }
        const bool outside = mirrored.value < corners_.back().value;
        Corner nearer = beyond(centre, outside ? contraction_ : -contraction_);
        if (nearer.value < std::min(mirrored.value, corners_.back().value)) {
            corners_.back() = std::move(nearer);
            return;
        }
        shrink();
    }

    void shrink() {
        for (std::size_t corner = 1; corner < corners_.size(); ++corner) {
            std::vector<double> at = corners_[corner].at;
            for (std::size_t i = 0; i < size_; ++i) {
                at[i] = corners_.front().at[i] + shrinkage_ * (at[i] - corners_.front().at[i]);
            }
            corners_[corner] = evaluated(std::move(at));
        }
    }

    const Objective& objective_;
    const MinimiseOptions& options_;
    std::size_t size_;
    double expansion_;
    double contraction_;
    double shrinkage_;
    unsigned evaluations_ = 0;
    std::vector<Corner> corners_{};
};

}  // namespace

Minimum minimise(const Objective& objective,
                 std::span<const double> start,
                 const MinimiseOptions& options) {
    Minimum found = Simplex(objective, start, options).walk();
    MinimiseOptions nearby = options;
    for (unsigned restart = 0; restart < options.restarts; ++restart) {
        nearby.step = restart % 2 == 0 ? -options.step / 4 : options.step / 4;
        Minimum again = Simplex(objective, found.at, nearby).walk();
        again.evaluations += found.evaluations;
        const double gain = found.value - again.value;
        found = std::move(again);
        if (gain <= 10 * options.tolerance * (std::abs(found.value) + 1e-10)) break;
    }
    return found;
}

BestOfStarts minimise_from(const Objective& objective,
                           std::span<const std::vector<double>> starts,
                           const MinimiseOptions& options,
                           unsigned threads) {
    require(!starts.empty(), "minimising needs a start");
    std::vector<Minimum> found(starts.size());
    for_each_index(starts.size(), threads, [&](std::size_t start) {
        found[start] = minimise(objective, starts[start], options);
    });
    const auto best =
        std::min_element(found.begin(), found.end(), [](const Minimum& a, const Minimum& b) {
            return a.value < b.value;
        });
    const double bar = best->value + 1e-6 * std::abs(best->value);
    const auto reached = std::count_if(
        found.begin(), found.end(), [&](const Minimum& minimum) { return minimum.value <= bar; });
    return {*best, static_cast<unsigned>(starts.size()), static_cast<unsigned>(reached)};
}

std::vector<double> second_derivatives(const Objective& objective,
                                       std::span<const double> at,
                                       double step) {
    const std::size_t size = at.size();
    std::vector<double> result(size * size, 0.0);
    std::vector<double> steps(size);
    for (std::size_t i = 0; i < size; ++i) {
        steps[i] = std::max(step * step, step * std::abs(at[i]));
    }
    const auto moved = [&](std::size_t i, double by_i, std::size_t j, double by_j) {
        std::vector<double> point(at.begin(), at.end());
        point[i] += by_i * steps[i];
        point[j] += by_j * steps[j];
        return objective(point);
    };
    const double here = objective(at);
    for (std::size_t i = 0; i < size; ++i) {
        result[i * size + i] =
            (moved(i, 1, i, 0) - 2 * here + moved(i, -1, i, 0)) / (steps[i] * steps[i]);
        for (std::size_t j = 0; j < i; ++j) {
            const double mixed = (moved(i, 1, j, 1) - moved(i, 1, j, -1) - moved(i, -1, j, 1) +
                                  moved(i, -1, j, -1)) /
                                 (4 * steps[i] * steps[j]);
            result[i * size + j] = mixed;
            result[j * size + i] = mixed;
        }
    }
    return result;
}

}  // namespace fineline::study
