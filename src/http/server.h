#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace fineline::http {

/// Whose workers run a request, so that large questions never keep small work waiting.
enum class Lane : std::uint8_t {
    immediate,  ///< done in microseconds without waiting for anything: the network thread itself
    quick,      ///< done in about a millisecond, such as taking events
    slow,       ///< may compute for long
};

struct Admitted {
    std::size_t body_bytes_max = 0;
    Lane lane = Lane::slow;
};

/// What is decided about a request before its body is read: how it is served, or the answer it gets
/// without being read.
using Admission = std::variant<Admitted, Response>;

/// What is kept of a request until its answer is out.
struct RequestNote {
    Method method = Method::other;
    const Route* route = nullptr;  ///< nullptr: it found none
    Instant received_at{};
};

/// What a Server serves. Safe to share.
class Application {
  public:
    Application() = default;
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;
    Application(Application&&) = delete;
    Application& operator=(Application&&) = delete;
    virtual ~Application() = default;

    /// Notes in the head what route it found. Called on the network thread: must not block.
    [[nodiscard]] virtual Admission admit(RequestHead& head) = 0;

    /// Answers what was admitted to a lane of workers. Called on a worker thread.
    virtual void answer(Request request, Reply reply) = 0;

    /// Answers what was admitted to Lane::immediate. Called on the network thread: must not block.
    /// The next request is read into the memory that it leaves in this one.
    [[nodiscard]] virtual Response answer_now(Request& request) = 0;

    /// Called for every answer sent, also those that no other member saw (400, 408, 413, 431).
    virtual void answered(const RequestNote& note, std::string_view peer, unsigned status) = 0;
};

struct TlsFiles {
    std::string certificate;  ///< PEM, the chain
    std::string key;          ///< PEM
};

struct ServerOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0: any free one
    std::optional<TlsFiles> tls;
    unsigned quick_workers = 2;
    unsigned slow_workers = 2;
    Duration header_time_max = std::chrono::seconds(10);  ///< from its first byte to its last
    Duration body_time_max = std::chrono::seconds(60);
    Duration idle_time_max = std::chrono::seconds(75);   ///< between two requests
    Duration write_time_max = std::chrono::seconds(30);  ///< for a client that does not read
    Duration heartbeat = std::chrono::seconds(15);       ///< of a silent event stream
    Duration drain_time_max = std::chrono::seconds(10);  ///< when stopping
};

/// Counts the server keeps for /metrics.
struct ServerCounts {
    std::uint64_t connections = 0;           ///< open now
    std::uint64_t connections_refused = 0;   ///< over the limit, answered 503
    std::uint64_t requests_in_flight = 0;    ///< read or being answered now
    std::uint64_t body_bytes_in_flight = 0;  ///< reserved for their bodies
    std::uint64_t streams = 0;               ///< event streams open now
};

/// Serves HTTP/1.1, over TLS if told so: keep-alive, chunked bodies, limits on everything
/// (model/limits.h) with real answers, event streams. One network thread, some workers. Safe to
/// share.
class Server {
  public:
    /// Binds and begins to serve. `application` and `clock` must outlive the server.
    /// Errors: io (the address is taken or not ours), invalid_argument (address, certificate).
    [[nodiscard]] static Result<std::unique_ptr<Server>> start(const ServerOptions& options,
                                                               Application& application,
                                                               const Clock& clock);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    Server(Server&&) = delete;
    Server& operator=(Server&&) = delete;

    [[nodiscard]] std::uint16_t port() const;

    [[nodiscard]] ServerCounts counts() const;

    /// Stops: no new connections, idle ones are closed, streams end, requests under way are
    /// answered for at most `drain_time_max`. Blocks until that is done; more calls do nothing.
    void stop();

    struct State;  ///< defined where the network library is

  private:
    explicit Server(std::shared_ptr<State> state);

    std::shared_ptr<State> state_;
};

}  // namespace fineline::http
