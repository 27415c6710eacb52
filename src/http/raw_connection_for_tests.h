#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace fineline::http {

/// A connection to a server of this machine over which a test sends any bytes it likes. One thread
/// at a time.
class RawConnection {
  public:
    explicit RawConnection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int connected =
            ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        EXPECT_EQ(connected, 0);
    }

    ~RawConnection() { ::close(socket_); }

    RawConnection(const RawConnection&) = delete;
    RawConnection& operator=(const RawConnection&) = delete;
    RawConnection(RawConnection&&) = delete;
    RawConnection& operator=(RawConnection&&) = delete;

    void send(std::string_view text) const {
        ASSERT_EQ(::send(socket_, text.data(), text.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(text.size()));
    }

    /// What comes until it ends in `end`, or the server closes.
    [[nodiscard]] std::string read_until(std::string_view end) {
        std::string text;
        while (!text.ends_with(end)) {
            const ssize_t got = ::recv(socket_, piece_.data(), piece_.size(), 0);
            if (got <= 0) {
                break;
            }
            text.append(piece_.data(), static_cast<std::size_t>(got));
        }
        return text;
    }

    /// What comes until the server closes.
    [[nodiscard]] std::string read_all() {
        std::string text;
        for (ssize_t got = 1; got > 0;) {
            got = ::recv(socket_, piece_.data(), piece_.size(), 0);
            text.append(piece_.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
        }
        return text;
    }

  private:
    int socket_;
    std::array<char, 65'536> piece_{};
};

/// How often one text stands in another.
inline std::size_t count_of(std::string_view text, std::string_view part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + part.size())) {
        ++count;
    }
    return count;
}

}  // namespace fineline::http
