#include "http/message.h"

#include "base/text.h"

#include <algorithm>
#include <atomic>
#include <charconv>

namespace fineline::http {

namespace {

const std::string* find_text(const std::vector<NamedText>& all, std::string_view name) {
    const auto found = std::find_if(
        all.begin(), all.end(), [&](const NamedText& one) { return one.first == name; });
    return found == all.end() ? nullptr : &found->second;
}

bool read_query(std::string_view query, RequestHead& head) {
    while (!query.empty()) {
        const std::size_t end = std::min(query.find('&'), query.size());
        const std::string_view pair = query.substr(0, end);
        const std::size_t equals = std::min(pair.find('='), pair.size());
        std::string spaced(pair);
        std::replace(spaced.begin(), spaced.end(), '+', ' ');
        const std::string_view text(spaced);
        auto name = percent_decoded(text.substr(0, equals));
        auto value = percent_decoded(text.substr(std::min(equals + 1, text.size())));
        if (!name || !value) {
            return false;
        }
        if (!pair.empty()) {
            head.query.emplace_back(std::move(*name), std::move(*value));
        }
        query.remove_prefix(std::min(end + 1, query.size()));
    }
    return true;
}

}  // namespace

std::string_view to_string(Method method) {
    switch (method) {
        case Method::get: return "GET";
        case Method::post: return "POST";
        case Method::put: return "PUT";
        case Method::remove: return "DELETE";
        case Method::options: return "OPTIONS";
        case Method::other: return "other";
    }
    return "other";
}

Headers::Headers(std::initializer_list<std::pair<std::string_view, std::string_view>> all) {
    for (const auto& [name, value] : all) {
        add(name, value);
    }
}

void Headers::add(std::string_view name, std::string_view value) {
    places_.push_back(
        {.begin = text_.size(), .name_bytes = name.size(), .value_bytes = value.size()});
    for (const char c : name) {
        text_.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
    text_.append(value);
}

void Headers::clear() {
    text_.clear();
    places_.clear();
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
    const std::string_view text(text_);
    for (const Place& place : places_) {
        if (text.substr(place.begin, place.name_bytes) == name) {
            return text.substr(place.begin + place.name_bytes, place.value_bytes);
        }
    }
    return std::nullopt;
}

const std::string* RequestHead::parameter(std::string_view name) const {
    return find_text(query, name);
}

void Request::clear() {
    head.method = Method::other;
    head.path.clear();
    head.query.clear();
    head.headers.clear();
    head.peer.clear();
    head.received_at = {};
    head.route = nullptr;
    // `path_values` are written over when the next route is found.
    body.clear();
}

const std::string& Request::path_value(std::string_view name) const {
    static const std::string none;
    const std::string* value = find_text(head.path_values, name);
    return value == nullptr ? none : *value;
}

/// Answers at the latest when the last copy is gone.
struct Reply::State {
    std::function<void(Response)> send;
    std::atomic<bool> sent{false};

    void answer(Response response) {
        if (!sent.exchange(true)) {
            send(std::move(response));
        }
    }

    explicit State(std::function<void(Response)> where) : send(std::move(where)) {}

    State(const State&) = delete;
    State& operator=(const State&) = delete;
    State(State&&) = delete;
    State& operator=(State&&) = delete;

    ~State() { answer(bug_response("the request was dropped")); }
};

Reply::Reply(std::function<void(Response)> send)
    : state_(std::make_shared<State>(std::move(send))) {}

void Reply::operator()(Response response) const {
    state_->answer(std::move(response));
}

Response json_response(const Json& body, unsigned status) {
    Response response;
    response.status = status;
    response.body = body.text();
    return response;
}

Response refusal(unsigned status, std::string_view code, std::string_view message) {
    return json_response(Json().set("code", code).set("message", message), status);
}

Response bug_response(std::string_view what) {
    return refusal(500, "internal", "a bug of fineline: " + std::string(what));
}

Response error_response(const Error& error) {
    Json body;
    body.set("code", to_string(error.code)).set("message", error.message);
    if (error.at) {
        body.set("begin", static_cast<double>(error.at->begin))
            .set("end", static_cast<double>(error.at->end));
    }
    Response response = json_response(body, status_of(error.code));
    if (error.code == ErrorCode::unavailable) {
        response.headers.emplace_back("Retry-After", "1");
    }
    return response;
}

Response try_again(unsigned status, std::string_view message, unsigned seconds) {
    Response response = refusal(status, status == 429 ? "limit_exceeded" : "unavailable", message);
    response.headers.emplace_back("Retry-After", std::to_string(seconds));
    return response;
}

unsigned status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_argument: return 400;
        case ErrorCode::not_found: return 404;
        case ErrorCode::conflict: return 409;
        case ErrorCode::limit_exceeded: return 422;
        case ErrorCode::forbidden: return 403;
        case ErrorCode::unavailable: return 503;
        case ErrorCode::corrupt:
        case ErrorCode::io:
        case ErrorCode::internal: return 500;
    }
    return 500;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        unsigned byte = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        if (digits.size() < 2 || read.ec != std::errc() ||
            read.ptr != digits.data() + digits.size() || byte == 0) {
            return std::nullopt;
        }
        out.push_back(static_cast<char>(byte));
        i += 2;
    }
    if (!is_utf8(out)) {
        return std::nullopt;
    }
    return out;
}

bool read_target(std::string_view target, RequestHead& head) {
    const std::size_t question = std::min(target.find('?'), target.size());
    head.path = target.substr(0, question);
    head.query.clear();
    const bool is_escaped = head.path.find('%') != std::string::npos;
    if (head.path.empty() || head.path.front() != '/' ||
        (is_escaped ? !percent_decoded(head.path) : !is_utf8(head.path))) {
        return false;
    }
    return read_query(target.substr(std::min(question + 1, target.size())), head);
}

}  // namespace fineline::http
