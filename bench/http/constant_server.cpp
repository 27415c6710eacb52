// Answers every request with the same body and computes nothing: what Boost.Beast can do on a
// machine, which a look-up is measured against.
//
// usage: constant_server BYTES
//
// One thread on 127.0.0.1, any free port; prints {"serving": URL} and ends with its standard input.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
using Tcp = net::ip::tcp;
using Failure = boost::system::error_code;
using Answer = beast::http::response<beast::http::string_body>;

/// One connection: reads a request, writes the answer, and so on until either end closes.
class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(Tcp::socket socket, const Answer& answer)
        : socket_(std::move(socket)), answer_(answer) {}

    void read() {
        request_ = {};
        beast::http::async_read(
            socket_, buffer_, request_, [self = shared_from_this()](Failure failed, std::size_t) {
                if (!failed) {
                    self->write();
                }
            });
    }

  private:
    void write() {
        beast::http::async_write(
            socket_, answer_, [self = shared_from_this()](Failure failed, std::size_t) {
                if (!failed) {
                    self->read();
                }
            });
    }

    Tcp::socket socket_;
    const Answer& answer_;
    beast::flat_buffer buffer_;
    beast::http::request<beast::http::empty_body> request_;
};

void accept(Tcp::acceptor& acceptor, const Answer& answer) {
    acceptor.async_accept([&acceptor, &answer](Failure failed, Tcp::socket socket) {
        if (failed) {
            std::cerr << "constant_server: " << failed.message() << "\n";
            std::_Exit(1);
        }
        socket.set_option(Tcp::no_delay(true));
        std::make_shared<Session>(std::move(socket), answer)->read();
        accept(acceptor, answer);
    });
}

void serve(std::size_t bytes) {
    net::io_context context(1);
    Answer answer(beast::http::status::ok, 11);
    answer.set(beast::http::field::content_type, "application/json");
    answer.body() = std::string(bytes, 'x');
    answer.prepare_payload();
    Tcp::acceptor acceptor(context, {net::ip::address_v4::loopback(), 0});
    accept(acceptor, answer);
    net::posix::stream_descriptor input(context, ::dup(STDIN_FILENO));
    std::array<char, 1> byte{};
    input.async_read_some(net::buffer(byte), [&context](Failure, std::size_t) { context.stop(); });
    std::cout << R"({"serving":"http://127.0.0.1:)" << acceptor.local_endpoint().port() << "\"}"
              << std::endl;
    context.run();
}

}  // namespace

int main(int count, char** texts) {
    const int bytes = count == 2 ? std::atoi(texts[1]) : 0;
    if (bytes < 1) {
        std::cerr << "usage: constant_server BYTES\n";
        return 2;
    }
    try {
        serve(static_cast<std::size_t>(bytes));
    } catch (const std::exception& failed) {
        std::cerr << "constant_server: " << failed.what() << "\n";
        return 1;
    }
    return 0;
}
