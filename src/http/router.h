#pragma once

#include "http/route.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::http {

/// What a path leads to.
struct Found {
    const Route* route = nullptr;  ///< nullptr: none of that method
    std::vector<NamedText> path_values;
    std::string allowed;  ///< the methods the path knows, as `Allow` lists them; "": no such path
    bool is_tracking = false;  ///< one of those methods is for tracking SDKs (CORS)
};

/// Finds the route of a method and a path as sent; braces take one segment, percent-decoded. Paths
/// without braces win. Cost: linear in the routes of that many segments.
[[nodiscard]] Found find_route(std::span<const Route> routes, Method method, std::string_view path);

}  // namespace fineline::http
