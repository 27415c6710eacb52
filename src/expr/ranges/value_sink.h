#pragma once

#include "expr/evaluation.h"
#include "expr/operators.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace fineline::expr {

/// Takes the values that a kernel makes of customers: keeps them, or tells at once how they compare
/// with a literal. One thread at a time.
class ValueSink {
  public:
    /// A comparison with a literal; `mirrored` where the literal stands on the left.
    struct Comparison {
        CompareOp op = CompareOp::equal;
        Datum literal;
        bool mirrored = false;
        const TimeZone* zone = nullptr;
    };

    /// Keeps values.
    explicit ValueSink(std::span<Datum> values) : values_(values) {}

    /// Compares.
    ValueSink(const Comparison& comparison, std::span<Truth> truths);

    /// Compares the value's place among the customers of a distribution.
    ValueSink(const Comparison& comparison,
              const BoundPopulation& population,
              const Distribution& distribution,
              std::span<Truth> truths);

    /// Where the truths go from now on.
    void write_to(std::span<Truth> truths) { truths_ = truths; }

    /// The lane's value is a number.
    void number(std::uint32_t lane, double number) {
        if (by_order_known_) {
            const int order = (number > bound_) - (number < bound_) + 1;
            truths_[lane] = by_order_[static_cast<std::size_t>(order)];
        } else {
            datum(lane, Datum::of(number));
        }
    }

    void datum(std::uint32_t lane, const Datum& value);

    /// All lanes have the value.
    void fill(const Datum& value);

  private:
    [[nodiscard]] Truth truth_of(const Datum& value) const;
    [[nodiscard]] Truth compared(const Datum& value) const;
    void find_split(const BoundPopulation& population, const Distribution& distribution);

    std::span<Datum> values_;
    std::span<Truth> truths_;
    Comparison comparison_;
    const BoundPopulation* population_ = nullptr;
    const Distribution* distribution_ = nullptr;
    /// Where numbers are told apart by one bound: the truth below, at and above it.
    bool by_order_known_ = false;
    double bound_ = 0;
    std::array<Truth, 3> by_order_{};
};

}  // namespace fineline::expr
