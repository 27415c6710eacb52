#include "http/reading.h"
#include "http/routes/table.h"
#include "study/segment_card.h"

#include <array>

namespace fineline::http {

namespace {

Json row_json(const study::CardRow& row) {
    return Json()
        .set("what", row.feature.text)
        .set("unit",
             row.feature.kind == study::FeatureKind::condition  ? "share"
             : row.feature.kind == study::FeatureKind::duration ? "days"
                                                                : "number")
        .set("members", row.members)
        .set("rest", row.rest)
        .set("index", row.index ? Json(*row.index) : Json())
        .set("low", row.difference.low)
        .set("high", row.difference.high);
}

Response card(Backend& backend, const Call& call) {
    const Reading reading(backend, call);
    const auto segment = reading.view().segment(call.request.path_value("name"));
    if (!segment) {
        return error_response(segment.error());
    }
    const auto members = reading.view().member_ordinals(segment->name);
    if (!members) {
        return error_response(members.error());
    }
    // The version as the seed: the same card until the segment is another one.
    const auto made =
        study::segment_card(reading.columns(), *members, reading.view().as_of(), segment->version);
    if (!made) {
        return error_response(made.error());
    }
    Json rows{Json::Array{}};
    for (const study::CardRow& row : made->rows) {
        rows.push(row_json(row));
    }
    return reading.answer(Json()
                              .set("name", segment->name)
                              .set("size", members->size())
                              .set("members_sampled", made->members)
                              .set("rest_sampled", made->rest)
                              .set("rows", std::move(rows)));
}

constexpr std::array card_parameters{
    Parameter{"name", Place::path, ParameterKind::text, "the segment", "lapsed"}};
constexpr std::array card_answers{
    Answer{200,
           "means with the 95 % interval of their difference, most telling first",
           "segment_card"},
    Answer{404, "no such segment", "error"}};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/v1/segments/{name}/card",
          .summary = "What a segment's members differ in from everybody else, for sure",
          .parameters = card_parameters,
          .answers = card_answers,
          .answer = card},
};

}  // namespace

std::span<const Route> card_routes() {
    return rows;
}

}  // namespace fineline::http
