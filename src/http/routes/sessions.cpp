#include "base/checksum.h"
#include "http/rate_limit.h"
#include "http/reading.h"
#include "http/routes/table.h"
#include "http/session_cookie.h"

#include <array>

namespace fineline::http {

namespace {

constexpr std::size_t key_body_bytes_max = 1024;

Response session_response(std::string_view csrf_token, Instant expires_at) {
    return json_response(Json().set("csrf", csrf_token).set("expires_at", to_iso(expires_at)));
}

/// Clients are counted in so many buckets by their address: nobody can make the table grow.
std::string bucket_of(const RequestHead& head) {
    constexpr std::uint64_t buckets = 256;
    return std::to_string(checksum(head.peer) % buckets);
}

/// The browser says by its origin that something in front of the server speaks TLS.
CookieTransport transport_of(const Backend& backend, const RequestHead& head) {
    const bool is_https = head.header("origin").value_or("").starts_with("https://");
    return backend.is_encrypted || is_https ? CookieTransport::encrypted : CookieTransport::any;
}

Response open(Backend& backend, const Call& call) {
    Body body(call);
    const std::string key = body.text("key");
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    const RequestHead& head = call.request.head;
    if (const unsigned wait = backend.log_ins.take(bucket_of(head), 1, head.received_at)) {
        return try_again(429, "too many attempts to log in", wait);
    }
    const auto made = backend.sessions.open(key, head.received_at);
    if (!made) {
        return refusal(401, "forbidden", "this is no admin key, or it was revoked");
    }
    Response response = session_response(made->session.csrf_token, made->session.expires_at);
    response.headers.push_back(give_session_cookie(made->secret, transport_of(backend, head)));
    response.headers.emplace_back("Cache-Control", "no-store");
    return response;
}

/// One who sends a key with each request needs no token, and nothing of his ends.
Response one(Backend&, const Call& call) {
    return call.session ? session_response(call.session->csrf_token, call.session->expires_at)
                        : session_response("", instant_max);
}

Response nothing_left() {
    Response response;
    response.status = 204;
    response.headers.push_back(take_session_cookie());
    return response;
}

Response close(Backend& backend, const Call& call) {
    backend.sessions.close(session_secret(call.request.head));
    return nothing_left();
}

Response close_all(Backend& backend, const Call&) {
    backend.sessions.close_all();
    return nothing_left();
}

constexpr std::array open_answers{
    Answer{200, "the session, with its cookie", "session"},
    Answer{400, "the body is wrong", "error"},
    Answer{401, "no admin key, or a revoked one", "error"},
    Answer{429, "too many attempts; Retry-After says when to come again", "error"}};
constexpr std::array one_answers{
    Answer{200, "the session; of a call with a key `csrf` is empty and the end never", "session"}};
constexpr std::array close_answers{Answer{204, "ended", ""}};

constexpr std::array rows{
    Route{.method = Method::post,
          .path = "/v1/session",
          .permission = Permission::open,
          .summary = "Log in: show an admin key once, get a cookie in its place",
          .body_schema = "session_body",
          .body_example = R"({"key":"fla_…"})",
          .answers = open_answers,
          .body_bytes_max = key_body_bytes_max,
          .lane = Lane::quick,
          .answer = open},
    Route{.method = Method::get,
          .path = "/v1/session",
          .summary = "The session this call belongs to, with the token that changes need",
          .answers = one_answers,
          .lane = Lane::quick,
          .answer = one},
    Route{.method = Method::remove,
          .path = "/v1/session",
          .summary = "Log out",
          .answers = close_answers,
          .lane = Lane::quick,
          .answer = close},
    Route{.method = Method::remove,
          .path = "/v1/sessions",
          .summary = "End every session of everybody",
          .answers = close_answers,
          .lane = Lane::quick,
          .answer = close_all},
};

}  // namespace

std::span<const Route> session_routes() {
    return rows;
}

}  // namespace fineline::http
