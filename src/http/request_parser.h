#pragma once

#include "http/message.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace fineline::http {

/// How far a request has been read.
enum class ParseState : std::uint8_t {
    in_header,
    in_body,
    whole,
    broken,  ///< it is no HTTP/1.1, or larger than a limit
};

/// Reads the bytes of one request after another into a Request. Written for speed: Beast's own
/// message would be an object for each header. One thread at a time.
class RequestParser {
  public:
    RequestParser();
    ~RequestParser();
    RequestParser(const RequestParser&) = delete;
    RequestParser& operator=(const RequestParser&) = delete;
    RequestParser(RequestParser&&) = delete;
    RequestParser& operator=(RequestParser&&) = delete;

    /// Begins the next request. What is read goes into `request`, which must stay where it is.
    void begin(Request& request);

    /// Takes bytes and returns how many; the others must come again, with more behind them. Stops
    /// behind the header, so that it can be decided what may follow.
    [[nodiscard]] std::size_t put(std::string_view bytes);

    [[nodiscard]] ParseState state() const;

    // Known once the header is read.

    /// Whether path and query could be read.
    [[nodiscard]] bool has_target() const;
    /// The body's size, if the header tells it.
    [[nodiscard]] std::optional<std::uint64_t> content_length() const;
    [[nodiscard]] bool keep_alive() const;
    [[nodiscard]] bool expects_continue() const;

    /// A body larger than that breaks the request.
    void limit_body(std::size_t bytes_max);

    /// What is answered to a broken request.
    [[nodiscard]] Response refusal_of_broken() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fineline::http
