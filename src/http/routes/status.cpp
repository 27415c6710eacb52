#include "http/metrics.h"
#include "http/openapi.h"
#include "http/routes/table.h"

#include <array>

namespace fineline::http {

namespace {

/// The process is well as long as it answers; a writer that stopped for good does not come back.
Response health(Backend& backend, const Call&) {
    const engine::LiveStatus status = backend.live.status();
    Json body;
    body.set("status", status.writing ? "ok" : "failed")
        .set("failure", status.failure)
        .set("columns_mended", status.columns_mended);
    return json_response(body, status.writing ? 200 : 503);
}

/// Ready to take events: the writer runs, and the queue has room.
Response ready(Backend& backend, const Call&) {
    const engine::LiveStatus status = backend.live.status();
    Json body;
    body.set("status", status.writing ? "ready" : "not ready")
        .set("queue_batches", status.queue_batches)
        .set("due_backlog", status.due_backlog);
    return json_response(body, status.writing ? 200 : 503);
}

void append_sources(std::string& out, const engine::LiveStatus& status) {
    struct Kind {
        const char* name;
        std::uint64_t engine::SourceCounts::*count;
    };

    constexpr std::array kinds{
        Kind{"fineline_records_stored_total", &engine::SourceCounts::kept},
        Kind{"fineline_records_duplicate_total", &engine::SourceCounts::duplicates},
        Kind{"fineline_records_rejected_total", &engine::SourceCounts::rejected}};
    for (const Kind& kind : kinds) {
        out += std::string("# TYPE ") + kind.name + " counter\n";
        for (const engine::SourceCounts& source : status.sources) {
            out += std::string(kind.name) + "{source=\"" + label_value(source.source) + "\"} " +
                   std::to_string(source.*kind.count) + "\n";
        }
    }
}

Response metrics(Backend& backend, const Call&) {
    constexpr double us_per_second = 1e6;
    const engine::LiveStatus status = backend.live.status();
    const auto view = backend.live.view();
    std::string out = backend.metrics.text();
    append_sources(out, status);
    const auto gauge = [&](std::string_view name, double value) {
        append_gauge(out, name, "", value);
    };
    const auto seconds = [](Duration span) {
        return static_cast<double>(span.count()) / us_per_second;
    };
    const ServerCounts counts = backend.server_counts();
    gauge("fineline_http_connections", static_cast<double>(counts.connections));
    gauge("fineline_http_connections_refused", static_cast<double>(counts.connections_refused));
    gauge("fineline_http_requests_in_flight", static_cast<double>(counts.requests_in_flight));
    gauge("fineline_http_body_bytes_in_flight", static_cast<double>(counts.body_bytes_in_flight));
    gauge("fineline_http_streams", static_cast<double>(counts.streams));
    gauge("fineline_writing", status.writing ? 1 : 0);
    gauge("fineline_queue_batches", static_cast<double>(status.queue_batches));
    gauge("fineline_queue_bytes", static_cast<double>(status.queue_bytes));
    gauge("fineline_position", static_cast<double>(status.position.value()));
    gauge("fineline_checkpoint_position", static_cast<double>(status.checkpoint_position));
    gauge("fineline_columns_mended", static_cast<double>(status.columns_mended));
    gauge("fineline_changes", static_cast<double>(status.last_change));
    gauge("fineline_due_backlog", static_cast<double>(status.due_backlog));
    gauge("fineline_due_lag_seconds", seconds(status.due_lag));
    const auto held = [&](std::string_view by, std::size_t bytes) {
        append_gauge(out,
                     "fineline_held_bytes",
                     "by=\"" + std::string(by) + "\"",
                     static_cast<double>(bytes));
    };
    held("columns", status.memory.columns);
    held("memberships", status.memory.memberships);
    held("changes", status.memory.changes);
    held("log", status.memory.log);
    gauge("fineline_events", static_cast<double>(status.memory.events));
    gauge("fineline_steps", static_cast<double>(status.steps));
    gauge("fineline_evaluations", static_cast<double>(status.evaluations));
    if (status.event_watermark != instant_min) {
        gauge("fineline_watermark_seconds", seconds(status.event_watermark.time_since_epoch()));
        gauge("fineline_watermark_lag_seconds",
              seconds(backend.clock.now() - status.event_watermark));
    }
    for (const engine::LiveSegment& segment : view->segments()) {
        append_gauge(out,
                     "fineline_segment_members",
                     "segment=\"" + label_value(segment.name) + "\"",
                     static_cast<double>(segment.members));
    }
    Response response;
    response.content_type = "text/plain; version=0.0.4";
    response.body = std::move(out);
    return response;
}

Response description(Backend&, const Call&) {
    return json_response(openapi());
}

constexpr std::array health_answers{Answer{200, "it runs", "health"},
                                    Answer{503, "it cannot write any more", "health"}};
constexpr std::array ready_answers{Answer{200, "it takes events", "ready"},
                                   Answer{503, "it does not", "ready"}};
constexpr std::array metrics_answers{
    Answer{200, "Prometheus' text format", "", "text/plain; version=0.0.4"}};
constexpr std::array description_answers{Answer{200, "OpenAPI 3.1", "any"}};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/health",
          .permission = Permission::open,
          .summary = "Say whether the server is well",
          .answers = health_answers,
          .lane = Lane::quick,
          .answer = health},
    Route{.method = Method::get,
          .path = "/ready",
          .permission = Permission::open,
          .summary = "Say whether it takes events",
          .answers = ready_answers,
          .lane = Lane::quick,
          .answer = ready},
    Route{.method = Method::get,
          .path = "/metrics",
          .permission = Permission::open,
          .summary = "Numbers for Prometheus; nothing of any customer",
          .answers = metrics_answers,
          .lane = Lane::quick,
          .answer = metrics},
    Route{.method = Method::get,
          .path = "/openapi.json",
          .permission = Permission::open,
          .summary = "This description, for programs",
          .answers = description_answers,
          .lane = Lane::quick,
          .answer = description},
};

}  // namespace

std::span<const Route> status_routes() {
    return rows;
}

}  // namespace fineline::http
