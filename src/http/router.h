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
    std::string
        allowed;  ///< the methods the path knows, as `Allow` lists them, if there is no route
    bool is_tracking = false;  ///< one of those methods is for tracking SDKs (CORS)
};

/// Finds the route of a method and a path as sent; braces take one segment, percent-decoded. Paths
/// without braces win. Immutable; safe to share.
class Router {
  public:
    /// `routes` must outlive the router.
    explicit Router(std::span<const Route> routes);

    /// Cost: linear in the routes of as many segments as the path has. The values are written over
    /// `memory`, of a request before.
    [[nodiscard]] Found find(Method method,
                             std::string_view path,
                             std::vector<NamedText> memory = {}) const;

  private:
    using Segments = std::vector<std::string_view>;

    /// A route with its path taken apart once.
    struct Pattern {
        const Route* route = nullptr;
        Segments segments;
        std::size_t braces = 0;
    };

    [[nodiscard]] static Segments split(std::string_view path);
    [[nodiscard]] static bool fits(const Pattern& pattern, std::span<const std::string_view> path);
    [[nodiscard]] std::string allowed_on(std::span<const std::string_view> path) const;

    std::vector<std::vector<Pattern>> by_length_;  ///< at the number of their segments
};

}  // namespace fineline::http
