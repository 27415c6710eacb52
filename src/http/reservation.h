#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace fineline::http {

/// Holds a share of what requests in flight may take, and gives it back. One thread at
/// a time.
class Reservation {
  public:
    Reservation() = default;

    Reservation(std::atomic<std::uint64_t>& of, std::uint64_t amount) : of_(&of), amount_(amount) {
        of.fetch_add(amount);
    }

    Reservation(Reservation&& other) noexcept : of_(other.of_), amount_(other.amount_) {
        other.of_ = nullptr;
    }

    Reservation& operator=(Reservation&& other) noexcept {
        std::swap(of_, other.of_);
        std::swap(amount_, other.amount_);
        return *this;
    }

    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;

    ~Reservation() {
        if (of_ != nullptr) {
            of_->fetch_sub(amount_);
        }
    }

  private:
    std::atomic<std::uint64_t>* of_ = nullptr;
    std::uint64_t amount_ = 0;
};

}  // namespace fineline::http
