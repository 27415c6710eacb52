#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>

namespace fineline::study {

/// Count, mean and sum of squared deviations of a sample: a mergeable statistic, stable where the
/// mean is large beside the spread. Source: Welford (1962); merging: Chan, Golub & LeVeque (1979).
class Moments {
  public:
    void add(double value) {
        ++count_;
        const double before = value - mean_;
        mean_ += before / static_cast<double>(count_);
        squares_ += before * (value - mean_);
    }

    void merge(const Moments& other) {
        if (other.count_ == 0) {
            return;
        }
        const auto here = static_cast<double>(count_);
        const auto there = static_cast<double>(other.count_);
        const double apart = other.mean_ - mean_;
        count_ += other.count_;
        mean_ += apart * there / (here + there);
        squares_ += other.squares_ + apart * apart * here * there / (here + there);
    }

    [[nodiscard]] std::uint64_t count() const { return count_; }

    /// 0 of an empty sample.
    [[nodiscard]] double mean() const { return mean_; }

    [[nodiscard]] double sum() const { return mean_ * static_cast<double>(count_); }

    /// With the divisor n − 1; 0 of fewer than two values.
    [[nodiscard]] double variance() const {
        return count_ < 2 ? 0.0 : std::max(0.0, squares_) / static_cast<double>(count_ - 1);
    }

    /// Of the mean; 0 of fewer than two values.
    [[nodiscard]] double standard_error() const {
        return count_ < 2 ? 0.0 : std::sqrt(variance() / static_cast<double>(count_));
    }

  private:
    std::uint64_t count_ = 0;
    double mean_ = 0;
    double squares_ = 0;
};

/// Moments of a span of finite values.
[[nodiscard]] inline Moments moments_of(std::span<const double> values) {
    Moments moments;
    for (const double value : values) {
        moments.add(value);
    }
    return moments;
}

}  // namespace fineline::study
