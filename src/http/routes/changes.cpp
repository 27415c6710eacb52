#include "http/answers.h"
#include "http/change_stream.h"
#include "http/reading.h"
#include "http/routes/table.h"
#include "model/limits.h"

#include <array>
#include <charconv>

namespace fineline::http {

namespace {

constexpr std::uint64_t page_default = 1'000;
constexpr std::uint64_t page_max = 10'000;
constexpr std::uint64_t any_number = std::uint64_t{1} << 53U;

Response changes(Backend& backend, const Call& call) {
    const auto after = count_parameter(call, "after", 0, any_number);
    const auto limit = count_parameter(call, "limit", page_default, page_max);
    if (!after || !limit) {
        return error_response(!after ? after.error() : limit.error());
    }
    const Reading reading(backend, call);
    const auto found = backend.live.changes_after(*after, static_cast<std::size_t>(*limit));
    if (!found) {
        return error_response(found.error());
    }
    Json list{Json::Array{}};
    for (const engine::Change& change : found->changes) {
        list.push(change_json(change));
    }
    return reading.answer(Json()
                              .set("changes", std::move(list))
                              .set("last", found->last)
                              .set("oldest_kept", found->oldest_kept));
}

/// Where a stream goes on: what the client saw last, what it asks for, or what comes from now on.
Result<std::uint64_t> stream_start(const Backend& backend, const Call& call) {
    const std::string_view seen = call.request.head.header("last-event-id").value_or("");
    if (seen.empty()) {
        return count_parameter(call, "after", backend.live.view()->last_change(), any_number);
    }
    std::uint64_t number = 0;
    const auto read = std::from_chars(seen.data(), seen.data() + seen.size(), number);
    if (read.ec != std::errc() || read.ptr != seen.data() + seen.size()) {
        return Error{
            ErrorCode::invalid_argument,
            "Last-Event-ID: expected the number of a change, not '" + std::string(seen) + "'",
            {}};
    }
    return number;
}

Response stream(Backend& backend, const Call& call) {
    const auto after = stream_start(backend, call);
    if (!after) {
        return error_response(after.error());
    }
    // So that what is gone, or never was, is an answer with a status and no stream.
    if (const auto first = backend.live.changes_after(*after, 1); !first) {
        return error_response(first.error());
    }
    Response response;
    response.content_type = "text/event-stream";
    response.body = "retry: 1000\n\n";
    response.stream = backend.streams.stream(*after);
    return response;
}

constexpr std::array page_parameters{
    Parameter{"after", Place::query, ParameterKind::count, "the last number already seen", "0"},
    Parameter{"limit", Place::query, ParameterKind::count, "changes of a page", "1000"}};
constexpr std::array stream_parameters{
    Parameter{"after",
              Place::query,
              ParameterKind::count,
              "the last number already seen; the header Last-Event-ID wins; neither: from now on",
              "0"}};
constexpr Answer wrong{400, "a number cannot be read, or lies beyond the newest change", "error"};
constexpr Answer gone{404, "what came after that number is no longer kept: start anew", "error"};
constexpr std::array page_answers{Answer{200, "a page", "change_page"}, wrong, gone};
constexpr std::array stream_answers{
    Answer{200, "Server-Sent Events `change`, their id the number", "", "text/event-stream"},
    wrong,
    gone};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/v1/changes",
          .summary = "Who entered and left which segment, in order, with the cause",
          .parameters = page_parameters,
          .answers = page_answers,
          .answer = changes},
    Route{.method = Method::get,
          .path = "/v1/changes/stream",
          .summary = "The same as they happen",
          .parameters = stream_parameters,
          .answers = stream_answers,
          .answer = stream},
};

}  // namespace

std::span<const Route> change_routes() {
    return rows;
}

}  // namespace fineline::http
