#include "expr/ranges/value_sink.h"

#include "expr/population.h"

#include <algorithm>
#include <limits>

namespace fineline::expr {

ValueSink::ValueSink(const Comparison& comparison, std::span<Truth> truths)
    : truths_(truths), comparison_(comparison) {
    if (comparison.literal.kind() == ValueKind::number) {
        constexpr double infinity = std::numeric_limits<double>::infinity();
        bound_ = comparison.literal.number();
        by_order_ = {compared(Datum::of(-infinity)),
                     compared(comparison.literal),
                     compared(Datum::of(infinity))};
        by_order_known_ = true;
    }
}

ValueSink::ValueSink(const Comparison& comparison,
                     const BoundPopulation& population,
                     const Distribution& distribution,
                     std::span<Truth> truths)
    : truths_(truths),
      comparison_(comparison),
      population_(&population),
      distribution_(&distribution) {
    if (distribution.kind == ValueKind::number && !distribution.values.empty()) {
        find_split(population, distribution);
    }
}

/// A percentile or tile never falls as the value grows, so a comparison that asks for more or less
/// turns at most once along the values: finds where.
void ValueSink::find_split(const BoundPopulation& population, const Distribution& distribution) {
    const bool ordered =
        comparison_.op != CompareOp::equal && comparison_.op != CompareOp::not_equal;
    if (population.kind == PopulationKind::rank || !ordered) {
        return;
    }
    const std::vector<double>& values = distribution.values;
    const Truth first = truth_of(Datum::of(values.front()));
    const auto turned = std::partition_point(values.begin(), values.end(), [&](double value) {
        return truth_of(Datum::of(value)) == first;
    });
    // What lies between two values of the distribution has the place of the larger one.
    const Truth last = truth_of(Datum::of(std::numeric_limits<double>::infinity()));
    bound_ = turned == values.begin() ? values.front() : *(turned - 1);
    by_order_ = {first, first, last};
    by_order_known_ = true;
}

Truth ValueSink::compared(const Datum& value) const {
    const Datum& left = comparison_.mirrored ? comparison_.literal : value;
    const Datum& right = comparison_.mirrored ? value : comparison_.literal;
    const TimeZone utc;
    return to_truth(compare(
        comparison_.op, left, right, comparison_.zone == nullptr ? utc : *comparison_.zone));
}

Truth ValueSink::truth_of(const Datum& value) const {
    if (population_ == nullptr) {
        return compared(value);
    }
    return compared(
        place_in(*distribution_, {.kind = population_->kind, .tiles = population_->tiles}, value));
}

void ValueSink::datum(std::uint32_t lane, const Datum& value) {
    if (!values_.empty()) {
        values_[lane] = value;
    } else {
        truths_[lane] = truth_of(value);
    }
}

void ValueSink::fill(const Datum& value) {
    if (!values_.empty()) {
        std::fill(values_.begin(), values_.end(), value);
    } else {
        std::fill(truths_.begin(), truths_.end(), truth_of(value));
    }
}

}  // namespace fineline::expr
