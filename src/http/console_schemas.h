#pragma once

#include "http/schemas.h"

namespace fineline::http {

/// The shapes of what the console asks for, by name; a part of schemas().
[[nodiscard]] std::span<const Schema> console_schemas();

}  // namespace fineline::http
