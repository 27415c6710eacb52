#include "http/response_head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace fineline::http {

namespace {

/// What the statuses are called that the module answers with (RFC 9110, 15).
constexpr std::array<std::pair<unsigned, std::string_view>, 21> reasons{
    {{200, "OK"},
     {201, "Created"},
     {202, "Accepted"},
     {204, "No Content"},
     {400, "Bad Request"},
     {401, "Unauthorized"},
     {403, "Forbidden"},
     {404, "Not Found"},
     {405, "Method Not Allowed"},
     {408, "Request Timeout"},
     {409, "Conflict"},
     {410, "Gone"},
     {413, "Content Too Large"},
     {415, "Unsupported Media Type"},
     {422, "Unprocessable Content"},
     {429, "Too Many Requests"},
     {431, "Request Header Fields Too Large"},
     {500, "Internal Server Error"},
     {501, "Not Implemented"},
     {503, "Service Unavailable"},
     {504, "Gateway Timeout"}}};

void append_number(std::string& out, std::uint64_t number, int base) {
    std::array<char, 20> digits{};
    out.append(digits.data(),
               std::to_chars(digits.data(), digits.data() + digits.size(), number, base).ptr);
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

void append_head(std::string& out, const Response& response, Afterwards afterwards) {
    const auto* const reason =
        std::ranges::find(reasons, response.status, &std::pair<unsigned, std::string_view>::first);
    out.append("HTTP/1.1 ");
    append_number(out, response.status, 10);
    out.append(" ").append(reason == reasons.end() ? "" : reason->second).append("\r\n");
    append_header(out, "Content-Type", response.content_type);
    for (const auto& [name, value] : response.headers) {
        append_header(out, name, value);
    }
    if (afterwards == Afterwards::close) {
        append_header(out, "Connection", "close");
    }
    if (response.stream != nullptr) {
        append_header(out, "Transfer-Encoding", "chunked");
    } else {
        out.append("Content-Length: ");
        append_number(out, response.body.size(), 10);
        out.append("\r\n");
    }
    out.append("\r\n");
}

void append_chunk(std::string& out, std::string_view bytes) {
    append_number(out, bytes.size(), 16);
    out.append("\r\n").append(bytes).append("\r\n");
}

}  // namespace fineline::http
