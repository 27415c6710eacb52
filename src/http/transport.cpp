#include "base/text.h"
#include "http/request_parser.h"
#include "http/reservation.h"
#include "http/response_head.h"
#include "http/server.h"
#include "model/limits.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>

#include <array>
#include <atomic>
#include <ctime>
#include <exception>
#include <list>
#include <thread>

namespace fineline::http {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using beast::error_code;
using Tcp = net::ip::tcp;
// Of this executor alone: one of any kind is a call through a pointer for each that is copied.
using NetworkExecutor = net::io_context::executor_type;
using PlainStream = net::basic_stream_socket<Tcp, NetworkExecutor>;
using TlsStream = ssl::stream<PlainStream>;

namespace {

constexpr std::size_t read_buffer_bytes = 65'536;

/// Makes an operation yield its error in `failed` instead of an exception.
auto into(error_code& failed) {
    return net::redirect_error(net::use_awaitable, failed);
}

/// A wake-up that may come before, while or after a coroutine waits for it.
class Signal {
  public:
    explicit Signal(const net::any_io_executor& executor) : timer_(executor) {}

    /// On the network thread only.
    void raise() {
        raised_ = true;
        timer_.cancel();
    }

    net::awaitable<void> wait_for(Duration time) {
        error_code ignored;
        if (!raised_) {
            timer_.expires_after(time);
            co_await timer_.async_wait(into(ignored));
        }
    }

    void lower() { raised_ = false; }

  private:
    net::steady_timer timer_;
    bool raised_ = false;
};

/// Cancels what a socket is waiting for once a time has passed; the socket stays usable, so that
/// the client can still be told. A request sets several, nearly all later than the one before, so
/// the timer is set anew only where it would ring too late, and the clock is read as it stood some
/// milliseconds ago, which costs a fraction. Network thread only.
class Deadline {
  public:
    explicit Deadline(PlainStream& socket) : state_(std::make_shared<State>(socket)) {}

    ~Deadline() {
        state_->socket = nullptr;
        error_code ignored;
        state_->timer.cancel(ignored);
    }

    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    Deadline(Deadline&&) = delete;
    Deadline& operator=(Deadline&&) = delete;

    void set(Duration time) {
        state_->due = coarse_now() + time;
        state_->passed = false;
        if (state_->due < state_->rings_at) {
            wait(state_, state_->due);
        }
    }

    [[nodiscard]] bool passed() const { return state_->passed; }

  private:
    using SteadyClock = std::chrono::steady_clock;

    static SteadyClock::time_point coarse_now() {
        std::timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
        return SteadyClock::time_point(std::chrono::seconds(now.tv_sec) +
                                       std::chrono::nanoseconds(now.tv_nsec));
    }

    struct State {
        explicit State(PlainStream& of) : timer(of.get_executor()), socket(&of) {}

        net::steady_timer timer;
        PlainStream* socket;
        SteadyClock::time_point due;
        SteadyClock::time_point rings_at = SteadyClock::time_point::max();
        bool passed = false;
    };

    static void wait(const std::shared_ptr<State>& state, SteadyClock::time_point until) {
        state->rings_at = until;
        state->timer.expires_at(until);
        state->timer.async_wait([state](error_code failed) {
            if (failed || state->socket == nullptr) {
                return;
            }
            const auto now = SteadyClock::now();
            if (now < state->due) {
                wait(state, state->due);
                return;
            }
            state->passed = true;
            error_code ignored;
            state->socket->cancel(ignored);
            // Between two reads there was nothing to cancel: try again until somebody moves on.
            wait(state, now + std::chrono::milliseconds(100));
        });
    }

    std::shared_ptr<State> state_;
};

}  // namespace

/// What all connections share. Everything but the atomics belongs to the network thread.
struct Server::State : std::enable_shared_from_this<Server::State> {
    /// One connection, as stopping and counting see it.
    struct Connection {
        PlainStream* socket = nullptr;
        bool is_idle = true;
        std::shared_ptr<Signal> wake;
    };

    State(ServerOptions wanted, Application& serves, const Clock& tells)
        : options(std::move(wanted)),
          application(serves),
          clock(tells),
          io(1),
          acceptor(io),
          quick(options.quick_workers),
          slow(options.slow_workers) {}

