#pragma once

#include "base/instant.h"

namespace fineline {

/// Tells the time. The only real one is made in main.cpp; everything else is handed one, or an
/// Instant. Safe to share.
class Clock {
  public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    Clock(Clock&&) = delete;
    Clock& operator=(Clock&&) = delete;
    virtual ~Clock() = default;

    [[nodiscard]] virtual Instant now() const = 0;
};

/// A clock that stands where it is put; for tests, scripts and backtests. One thread at a time.
class FixedClock final : public Clock {
  public:
    explicit FixedClock(Instant at) : at_(at) {}

    [[nodiscard]] Instant now() const override { return at_; }

    void set(Instant at) { at_ = at; }

  private:
    Instant at_;
};

}  // namespace fineline
