#pragma once

#include "base/json.h"

#include <string>

namespace fineline::http {

/// The whole API as OpenAPI 3.1, from the table of routes.
[[nodiscard]] Json openapi();

/// The same for people: docs/api.md.
[[nodiscard]] std::string api_page();

}  // namespace fineline::http