    [[nodiscard]] Status open();
    net::awaitable<void> accept();
    net::awaitable<void> serve(PlainStream socket);
    template <class Stream>
    net::awaitable<void> serve_on(Stream& stream);

    ServerOptions options;
    Application& application;
    const Clock& clock;
    net::io_context io;
    net::basic_socket_acceptor<Tcp, NetworkExecutor> acceptor;
    std::optional<ssl::context> tls;
    net::thread_pool quick;
    net::thread_pool slow;
    std::thread network;
    std::list<Connection> connections;
    std::atomic<bool> stopping{false};
    std::atomic<std::uint64_t> connection_count{0};
    std::atomic<std::uint64_t> refused_count{0};
    std::atomic<std::uint64_t> in_flight{0};
    std::atomic<std::uint64_t> body_bytes{0};
    std::atomic<std::uint64_t> stream_count{0};
    std::atomic<std::uint16_t> port{0};
};

namespace {

/// How far a connection is with a request.
enum class Stage : std::uint8_t {
    begun,     ///< what there is of its header has been parsed
    admitted,  ///< whole, and the application has said what it thinks of it
    answered,  ///< answered at once; some of the answer may still have to be sent
};

/// One client's connection, from its first byte to its last. Network thread only.
template <class Stream>
class Session {
  public:
    Session(Server::State& server, Stream& stream, Server::State::Connection& connection)
        : server_(server),
          stream_(stream),
          connection_(connection),
          deadline_(beast::get_lowest_layer(stream)) {
        buffer_.reserve(read_buffer_bytes);
        error_code ignored;
        if constexpr (is_plain) {
            socket().non_blocking(true, ignored);
        }
        const auto peer = socket().remote_endpoint(ignored);
        peer_ = ignored ? "unknown" : peer.address().to_string();
    }

    net::awaitable<void> run() {
        bool goes_on = !server_.stopping;
        while (goes_on) {
            goes_on = co_await serve_one();
            goes_on = goes_on && !server_.stopping;
        }
        co_await close();
    }

  private:
    PlainStream& socket() { return beast::get_lowest_layer(stream_); }

    static constexpr bool is_plain = std::is_same_v<Stream, PlainStream>;

    /// Waits for a request that is not answered at once, or for the end.
    net::awaitable<void> next_request(error_code& failed) {
        const auto begin = [this](auto wake) {
            auto held = std::make_shared<decltype(wake)>(std::move(wake));
            read_on([held](const error_code& error) { std::move (*held)(error); });
        };
        auto waits = into(failed);
        co_await net::async_initiate<decltype(waits), void(error_code)>(begin, waits);
    }

    /// Whole requests that are answered at once come and go in this handler, without a coroutine
    /// and all that waking one costs; for others it is woken.
    void read_on(std::function<void(const error_code&)> wake) {
        deadline_.set(server_.options.idle_time_max);
        stream_.async_read_some(
            buffer_.prepare(read_buffer_bytes),
            [this, wake = std::move(wake)](const error_code& failed, std::size_t got) mutable {
                if (take(failed, got)) {
                    read_on(std::move(wake));
                } else {
                    wake(failed);
                }
            });
    }

    /// Takes what was read; true if nothing is left to be done about it.
    bool take(const error_code& failed, std::size_t got) {
        buffer_.commit(got);
        if (failed) {
            return false;
        }
        begin_request();
        if constexpr (is_plain) {
            answer_at_once();
        }
        return stage_ == Stage::answered && keep_ && unsent().empty() && buffer_.size() == 0;
    }

    /// Parses what there is of the next request's header.
    void begin_request() {
        stage_ = Stage::begun;
        request_.clear();
        request_.head.peer = peer_;
        request_.head.received_at = server_.clock.now();
        note_ = {.received_at = request_.head.received_at};
        parser_.begin(request_);
        parse();
    }

    void parse() {
        const auto bytes = buffer_.data();
        buffer_.consume(parser_.put({static_cast<const char*>(bytes.data()), bytes.size()}));
        note_.method = request_.head.method;
    }

    /// Reads and parses until there is no more of that part of the request.
    net::awaitable<void> read_past(ParseState part, error_code& failed) {
        parse();
        while (!failed && parser_.state() == part) {
            const std::size_t got =
                co_await stream_.async_read_some(buffer_.prepare(read_buffer_bytes), into(failed));
            buffer_.commit(got);
            parse();
        }
    }

