#include "expr/functions/table.h"

#include <algorithm>
#include <array>

namespace fineline::expr {

namespace {

// The order of the language reference, of completion and of the docs.
constexpr std::array<const AggregateFunction*, 21> aggregates = {
    &functions::count_row,       &functions::sum_row,        &functions::avg_row,
    &functions::min_row,         &functions::max_row,        &functions::median_row,
    &functions::quantile_row,    &functions::first_row,      &functions::last_row,
    &functions::distinct_row,    &functions::days_row,       &functions::weeks_row,
    &functions::months_row,      &functions::first_time_row, &functions::last_time_row,
    &functions::since_first_row, &functions::since_last_row, &functions::gap_row,
    &functions::share_row,       &functions::trend_row,      &functions::top_row,
};

constexpr std::array<const ScalarFunction*, 14> scalars = {
    &functions::abs_row,
    &functions::round_row,
    &functions::floor_row,
    &functions::ceil_row,
    &functions::ln_row,
    &functions::least_row,
    &functions::greatest_row,
    &functions::coalesce_row,
    &functions::lower_row,
    &functions::upper_row,
    &functions::length_row,
    &functions::distance_row,
    &functions::string_row,
    &functions::number_row,
};

template <class Rows>
auto find_row(const Rows& rows, std::string_view name) -> typename Rows::value_type {
    const auto found =
        std::find_if(rows.begin(), rows.end(), [&](const auto* row) { return row->name == name; });
    return found == rows.end() ? nullptr : *found;
}

}  // namespace

std::span<const AggregateFunction* const> aggregate_functions() {
    return aggregates;
}

std::span<const ScalarFunction* const> scalar_functions() {
    return scalars;
}

const AggregateFunction* find_aggregate(std::string_view name) {
    return find_row(aggregates, name);
}

const ScalarFunction* find_scalar(std::string_view name) {
    return find_row(scalars, name);
}

}  // namespace fineline::expr
