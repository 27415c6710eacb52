#include "http/service.h"

#include "http/console.h"
#include "http/metrics.h"
#include "http/routes/table.h"
#include "http/session_cookie.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace fineline::http {

namespace {

/// How many requests answered at once count as one.
constexpr double immediate_per_request = 50;

/// The name in a Host header or an origin, without its port.
std::string_view host_name(std::string_view host) {
    if (!host.empty() && host.front() == '[') {
        return host.substr(0, std::min(host.find(']') + 1, host.size()));
    }
    return host.substr(0, host.find(':'));
}

/// Lets web pages call the tracking routes, whose keys stand in those pages anyway.
void allow_origin(Response& response, const RequestHead& head) {
    if (const auto origin = head.header("origin")) {
        response.headers.emplace_back("Access-Control-Allow-Origin", *origin);
        response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
        response.headers.emplace_back("Vary", "Origin");
    }
}

/// Adds what every answer of the request's route says in its head.
void add_headers(Response& response, const RequestHead& head) {
    switch (head.route->permission) {
        case Permission::open: return;
        case Permission::tracking: allow_origin(response, head); return;
        case Permission::admin: break;
    }
    // What is said of customers stays in no browser's cache.
    response.headers.emplace_back("Cache-Control", "no-store");
}

/// Answers the question a browser asks before it sends.
Response preflight(const RequestHead& head) {
    Response response;
    response.status = 204;
    allow_origin(response, head);
    response.headers.emplace_back("Access-Control-Allow-Methods", "POST, OPTIONS");
    response.headers.emplace_back("Access-Control-Allow-Headers",
                                  "authorization, content-type, x-retry-count");
    response.headers.emplace_back("Access-Control-Max-Age", "86400");
    return response;
}

std::optional<std::string_view> bearer_of(const RequestHead& head) {
    constexpr std::string_view bearer = "Bearer ";
    const auto header = head.header("authorization");
    if (!header || !header->starts_with(bearer)) {
        return std::nullopt;
    }
    return header->substr(bearer.size());
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

Service::Service(Backend& backend, const ServiceOptions& options)
    : backend_(backend), options_(options), router_(routes()), rate_(options.requests) {}

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
    const auto host = head.header("host");
    if (!host || !knows_host(*host)) {
        return refusal(
            403,
            "forbidden",
            "the Host header names somebody else; `fineline serve --host NAME` adds one");
    }
    const auto origin = head.header("origin");
    if (!origin || found.is_tracking) {
        return std::nullopt;
    }
    const auto& origins = options_.origins;
    const std::string name(*host);
    const bool is_own = *origin == "http://" + name || *origin == "https://" + name;
    if (!is_own && std::find(origins.begin(), origins.end(), *origin) == origins.end()) {
        return refusal(403,
                       "forbidden",
                       "this web page may not call the API; `fineline serve --origin URL` lets it");
    }
    return std::nullopt;
}

std::optional<Response> Service::slow_down(const control::Key& key, const RequestHead& head) {
    // What takes microseconds counts less: one key serves all the look-ups of a busy site.
    const double amount = head.route->lane == Lane::immediate ? 1.0 / immediate_per_request : 1.0;
    if (const unsigned wait = rate_.take(key.id, amount, head.received_at)) {
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
    const auto token = head.header("x-csrf-token");
    if (head.method != Method::get &&
        (!token || !control::same_secret(*token, session->csrf_token))) {
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

Admission Service::admit(RequestHead& head) {
    Found found = router_.find(head.method, head.path, std::move(head.path_values));
    head.route = found.route;
    head.path_values = std::move(found.path_values);
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

Call Service::call_of(Request request) const {
    Call call{.request = std::move(request), .session = {}};
    const RequestHead& head = call.request.head;
    if (head.route->permission != Permission::tracking && !bearer_of(head)) {
        call.session = session_of(head, backend_.sessions);
    }
    return call;
}

void Service::answer(Request request, Reply reply) {
    const Route& route = *request.head.route;
    Response frame;
    add_headers(frame, request.head);
    Reply with_headers(
        [answer = std::move(reply), headers = std::move(frame.headers)](Response response) {
            std::ranges::copy(headers, std::back_inserter(response.headers));
            answer(std::move(response));
        });
    Call call = call_of(std::move(request));
    if (route.begin != nullptr) {
        route.begin(backend_, std::move(call), std::move(with_headers));
    } else {
        with_headers(route.answer(backend_, call));
    }
}

Response Service::answer_now(Request& request) {
    const Route& route = *request.head.route;
    Call call = call_of(std::move(request));
    Response response = route.answer(backend_, call);
    add_headers(response, call.request.head);
    request = std::move(call.request);
    return response;
}

void Service::answered(const RequestNote& note, std::string_view peer, unsigned status) {
    const std::string_view pattern = note.route == nullptr ? "none" : note.route->path;
    const Duration took = backend_.clock.now() - note.received_at;
    backend_.metrics.count_request(to_string(note.method), pattern, status, took);
    const LogLevel level = status >= 500 && status != 503 ? LogLevel::error : LogLevel::debug;
    if (!backend_.log.writes(level)) {
        return;
    }
    backend_.log.write(level,
                       "request",
                       Json()
                           .set("method", to_string(note.method))
                           .set("route", pattern)
                           .set("status", static_cast<double>(status))
                           .set("us", static_cast<double>(took.count()))
                           .set("peer", peer));
}

}  // namespace fineline::http