    /// Answers the request if it is whole and wants nothing more, as far as the socket takes the
    /// answer without waiting.
    void answer_at_once() {
        if (parser_.state() != ParseState::whole || !parser_.has_target()) {
            return;
        }
        admission_ = admit();
        stage_ = Stage::admitted;
        const auto* admitted = std::get_if<Admitted>(&admission_);
        if (admitted == nullptr || admitted->lane != Lane::immediate) {
            return;
        }
        const Response response = answer_now();
        keep_ = parser_.keep_alive() && !response.close && !server_.stopping;
        stage_ = Stage::answered;
        out_.clear();
        append_head(out_, response, keep_ ? Afterwards::keep_open : Afterwards::close);
        out_.append(response.body);
        error_code full;
        sent_ = socket().write_some(net::buffer(out_), full);
        server_.application.answered(note_, peer_, response.status);
    }

    [[nodiscard]] std::string_view unsent() const { return std::string_view(out_).substr(sent_); }

    /// Serves one request, or many that are answered at once; false if the connection is to end.
    net::awaitable<bool> serve_one() {
        connection_.is_idle = true;
        error_code failed;
        if (buffer_.size() == 0) {
            co_await next_request(failed);
        } else {
            begin_request();
        }
        if (failed) {
            co_return false;
        }
        connection_.is_idle = false;
        if (stage_ == Stage::answered) {
            co_return co_await send_rest();
        }
        if (parser_.state() == ParseState::in_header) {
            deadline_.set(server_.options.header_time_max);
            co_await read_past(ParseState::in_header, failed);
        }
        if (failed || parser_.state() == ParseState::broken) {
            co_return co_await answer_broken(failed);
        }
        if (!parser_.has_target()) {
            co_return co_await refuse(
                refusal(400, "invalid_argument", "the request's target cannot be read"));
        }
        if (stage_ == Stage::begun) {
            admission_ = admit();
        }
        if (auto* refused = std::get_if<Response>(&admission_)) {
            co_return co_await refuse_after(std::move(*refused));
        }
        co_return co_await serve_admitted(std::get<Admitted>(admission_));
    }

    net::awaitable<bool> serve_admitted(Admitted admitted) {
        const std::size_t body_max = admitted.body_bytes_max;
        const auto length = parser_.content_length();
        const Reservation bytes(server_.body_bytes, length ? *length : body_max);
        const Reservation request(server_.in_flight, 1);
        error_code failed;
        if (parser_.state() == ParseState::in_body) {
            co_await read_body(body_max, failed);
        }
        if (failed || parser_.state() == ParseState::broken) {
            co_return co_await answer_broken(failed);
        }
        const bool keep = parser_.keep_alive();
        if (admitted.lane == Lane::immediate) {
            co_return co_await send(answer_now(), keep);
        }
        co_return co_await answer(std::move(request_), admitted.lane, keep);
    }

    Response answer_now() {
        try {
            return server_.application.answer_now(request_);
        } catch (const std::exception& bug) {
            return bug_response(bug.what());
        }
    }

    /// Decides whether there is room, then what the application thinks of it.
    Admission admit() {
        if (server_.in_flight >= limits::http_requests_in_flight_max) {
            return try_again(503, "too many requests at once: try again soon", 1);
        }
        Admission admission = server_.application.admit(request_.head);
        note_.route = request_.head.route;
        const auto* admitted = std::get_if<Admitted>(&admission);
        if (admitted == nullptr) {
            return admission;
        }
        const std::size_t body_max = admitted->body_bytes_max;
        const auto length = parser_.content_length();
        if (length && *length > body_max) {
            return refusal(413,
                           "limit_exceeded",
                           "the body is larger than " + with_commas(body_max) +
                               " bytes: " + with_commas(*length));
        }
        if (server_.body_bytes + (length ? *length : body_max) >
            limits::http_body_bytes_in_flight_max) {
            return try_again(503, "too many bytes at once: try again soon", 1);
        }
        return admission;
    }

    net::awaitable<void> read_body(std::size_t body_max, error_code& failed) {
        constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        parser_.limit_body(body_max);
        deadline_.set(server_.options.body_time_max);
        if (parser_.expects_continue()) {
            co_await net::async_write(stream_, net::buffer(go_on), into(failed));
        }
        co_await read_past(ParseState::in_body, failed);
    }

