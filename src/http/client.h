#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "http/message.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::http {

/// An `http://` or `https://` URL taken apart.
struct Url {
    bool tls = false;
    std::string host;  ///< name or address, an IPv6 one without its brackets
    std::string port;
    std::string target;  ///< path and query, at least "/"
};

/// Errors: invalid_argument, with what a URL looks like.
[[nodiscard]] Result<Url> parse_url(std::string_view text);

/// One request of ours to somebody else's server, or to our own.
struct Outgoing {
    Method method = Method::get;
    std::string body;
    std::vector<NamedText> headers;
    Duration time_max = std::chrono::seconds(10);
    std::size_t answer_bytes_max = 64ULL * 1024 * 1024;
};

struct Answered {
    unsigned status = 0;
    std::string body;
};

/// Sends a request and waits for its whole answer, whatever its status; follows no redirect. The
/// certificate of an https server is verified against the system's authorities.
/// Errors: unavailable (no connection, or not within the time), io (a broken answer).
[[nodiscard]] Result<Answered> send_request(const Url& url, const Outgoing& request);

}  // namespace fineline::http
