#pragma once

#include <span>
#include <string_view>

namespace fineline::http {

/// A shape of JSON that routes take or answer.
struct Schema {
    std::string_view name;
    std::string_view text;  ///< JSON Schema 2020-12, as OpenAPI 3.1 takes it
};

/// All shapes.
[[nodiscard]] std::span<const Schema> schemas();

}  // namespace fineline::http
