#pragma once

#include "model/value.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace fineline::expr::functions {

/// Adds doubles exactly and rounds once, so the sum depends neither on order nor on how it was
/// sharded. One thread at a time.
///
/// It is a fixed-point number wide enough for every finite double, held in chunks of 32 bits with
/// room for carries, after Kulisch's long accumulator (Kulisch & Miranker 1986, "The arithmetic of
/// the digital computer"). Adding costs three additions, rounding a walk over the chunks in use.
/// As long as two doubles hold the sum exactly (each addition's error is found by Knuth's TwoSum),
/// that is all there is: their one addition rounds it, and the chunks are not touched.
class ExactSum {
  public:
    // The chunks are set when they are first needed.
    ExactSum() {}  // NOLINT(modernize-use-equals-default,cppcoreguidelines-pro-type-member-init)

    /// Adds a finite number.
    void add(double number) {
        ++count_;
        if (!wide_) {
            const double high = high_ + number;
            const double low = low_part_ + error_of(high_, number, high);
            const bool exact = error_of(low_part_, error_of(high_, number, high), low) == 0;
            if (exact) {
                high_ = high;
                low_part_ = low;
                return;
            }
            widen();
        }
        add_wide(number);
    }

    /// How many numbers were added.
    [[nodiscard]] std::uint64_t count() const { return count_; }

    /// Returns the sum, rounded half to even; infinite where it is beyond the largest double.
    [[nodiscard]] double rounded() const { return wide_ ? rounded_wide() : high_ + low_part_; }

    /// What rounding took from `a + b = sum`; not a number where the sum is beyond all doubles.
    [[nodiscard]] static double error_of(double a, double b, double sum) {
        const double of_b = sum - a;
        return (a - (sum - of_b)) + (b - of_b);
    }

  private:
    static constexpr int chunk_bits = 32;
    /// 2,098 bits span the finite doubles; the rest takes the carries of 2^64 additions.
    static constexpr int chunk_count = 68;

    using Chunks = std::array<std::int64_t, chunk_count>;

    void widen();
    void add_wide(double number);
    [[nodiscard]] double rounded_wide() const;

    /// Brings chunks [low_, high_] into 0 ≤ chunk < 2^32 but for the topmost, which keeps the sign.
    void carry(Chunks& chunks) const;

    double high_ = 0;
    double low_part_ = 0;
    bool wide_ = false;
    std::uint64_t additions_ = 0;  ///< into the chunks
    std::uint64_t count_ = 0;
    Chunks chunks_;          ///< chunk i weighs 2^(32·i − 1074); only where wide
    int low_ = chunk_count;  ///< the least chunk in use
};

/// The exact sum of `number_at(i)` for i below `count`, all finite, rounded once: what ExactSum
/// says of them. Two doubles, which nothing branches on, hold nearly every sum; else it is asked.
template <class NumberAt>
[[nodiscard]] double exact_sum(std::size_t count, NumberAt number_at) {
    double high = 0;
    double low = 0;
    bool exact = true;
    for (std::size_t i = 0; i < count; ++i) {
        const double number = number_at(i);
        const double sum = high + number;
        const double error = ExactSum::error_of(high, number, sum);
        const double sum_of_errors = low + error;
        exact &= ExactSum::error_of(low, error, sum_of_errors) == 0;
        high = sum;
        low = sum_of_errors;
    }
    if (exact) {
        return high + low;
    }
    ExactSum sum;
    for (std::size_t i = 0; i < count; ++i) {
        sum.add(number_at(i));
    }
    return sum.rounded();
}

/// A number of the language: missing where it is not finite.
[[nodiscard]] Datum finite(double number);

}  // namespace fineline::expr::functions
