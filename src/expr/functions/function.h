#pragma once

#include "columns/event_rows.h"
#include "expr/check.h"
#include "model/calendar.h"
#include "model/value.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::expr {

enum class PropertyNeed : std::uint8_t { never, optional, required };

/// The events an aggregate sees: those of the customer that lie in event, window and `where`, in
/// (time, arrival) order. For `any` they may come from several tables.
struct SelectedEvent {
    Instant time;
    std::uint64_t arrival = 0;
    Datum
        value;  ///< of the aggregate's property; missing where it takes none or the event has none
};

/// A value and its place among the selected events.
struct RankedDatum {
    Datum value;
    std::size_t rank = 0;
};

/// Memory that aggregates reuse from call to call, so that evaluation does not allocate in steady
/// state.
struct AggregateScratch {
    std::vector<double> numbers;
    std::vector<std::int64_t> units;
    std::vector<RankedDatum> values;
};

/// What an aggregate function is evaluated on.
struct AggregateInput {
    std::span<const SelectedEvent> events;
    std::uint64_t unfiltered_count = 0;  ///< events of the window before `where`, for share
    std::span<const double> numbers;     ///< extra arguments, e.g. the quantile
    Instant now{};
    Instant window_begin = instant_min;  ///< first instant inside the window
    Instant window_end{};                ///< last instant inside the window
    const TimeZone* zone = nullptr;
    bool has_property = false;            ///< tells trend(e.p) from trend(e)
    AggregateScratch* scratch = nullptr;  ///< never null when a function is called
};

/// The same events where they lie: rows [begin, end) of one table, all of them selected.
struct AggregateRows {
    columns::EventRows rows;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    std::optional<PropertyId> property;  ///< none: no such event has the property
    Instant now{};
};

/// One aggregate function: all that parser, checker, evaluator, docs, completion, fuzzer and SQL
/// need. One constinit row per file functions/<name>.cpp.
struct AggregateFunction {
    std::string_view name;
    PropertyNeed property = PropertyNeed::never;
    int numbers = 0;              ///< extra numeric arguments after the event
    bool where_required = false;  ///< share
    StaticType result = StaticType::number;
    std::string_view on_nothing;  ///< "0" or "missing", for the docs
    bool drifts = false;          ///< the value changes continuously with the clock: since_…
    bool exact_holds =
        false;  ///< holds_until is exact (LANGUAGE: did, count, sum, since, calendar, sequence)
    bool by_local_day = false;   ///< reads the time zone
    bool by_window_day = false;  ///< the days of the window count even without events: trend
    Datum (*evaluate)(const AggregateInput& input) = nullptr;
    /// The same answer from the rows of one table, without gathering them; null where there is no
    /// short cut.
    Datum (*evaluate_rows)(const AggregateRows& input) = nullptr;
    std::string_view summary;  ///< one line for docs and completion
    std::string_view example;  ///< a valid expression
};

/// One scalar function, e.g. round.
struct ScalarFunction {
    std::string_view name;
    int arguments_min = 1;
    int arguments_max = 1;  ///< −1: any number
    StaticType argument = StaticType::unknown_type;
    StaticType result = StaticType::unknown_type;
    Datum (*evaluate)(std::span<const Datum> arguments, std::string& scratch) = nullptr;
    bool mapping_only = false;  ///< string(), number()
    bool sees_missing = false;  ///< is called with missing and withheld arguments too: coalesce
    std::string_view summary;
    std::string_view example;
};

/// All functions in the order of the language reference.
[[nodiscard]] std::span<const AggregateFunction* const> aggregate_functions();
[[nodiscard]] std::span<const ScalarFunction* const> scalar_functions();
[[nodiscard]] const AggregateFunction* find_aggregate(std::string_view name);
[[nodiscard]] const ScalarFunction* find_scalar(std::string_view name);

}  // namespace fineline::expr
