#include "http/service.h"

#include "http/console.h"
#include "http/metrics.h"
#include "http/routes/table.h"
#include "http/session_cookie.h"

#include <algorithm>
#include <array>

namespace fineline::http {

namespace {

/// The name in a Host header or an origin, without its port.
std::string_view host_name(std::string_view host) {
    if (!host.empty() && host.front() == '[') {
        return host.substr(0, std::min(host.find(']') + 1, host.size()));
    }
    return host.substr(0, host.find(':'));
}

/// Lets web pages call the tracking routes, whose keys stand in those pages anyway.
void allow_origin(const RequestHead& head, Response& response) {
    if (const std::string* origin = head.header("origin")) {
        response.headers.emplace_back("Access-Control-Allow-Origin", *origin);
        response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
        response.headers.emplace_back("Vary", "Origin");
    }
}

/// Answers the question a browser asks before it sends.
Response preflight(const RequestHead& head) {
    Response response;
    response.status = 204;
    allow_origin(head, response);
    response.headers.emplace_back("Access-Control-Allow-Methods", "POST, OPTIONS");
    response.headers.emplace_back("Access-Control-Allow-Headers",
                                  "authorization, content-type, x-retry-count");
    response.headers.emplace_back("Access-Control-Max-Age", "86400");
    return response;
}

std::optional<std::string_view> bearer_of(const RequestHead& head) {
    constexpr std::string_view bearer = "Bearer ";
    const std::string* header = head.header("authorization");
    if (header == nullptr || header->substr(0, bearer.size()) != bearer) {
        return std::nullopt;
    }
    return std::string_view(*header).substr(bearer.size());
}

Response unauthorised(std::string_view message) {
    Response response = refusal(401, "forbidden", message);
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

Response no_route(const RequestHead& head, const Found& found) {
    if (found.allowed.empty()) {
        return refusal(
            404, "not_found", "no such path: " + head.path + "; /openapi.json lists all");
    }
    Response response = refusal(405, "invalid_argument", "this path takes " + found.allowed);
    response.headers.emplace_back("Allow", found.allowed);
    return response;
}

}  // namespace

bool Service::knows_host(std::string_view host) const {
    const std::string_view name = host_name(host);
    if (!options_.hosts.empty()) {
        const auto& hosts = options_.hosts;
        return std::find(hosts.begin(), hosts.end(), name) != hosts.end();
    }
    constexpr std::array<std::string_view, 3> local{"localhost", "127.0.0.1", "[::1]"};
    return !options_.is_loopback || std::find(local.begin(), local.end(), name) != local.end();
}

/// A web page that found a name for this machine must not reach what only this machine may ask.
std::optional<Response> Service::refuse_caller(const RequestHead& head, const Found& found) const {
    const std::string* host = head.header("host");
    if (host == nullptr || !knows_host(*host)) {
        return refusal(
            403,
            "forbidden",
            "the Host header names somebody else; `fineline serve --host NAME` adds one");
    }
    const std::string* origin = head.header("origin");
    if (origin == nullptr || found.is_tracking) {
        return std::nullopt;
    }
    const auto& origins = options_.origins;
    const bool is_own = *origin == "http://" + *host || *origin == "https://" + *host;
    if (!is_own && std::find(origins.begin(), origins.end(), *origin) == origins.end()) {
        return refusal(403,
                       "forbidden",
                       "this web page may not call the API; `fineline serve --origin URL` lets it");
    }
    return std::nullopt;
}

std::optional<Response> Service::slow_down(const control::Key& key, const RequestHead& head) {
    if (const unsigned wait = rate_.take(key.id, 1, head.received_at)) {
        return try_again(429, "this key asks too fast", wait);
    }
    return std::nullopt;
}

/// A cookie comes along with whatever a browser sends, so it alone changes nothing: only a page of
/// ours can know the token.
std::optional<Response> Service::refuse_session(const RequestHead& head) {
    const auto session = session_of(head, backend_.sessions);
    if (!session) {
        return unauthorised(
            "log in, or send an admin key: Authorization: Bearer fla_…; a session ends after "
            "twelve hours and when the server starts anew");
    }
    const std::string* token = head.header("x-csrf-token");
    if (head.method != Method::get &&
        (token == nullptr || !control::same_secret(*token, session->csrf_token))) {
        return refusal(403,
                       "forbidden",
                       "csrf: a session changes something only with the header X-CSRF-Token that "
                       "GET /v1/session tells");
    }
    return slow_down(session->key, head);
}

std::optional<Response> Service::refuse_key(const RequestHead& head) {
    const auto secret = bearer_of(head);
    if (!secret) {
        return refuse_session(head);
    }
    const auto key = backend_.control.find_key(*secret);
    if (!key) {
        return unauthorised("no such key, or it was revoked");
    }
    if (key->kind != control::KeyKind::admin) {
        return refusal(403, "forbidden", "a write key only sends events; this takes an admin key");
    }
    return slow_down(*key, head);
}

Admission Service::admit(const RequestHead& head) {
    const Found found = find_route(routes(), head.method, head.path);
    if (auto refused = refuse_caller(head, found)) {
        return std::move(*refused);
    }
    if (head.method == Method::options && found.is_tracking) {
        return preflight(head);
    }
    if (found.route == nullptr) {
        auto file = console_file(head);
        return file ? std::move(*file) : no_route(head, found);
    }
    if (found.route->permission == Permission::admin) {
        if (auto refused = refuse_key(head)) {
            return std::move(*refused);
        }
    }
    return Admitted{.body_bytes_max = found.route->body_bytes_max, .lane = found.route->lane};
}

void Service::answer(Request request, Reply reply) {
    Found found = find_route(routes(), request.head.method, request.head.path);
    const Route& route = *found.route;
    request.path_values = std::move(found.path_values);
    Call call{.request = std::move(request), .key = {}, .session = {}};
    const Reply answer = reply;
    if (route.permission == Permission::tracking) {
        reply = Reply([answer, head = call.request.head](Response response) {
            allow_origin(head, response);
            answer(std::move(response));
        });
    } else if (const auto secret = bearer_of(call.request.head)) {
        call.key = backend_.control.find_key(*secret);
    } else if ((call.session = session_of(call.request.head, backend_.sessions))) {
        call.key = call.session->key;
    }
    if (route.permission == Permission::admin) {
        // What is said of customers stays in no browser's cache.
        reply = Reply([answer](Response response) {
            response.headers.emplace_back("Cache-Control", "no-store");
            answer(std::move(response));
        });
    }
    if (route.begin != nullptr) {
        route.begin(backend_, std::move(call), std::move(reply));
    } else {
        reply(route.answer(backend_, call));
    }
}

void Service::answered(const RequestHead& head, unsigned status, Duration took) {
    const Found found = find_route(routes(), head.method, head.path);
    const std::string_view pattern = found.route == nullptr ? "none" : found.route->path;
    backend_.metrics.count_request(to_string(head.method), pattern, status, took);
    const LogLevel level = status >= 500 && status != 503 ? LogLevel::error : LogLevel::debug;
    backend_.log.write(level,
                       "request",
                       Json()
                           .set("method", to_string(head.method))
                           .set("route", pattern)
                           .set("status", static_cast<double>(status))
                           .set("us", static_cast<double>(took.count()))
                           .set("peer", head.peer));
}

}  // namespace fineline::http
