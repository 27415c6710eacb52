#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace fineline {

/// Gives a number a meaning of its own: explicit in, `.value()` out, no arithmetic, different tags
/// don't mix. (NOLINT: modernize-use-nullptr takes the 0 that <=> is made of for a pointer.)
template <class Tag, class Rep>
class Id {
  public:
    constexpr Id() = default;

    constexpr explicit Id(Rep value) : value_(value) {}

    [[nodiscard]] constexpr Rep value() const { return value_; }

    friend constexpr auto operator<=>(const Id&, const Id&) = default;  // NOLINT

  private:
    Rep value_{};
};

}  // namespace fineline

template <class Tag, class Rep>
struct std::hash<fineline::Id<Tag, Rep>> {
    std::size_t operator()(const fineline::Id<Tag, Rep>& id) const noexcept {
        return std::hash<Rep>{}(id.value());
    }
};
