#pragma once

#include "http/route.h"

#include <vector>

namespace fineline::http {

/// All routes, in the order they are documented.
[[nodiscard]] const std::vector<Route>& routes();

// One span per resource; each lives in the file of its name.
[[nodiscard]] std::span<const Route> ask_routes();
[[nodiscard]] std::span<const Route> card_routes();
[[nodiscard]] std::span<const Route> change_routes();
[[nodiscard]] std::span<const Route> customer_routes();
[[nodiscard]] std::span<const Route> key_routes();
[[nodiscard]] std::span<const Route> language_routes();
[[nodiscard]] std::span<const Route> overview_routes();
[[nodiscard]] std::span<const Route> portfolio_routes();
[[nodiscard]] std::span<const Route> purpose_routes();
[[nodiscard]] std::span<const Route> quarantine_routes();
[[nodiscard]] std::span<const Route> segment_routes();
[[nodiscard]] std::span<const Route> session_routes();
[[nodiscard]] std::span<const Route> setting_routes();
[[nodiscard]] std::span<const Route> status_routes();
[[nodiscard]] std::span<const Route> study_routes();
[[nodiscard]] std::span<const Route> tracking_routes();
[[nodiscard]] std::span<const Route> webhook_routes();

}  // namespace fineline::http
