#pragma once

#include "base/clock.h"
#include "base/log.h"
#include "control/control_store.h"
#include "control/sessions.h"
#include "engine/live.h"
#include "http/message.h"
#include "http/server.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

namespace fineline::http {

class Metrics;
class RateLimit;
class Studies;
class ChangeStreams;
class Tracking;

/// What the handlers of all routes work with. Everything in it is safe to share.
struct Backend {
    engine::Live& live;
    control::ControlStore& control;
    control::Sessions& sessions;
    RateLimit& log_ins;  ///< of clients whose key was wrong
    const Clock& clock;
    const Log& log;
    Metrics& metrics;
    ChangeStreams& streams;
    Tracking& tracking;
    Studies& studies;
    std::function<ServerCounts()> server_counts;
    Instant started_at{};
    bool is_encrypted = false;  ///< the server itself speaks TLS
};

/// Who may call a route.
enum class Permission : std::uint8_t {
    open,      ///< anybody who reaches the port
    tracking,  ///< with a write key, in the ways of tracking SDKs; the handler looks at it
    admin,     ///< with an admin key as bearer token, or a session opened with one
};

/// Where a parameter stands.
enum class Place : std::uint8_t { path, query };

enum class ParameterKind : std::uint8_t { text, count, instant, flag };

struct Parameter {
    std::string_view name;
    Place place = Place::query;
    ParameterKind kind = ParameterKind::text;
    std::string_view about;
    std::string_view example;
};

/// One thing a route may answer.
struct Answer {
    unsigned status = 200;
    std::string_view about;
    std::string_view schema;  ///< a name of schemas.h; "" for no JSON
    std::string_view content_type = "application/json";
};

/// A request that found its route and may call it.
struct Call {
    Request request;
    std::optional<control::Session>
        session;  ///< of the cookie it came with, without a key beside it
};

/// One route: a row here is all there is to it. The table yields openapi.json, docs/api.md and the
/// contract tests.
struct Route {
    Method method = Method::get;
    std::string_view path{};  ///< braces stand for one segment: "/v1/segments/{name}"
    Permission permission = Permission::admin;
    std::string_view summary{};
    std::span<const Parameter> parameters{};
    std::string_view body_schema{};   ///< a name of schemas.h; "": it takes no body
    std::string_view body_example{};  ///< JSON
    std::span<const Answer>
        answers{};  ///< what it answers beside 401, 403, 408, 413, 429, 431, 503
    std::size_t body_bytes_max = 0;
    Lane lane = Lane::slow;
    /// Exactly one of the two is set: one that answers at once, on a worker thread …
    Response (*answer)(Backend& backend, const Call& call) = nullptr;
    /// … or one that lets the worker go and answers later.
    void (*begin)(Backend& backend, Call call, Reply reply) = nullptr;
};

}  // namespace fineline::http