    /// Hands the request to a worker, waits for the answer and sends it.
    net::awaitable<bool> answer(Request whole, Lane lane, bool keep) {
        struct Pending {
            explicit Pending(const net::any_io_executor& executor) : ready(executor) {}

            Signal ready;
            std::optional<Response> response;
        };

        deadline_.set(std::chrono::hours(1));
        auto pending = std::make_shared<Pending>(net::any_io_executor(server_.io.get_executor()));
        auto guard = server_.shared_from_this();
        Reply reply([pending, guard](Response response) {
            net::post(guard->io, [pending, response = std::move(response)]() mutable {
                pending->response = std::move(response);
                pending->ready.raise();
            });
        });
        net::thread_pool& workers = lane == Lane::quick ? server_.quick : server_.slow;
        net::post(workers, [guard, whole = std::move(whole), reply = std::move(reply)]() mutable {
            try {
                guard->application.answer(std::move(whole), reply);
            } catch (const std::exception& bug) {
                reply(bug_response(bug.what()));
            }
        });
        while (!pending->response) {
            co_await pending->ready.wait_for(std::chrono::hours(1));
        }
        co_return co_await send(std::move(*pending->response), keep);
    }

    net::awaitable<bool> send(Response response, bool keep) {
        if (response.stream != nullptr && server_.stream_count >= limits::http_streams_max) {
            response = try_again(503, "too many streams are open: try again later", 10);
        }
        keep = keep && !response.close && !server_.stopping && response.stream == nullptr;
        deadline_.set(server_.options.write_time_max);
        error_code failed;
        out_.clear();
        append_head(out_, response, keep ? Afterwards::keep_open : Afterwards::close);
        if (response.stream == nullptr) {
            co_await net::async_write(
                stream_,
                std::array<net::const_buffer, 2>{net::buffer(out_), net::buffer(response.body)},
                into(failed));
        } else {
            co_await send_stream(response, failed);
        }
        server_.application.answered(note_, peer_, response.status);
        co_return !failed && keep;
    }

    /// What the socket did not take at once of an answer.
    net::awaitable<bool> send_rest() {
        error_code failed;
        if (!unsent().empty()) {
            deadline_.set(server_.options.write_time_max);
            co_await net::async_write(stream_, net::buffer(unsent()), into(failed));
        }
        co_return !failed && keep_;
    }

    /// Sends the head, then events as they come; a client that does not read is cut off.
    net::awaitable<void> send_stream(Response& response, error_code& failed) {
        const Reservation open(server_.stream_count, 1);
        EventStream& events = *response.stream;
        std::string bytes = std::move(response.body);
        co_await net::async_write(stream_, net::buffer(out_), into(failed));
        auto wake = connection_.wake;
        const std::weak_ptr<Signal> weak = wake;
        auto guard = server_.shared_from_this();
        const std::function<void()> on_ready = [weak, guard] {
            net::post(guard->io, [weak] {
                if (const auto signal = weak.lock()) {
                    signal->raise();
                }
            });
        };
        while (!failed && !server_.stopping) {
            if (!bytes.empty()) {
                deadline_.set(server_.options.write_time_max);
                out_.clear();
                append_chunk(out_, bytes);
                co_await net::async_write(stream_, net::buffer(out_), into(failed));
                bytes.clear();
                continue;
            }
            wake->lower();
            auto next = events.take(on_ready);
            if (!next) {
                break;
            }
            bytes = std::move(*next);
            if (bytes.empty()) {
                deadline_.set(std::chrono::hours(24));
                co_await wake->wait_for(server_.options.heartbeat);
                next = events.take(on_ready);
                bytes = next && !next->empty() ? std::move(*next) : ": still here\n\n";
            }
        }
        if (!failed) {
            deadline_.set(server_.options.write_time_max);
            out_.clear();
            append_chunk(out_, "");
            co_await net::async_write(stream_, net::buffer(out_), into(failed));
        }
    }

    /// Answers a request that broke off, where HTTP has a word for it. Always false.
    net::awaitable<bool> answer_broken(error_code failed) {
        if (deadline_.passed()) {
            co_return co_await refuse(
                refusal(408, "unavailable", "the request took too long to arrive"));
        }
        if (parser_.state() == ParseState::broken) {
            co_return co_await refuse(parser_.refusal_of_broken());
        }
        if (failed == net::error::eof) {
            co_return co_await refuse(
                refusal(400, "invalid_argument", "the request ended before it was complete"));
        }
        co_return false;
    }

