#include "engine/overlaps.h"
#include "http/movement.h"
#include "http/reading.h"
#include "http/routes/table.h"

#include <algorithm>
#include <array>

namespace fineline::http {

namespace {

constexpr double us_per_second = 1e6;
constexpr std::size_t overlap_segments_max = 200;

double seconds_of(Duration span) {
    return static_cast<double>(span.count()) / us_per_second;
}

Response status(Backend& backend, const Call& call) {
    const engine::LiveStatus live = backend.live.status();
    const auto view = backend.live.view();
    const Instant now = call.request.head.received_at;
    const columns::Totals totals = view->columns()->totals(now);
    const auto reasons = backend.control.quarantine_counts();
    if (!reasons) {
        return error_response(reasons.error());
    }
    std::uint64_t quarantined = 0;
    for (const control::ReasonCount& reason : *reasons) {
        quarantined += reason.items;
    }
    Json sources{Json::Array{}};
    for (const engine::SourceCounts& source : live.sources) {
        sources.push(Json()
                         .set("source", source.source)
                         .set("kept", source.kept)
                         .set("duplicates", source.duplicates)
                         .set("rejected", source.rejected));
    }
    const bool has_watermark = live.event_watermark != instant_min;
    return json_response(
        Json()
            .set("at", to_iso(now))
            .set("started_at", to_iso(backend.started_at))
            .set("uptime_s", seconds_of(std::max(Duration(), now - backend.started_at)))
            .set("log_position", live.position.value())
            .set("customers", totals.customers)
            .set("events", totals.events)
            .set("segments", view->segments().size())
            .set("quarantined", quarantined)
            .set("watermark", has_watermark ? Json(to_iso(live.event_watermark)) : Json())
            .set("lag_s", has_watermark ? Json(seconds_of(now - live.event_watermark)) : Json())
            .set("writing", live.writing)
            .set("queue_batches", live.queue_batches)
            .set("sources", std::move(sources)));
}

/// `from` or `since` of the query; a day ago without it.
Result<Instant> beginning(const Reading& reading, const std::string* text) {
    return text == nullptr ? Result<Instant>(reading.now() - std::chrono::hours(24))
                           : reading.instant(text);
}

Response moved(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto since = beginning(reading, call.request.head.parameter("since"));
    if (!since) {
        return error_response(since.error());
    }
    const auto movement = movement_within(backend.live, *since, instant_max);
    if (!movement) {
        return error_response(movement.error());
    }
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> counts;
    for (const auto& [customer, moves] : movement->moves) {
        for (const auto& [segment, direction] : moves) {
            auto& [entered, left] = counts[segment];
            ++(direction > 0 ? entered : left);
        }
    }
    Json segments{Json::Array{}};
    for (const engine::LiveSegment& segment : reading.view().segments()) {
        const auto& [entered, left] = counts[segment.name];
        segments.push(Json()
                          .set("name", segment.name)
                          .set("size", segment.members)
                          .set("entered", entered)
                          .set("left", left));
    }
    return reading.answer(Json()
                              .set("since", to_iso(*since))
                              .set("complete", movement->is_complete)
                              .set("segments", std::move(segments)));
}

Json flow_json(const std::map<std::string, std::uint64_t>& counts) {
    Json list{Json::Array{}};
    for (const auto& [segment, count] : counts) {
        list.push(
            Json().set("segment", segment.empty() ? Json() : Json(segment)).set("count", count));
    }
    return list;
}

Response flow(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto segment = reading.view().segment(call.request.path_value("name"));
    if (!segment) {
        return error_response(segment.error());
    }
    const std::string* end = call.request.head.parameter("to");
    const auto from = beginning(reading, call.request.head.parameter("from"));
    const auto to = end == nullptr ? Result<Instant>(reading.now()) : reading.instant(end);
    if (!from || !to) {
        return error_response(!from ? from.error() : to.error());
    }
    // What happened within this request's own second belongs to it as well.
    const auto movement = movement_within(backend.live, *from, end == nullptr ? instant_max : *to);
    if (!movement) {
        return error_response(movement.error());
    }
    const Flow moved = flow_of(*movement, segment->name);
    return reading.answer(Json()
                              .set("name", segment->name)
                              .set("from", to_iso(*from))
                              .set("to", to_iso(*to))
                              .set("complete", movement->is_complete)
                              .set("entered", moved.entered)
                              .set("left", moved.left)
                              .set("came_from", flow_json(moved.came_from))
                              .set("went_to", flow_json(moved.went_to)));
}

/// The largest segments; of too many a picture shows nothing.
std::vector<engine::LiveSegment> largest(const engine::LiveView& view) {
    std::vector<engine::LiveSegment> segments = view.segments();
    std::stable_sort(segments.begin(), segments.end(), [](const auto& a, const auto& b) {
        return a.members > b.members;
    });
    segments.resize(std::min(segments.size(), overlap_segments_max));
    return segments;
}

Json pair_json(const std::vector<engine::LiveSegment>& segments,
               const std::vector<std::vector<CustomerOrdinal>>& groups,
               const engine::GroupOverlap& pair) {
    const auto both = static_cast<double>(pair.both);
    const auto a = static_cast<double>(groups[pair.a].size());
    const auto b = static_cast<double>(groups[pair.b].size());
    return Json()
        .set("a", segments[pair.a].name)
        .set("b", segments[pair.b].name)
        .set("both", pair.both)
        .set("jaccard", both / (a + b - both))
        .set("share_of_a_in_b", both / a)
        .set("share_of_b_in_a", both / b);
}

Response overlaps(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const std::vector<engine::LiveSegment> segments = largest(reading.view());
    std::vector<std::vector<CustomerOrdinal>> groups;
    Json sizes{Json::Array{}};
    for (const engine::LiveSegment& segment : segments) {
        auto members = reading.view().member_ordinals(segment.name);
        if (!members) {
            return error_response(members.error());
        }
        sizes.push(Json().set("name", segment.name).set("size", members->size()));
        groups.push_back(std::move(*members));
    }
    const engine::GroupOverlaps found = engine::overlaps_of(groups);
    Json pairs{Json::Array{}};
    for (const engine::GroupOverlap& pair : found.pairs) {
        pairs.push(pair_json(segments, groups, pair));
    }
    const std::uint64_t customers = reading.columns()->totals(reading.view().as_of()).customers;
    const std::size_t all = reading.view().segments().size();
    return reading.answer(Json()
                              .set("customers", customers)
                              .set("in_none", customers - std::min(customers, found.in_some))
                              .set("left_out", all - segments.size())
                              .set("segments", std::move(sizes))
                              .set("pairs", std::move(pairs)));
}

constexpr std::array moved_parameters{Parameter{"since",
                                                Place::query,
                                                ParameterKind::instant,
                                                "a day ago if not given",
                                                "2024-01-31T00:00:00Z"}};
constexpr std::array flow_parameters{
    Parameter{"name", Place::path, ParameterKind::text, "the segment", "lapsed"},
    Parameter{"from",
              Place::query,
              ParameterKind::instant,
              "a day ago if not given",
              "2024-01-01T00:00:00Z"},
    Parameter{
        "to", Place::query, ParameterKind::instant, "now if not given", "2024-01-31T00:00:00Z"}};
constexpr Answer bad_instant{400, "an instant cannot be read", "error"};
constexpr std::array status_answers{
    Answer{200, "sources since the start; rates follow from two calls", "status"}};
constexpr std::array moved_answers{
    Answer{200, "net numbers; `complete` is false where the feed is no longer kept", "moved"},
    bad_instant};
constexpr std::array flow_answers{
    Answer{200, "net numbers; a null segment stands for none", "segment_flow"},
    bad_instant,
    Answer{404, "no such segment", "error"}};
constexpr std::array overlap_answers{
    Answer{200, "pairs with somebody in both; at most 200 segments, the largest", "overlaps"}};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/v1/status",
          .summary = "What came in from where, how far it is, how much there is",
          .answers = status_answers,
          .answer = status},
    Route{.method = Method::get,
          .path = "/v1/moved",
          .summary = "Who entered and left each segment since an instant",
          .parameters = moved_parameters,
          .answers = moved_answers,
          .answer = moved},
    Route{.method = Method::get,
          .path = "/v1/segments/{name}/flow",
          .summary = "Where those who entered a segment came from, and those who left it went",
          .parameters = flow_parameters,
          .answers = flow_answers,
          .answer = flow},
    Route{.method = Method::get,
          .path = "/v1/portfolio/overlaps",
          .summary = "How far the segments hold the same people, and who is in none",
          .answers = overlap_answers,
          .answer = overlaps},
};

}  // namespace

std::span<const Route> overview_routes() {
    return rows;
}

}  // namespace fineline::http
