#include "base/text.h"
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
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <limits>
#include <list>
#include <thread>

namespace fineline::http {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using beast::error_code;
using Tcp = net::ip::tcp;
using PlainStream = Tcp::socket;
using TlsStream = ssl::stream<PlainStream>;
using Parser = beast::http::request_parser<beast::http::string_body>;

namespace {

constexpr std::size_t read_buffer_bytes = 65'536;

/// Room made at once for what stands before an answer's body, and for a request's headers.
constexpr std::size_t head_expected = 384;
constexpr std::size_t headers_expected = 8;

/// Makes an operation yield its error in `failed` instead of an exception.
auto into(error_code& failed) {
    return net::redirect_error(net::use_awaitable, failed);
}

Method method_of(beast::http::verb verb) {
    switch (verb) {
        case beast::http::verb::get: return Method::get;
        case beast::http::verb::post: return Method::post;
        case beast::http::verb::put: return Method::put;
        case beast::http::verb::delete_: return Method::remove;
        case beast::http::verb::options: return Method::options;
        default: return Method::other;
    }
}

std::string lower_ascii(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lower;
}

std::string_view view_of(beast::string_view text) {
    return {text.data(), text.size()};
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
/// the timer is set anew only where it would ring too late. Network thread only.
class Deadline {
  public:
    explicit Deadline(Tcp::socket& socket) : state_(std::make_shared<State>(socket)) {}

    ~Deadline() {
        state_->socket = nullptr;
        state_->timer.cancel();
    }

    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;
    Deadline(Deadline&&) = delete;
    Deadline& operator=(Deadline&&) = delete;

    void set(Duration time) {
        state_->due = SteadyClock::now() + time;
        state_->passed = false;
        if (state_->due < state_->rings_at) {
            wait(state_, state_->due);
        }
    }

    [[nodiscard]] bool passed() const { return state_->passed; }

  private:
    using SteadyClock = std::chrono::steady_clock;

    struct State {
        explicit State(Tcp::socket& of) : timer(of.get_executor()), socket(&of) {}

        net::steady_timer timer;
        Tcp::socket* socket;
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
        Tcp::socket* socket = nullptr;
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
    net::awaitable<void> serve(Tcp::socket socket);
    template <class Stream>
    net::awaitable<void> serve_on(Stream& stream);

    ServerOptions options;
    Application& application;
    const Clock& clock;
    net::io_context io;
    Tcp::acceptor acceptor;
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

/// Holds a share of what requests in flight may take, and gives it back.
class Reservation {
  public:
    Reservation() = default;

    Reservation(std::atomic<std::uint64_t>& of, std::uint64_t amount) : of_(&of), amount_(amount) {
        of.fetch_add(amount);
    }

    Reservation(Reservation&& other) noexcept : of_(other.of_), amount_(other.amount_) {
        other.of_ = nullptr;
    }

    Reservation& operator=(Reservation&& other) noexcept {
        std::swap(of_, other.of_);
        std::swap(amount_, other.amount_);
        return *this;
    }

    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;

    ~Reservation() {
        if (of_ != nullptr) {
            of_->fetch_sub(amount_);
        }
    }

  private:
    std::atomic<std::uint64_t>* of_ = nullptr;
    std::uint64_t amount_ = 0;
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
    Tcp::socket& socket() { return beast::get_lowest_layer(stream_); }

    void time_out_after(Duration time) { deadline_.set(time); }

    /// Serves one request; false if the connection is to end.
    net::awaitable<bool> serve_one() {
        connection_.is_idle = true;
        error_code failed;
        if (buffer_.size() == 0) {
            co_await read_first_bytes(failed);
            if (failed) {
                co_return false;
            }
        }
        connection_.is_idle = false;
        head_ = RequestHead{};
        head_.peer = peer_;
        head_.received_at = server_.clock.now();
        note_ = {.received_at = head_.received_at};
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(limits::http_header_bytes_max));
        // Decided once the route is known. Beast 1.74 takes no limit for a limit of nothing.
        parser.body_limit(std::numeric_limits<std::uint64_t>::max());
        co_await read_header(parser, failed);
        if (failed) {
            co_return co_await answer_broken(failed);
        }
        if (!take_head(parser.get())) {
            co_return co_await refuse(
                refusal(400, "invalid_argument", "the request's target cannot be read"));
        }
        Admission admission = admit(parser);
        if (auto* refused = std::get_if<Response>(&admission)) {
            co_return co_await refuse_after(parser, std::move(*refused));
        }
        const Admitted admitted = std::get<Admitted>(admission);
        const std::size_t body_max = admitted.body_bytes_max;
        const auto length = parser.content_length();
        const Reservation bytes(server_.body_bytes, length ? *length : body_max);
        const Reservation request(server_.in_flight, 1);
        if (!parser.is_done()) {
            co_await read_body(parser, body_max, failed);
        }
        if (failed) {
            co_return co_await answer_broken(failed);
        }
        const bool keep = parser.get().keep_alive();
        Request whole{.head = std::move(head_), .body = std::move(parser.get().body())};
        if (admitted.lane == Lane::immediate) {
            co_return co_await send(answer_now(std::move(whole)), keep);
        }
        co_return co_await answer(std::move(whole), admitted.lane, keep);
    }

    /// A header that came whole, as nearly all do, is read without waiting for the network again.
    net::awaitable<void> read_header(Parser& parser, error_code& failed) {
        buffer_.consume(parser.put(buffer_.data(), failed));
        if (failed == beast::http::error::need_more) {
            failed = {};
            time_out_after(server_.options.header_time_max);
            co_await beast::http::async_read_header(stream_, buffer_, parser, into(failed));
        }
    }

    Response answer_now(Request request) {
        try {
            return server_.application.answer_now(std::move(request));
        } catch (const std::exception& bug) {
            return bug_response(bug.what());
        }
    }

    net::awaitable<void> read_first_bytes(error_code& failed) {
        time_out_after(server_.options.idle_time_max);
        const std::size_t got =
            co_await stream_.async_read_some(buffer_.prepare(read_buffer_bytes), into(failed));
        buffer_.commit(got);
    }

    bool take_head(const Parser::value_type& message) {
        head_.method = method_of(message.method());
        note_.method = head_.method;
        head_.headers.reserve(headers_expected);
        for (const auto& field : message) {
            head_.headers.emplace_back(lower_ascii(view_of(field.name_string())),
                                       std::string(view_of(field.value())));
        }
        return read_target(view_of(message.target()), head_);
    }

    /// Decides whether there is room, then what the application thinks of it.
    Admission admit(const Parser& parser) {
        if (server_.in_flight >= limits::http_requests_in_flight_max) {
            return try_again(503, "too many requests at once: try again soon", 1);
        }
        Admission admission = server_.application.admit(head_);
        note_.route = head_.route;
        const auto* admitted = std::get_if<Admitted>(&admission);
        if (admitted == nullptr) {
            return admission;
        }
        const std::size_t body_max = admitted->body_bytes_max;
        const auto length = parser.content_length();
        if (length && *length > body_max) {
            Response too_large = refusal(413,
                                         "limit_exceeded",
                                         "the body is larger than " + with_commas(body_max) +
                                             " bytes: " + with_commas(*length));
            return too_large;
        }
        if (server_.body_bytes + (length ? *length : body_max) >
            limits::http_body_bytes_in_flight_max) {
            return try_again(503, "too many bytes at once: try again soon", 1);
        }
        return admission;
    }

    net::awaitable<void> read_body(Parser& parser, std::size_t body_max, error_code& failed) {
        parser.body_limit(body_max);
        time_out_after(server_.options.body_time_max);
        const auto expect = parser.get()[beast::http::field::expect];
        if (beast::iequals(expect, "100-continue")) {
            beast::http::response<beast::http::empty_body> go_on{beast::http::status::continue_,
                                                                 11};
            co_await beast::http::async_write(stream_, go_on, into(failed));
            if (failed) {
                co_return;
            }
        }
        co_await beast::http::async_read(stream_, buffer_, parser, into(failed));
    }

    /// Hands the request to a worker, waits for the answer and sends it.
    net::awaitable<bool> answer(Request whole, Lane lane, bool keep) {
        struct Pending {
            explicit Pending(const net::any_io_executor& executor) : ready(executor) {}

            Signal ready;
            std::optional<Response> response;
        };

        time_out_after(std::chrono::hours(1));
        auto pending = std::make_shared<Pending>(net::any_io_executor(server_.io.get_executor()));
        auto guard = server_.shared_from_this();
        Reply reply([pending, guard](Response response) {
            auto held = std::make_shared<Response>(std::move(response));
            net::post(guard->io, [pending, held] {
                pending->response = std::move(*held);
                pending->ready.raise();
            });
        });
        auto request = std::make_shared<Request>(std::move(whole));
        net::thread_pool& workers = lane == Lane::quick ? server_.quick : server_.slow;
        net::post(workers, [guard, request, reply = std::move(reply)] {
            try {
                guard->application.answer(std::move(*request), reply);
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
        time_out_after(server_.options.write_time_max);
        error_code failed;
        if (response.stream == nullptr) {
            const std::string head = head_of(response, keep);
            co_await net::async_write(
                stream_,
                std::array<net::const_buffer, 2>{net::buffer(head), net::buffer(response.body)},
                into(failed));
        } else {
            co_await send_stream(response, failed);
        }
        server_.application.answered(note_, peer_, response.status);
        co_return !failed && keep;
    }

    /// What stands before the body. Beast would make an object of each field first, which costs
    /// more than all else that a small answer needs.
    static std::string head_of(const Response& response, bool keep) {
        std::string head;
        head.reserve(head_expected);
        const auto add = [&](std::string_view name, std::string_view value) {
            head.append(name).append(": ").append(value).append("\r\n");
        };
        const auto reason =
            beast::http::obsolete_reason(beast::http::int_to_status(response.status));
        head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
        head.append(view_of(reason)).append("\r\n");
        add("Content-Type", response.content_type);
        for (const auto& [name, value] : response.headers) {
            add(name, value);
        }
        if (!keep) {
            add("Connection", "close");
        }
        if (response.stream != nullptr) {
            add("Transfer-Encoding", "chunked");
        } else {
            add("Content-Length", std::to_string(response.body.size()));
        }
        return head.append("\r\n");
    }

    /// Sends the head, then events as they come; a client that does not read is cut off.
    net::awaitable<void> send_stream(Response& response, error_code& failed) {
        const Reservation open(server_.stream_count, 1);
        EventStream& events = *response.stream;
        std::string bytes = std::move(response.body);
        const std::string head = head_of(response, false);
        co_await net::async_write(stream_, net::buffer(head), into(failed));
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
                time_out_after(server_.options.write_time_max);
                co_await net::async_write(
                    stream_, beast::http::make_chunk(net::buffer(bytes)), into(failed));
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
                time_out_after(std::chrono::hours(24));
                co_await wake->wait_for(server_.options.heartbeat);
                next = events.take(on_ready);
                bytes = next && !next->empty() ? std::move(*next) : ": still here\n\n";
            }
        }
        if (!failed) {
            time_out_after(server_.options.write_time_max);
            co_await net::async_write(stream_, beast::http::make_chunk_last(), into(failed));
        }
    }

    /// Answers a request that broke off, where HTTP has a word for it. Always false.
    net::awaitable<bool> answer_broken(error_code failed) {
        if (deadline_.passed()) {
            co_return co_await refuse(
                refusal(408, "unavailable", "the request took too long to arrive"));
        }
        if (failed == beast::http::error::header_limit ||
            failed == beast::http::error::buffer_overflow) {
            co_return co_await refuse(refusal(431,
                                              "limit_exceeded",
                                              "the header is larger than " +
                                                  with_commas(limits::http_header_bytes_max) +
                                                  " bytes"));
        }
        if (failed == beast::http::error::body_limit) {
            co_return co_await refuse(
                refusal(413, "limit_exceeded", "the body is larger than this route takes"));
        }
        if (failed == beast::http::error::partial_message) {
            co_return co_await refuse(
                refusal(400, "invalid_argument", "the request ended before it was complete"));
        }
        if (failed.category() ==
                beast::http::make_error_code(beast::http::error::bad_method).category() &&
            failed != beast::http::error::end_of_stream) {
            co_return co_await refuse(
                refusal(400, "invalid_argument", "this is no HTTP/1.1: " + failed.message()));
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
    net::awaitable<bool> refuse_after(Parser& parser, Response response) {
        const auto length = parser.content_length();
        const bool expects =
            beast::iequals(parser.get()[beast::http::field::expect], "100-continue");
        if (!expects &&
            (parser.is_done() || (length && *length <= limits::http_unread_bytes_max))) {
            error_code failed;
            parser.body_limit(limits::http_unread_bytes_max);
            time_out_after(server_.options.header_time_max);
            if (!parser.is_done()) {
                co_await beast::http::async_read(stream_, buffer_, parser, into(failed));
            }
            if (!failed) {
                co_return co_await send(std::move(response), parser.get().keep_alive());
            }
        }
        co_return co_await refuse(std::move(response));
    }

    /// Reads what the client still sends, for a while, so that it sees our answer and no reset.
    net::awaitable<void> linger() {
        error_code failed;
        error_code ignored;
        socket().shutdown(Tcp::socket::shutdown_send, ignored);
        time_out_after(std::chrono::seconds(2));
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
            time_out_after(std::chrono::seconds(2));
            co_await stream_.async_shutdown(into(ignored));
        }
        socket().shutdown(Tcp::socket::shutdown_both, ignored);
        socket().close(ignored);
    }

    Server::State& server_;
    Stream& stream_;
    Server::State::Connection& connection_;
    Deadline deadline_;
    beast::flat_buffer buffer_;
    std::string peer_;
    RequestHead head_;
    RequestNote note_;
};

/// Tells a client that there are too many, without reading what it wants.
net::awaitable<void> turn_away(Tcp::socket socket) {
    constexpr std::string_view answer =
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
        "Content-Length: 0\r\n\r\n";
    error_code ignored;
    co_await net::async_write(socket, net::buffer(answer.data(), answer.size()), into(ignored));
    socket.shutdown(Tcp::socket::shutdown_both, ignored);
}

Error cannot_listen(const ServerOptions& options, const error_code& failed) {
    return Error{ErrorCode::io,
                 "cannot listen on " + options.address + " port " + std::to_string(options.port) +
                     ": " + failed.message(),
                 {}};
}

Status load_certificate(const TlsFiles& files, std::optional<ssl::context>& into_context) {
    ssl::context& context = into_context.emplace(ssl::context::tls_server);
    error_code failed;
    context.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                        ssl::context::no_tlsv1_1);
    context.use_certificate_chain_file(files.certificate, failed);
    if (failed) {
        return Error{ErrorCode::invalid_argument,
                     "cannot read the certificate '" + files.certificate + "': " + failed.message(),
                     {}};
    }
    context.use_private_key_file(files.key, ssl::context::pem, failed);
    if (failed) {
        return Error{ErrorCode::invalid_argument,
                     "cannot read the key '" + files.key + "': " + failed.message(),
                     {}};
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
        return cannot_listen(options, failed);
    }
    port = acceptor.local_endpoint(failed).port();
    return done;
}

net::awaitable<void> Server::State::accept() {
    net::steady_timer pause(io);
    while (!stopping) {
        error_code failed;
        Tcp::socket socket = co_await acceptor.async_accept(into(failed));
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

net::awaitable<void> Server::State::serve(Tcp::socket socket) {
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