    /// Answers, then ends the connection once the client has had the time to read the answer.
    net::awaitable<bool> refuse(Response response) {
        response.close = true;
        co_await send(std::move(response), false);
        co_await linger();
        co_return false;
    }

    /// Answers without having read the body; a small one is read and thrown away, so that the
    /// connection can go on.
    net::awaitable<bool> refuse_after(Response response) {
        const auto length = parser_.content_length();
        const bool is_whole = parser_.state() == ParseState::whole;
        if (!parser_.expects_continue() &&
            (is_whole || (length && *length <= limits::http_unread_bytes_max))) {
            error_code failed;
            parser_.limit_body(limits::http_unread_bytes_max);
            if (!is_whole) {
                deadline_.set(server_.options.header_time_max);
                co_await read_past(ParseState::in_body, failed);
            }
            if (!failed && parser_.state() == ParseState::whole) {
                co_return co_await send(std::move(response), parser_.keep_alive());
            }
        }
        co_return co_await refuse(std::move(response));
    }

    /// Reads what the client still sends, for a while, so that it sees our answer and no reset.
    net::awaitable<void> linger() {
        error_code failed;
        error_code ignored;
        socket().shutdown(PlainStream::shutdown_send, ignored);
        deadline_.set(std::chrono::seconds(2));
        std::size_t read = 0;
        std::string sink(read_buffer_bytes, '\0');
        while (!failed && read < 16 * limits::http_unread_bytes_max) {
            read += co_await socket().async_read_some(net::buffer(sink), into(failed));
            failed = deadline_.passed() ? make_error_code(net::error::timed_out) : failed;
        }
    }

    net::awaitable<void> close() {
        error_code ignored;
        if constexpr (!std::is_same_v<Stream, PlainStream>) {
            deadline_.set(std::chrono::seconds(2));
            co_await stream_.async_shutdown(into(ignored));
        }
        socket().shutdown(PlainStream::shutdown_both, ignored);
        socket().close(ignored);
    }

    Server::State& server_;
    Stream& stream_;
    Server::State::Connection& connection_;
    Deadline deadline_;
    beast::flat_buffer buffer_;
    std::string peer_;
    Request request_;
    RequestNote note_;
    RequestParser parser_;  ///< of `request_`
    Admission admission_;
    Stage stage_ = Stage::begun;
    bool keep_ = false;
    std::string out_;       ///< the head of an answer, or all of one that was answered at once
    std::size_t sent_ = 0;  ///< of such a one
};

/// Tells a client that there are too many, without reading what it wants.
net::awaitable<void> turn_away(PlainStream socket) {
    constexpr std::string_view answer =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
        "Content-Length: 0\r\n\r\n";
    error_code ignored;
    co_await net::async_write(socket, net::buffer(answer), into(ignored));
    socket.shutdown(PlainStream::shutdown_both, ignored);
}

Status load_certificate(const TlsFiles& files, std::optional<ssl::context>& into_context) {
    ssl::context& context = into_context.emplace(ssl::context::tls_server);
    error_code failed;
    context.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                        ssl::context::no_tlsv1_1);
    const auto cannot_read = [&](const std::string& what, const std::string& file) {
        return Error{ErrorCode::invalid_argument,
                     "cannot read the " + what + " '" + file + "': " + failed.message(),
                     {}};
    };
    context.use_certificate_chain_file(files.certificate, failed);
    if (failed) {
        return cannot_read("certificate", files.certificate);
    }
    context.use_private_key_file(files.key, ssl::context::pem, failed);
    if (failed) {
        return cannot_read("key", files.key);
    }
    return done;
}

}  // namespace

Status Server::State::open() {
    error_code failed;
    const auto address = net::ip::make_address(options.address, failed);
    if (failed) {
        return Error{ErrorCode::invalid_argument,
                     "the address to listen on must be an IP address such as 127.0.0.1, not '" +
                         options.address + "'",
                     {}};
    }
    if (options.tls) {
        if (auto loaded = load_certificate(*options.tls, tls); !loaded) {
            return loaded;
        }
    }
    const Tcp::endpoint endpoint(address, options.port);
    acceptor.open(endpoint.protocol(), failed);
    if (!failed) {
        acceptor.set_option(net::socket_base::reuse_address(true), failed);
    }
    if (!failed) {
        acceptor.bind(endpoint, failed);
    }
    if (!failed) {
        acceptor.listen(net::socket_base::max_listen_connections, failed);
    }
    if (failed) {
        return Error{ErrorCode::io,
                     "cannot listen on " + options.address + " port " +
                         std::to_string(options.port) + ": " + failed.message(),
                     {}};
    }
    port = acceptor.local_endpoint(failed).port();
    return done;
}

