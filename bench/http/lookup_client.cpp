// Asks a server for one small answer after another over connections that stay open, as fast as it
// answers.
//
// usage: lookup_client PORT CONNECTIONS SECONDS
//
// Standard input: the key on the first line (it may be empty), then a target a line; they are asked
// for in turn. After half a second that does not count, prints a line of JSON: answers, seconds,
// answers a second, milliseconds from request to answer, mean bytes of a body, and the CPU seconds
// it took itself, so that one can see whether the server or the client was the limit. Any answer
// but 200 is an error.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Steady = std::chrono::steady_clock;

[[noreturn]] void stop(const std::string& why) {
    std::cerr << "lookup_client: " << why << "\n";
    std::_Exit(1);
}

struct Connection {
    int socket = -1;
    std::string head{};  ///< of its requests, behind the target
    Steady::time_point sent{};
    std::string received{};
};

int connect_to(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (socket < 0 ||
        ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        stop("no connection to port " + std::to_string(port));
    }
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return socket;
}

/// The body's size as the head says it.
std::size_t body_bytes(std::string_view head) {
    constexpr std::string_view field = "content-length: ";
    const auto at = std::search(
        head.begin(), head.end(), field.begin(), field.end(), [](char written, char wanted) {
            return written == wanted ||
                   (written >= 'A' && written <= 'Z' && written - 'A' + 'a' == wanted);
        });
    std::size_t bytes = 0;
    const char* begin = head.data() + (at - head.begin()) + field.size();
    if (at == head.end() ||
        std::from_chars(begin, head.data() + head.size(), bytes).ec != std::errc()) {
        stop("an answer without Content-Length: " + std::string(head));
    }
    return bytes;
}

/// All connections and what was measured over them. One thread at a time.
class Load {
  public:
    explicit Load(std::vector<std::string> targets) : targets_(std::move(targets)) {}

    void open(std::uint16_t port, std::size_t connections, const std::vector<std::string>& keys) {
        connections_.resize(connections);
        for (std::size_t i = 0; i < connections; ++i) {
            connections_[i].head = " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\n";
            if (!keys.empty()) {
                connections_[i].head += "Authorization: Bearer " + keys[i % keys.size()] + "\r\n";
            }
            connections_[i].head += "\r\n";
            connections_[i].socket = connect_to(port);
            epoll_event event{};
            event.events = EPOLLIN;
            event.data.u64 = i;
            ::epoll_ctl(poll_, EPOLL_CTL_ADD, connections_[i].socket, &event);
            send(connections_[i]);
        }
    }

    void run_until(Steady::time_point end) {
        std::array<epoll_event, 64> events{};
        while (Steady::now() < end) {
            const int ready = ::epoll_wait(poll_, events.data(), events.size(), 1000);
            if (ready == 0) {
                stop("no answer for a second");
            }
            for (int i = 0; i < ready; ++i) {
                receive(connections_[events[static_cast<std::size_t>(i)].data.u64]);
            }
        }
    }

    /// Forgets what was measured so far.
    void begin() {
        micros_.clear();
        bytes_ = 0;
    }

    void print(double seconds, double cpu_seconds) {
        std::sort(micros_.begin(), micros_.end());
        const std::size_t count = micros_.size();
        const auto ms = [&](double share) {
            const auto at = static_cast<std::size_t>(share * static_cast<double>(count));
            return micros_[std::min(at, count - 1)] / 1000.0;
        };
        if (count == 0) {
            stop("no answer at all");
        }
        std::printf(R"({"answers":%zu,"seconds":%.3f,"a_second":%.0f,"p50_ms":%.3f,"p99_ms":%.3f,)"
                    R"("max_ms":%.3f,"body_bytes":%.1f,"client_cpu_s":%.3f})"
                    "\n",
                    count,
                    seconds,
                    static_cast<double>(count) / seconds,
                    ms(0.5),
                    ms(0.99),
                    ms(1),
                    static_cast<double>(bytes_) / static_cast<double>(count),
                    cpu_seconds);
    }

  private:
    void send(Connection& connection) {
        request_ = "GET ";
        request_ += targets_[next_++ % targets_.size()];
        request_ += connection.head;
        connection.sent = Steady::now();
        if (::send(connection.socket, request_.data(), request_.size(), MSG_NOSIGNAL) !=
            static_cast<ssize_t>(request_.size())) {
            stop("a request could not be sent");
        }
    }

    void receive(Connection& connection) {
        const ssize_t got = ::recv(connection.socket, buffer_.data(), buffer_.size(), 0);
        if (got <= 0) {
            stop("the server has closed a connection");
        }
        std::string& received = connection.received;
        received.append(buffer_.data(), static_cast<std::size_t>(got));
        const std::size_t head = received.find("\r\n\r\n");
        if (head == std::string::npos) {
            return;
        }
        if (!received.starts_with("HTTP/1.1 200 ")) {
            stop("an answer that is not 200: " + received);
        }
        const std::size_t body = body_bytes(std::string_view(received).substr(0, head));
        if (received.size() < head + 4 + body) {
            return;
        }
        const auto took = Steady::now() - connection.sent;
        micros_.push_back(static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::microseconds>(took).count()));
        bytes_ += body;
        received.clear();
        send(connection);
    }

    std::vector<std::string> targets_;
    std::vector<Connection> connections_;
    std::string request_;
    std::array<char, 65536> buffer_{};
    std::vector<std::uint32_t> micros_;
    std::uint64_t bytes_ = 0;
    std::size_t next_ = 0;
    int poll_ = ::epoll_create1(0);
};

std::vector<std::string> read_keys() {
    std::string line;
    std::getline(std::cin, line);
    std::istringstream words(line);
    std::vector<std::string> keys;
    for (std::string key; words >> key;) {
        keys.push_back(key);
    }
    return keys;
}

std::vector<std::string> read_targets() {
    std::vector<std::string> targets;
    for (std::string target; std::getline(std::cin, target);) {
        targets.push_back(target);
    }
    return targets;
}

}  // namespace

int main(int count, char** texts) {
    const int port = count == 4 ? std::atoi(texts[1]) : 0;
    const int connections = count == 4 ? std::atoi(texts[2]) : 0;
    const double seconds = count == 4 ? std::atof(texts[3]) : 0;
    if (port < 1 || port > 65535 || connections < 1 || seconds <= 0) {
        std::cerr << "usage: lookup_client PORT CONNECTIONS SECONDS\n";
        return 2;
    }
    const std::vector<std::string> keys = read_keys();
    std::vector<std::string> targets = read_targets();
    if (targets.empty()) {
        std::cerr << "lookup_client: no targets on standard input\n";
        return 2;
    }
    Load load(std::move(targets));
    load.open(static_cast<std::uint16_t>(port), static_cast<std::size_t>(connections), keys);
    load.run_until(Steady::now() + std::chrono::milliseconds(500));
    load.begin();
    const auto began = Steady::now();
    const std::clock_t cpu_began = std::clock();
    load.run_until(began + std::chrono::duration_cast<Steady::duration>(
                               std::chrono::duration<double>(seconds)));
    load.print(std::chrono::duration<double>(Steady::now() - began).count(),
               static_cast<double>(std::clock() - cpu_began) / CLOCKS_PER_SEC);
    return 0;
}
