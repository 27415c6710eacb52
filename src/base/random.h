#pragma once

#include <cstdint>

namespace fineline {

/// Draws reproducible random numbers from a seed (SplitMix64; Steele, Lea & Flood 2014). One thread
/// at a time.
class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(seed) {}

    [[nodiscard]] std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31U);
    }

    /// Draws uniformly from 0 … bound−1 without bias; bound ≥ 1.
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) {
        const std::uint64_t reject_below = (0 - bound) % bound;
        std::uint64_t drawn = next();
        while (drawn < reject_below) {
            drawn = next();
        }
        return drawn % bound;
    }

    /// Draws uniformly from [0, 1).
    [[nodiscard]] double uniform() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

  private:
    std::uint64_t state_;
};

}  // namespace fineline
