#include "http/console.h"

#include "ingest/tracking_body.h"
#include "model/limits.h"

#include <algorithm>
#include <array>

namespace fineline::http {

namespace {

constexpr std::string_view assets = "/assets/";
constexpr std::string_view not_built =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>fineline</title>"
    "<h1>fineline is running</h1><p>This program was built without its console: "
    "<code>./dev build</code> builds both. The API is described at "
    "<a href=\"/openapi.json\">/openapi.json</a>.</p></html>\n";

/// What a page of ours may do: load what is ours, and nothing that stands inside the page itself.
constexpr std::string_view policy =
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'";

/// Paths of programs: a wrong one must end in an error and not in a page.
bool is_for_programs(std::string_view path) {
    constexpr std::array<std::string_view, 5> exact{
        "/v1", "/health", "/ready", "/metrics", "/openapi.json"};
    return path.rfind("/v1/", 0) == 0 || std::find(exact.begin(), exact.end(), path) != exact.end();
}

bool takes_gzip(const RequestHead& head) {
    const std::string_view accepts = head.header("accept-encoding").value_or("");
    return accepts.find("gzip") != std::string_view::npos &&
           accepts.find("gzip;q=0") == std::string_view::npos;
}

void add_page_headers(Response& response) {
    response.headers.emplace_back("Content-Security-Policy", policy);
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");
}

Response missing_console() {
    Response response;
    response.content_type = "text/html; charset=utf-8";
    response.body = not_built;
    add_page_headers(response);
    return response;
}

Response file_response(const RequestHead& head, const ConsoleFile& file) {
    Response response;
    response.content_type = file.content_type;
    // A name with the digest of its content never means anything else.
    const bool is_asset = file.path.rfind(assets, 0) == 0;
    response.headers.emplace_back("Cache-Control",
                                  is_asset ? "public, max-age=31536000, immutable" : "no-cache");
    response.headers.emplace_back("Vary", "Accept-Encoding");
    add_page_headers(response);
    if (takes_gzip(head)) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.body = file.gzip;
        return response;
    }
    auto plain = ingest::inflate_gzip(file.gzip, limits::console_file_bytes_max);
    require(plain.has_value(), "a file of the console was compressed when the program was built");
    response.body = std::move(*plain);
    return response;
}

const ConsoleFile* find_file(std::span<const ConsoleFile> files, std::string_view path) {
    const auto found = std::find_if(
        files.begin(), files.end(), [&](const ConsoleFile& file) { return file.path == path; });
    return found == files.end() ? nullptr : &*found;
}

}  // namespace

std::optional<Response> console_file(const RequestHead& head) {
    return console_file(head, console_files());
}

std::optional<Response> console_file(const RequestHead& head, std::span<const ConsoleFile> files) {
    if (head.method != Method::get || is_for_programs(head.path)) {
        return std::nullopt;
    }
    const ConsoleFile* file = find_file(files, head.path);
    if (file == nullptr && head.path.rfind(assets, 0) != 0) {
        file = find_file(files, "/index.html");
        return file == nullptr ? missing_console() : file_response(head, *file);
    }
    return file == nullptr ? std::nullopt : std::optional(file_response(head, *file));
}

}  // namespace fineline::http
