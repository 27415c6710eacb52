#pragma once

#include <span>
#include <string_view>

namespace fineline::study {

/// Traits that no proposal, finding or card may be made of, whatever a purpose says; a purpose can
/// only add to them.
[[nodiscard]] std::span<const std::string_view> always_protected_traits();

}  // namespace fineline::study