net::awaitable<void> Server::State::accept() {
    net::steady_timer pause(io);
    while (!stopping) {
        error_code failed;
        PlainStream socket = co_await acceptor.async_accept(into(failed));
        if (stopping) {
            break;
        }
        if (failed) {
            // Out of descriptors, most likely: wait until some are given back.
            pause.expires_after(std::chrono::milliseconds(100));
            co_await pause.async_wait(into(failed));
            continue;
        }
        socket.set_option(Tcp::no_delay(true), failed);
        if (connections.size() >= limits::http_connections_max) {
            ++refused_count;
            net::co_spawn(io, turn_away(std::move(socket)), net::detached);
            continue;
        }
        net::co_spawn(io, serve(std::move(socket)), net::detached);
    }
}

net::awaitable<void> Server::State::serve(PlainStream socket) {
    const auto self = shared_from_this();
    if (!tls) {
        co_await serve_on(socket);
        co_return;
    }
    TlsStream stream(std::move(socket), *tls);
    error_code failed;
    {
        Deadline deadline(stream.next_layer());
        deadline.set(options.header_time_max);
        co_await stream.async_handshake(ssl::stream_base::server, into(failed));
    }
    if (!failed) {
        co_await serve_on(stream);
    }
}

template <class Stream>
net::awaitable<void> Server::State::serve_on(Stream& stream) {
    const auto wake = std::make_shared<Signal>(net::any_io_executor(io.get_executor()));
    const auto place = connections.insert(
        connections.end(),
        {.socket = &beast::get_lowest_layer(stream), .is_idle = true, .wake = wake});
    const Reservation open(connection_count, 1);
    {
        Session<Stream> session(*this, stream, *place);
        co_await session.run();
    }
    connections.erase(place);
}

Server::Server(std::shared_ptr<State> state) : state_(std::move(state)) {}

Server::~Server() {
    stop();
}

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options,
                                              Application& application,
                                              const Clock& clock) {
    auto state = std::make_shared<State>(options, application, clock);
    if (auto opened = state->open(); !opened) {
        return opened.error();
    }
    net::co_spawn(state->io, state->accept(), net::detached);
    state->network = std::thread([raw = state.get()] { raw->io.run(); });
    return std::unique_ptr<Server>(new Server(std::move(state)));
}

std::uint16_t Server::port() const {
    return state_->port;
}

ServerCounts Server::counts() const {
    return {.connections = state_->connection_count,
            .connections_refused = state_->refused_count,
            .requests_in_flight = state_->in_flight,
            .body_bytes_in_flight = state_->body_bytes,
            .streams = state_->stream_count};
}

void Server::stop() {
    State& state = *state_;
    if (!state.network.joinable()) {
        return;
    }
    net::post(state.io, [&state] {
        state.stopping = true;
        error_code ignored;
        state.acceptor.close(ignored);
        for (State::Connection& connection : state.connections) {
            connection.wake->raise();
            if (connection.is_idle) {
                connection.socket->cancel(ignored);
            }
        }
        // What is not done by then is cut off.
        auto timer = std::make_shared<net::steady_timer>(state.io, state.options.drain_time_max);
        auto watch = std::make_shared<net::steady_timer>(state.io);
        timer->async_wait([&state, timer](error_code) {
            for (State::Connection& connection : state.connections) {
                error_code closed;
                connection.socket->close(closed);
            }
            state.io.stop();
        });
        const auto poll = std::make_shared<std::function<void()>>();
        *poll = [&state, timer, watch, weak = std::weak_ptr(poll)] {
            if (state.connections.empty()) {
                timer->cancel();
                return;
            }
            watch->expires_after(std::chrono::milliseconds(20));
            watch->async_wait([again = weak.lock()](error_code) { (*again)(); });
        };
        (*poll)();
    });
    state.network.join();
    state.quick.join();
    state.slow.join();
}

}  // namespace fineline::http
