#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fineline::columns {

/// Guesses from a row's time when it arrived, by straight lines between knots at even distances of
/// time. Rows mostly arrive in the order of their times, and then only the small error of the guess
/// has to be stored. The same on every machine: whole numbers only.
class ArrivalGuide {
  public:
    /// So many rows to a knot, at least: more knots cost more than they save.
    static constexpr std::size_t rows_per_knot = 64;

    /// Of times up to `latest`, of so many rows. The knots are zero.
    ArrivalGuide(std::uint64_t latest, std::size_t rows) {
        const std::size_t stretches_max = std::max<std::size_t>(rows / rows_per_knot, 1);
        while (latest >> shift_ >= stretches_max && shift_ < 63) {
            ++shift_;
        }
        knots_.resize((latest >> shift_) + 2);
    }

    /// Lays the knots through the rows. Both spans: one entry a row; arrivals from the first one
    /// on.
    void fit(std::span<const std::uint64_t> times, std::span<const std::uint32_t> arrivals);

    [[nodiscard]] std::span<std::uint32_t> knots() { return knots_; }

    /// Requires a time up to the latest. May lie a little beside all arrivals there are.
    [[nodiscard]] std::int64_t guess(std::uint64_t time) const {
        const std::size_t stretch = time >> shift_;
        const std::int64_t from = knots_[stretch];
        const std::int64_t rise = std::int64_t{knots_[stretch + 1]} - from;
        // At most 28 bits of the time, so that the product of both does not overflow.
        const unsigned coarse = shift_ > fine_bits ? shift_ - fine_bits : 0;
        const auto into =
            static_cast<std::int64_t>((time & ((std::uint64_t{1} << shift_) - 1)) >> coarse);
        return from + (into * rise >> (shift_ - coarse));
    }

  private:
    static constexpr unsigned fine_bits = 28;

    unsigned shift_ = 0;
    std::vector<std::uint32_t>
        knots_;  ///< the arrival at each multiple of 2^shift_, and at the end
};

}  // namespace fineline::columns
