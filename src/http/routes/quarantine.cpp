#include "http/reading.h"
#include "http/routes/table.h"
#include "model/limits.h"

#include <array>

namespace fineline::http {

namespace {

constexpr std::uint64_t page_default = 100;
constexpr std::uint64_t any_id = std::uint64_t{1} << 53U;

Response page(Backend& backend, const Call& call) {
    const auto before = count_parameter(call, "before", 0, any_id);
    const auto limit = count_parameter(call, "limit", page_default, limits::quarantine_page_max);
    if (!before || !limit) {
        return error_response(!before ? before.error() : limit.error());
    }
    const auto items = backend.control.quarantined(*before, static_cast<std::size_t>(*limit));
    const auto counts = backend.control.quarantine_counts();
    if (!items || !counts) {
        return error_response(!items ? items.error() : counts.error());
    }
    Json list{Json::Array{}};
    for (const control::QuarantinedItem& item : *items) {
        list.push(Json()
                      .set("id", item.id)
                      .set("received_at", to_iso(item.received_at))
                      .set("source", item.source)
                      .set("reason", item.reason)
                      .set("message", item.message)
                      .set("text", item.text));
    }
    Json totals{Json::Array{}};
    for (const control::ReasonCount& count : *counts) {
        totals.push(Json()
                        .set("source", count.source)
                        .set("reason", count.reason)
                        .set("items", count.items));
    }
    const Reading reading(backend, call);
    const bool more = items->size() == *limit && !items->empty();
    return reading.answer(Json()
                              .set("items", std::move(list))
                              .set("totals", std::move(totals))
                              .set("next_before", more ? Json(items->back().id) : Json()));
}

constexpr std::array parameters{
    Parameter{
        "before", Place::query, ParameterKind::count, "`next_before` of the page before", "0"},
    Parameter{"limit", Place::query, ParameterKind::count, "items of a page", "100"}};
constexpr std::array answers{Answer{200, "a page, newest first", "quarantine_page"},
                             Answer{400, "a number cannot be read", "error"}};

constexpr std::array rows{
    Route{.method = Method::get,
          .path = "/v1/quarantine",
          .summary = "Messages that could not become records, with the reason",
          .parameters = parameters,
          .answers = answers,
          .answer = page},
};

}  // namespace

std::span<const Route> quarantine_routes() {
    return rows;
}

}  // namespace fineline::http
