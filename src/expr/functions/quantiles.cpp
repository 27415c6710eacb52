#include "expr/functions/quantiles.h"

#include "expr/functions/exact_sum.h"

#include <algorithm>
#include <cmath>

namespace fineline::expr::functions {

Datum quantile_of(const AggregateInput& input, double q) {
    std::vector<double>& numbers = input.scratch->numbers;
    numbers.clear();
    for (const SelectedEvent& event : input.events) {
        if (event.value.kind() == ValueKind::number) {
            numbers.push_back(event.value.number());
        }
    }
    if (numbers.empty()) {
        return {};
    }
    std::sort(numbers.begin(), numbers.end());
    const double h = static_cast<double>(numbers.size() - 1) * q;
    const auto below = static_cast<std::size_t>(std::floor(h));
    const std::size_t above = std::min(below + 1, numbers.size() - 1);
    return finite(numbers[below] + (h - std::floor(h)) * (numbers[above] - numbers[below]));
}

}  // namespace fineline::expr::functions
