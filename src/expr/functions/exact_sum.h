#pragma once

#include "model/value.h"

#include <array>
#include <cstdint>

namespace fineline::expr::functions {

/// Adds doubles exactly and rounds once, so the sum depends neither on order nor on how it was
/// sharded. One thread at a time.
///
/// It is a fixed-point number wide enough for every finite double, held in chunks of 32 bits with
/// room for carries, after Kulisch's long accumulator (Kulisch & Miranker 1986, "The arithmetic of
/// the digital computer"). Adding costs three additions, rounding a walk over the chunks in use.
class ExactSum {
  public:
    /// Adds a finite number.
    void add(double number);

    /// How many numbers were added.
    [[nodiscard]] std::uint64_t count() const { return count_; }

    /// Returns the sum, rounded half to even; infinite where it is beyond the largest double.
    [[nodiscard]] double rounded() const;

  private:
    static constexpr int chunk_bits = 32;
    /// 2,098 bits span the finite doubles; the rest takes the carries of 2^64 additions.
    static constexpr int chunk_count = 68;

    using Chunks = std::array<std::int64_t, chunk_count>;

    /// Brings chunks [low_, high_] into 0 ≤ chunk < 2^32 but for the topmost, which keeps the sign.
    void carry(Chunks& chunks) const;

    Chunks chunks_{};  ///< chunk i weighs 2^(32·i − 1074)
    std::uint64_t count_ = 0;
    int low_ = chunk_count;  ///< the least chunk in use
};

/// A number of the language: missing where it is not finite.
[[nodiscard]] Datum finite(double number);

}  // namespace fineline::expr::functions
