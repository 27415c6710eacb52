#include "engine/question.h"
#include "http/answers.h"
#include "http/reading.h"
#include "http/routes/table.h"
#include "model/limits.h"

#include <array>

namespace fineline::http {

namespace {

constexpr std::uint64_t page_default = 100;
constexpr std::uint64_t page_max = 10'000;

const std::string& name_of(const Call& call) {
    return call.request.path_value("name");
}

Response list(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    Json segments{Json::Array{}};
    for (const engine::LiveSegment& segment : reading.view().segments()) {
        segments.push(segment_json(segment));
    }
    return reading.answer(Json()
                              .set("segments", std::move(segments))
                              .set("portfolio_version", reading.view().portfolio_version()));
}

Response one(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto segment = reading.view().segment(name_of(call));
    return segment ? reading.answer(segment_json(*segment)) : error_response(segment.error());
}

Response put(Backend& backend, const Call& call) {
    Body body(call);
    const std::string expression = body.text("expression");
    if (const auto problem = body.problem()) {
        return error_response(*problem);
    }
    const auto defined = backend.live.define_segment(name_of(call), expression);
    if (!defined) {
        return error_response(defined.error());
    }
    const Reading reading(backend, call);
    return reading.answer(defined_json(*defined));
}

/// `dry_run` says who would be affected; without it the segment is archived.
Response remove(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto segment = reading.view().segment(name_of(call));
    if (!segment) {
        return error_response(segment.error());
    }
    const std::string* dry = call.request.head.parameter("dry_run");
    const bool is_dry = dry != nullptr && *dry == "true";
    Json impact;
    impact.set("name", segment->name)
        .set("members", segment->members)
        .set("dependants", strings_json(segment->dependants))
        .set("removed", !is_dry);
    if (is_dry) {
        return reading.answer(std::move(impact));
    }
    const auto archived = backend.live.archive_segment(name_of(call));
    if (!archived) {
        Response refused = error_response(archived.error());
        if (archived.error().code == ErrorCode::conflict) {
            refused.body = Json()
                               .set("code", "conflict")
                               .set("message", archived.error().message)
                               .set("dependants", strings_json(segment->dependants))
                               .text();
        }
        return refused;
    }
    return reading.answer(std::move(impact));
}

Response versions(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto& all = reading.columns()->definition("segment", name_of(call));
    if (all.empty()) {
        return refusal(404, "not_found", "no segment was ever named '" + name_of(call) + "'");
    }
    Json list_of{Json::Array{}};
    for (const columns::DefinitionVersion& version : all) {
        list_of.push(Json()
                         .set("version", version.version)
                         .set("expression", version.text)
                         .set("defined_at", to_iso(version.defined_at))
                         .set("archived", version.archived)
                         .set("warnings", strings_json(version.warnings)));
    }
    return reading.answer(Json().set("name", name_of(call)).set("versions", std::move(list_of)));
}

Response members(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto limit = count_parameter(call, "limit", page_default, page_max);
    if (!limit) {
        return error_response(limit.error());
    }
    const std::string* cursor = call.request.head.parameter("cursor");
    const auto segment = reading.view().segment(name_of(call));
    if (!segment) {
        return error_response(segment.error());
    }
    const auto page = reading.view().members(name_of(call),
                                             cursor == nullptr ? std::string() : *cursor,
                                             static_cast<std::size_t>(*limit));
    if (!page) {
        return error_response(page.error());
    }
    Json list_of{Json::Array{}};
    for (const engine::Member& member : page->members) {
        list_of.push(Json().set("customer", member.customer).set("since", to_iso(member.since)));
    }
    return reading.answer(Json()
                              .set("name", segment->name)
                              .set("version", static_cast<double>(segment->version))
                              .set("size", segment->members)
                              .set("members", std::move(list_of))
                              .set("next", page->next.empty() ? Json() : Json(page->next)));
}

Response sizes(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto points = reading.view().sizes(name_of(call));
    if (!points) {
        return error_response(points.error());
    }
    Json list_of{Json::Array{}};
    for (const engine::SizePoint& point : *points) {
        list_of.push(Json().set("at", to_iso(point.at)).set("size", point.members));
    }
    return reading.answer(Json().set("name", name_of(call)).set("sizes", std::move(list_of)));
}

constexpr Parameter name{"name", Place::path, ParameterKind::text, "the segment", "lapsed"};
constexpr std::array name_only{name};
constexpr std::array remove_parameters{name,
                                       Parameter{"dry_run",
                                                 Place::query,
                                                 ParameterKind::flag,
                                                 "say what it would do, and do nothing",
                                                 "true"}};
constexpr std::array members_parameters{
    name,
    Parameter{"cursor", Place::query, ParameterKind::text, "`next` of the page before", ""},
    Parameter{"limit", Place::query, ParameterKind::count, "members of a page", "100"}};

constexpr Answer unknown{404, "no such segment", "error"};
constexpr std::array list_answers{Answer{200, "all segments", "segment_list"}};
constexpr std::array one_answers{Answer{200, "the segment", "segment"}, unknown};
constexpr std::array put_answers{
    Answer{200, "the version stored; its members are computed in the background", "defined"},
    Answer{400, "the name or the expression is wrong; begin and end point into it", "error"},
    Answer{409, "it would depend on itself", "error"},
    Answer{
        422, "there are too many segments, or the expression is too deep or too large", "error"}};
constexpr std::array remove_answers{
    Answer{200, "what it did, or would do", "removal"},
    unknown,
    Answer{409, "other segments are built on it; they are listed", "error"}};
constexpr std::array versions_answers{Answer{200, "oldest first", "segment_versions"}, unknown};
constexpr std::array members_answers{
    Answer{200, "a page", "member_page"}, Answer{400, "no such cursor", "error"}, unknown};
constexpr std::array sizes_answers{Answer{200, "a point per hour of change", "segment_sizes"},
                                   unknown};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/v1/segments",
          .summary = "List the segments with their sizes",
          .answers = list_answers,
          .answer = list},
    Route{.method = Method::get,
          .path = "/v1/segments/{name}",
          .summary = "One segment: definition, state, size, what it is built on",
          .parameters = name_only,
          .answers = one_answers,
          .answer = one},
    Route{.method = Method::put,
          .path = "/v1/segments/{name}",
          .summary = "Store a segment as its next version; the version before serves meanwhile",
          .parameters = name_only,
          .body_schema = "expression_body",
          .body_example = R"({"expression":"did purchase and since_last(purchase) > 90 days"})",
          .answers = put_answers,
          .body_bytes_max = limits::query_body_bytes_max,
          .answer = put},
    Route{.method = Method::remove,
          .path = "/v1/segments/{name}",
          .summary = "Archive a segment: its members leave; refused while others are built on it",
          .parameters = remove_parameters,
          .answers = remove_answers,
          .answer = remove},
    Route{.method = Method::get,
          .path = "/v1/segments/{name}/versions",
          .summary = "All versions of a segment",
          .parameters = name_only,
          .answers = versions_answers,
          .answer = versions},
    Route{.method = Method::get,
          .path = "/v1/segments/{name}/members",
          .summary = "The members with since when, a page at a time; count and members of one view",
          .parameters = members_parameters,
          .answers = members_answers,
          .answer = members},
    Route{.method = Method::get,
          .path = "/v1/segments/{name}/sizes",
          .summary = "How the size developed",
          .parameters = name_only,
          .answers = sizes_answers,
          .answer = sizes},
};

}  // namespace

std::span<const Route> segment_routes() {
    return rows;
}

}  // namespace fineline::http
