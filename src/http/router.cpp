#include "http/router.h"

#include <algorithm>
#include <optional>

namespace fineline::http {

namespace {

/// Takes the next segment off a path; false at its end.
bool next_segment(std::string_view& path, std::string_view& segment) {
    if (path.empty()) {
        return false;
    }
    path.remove_prefix(1);
    const std::size_t end = std::min(path.find('/'), path.size());
    segment = path.substr(0, end);
    path.remove_prefix(end);
    return true;
}

/// The values of the braces, if the path has the pattern's form.
std::optional<std::vector<NamedText>> match(std::string_view pattern, std::string_view path) {
    std::vector<NamedText> values;
    std::string_view wanted;
    std::string_view given;
    while (next_segment(pattern, wanted)) {
        if (!next_segment(path, given)) {
            return std::nullopt;
        }
        if (wanted.size() > 2 && wanted.front() == '{') {
            auto value = percent_decoded(given);
            if (!value || value->empty()) {
                return std::nullopt;
            }
            values.emplace_back(wanted.substr(1, wanted.size() - 2), std::move(*value));
        } else if (wanted != given) {
            return std::nullopt;
        }
    }
    return path.empty() ? std::optional(std::move(values)) : std::nullopt;
}

}  // namespace

Found find_route(std::span<const Route> routes, Method method, std::string_view path) {
    if (path.size() > 1 && path.back() == '/') {
        path.remove_suffix(1);
    }
    Found found;
    for (const Route& route : routes) {
        auto values = match(route.path, path);
        if (!values) {
            continue;
        }
        found.allowed += (found.allowed.empty() ? "" : ", ") + std::string(to_string(route.method));
        found.is_tracking = found.is_tracking || route.permission == Permission::tracking;
        const bool is_better = found.route == nullptr || values->size() < found.path_values.size();
        if (route.method == method && is_better) {
            found.route = &route;
            found.path_values = std::move(*values);
        }
    }
    return found;
}

}  // namespace fineline::http
