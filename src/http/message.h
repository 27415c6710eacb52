#pragma once

#include "base/instant.h"
#include "base/json.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::http {

/// The methods the routes use; everything else is `other` and answered 405.
enum class Method : std::uint8_t { get, post, put, remove, options, other };

/// Returns the method as HTTP writes it: "GET", "DELETE" …
[[nodiscard]] std::string_view to_string(Method method);

using NamedText = std::pair<std::string, std::string>;

/// The headers of a request, names in lower case. All stand in one text, so that the next request
/// of a connection finds the memory for its own. One thread at a time.
class Headers {
  public:
    Headers() = default;
    Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> all);

    void add(std::string_view name, std::string_view value);
    void clear();

    /// The first of that (lower-case) name, as long as nothing is added. Cost: linear.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;

  private:
    /// Where a header stands in the text, its value behind its name.
    struct Place {
        std::size_t begin = 0;
        std::size_t name_bytes = 0;
        std::size_t value_bytes = 0;
    };

    std::string text_;
    std::vector<Place> places_;
};

struct Route;

/// A request whose header was read; the body may still be on its way.
struct RequestHead {
    Method method = Method::other;
    std::string path;              ///< as sent, still percent-encoded, without the query
    std::vector<NamedText> query;  ///< in order, percent-decoded
    Headers headers;
    std::string peer;  ///< the client's address
    Instant received_at{};
    const Route* route = nullptr;        ///< that it found; known once it is admitted
    std::vector<NamedText> path_values;  ///< what the braces of the route's path stand for

    /// The header of that (lower-case) name, if there is one.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const {
        return headers.find(name);
    }

    /// The first query parameter of that name, or nullptr.
    [[nodiscard]] const std::string* parameter(std::string_view name) const;
};

/// A whole request.
struct Request {
    RequestHead head;
    std::string body;

    /// Forgets all and keeps the memory.
    void clear();

    /// What stands for `{name}` in the route's path; "" if the route has no such brace.
    [[nodiscard]] const std::string& path_value(std::string_view name) const;
};

/// An answer that goes on: Server-Sent Events. Asked on the server's network thread, so it must not
/// block. Safe to share.
class EventStream {
  public:
    EventStream() = default;
    EventStream(const EventStream&) = delete;
    EventStream& operator=(const EventStream&) = delete;
    EventStream(EventStream&&) = delete;
    EventStream& operator=(EventStream&&) = delete;
    virtual ~EventStream() = default;

    /// The next bytes, in whole events; "" if there are none yet, and `wake` is then called once,
    /// from any thread, as soon as there may be some; an empty optional at the end.
    [[nodiscard]] virtual std::optional<std::string> take(std::function<void()> wake) = 0;
};

struct Response {
    unsigned status = 200;
    std::string_view content_type = "application/json";  ///< a text of the program's own
    std::string body;
    std::vector<NamedText> headers;
    std::shared_ptr<EventStream> stream;  ///< if set, `body` is sent first and the stream follows
    bool close = false;                   ///< ends the connection after this answer
};

/// Where an answer goes. Called once, from any thread; letting go of it unanswered answers 500.
class Reply {
  public:
    explicit Reply(std::function<void(Response)> send);

    void operator()(Response response) const;

  private:
    struct State;
    std::shared_ptr<State> state_;
};

/// An answer of JSON.
[[nodiscard]] Response json_response(const Json& body, unsigned status = 200);

/// 500, for what can only be a bug of ours.
[[nodiscard]] Response bug_response(std::string_view what);

/// An answer that says what was wrong: `{"code", "message"}`, and where in a text if known.
[[nodiscard]] Response error_response(const Error& error);

/// The same with a status of HTTP's own, for what has no ErrorCode.
[[nodiscard]] Response refusal(unsigned status, std::string_view code, std::string_view message);

/// 429 or 503 with `Retry-After`.
[[nodiscard]] Response try_again(unsigned status, std::string_view message, unsigned seconds);

/// The status that tells an error's kind.
[[nodiscard]] unsigned status_of(ErrorCode code);

/// Splits a request target into path and decoded query, over what the head held of both. False if
/// an escape is broken or what it says is a NUL byte or no UTF-8: answers name what was asked for.
[[nodiscard]] bool read_target(std::string_view target, RequestHead& head);

/// Undoes percent-encoding; empty if an escape is broken, or it says a NUL byte or no UTF-8.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);

}  // namespace fineline::http
