#include "http/router.h"

#include "base/require.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fineline::http {

namespace {

bool is_brace(std::string_view segment) {
    return segment.size() > 2 && segment.front() == '{';
}

/// More than any route has; a path of more is none of ours.
constexpr std::size_t segments_max = 8;

/// Appends the text of a part of a path, as it was meant.
void append_decoded(std::string& out, std::string_view part) {
    if (part.find('%') == std::string_view::npos) {
        out.append(part);
    } else {
        // The path as a whole was decoded before, so each part of it can be.
        out.append(percent_decoded(part).value_or(""));
    }
}

/// Writes the values of the braces over others.
void assign_values(std::vector<NamedText>& values,
                   std::span<const std::string_view> pattern,
                   std::span<const std::string_view> path) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (is_brace(pattern[i])) {
            auto& [name, value] = count < values.size() ? values[count] : values.emplace_back();
            name.assign(pattern[i].substr(1, pattern[i].size() - 2));
            value.clear();
            append_decoded(value, path[i]);
            ++count;
        }
    }
    values.resize(count);
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

bool Router::fits(const Pattern& pattern, std::span<const std::string_view> path) {
    // From the end, where routes differ: all begin with the version.
    for (std::size_t i = path.size(); i-- > 0;) {
        const std::string_view wanted = pattern.segments[i];
        if (is_brace(wanted) ? path[i].empty() : wanted != path[i]) {
            return false;
        }
    }
    return true;
}

Router::Router(std::span<const Route> routes) {
    for (const Route& route : routes) {
        require(split(route.path).size() <= segments_max, "a route has too many segments");
        Pattern pattern{.route = &route, .segments = split(route.path)};
        pattern.braces =
            static_cast<std::size_t>(std::ranges::count_if(pattern.segments, is_brace));
        by_length_.resize(std::max(by_length_.size(), pattern.segments.size() + 1));
        by_length_[pattern.segments.size()].push_back(std::move(pattern));
    }
}

Found Router::find(Method method, std::string_view path, std::vector<NamedText> memory) const {
    if (path.size() > 1 && path.back() == '/') {
        path.remove_suffix(1);
    }
    Found found;
    std::array<std::string_view, segments_max> parts;
    std::size_t count = 0;
    while (!path.empty() && count < parts.size()) {
        path.remove_prefix(1);
        const std::size_t end = std::min(path.find('/'), path.size());
        parts[count++] = path.substr(0, end);
        path.remove_prefix(end);
    }
    if (!path.empty() || count >= by_length_.size()) {
        return found;
    }
    const std::span<const std::string_view> segments(parts.data(), count);
    const Pattern* best = nullptr;
    for (const Pattern& pattern : by_length_[count]) {
        const bool is_tracking = pattern.route->permission == Permission::tracking;
        const bool may_be_best =
            pattern.route->method == method && (best == nullptr || pattern.braces < best->braces);
        if ((is_tracking || may_be_best) && fits(pattern, segments)) {
            found.is_tracking = found.is_tracking || is_tracking;
            best = may_be_best ? &pattern : best;
        }
    }
    if (best != nullptr) {
        found.route = best->route;
        assign_values(memory, best->segments, segments);
        found.path_values = std::move(memory);
    } else {
        found.allowed = allowed_on(segments);
    }
    return found;
}

/// The methods of the routes on that path, as `Allow` lists them.
std::string Router::allowed_on(std::span<const std::string_view> path) const {
    std::string allowed;
    for (const Pattern& pattern : by_length_[path.size()]) {
        if (fits(pattern, path)) {
            allowed += allowed.empty() ? "" : ", ";
            allowed += to_string(pattern.route->method);
        }
    }
    return allowed;
}

}  // namespace fineline::http
