#include "http/client.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <exception>
#include <optional>

namespace fineline::http {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using Tcp = net::ip::tcp;

namespace {

beast::string_view beast_text(std::string_view text) {
    return {text.data(), text.size()};
}

/// Connects, sends, reads the answer. Throws what the libraries throw; send_request catches it.
template <class Stream>
net::awaitable<Answered> exchange(Stream& stream, const Url& url, const Outgoing& outgoing) {
    beast::http::request<beast::http::string_body> request;
    request.version(11);
    request.method_string(beast_text(to_string(outgoing.method)));
    request.target(url.target);
    const bool is_v6 = url.host.find(':') != std::string::npos;
    request.set(beast::http::field::host,
                (is_v6 ? "[" + url.host + "]" : url.host) + ":" + url.port);
    request.set(beast::http::field::user_agent, "fineline");
    request.set(beast::http::field::connection, "close");
    for (const auto& [name, value] : outgoing.headers) {
        request.set(beast_text(name), value);
    }
    request.body() = outgoing.body;
    request.prepare_payload();
    co_await beast::http::async_write(stream, request, net::use_awaitable);
    beast::flat_buffer buffer;
    beast::http::response_parser<beast::http::string_body> parser;
    parser.body_limit(outgoing.answer_bytes_max);
    co_await beast::http::async_read(stream, buffer, parser, net::use_awaitable);
    co_return Answered{.status = parser.get().result_int(), .body = std::move(parser.get().body())};
}

net::awaitable<Answered> exchange_with(const Url& url, const Outgoing& outgoing) {
    const net::any_io_executor executor = co_await net::this_coro::executor;
    Tcp::resolver resolver(executor);
    const auto found = co_await resolver.async_resolve(url.host, url.port, net::use_awaitable);
    Tcp::socket socket(executor);
    co_await net::async_connect(socket, found, net::use_awaitable);
    if (!url.tls) {
        co_return co_await exchange(socket, url, outgoing);
    }
    ssl::context context(ssl::context::tls_client);
    context.set_default_verify_paths();
    context.set_verify_mode(ssl::verify_peer);
    ssl::stream<Tcp::socket> stream(std::move(socket), context);
    stream.set_verify_callback(ssl::host_name_verification(url.host));
    // What OpenSSL's macro SSL_set_tlsext_host_name does, without its cast.
    std::string name = url.host;
    SSL_ctrl(stream.native_handle(),
             SSL_CTRL_SET_TLSEXT_HOSTNAME,
             TLSEXT_NAMETYPE_host_name,
             name.data());
    co_await stream.async_handshake(ssl::stream_base::client, net::use_awaitable);
    co_return co_await exchange(stream, url, outgoing);
}

}  // namespace

Result<Answered> send_request(const Url& url, const Outgoing& request) {
    net::io_context io(1);
    std::optional<Answered> answered;
    std::string problem = "no answer within " + to_words(request.time_max);
    net::co_spawn(io, exchange_with(url, request), [&](std::exception_ptr failed, Answered got) {
        if (!failed) {
            answered = std::move(got);
            return;
        }
        try {
            std::rethrow_exception(failed);
        } catch (const std::exception& thrown) {
            problem = thrown.what();
        }
    });
    io.run_for(request.time_max);
    if (!answered) {
        return Error{ErrorCode::unavailable,
                     "no answer from " + url.host + ":" + url.port + ": " + problem,
                     {}};
    }
    return std::move(*answered);
}

}  // namespace fineline::http
