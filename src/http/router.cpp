#include "http/router.h"

#include <algorithm>
#include <utility>

namespace fineline::http {

namespace {

bool is_brace(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{';
}

/// The values of the braces; the path as a whole was decoded before, so each of them can be.
std::vector<NamedText> values_of(const std::vector<std::string_view>& pattern,
                                 const std::vector<std::string_view>& path) {
    std::vector<NamedText> values;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_brace(pattern[i])) {
            values.emplace_back(pattern[i].substr(1, pattern[i].size() - 2),
                                percent_decoded(path[i]).value_or(""));
        }
    }
    return values;
}

}  // namespace

Router::Segments Router::split(std::string_view path) {
    Segments segments;
    while (!path.empty()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        segments.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    return segments;
}

bool Router::fits(const Pattern& pattern, const Segments& path) {
    for (std::size_t i = 0; i < path.size(); ++i) {
        const std::string_view wanted = pattern.segments[i];
        if (is_brace(wanted) ? path[i].empty() : wanted != path[i]) {
            return false;
        }
    }
    return true;
}

Router::Router(std::span<const Route> routes) {
    for (const Route& route : routes) {
        Pattern pattern{.route = &route, .segments = split(route.path)};
        pattern.braces =
            static_cast<std::size_t>(std::ranges::count_if(pattern.segments, is_brace));
        by_length_.resize(std::max(by_length_.size(), pattern.segments.size() + 1));
        by_length_[pattern.segments.size()].push_back(std::move(pattern));
    }
}

Found Router::find(Method method, std::string_view path) const {
    if (path.size() > 1 && path.back() == '/') {
        path.remove_suffix(1);
    }
    Found found;
    const Segments segments = split(path);
    if (segments.size() >= by_length_.size()) {
        return found;
    }
    const Pattern* best = nullptr;
    std::vector<const Pattern*> others;
    for (const Pattern& pattern : by_length_[segments.size()]) {
        if (!fits(pattern, segments)) {
            continue;
        }
        found.is_tracking = found.is_tracking || pattern.route->permission == Permission::tracking;
        if (pattern.route->method != method) {
            others.push_back(&pattern);
        } else if (best == nullptr || pattern.braces < best->braces) {
            best = &pattern;
        }
    }
    if (best != nullptr) {
        found.route = best->route;
        found.path_values = values_of(best->segments, segments);
        return found;
    }
    for (const Pattern* other : others) {
        found.allowed += found.allowed.empty() ? "" : ", ";
        found.allowed += to_string(other->route->method);
    }
    return found;
}

}  // namespace fineline::http
