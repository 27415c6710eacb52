#include "study/hindsight.h"

#include <utility>

namespace fineline::study {

namespace {

constexpr double share_max = 0.01;

double share_of(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

Shape counted_share(std::string name, std::uint64_t part, std::uint64_t whole) {
    return Estimate{.name = std::move(name),
                    .value = share_of(part, whole),
                    .why_no_interval = "counted over all of them, not estimated",
                    .n = whole,
                    .scale = Scale::share};
}

}  // namespace

bool Hindsight::is_much() const {
    return share_of(events_late, events) > share_max ||
           share_of(customers_late, customers) > share_max;
}

Result<Hindsight> measure_hindsight(const std::shared_ptr<const columns::View>& view,
                                    Instant at,
                                    const ArrivedUntil& arrived_until) {
    const auto reached = arrived_until(at);
    if (!reached) {
        return reached.error();
    }
    Hindsight hindsight{.at = at};
    columns::Reader reader(view);
    for (std::uint32_t i = 0; i < reader.ordinal_count(); ++i) {
        const CustomerOrdinal who{i};
        if (!reader.exists(who, at)) {
            continue;
        }
        ++hindsight.customers;
        hindsight.customers_late += reader.merged_by(who) > reached->value() ? 1U : 0U;
        for (std::uint32_t e = 0; e < reader.event_count(); ++e) {
            const auto rows = reader.events(who, EventNameId{e});
            const std::uint32_t seen = rows.count_until(at);
            hindsight.events += seen;
            for (std::uint32_t row = 0; row < seen; ++row) {
                hindsight.events_late += rows.arrival(row) >= reached->value() ? 1U : 0U;
            }
        }
    }
    return hindsight;
}

std::vector<Shape> hindsight_shapes(const Hindsight& hindsight) {
    const std::string day = to_iso(hindsight.at);
    std::vector<Shape> shapes;
    shapes.push_back(counted_share("events of before " + day + " that arrived after it",
                                   hindsight.events_late,
                                   hindsight.events));
    shapes.push_back(counted_share("customers of " + day + " two of whose ids were merged after it",
                                   hindsight.customers_late,
                                   hindsight.customers));
    return shapes;
}

}  // namespace fineline::study
