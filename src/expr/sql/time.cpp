#include "base/require.h"
#include "base/text.h"
#include "expr/sql/printer.h"
#include "expr/sql/selection.h"

#include <algorithm>
#include <cmath>
#include <type_traits>

// Instants and windows. What is known when the query is printed becomes a literal; what depends on
// an occasion or on the customer's own zone becomes an expression.

namespace fineline::expr::sql {

namespace {

constexpr std::int64_t months_max = 12LL * 20'000;
constexpr double micros_max = 20'000.0 * 366 * 86'400'000'000.0;

std::optional<std::int64_t> months_of(const Period& period) {
    switch (period.unit) {
        case TimeUnit::month: return static_cast<std::int64_t>(period.count);
        case TimeUnit::quarter: return static_cast<std::int64_t>(period.count) * 3;
        case TimeUnit::year: return static_cast<std::int64_t>(period.count) * 12;
        case TimeUnit::second:
        case TimeUnit::minute:
        case TimeUnit::hour:
        case TimeUnit::day:
        case TimeUnit::week: break;
    }
    return std::nullopt;
}

std::int64_t micros_of(const Period& period) {
    return static_cast<std::int64_t>(period.count *
                                     static_cast<double>(exact_length(period.unit).count()));
}

/// Longer than all of time: such a bound excludes nothing.
bool is_endless(const Period& period) {
    if (const auto months = months_of(period)) {
        return std::abs(period.count) > static_cast<double>(months_max) ||
               std::abs(*months) > months_max;
    }
    return period.count * static_cast<double>(exact_length(period.unit).count()) > micros_max;
}

/// The first instant that SQL timestamps are printed for: the start of year 1.
const Instant first_instant = std::chrono::sys_days{std::chrono::year{year_min} / 1 / 1};
const Instant last_instant = std::chrono::sys_days{std::chrono::year{year_max} / 12 / 31};

}  // namespace

InstantText Printer::instant(Instant at) const {
    const Instant shown = std::clamp(at, first_instant, last_instant);
    return {.text = dialect_.timestamp_literal(shown), .known = at};
}

InstantText Printer::now_in(const Scope& scope) const {
    if (!frame_.occasions) {
        return instant(options_.now);
    }
    return {.text = scope.events == nullptr ? "occasions.now" : "e.now", .known = {}};
}

std::string Printer::zone_in(From& from) {
    if (options_.settings.customer_zone) {
        from.join("zones");
        return "zones.zone";
    }
    return written_zone();
}

InstantText Printer::minus(const InstantText& at, const Period& period, From& from) {
    const auto months = months_of(period);
    if (is_endless(period)) {
        return instant(period.count > 0 ? first_instant : last_instant);
    }
    if (at.known && (!months || zone_is_known())) {
        return instant(months ? options_.settings.zone.minus_months(*at.known, *months)
                              : *at.known - Duration{micros_of(period)});
    }
    if (!months) {
        const std::int64_t micros = -micros_of(period);
        return {
            .text = dialect_.add_micros(
                at.text, micros < 0 ? "(" + std::to_string(micros) + ")" : std::to_string(micros)),
            .known = {}};
    }
    const std::string zone = zone_in(from);
    const std::string local = dialect_.add_months(dialect_.local_time(at.text, zone), -*months);
    return {.text = dialect_.utc_time(local, zone), .known = {}};
}

InstantText Printer::start_of(TimeUnit unit, const InstantText& at, int shift, From& from) {
    if (at.known && zone_is_known()) {
        return instant(options_.settings.zone.start_of(unit, *at.known, shift));
    }
    const std::string zone = zone_in(from);
    std::string local = dialect_.start_of(unit, dialect_.local_time(at.text, zone));
    if (shift != 0) {
        local = dialect_.shift_local(unit, local, shift);
    }
    return {.text = dialect_.utc_time(local, zone), .known = {}};
}

/// A time written without an offset is in the workspace's zone, whatever the customer's own.
InstantText Printer::moment(const Moment& moment) const {
    const auto iso = parse_iso_time(moment.text);
    require(iso.has_value(), "a moment that is not ISO 8601");
    return instant(options_.settings.zone.resolve(*iso));
}

std::string Printer::written_zone() const {
    const std::string_view name = options_.settings.zone.name();
    return name == "UTC" ? "" : quoted(name);
}

WindowText Printer::window(const std::optional<Window>& window, From& from) {
    WindowText result;
    const InstantText now = frame_.occasions ? InstantText{.text = "occasions.now", .known = {}}
                                             : instant(options_.now);
    const auto after = [&](const InstantText& at) {
        result.conditions.push_back("e.time > " + at.text);
        result.first = shifted(at, 1);
    };
    const auto from_on = [&](const InstantText& at) {
        result.conditions.push_back("e.time >= " + at.text);
        result.first = at;
    };
    const auto before = [&](const InstantText& at) {
        result.conditions.push_back("e.time < " + at.text);
        result.last = earlier_of(shifted(at, -1), now);
    };
    result.last = now;
    bool open_end = true;
    if (window) {
        std::visit(
            [&](const auto& kind) {
                using T = std::decay_t<decltype(kind)>;
                if constexpr (std::is_same_v<T, LastWindow>) {
                    after(minus(now, kind.length, from));
                } else if constexpr (std::is_same_v<T, AgoWindow>) {
                    const InstantText end = minus(now, kind.to, from);
                    after(minus(now, kind.from, from));
                    result.conditions.push_back("e.time <= " + end.text);
                    result.last = end;
                    open_end = false;
                } else if constexpr (std::is_same_v<T, SinceWindow>) {
                    from_on(moment(kind.begin));
                } else if constexpr (std::is_same_v<T, BeforeWindow>) {
                    before(moment(kind.end));
                } else if constexpr (std::is_same_v<T, FromToWindow>) {
                    from_on(moment(kind.begin));
                    before(moment(kind.end));
                } else if constexpr (std::is_same_v<T, CalendarWindow>) {
                    from_on(start_of(kind.unit, now, kind.previous ? -1 : 0, from));
                    if (kind.previous) {
                        before(start_of(kind.unit, now, 0, from));
                        open_end = false;
                    }
                } else if constexpr (std::is_same_v<T, FirstWindow>) {
                    const std::string start = start_table();
                    from.join(start);
                    const InstantText begin{.text = start + ".time", .known = {}};
                    from_on(begin);
                    before(minus(
                        begin, {.count = -kind.length.count, .unit = kind.length.unit}, from));
                } else {
                    fail(nullptr,
                         "a window into the future cannot be said in SQL: it belongs to a "
                         "purpose's metric");
                }
            },
            *window);
    }
    if (open_end) {
        result.conditions.push_back("e.time <= " + now.text);
    }
    return result;
}

InstantText Printer::shifted(const InstantText& at, int micros) {
    return at.known ? instant(*at.known + Duration{micros})
                    : InstantText{
                          .text = dialect_.add_micros(at.text, "(" + std::to_string(micros) + ")"),
                          .known = {}};
}

InstantText Printer::earlier_of(const InstantText& a, const InstantText& b) {
    if (a.known && b.known) {
        return *a.known < *b.known ? a : b;
    }
    return {.text = "least(" + a.text + ", " + b.text + ")", .known = {}};
}

std::string Printer::start_table() {
    if (start_table_.empty()) {
        EventSelection events(*this, nullptr, std::nullopt);
        Table earliest{.name = statement_.name_for("first_event"),
                       .select = events.finish({{.text = "min(e.time)", .name = "time"}},
                                               "GROUP BY " + frame_.keys)};
        const std::string earliest_name = statement_.add(std::move(earliest)).name;
        Table start{.name = statement_.name_for("customer_start")};
        start.select.from.base = frame_.subjects;
        const Scope scope{.from = &start.select.from};
        const std::string created = read(trait("created_at", scope), ReadAs::timestamp);
        start.select.from.join(earliest_name);
        start.select.columns = {
            {.text = frame_.keys, .name = ""},
            {.text = "coalesce(" + created + ", " + earliest_name + ".time)", .name = "time"}};
        start_table_ = statement_.add(std::move(start)).name;
    }
    return start_table_;
}

}  // namespace fineline::expr::sql
