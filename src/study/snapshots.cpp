#include "study/snapshots.h"

#include "base/random.h"
#include "engine/settings.h"
#include "model/limits.h"

#include <algorithm>

namespace fineline::study {

namespace {

/// The stream of draws that splits customers between roles.
constexpr std::uint64_t role_stream = 1;

struct DataSpan {
    Instant begin = instant_max;
    Instant end = instant_min;
};

/// The first and last event, of those up to `at`. Cost: one pass over names; over rows only where
/// an event name goes on after `at`.
DataSpan span_of_events(const std::shared_ptr<const columns::View>& view, Instant at) {
    DataSpan span;
    columns::Reader reader(view);
    for (std::uint32_t e = 0; e < reader.event_count(); ++e) {
        const EventNameId event{e};
        const auto summary = view->summary(event);
        if (summary.count == 0 || summary.first_seen > at) {
            continue;
        }
        span.begin = std::min(span.begin, summary.first_seen);
        if (summary.last_seen <= at) {
            span.end = std::max(span.end, summary.last_seen);
            continue;
        }
        for (std::uint32_t i = 0; i < reader.ordinal_count(); ++i) {
            const auto rows = reader.events(CustomerOrdinal{i}, event);
            const std::uint32_t seen = rows.count_until(at);
            span.end = seen > 0 ? std::max(span.end, rows.time(seen - 1)) : span.end;
        }
    }
    return span;
}

std::string days_text(Duration span) {
    return std::to_string(std::chrono::duration_cast<std::chrono::hours>(span).count() / 24) +
           " days";
}

}  // namespace

const char* to_string(Role role) {
    switch (role) {
        case Role::fit: return "fit";
        case Role::choose: return "choose";
        case Role::judge: return "judge";
    }
    return "";
}

Role rotated(Role first, std::size_t rotation) {
    constexpr std::size_t roles = 3;
    return static_cast<Role>((static_cast<std::size_t>(first) + rotation) % roles);
}

double customer_draw(std::uint64_t seed, std::uint64_t stream, std::uint64_t customer) {
    Random random(Random(Random(seed).next() ^ stream).next() ^ customer);
    return random.uniform();
}

Role Protocol::role(std::size_t snapshot, std::uint64_t customer) const {
    const double draw = customer_draw(seed, role_stream, customer);
    switch (separation) {
        case Separation::out_of_time:
            return snapshot + 1 == snapshots.size()   ? Role::judge
                   : snapshot + 2 == snapshots.size() ? Role::choose
                                                      : Role::fit;
        case Separation::out_of_time_thirds:
            return snapshot == 1 ? Role::judge : draw < 1.0 / 3 ? Role::choose : Role::fit;
        case Separation::out_of_sample:
            return draw < 1.0 / 3 ? Role::judge : draw < 2.0 / 3 ? Role::choose : Role::fit;
    }
    return Role::fit;
}

std::string Protocol::words() const {
    switch (separation) {
        case Separation::out_of_time:
        case Separation::out_of_time_thirds: return "out of time";
        case Separation::out_of_sample: return "out of sample";
    }
    return {};
}

Result<Protocol> plan_snapshots(const std::shared_ptr<const columns::View>& view,
                                const Purpose& purpose,
                                const SnapshotPlan& plan) {
    auto settings = engine::evaluation_settings(*view);
    if (!settings) {
        return settings.error();
    }
    const DataSpan span = span_of_events(view, plan.at);
    if (span.end < span.begin) {
        return Error{ErrorCode::invalid_argument,
                     "there is no event at or before " + to_iso(plan.at) +
                         ", so there is nothing to measure",
                     {}};
    }
    const auto back = [&](Instant at) {
        return subtract(settings->zone,
                        at,
                        static_cast<std::int64_t>(purpose.horizon.count),
                        purpose.horizon.unit);
    };
    Protocol protocol{.data_begin = span.begin,
                      .data_end = span.end,
                      .horizon = purpose.horizon,
                      .seed = plan.seed};
    Instant snapshot = back(span.end);
    while (back(snapshot) >= span.begin &&
           protocol.snapshots.size() < limits::study_snapshots_max) {
        protocol.snapshots.push_back(snapshot);
        snapshot = back(snapshot);
    }
    if (protocol.snapshots.empty()) {
        return Error{ErrorCode::invalid_argument,
                     "the data holds " + days_text(span.end - span.begin) + " up to " +
                         to_iso(span.end) + ", but the metric looks " + to_text(purpose.horizon) +
                         " ahead: it takes two such spans, one to look back on and one to predict",
                     {}};
    }
    std::reverse(protocol.snapshots.begin(), protocol.snapshots.end());
    protocol.separation = protocol.snapshots.size() >= 3   ? Separation::out_of_time
                          : protocol.snapshots.size() == 2 ? Separation::out_of_time_thirds
                                                           : Separation::out_of_sample;
    const bool take_turns = protocol.separation == Separation::out_of_sample;
    protocol.rotations = take_turns && !plan.first_rotation_only ? 3 : 1;
    const std::size_t rows_max = plan.rows_max > 0 ? plan.rows_max : limits::study_rows_max;
    const double rows = static_cast<double>(columns::Reader(view).ordinal_count()) *
                        static_cast<double>(protocol.snapshots.size());
    protocol.customers_share = std::min(1.0, static_cast<double>(rows_max) / std::max(1.0, rows));
    return protocol;
}

}  // namespace fineline::study
