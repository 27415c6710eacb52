#include "http/request_parser.h"

#include "base/text.h"
#include "model/limits.h"

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <limits>

namespace fineline::http {

namespace beast = boost::beast;
using beast::error_code;

namespace {

std::string_view view_of(beast::string_view text) {
    return {text.data(), text.size()};
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

/// Beast's parser, writing what it reads where it belongs.
class Sink final : public beast::http::basic_parser<true> {
    using Text = beast::string_view;

  public:
    explicit Sink(Request& request) : request_(request) {}

    [[nodiscard]] bool has_target() const { return has_target_; }

  private:
    void on_request_impl(beast::http::verb verb,
                         Text /*method*/,
                         Text target,
                         int /*version*/,
                         error_code& failed) override {
        request_.head.method = method_of(verb);
        has_target_ = read_target(view_of(target), request_.head);
        failed = {};
    }

    void on_response_impl(int /*code*/, Text /*reason*/, int /*version*/, error_code&) override {}

    void on_field_impl(beast::http::field /*name*/,
                       Text name,
                       Text value,
                       error_code& failed) override {
        // What comes behind a chunked body was not there when the request was admitted.
        if (!is_head_read_) {
            request_.head.headers.add(view_of(name), view_of(value));
        }
        failed = {};
    }

    void on_header_impl(error_code& failed) override {
        is_head_read_ = true;
        failed = {};
    }

    void on_body_init_impl(const boost::optional<std::uint64_t>& length,
                           error_code& failed) override {
        if (length) {
            request_.body.reserve(static_cast<std::size_t>(*length));
        }
        failed = {};
    }

    std::size_t on_body_impl(Text body, error_code& failed) override {
        request_.body.append(body.data(), body.size());
        failed = {};
        return body.size();
    }

    void on_chunk_header_impl(std::uint64_t /*size*/,
                              Text /*extensions*/,
                              error_code& failed) override {
        failed = {};
    }

    std::size_t on_chunk_body_impl(std::uint64_t /*remain*/,
                                   Text body,
                                   error_code& failed) override {
        return on_body_impl(body, failed);
    }

    void on_finish_impl(error_code& failed) override { failed = {}; }

    Request& request_;
    bool has_target_ = false;
    bool is_head_read_ = false;
};

}  // namespace

struct RequestParser::State {
    Request* request = nullptr;
    std::optional<Sink> sink;
    error_code failed;
};

RequestParser::RequestParser() : state_(std::make_unique<State>()) {}

RequestParser::~RequestParser() = default;

void RequestParser::begin(Request& request) {
    state_->request = &request;
    state_->failed = {};
    Sink& sink = state_->sink.emplace(request);
    sink.header_limit(static_cast<std::uint32_t>(limits::http_header_bytes_max));
    // Decided once the route is known. Beast 1.74 takes no limit for a limit of nothing.
    sink.body_limit(std::numeric_limits<std::uint64_t>::max());
}

std::size_t RequestParser::put(std::string_view bytes) {
    Sink& sink = *state_->sink;
    const bool was_in_header = !sink.is_header_done();
    std::size_t used = 0;
    while (used < bytes.size() && !sink.is_done()) {
        error_code failed;
        const std::size_t taken =
            sink.put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), failed);
        used += taken;
        if (failed == beast::http::error::need_more) {
            break;
        }
        if (failed) {
            state_->failed = failed;
            break;
        }
        if (was_in_header && sink.is_header_done()) {
            break;
        }
    }
    return used;
}

ParseState RequestParser::state() const {
    if (state_->failed) {
        return ParseState::broken;
    }
    if (state_->sink->is_done()) {
        return ParseState::whole;
    }
    return state_->sink->is_header_done() ? ParseState::in_body : ParseState::in_header;
}

bool RequestParser::has_target() const {
    return state_->sink->has_target();
}

std::optional<std::uint64_t> RequestParser::content_length() const {
    const auto length = state_->sink->content_length();
    return length ? std::optional(*length) : std::nullopt;
}

bool RequestParser::keep_alive() const {
    return state_->sink->keep_alive();
}

bool RequestParser::expects_continue() const {
    const std::string_view expected = state_->request->head.header("expect").value_or("");
    return beast::iequals({expected.data(), expected.size()}, "100-continue");
}

void RequestParser::limit_body(std::size_t bytes_max) {
    state_->sink->body_limit(bytes_max);
}

Response RequestParser::refusal_of_broken() const {
    const error_code& failed = state_->failed;
    if (failed == beast::http::error::header_limit) {
        return refusal(
            431,
            "limit_exceeded",
            "the header is larger than " + with_commas(limits::http_header_bytes_max) + " bytes");
    }
    if (failed == beast::http::error::body_limit) {
        return refusal(413, "limit_exceeded", "the body is larger than this route takes");
    }
    return refusal(400, "invalid_argument", "this is no HTTP/1.1: " + failed.message());
}

}  // namespace fineline::http
