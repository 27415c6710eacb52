#include "study/recommendation.h"

#include "base/require.h"

#include <algorithm>

namespace fineline::study {

namespace {

constexpr double gate_level = 0.05;

/// Whether `point` is as good as the best, as far as one standard error can tell.
bool is_near(const PathPoint& best, const PathPoint& point) {
    const Measured behind = difference(best.on_choose, point.on_choose);
    return behind.value <= behind.standard_error || behind.value <= 0;
}

}  // namespace

Recommendation recommend(const std::vector<PathPoint>& path, std::optional<int> capacity) {
    require(!path.empty(), "a path has a point");
    Recommendation result;
    std::vector<double> gains;
    DrawTable draws(path.front().on_choose.draws.size(), path.size());
    for (std::size_t i = 0; i < path.size(); ++i) {
        gains.push_back(path[i].on_choose.value);
        for (std::size_t draw = 0; draw < draws.draws(); ++draw) {
            draws.at(draw, i) = path[i].on_choose.draws[draw];
        }
        result.best = gains[i] > gains[result.best] ? i : result.best;
    }
    result.gate = max_statistic_gate(gains, draws, gate_level);
    result.anything_told = result.gate && result.gate->passes(gate_level) && gains[result.best] > 0;
    if (!result.anything_told) {
        result.behind_best = difference(path[result.best].on_choose, path.front().on_choose);
        return result;
    }
    const auto fits = [&](const PathPoint& point) {
        return !capacity || point.segments <= static_cast<std::size_t>(*capacity);
    };
    std::optional<std::size_t> nearest;
    std::size_t nearest_of_rest = 0;
    std::optional<std::size_t> most_skilled;
    std::optional<std::size_t> free_of_capacity;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (!path[i].usable) {
            continue;
        }
        const bool near = is_near(path[result.best], path[i]);
        free_of_capacity = !free_of_capacity && near ? std::optional(i) : free_of_capacity;
        if (!fits(path[i])) {
            continue;
        }
        nearest = !nearest && near ? std::optional(i) : nearest;
        most_skilled = !most_skilled || gains[i] > gains[*most_skilled] ? i : *most_skilled;
    }
    // Too far from a best that cannot be taken, they are measured by the best of themselves.
    for (std::size_t i = 0; !nearest && most_skilled && i < path.size(); ++i) {
        if (path[i].usable && fits(path[i]) && is_near(path[*most_skilled], path[i])) {
            nearest_of_rest = i;
            break;
        }
    }
    result.point = nearest.value_or(nearest_of_rest);
    result.capacity_binds = !nearest && free_of_capacity.has_value();
    result.behind_best = difference(path[result.best].on_choose, path[result.point].on_choose);
    return result;
}

}  // namespace fineline::study
