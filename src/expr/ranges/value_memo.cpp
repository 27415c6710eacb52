#include "expr/ranges/value_memo.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <limits>

namespace fineline::expr {

namespace {

constexpr Instant since_always = instant_min;
constexpr std::uint64_t no_arrival = 0;
constexpr std::uint8_t unasked_moment = 0xff;

/// Before this day some zones were off by seconds; since, their clocks have changed at whole
/// minutes.
constexpr Instant whole_minutes_since{std::chrono::sys_days{std::chrono::year{1973} / 1 / 1}};

/// More units than that are not worth remembering: some 460 years of hours.
constexpr std::int64_t units_max = 1 << 22;

/// Whether the condition only tells values apart by how they compare with literals.
bool only_compares(const BoundNode& node, std::vector<double>& numbers) {
    const auto known = [&](const auto& kind) {
        using T = std::decay_t<decltype(kind)>;
        if constexpr (std::is_same_v<T, BoundConstant>) {
            if (kind.value.kind() == ValueKind::number) {
                numbers.push_back(kind.value.number());
            }
            return true;
        }
        return std::is_same_v<T, BoundCompare> || std::is_same_v<T, BoundBetween> ||
               std::is_same_v<T, BoundIn> || std::is_same_v<T, BoundJunction> ||
               std::is_same_v<T, BoundNot> || std::is_same_v<T, BoundIsMissing> ||
               std::is_same_v<T, BoundPropertyOf> || std::is_same_v<T, BoundTrait>;
    };
    bool all = std::visit(known, node.kind);
    for_each_operand(
        node, [&](const BoundNode& operand) { all = only_compares(operand, numbers) && all; });
    return all;
}

}  // namespace

Probe::OneTrait::OneTrait(const OneValue& value) : row_(&since_always, &no_arrival, 1, &value, 0) {}

columns::EventRows Probe::OneTrait::events(EventNameId /*name*/) {
    return {};
}

columns::EventRows Probe::OneTrait::trait(TraitId /*trait*/) {
    return row_;
}

columns::EventRows Probe::OneTrait::consent(PurposeId /*purpose*/) {
    return {};
}

columns::EventRows Probe::OneTrait::account_joins() {
    return {};
}

columns::EventRows Probe::OneTrait::account_trait(std::string_view /*account*/,
                                                  AccountTraitId /*trait*/) {
    return {};
}

Probe::Probe(const RangeQuestion& question) : question_(question), subject_(value_) {}

Truth Probe::of_trait(const BoundNode& condition, const Datum& value) {
    value_.datum = value;
    scratch_.strings_used = 0;
    const Stand stand{.subject = &subject_, .world = question_.world, .now = question_.now};
    return to_truth(
        Evaluation(*question_.program, stand, Tracking::off, scratch_).run(condition).value);
}

Truth Probe::of_property(const BoundNode& condition, const Datum& value) {
    value_.datum = value;
    return of_event(condition, question_.now);
}

Truth Probe::of_moment(const BoundNode& condition, Instant at) {
    value_.datum = Datum();
    return of_event(condition, at);
}

Truth Probe::of_event(const BoundNode& condition, Instant at) {
    scratch_.strings_used = 0;
    const Table table{.rows = columns::EventRows(&at, &no_arrival, 1, &value_, 0),
                      .name = EventNameId{0}};
    const Stand stand{.subject = &subject_, .world = question_.world, .now = question_.now};
    Evaluation evaluation(*question_.program, stand, Tracking::off, scratch_);
    Outcome ignored;
    return evaluation.selects(&condition, {.table = &table, .row = 0}, ignored) ? Truth::yes
                                                                                : Truth::no;
}

ValueMemo::ValueMemo(const BoundNode& condition, const RangeQuestion& question, Of of)
    : condition_(condition), of_(of), probe_(question) {
    by_bounds_ = only_compares(condition, bounds_) && bounds_.size() <= bounds_max;
    if (by_bounds_) {
        std::sort(bounds_.begin(), bounds_.end());
        bounds_.erase(std::unique(bounds_.begin(), bounds_.end()), bounds_.end());
        learn_bounds();
    }
}

Truth ValueMemo::ask(const Datum& value) {
    return of_ == Of::trait ? probe_.of_trait(condition_, value)
                            : probe_.of_property(condition_, value);
}

void ValueMemo::learn_bounds() {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto note = [&](double number) {
        by_stretch_.push_back(static_cast<std::uint8_t>(ask(Datum::of(number))));
    };
    note(bounds_.empty() ? 0.0 : std::nextafter(bounds_.front(), -infinity));
    for (const double bound : bounds_) {
        note(bound);
        note(std::nextafter(bound, infinity));
    }
}

Truth ValueMemo::of_number(double number) {
    if (!by_bounds_) {
        return ask(Datum::of(number));
    }
    std::size_t stretch = 0;
    for (const double bound : bounds_) {
        stretch += (number >= bound ? 1U : 0U) + (number > bound ? 1U : 0U);
    }
    return static_cast<Truth>(by_stretch_[stretch]);
}

Truth ValueMemo::of_missing() {
    if (missing_ == unasked) {
        missing_ = static_cast<std::uint8_t>(ask(Datum()));
    }
    return static_cast<Truth>(missing_);
}

Truth ValueMemo::of_code(const columns::TableView& table,
                         const columns::Column& column,
                         std::uint32_t stored,
                         std::uint32_t row) {
    if (stored >= by_code_.size()) {
        by_code_.resize(std::max<std::size_t>(stored + 1, by_code_.size() * 2), unasked);
    }
    if (by_code_[stored] == unasked) {
        by_code_[stored] =
            static_cast<std::uint8_t>(ask(table.datum(column.property, column.cell(row))));
    }
    return static_cast<Truth>(by_code_[stored]);
}

Truth ValueMemo::of_row(const columns::TableView& table,
                        const columns::Column& column,
                        std::uint32_t row) {
    using columns::Encoding;
    if (column.bytes == nullptr) {
        return of_missing();
    }
    switch (column.encoding) {
        case Encoding::boolean: {
            std::uint8_t& known = by_boolean_[column.as<std::uint8_t>()[row] & 3U];
            if (known == unasked) {
                known =
                    static_cast<std::uint8_t>(ask(table.datum(column.property, column.cell(row))));
            }
            return static_cast<Truth>(known);
        }
        case Encoding::code8: return of_code(table, column, column.as<std::uint8_t>()[row], row);
        case Encoding::code16: return of_code(table, column, column.as<std::uint16_t>()[row], row);
        case Encoding::code32: return of_code(table, column, column.as<std::uint32_t>()[row], row);
        case Encoding::number: {
            const std::uint64_t bits = column.as<std::uint64_t>()[row];
            const bool none = bits == columns::number_absent || bits == columns::number_null;
            return none ? of_missing() : of_number(std::bit_cast<double>(bits));
        }
        case Encoding::timestamp:
        case Encoding::mixed: break;
    }
    return ask(table.datum(column.property, column.cell(row)));
}

std::span<const Truth> ValueMemo::of_codes(const columns::TableView& table,
                                           const columns::Column& column,
                                           std::uint8_t last) {
    // A column of one row that holds each stored code in turn: the truth of a code needs no row.
    truths_.clear();
    for (unsigned code = 0; code <= last; ++code) {
        // As wide as the widest cell, whatever the compiler thinks of the encoding.
        alignas(std::uint64_t) const std::array<std::byte, 16> stored{static_cast<std::byte>(code)};
        columns::Column single = column;
        single.rows = 1;
        single.bytes = stored.data();
        truths_.push_back(of_row(table, single, 0));
    }
    return truths_;
}

MomentMemo::MomentMemo(const BoundNode& condition,
                       const RangeQuestion& question,
                       const Reads& reads)
    : condition_(condition), probe_(question) {
    const bool utc = question.world->settings->zone.name() == "UTC";
    if (reads.exact_time) {
        unit_ = Unit::none;
    } else if (!utc) {
        unit_ = Unit::minute;
    } else {
        unit_ = reads.hour ? Unit::hour : Unit::day;
    }
}

std::int64_t MomentMemo::unit_of(Instant time) const {
    using std::chrono::floor;
    switch (unit_) {
        case Unit::none: break;
        case Unit::day: return floor<std::chrono::days>(time.time_since_epoch()).count();
        case Unit::hour: return floor<std::chrono::hours>(time.time_since_epoch()).count();
        case Unit::minute: return floor<std::chrono::minutes>(time.time_since_epoch()).count();
    }
    return 0;
}

Instant MomentMemo::begin_of(std::int64_t unit) const {
    switch (unit_) {
        case Unit::none: break;
        case Unit::day: return Instant(std::chrono::days{unit});
        case Unit::hour: return Instant(std::chrono::hours{unit});
        case Unit::minute: return Instant(std::chrono::minutes{unit});
    }
    return {};
}

void MomentMemo::prepare(const columns::TableView& table) {
    const Instant first{Duration(table.counts.time_min)};
    const Instant last{Duration(table.counts.time_max)};
    if (unit_ == Unit::none || first > last || !truths_.empty() ||
        (unit_ == Unit::minute && first < whole_minutes_since)) {
        return;
    }
    first_ = unit_of(first);
    const std::int64_t units = unit_of(last) - first_ + 1;
    if (units <= units_max) {
        truths_.assign(static_cast<std::size_t>(units), unasked_moment);
    }
}

Truth MomentMemo::at(Instant time) {
    const auto index = static_cast<std::uint64_t>(unit_of(time) - first_);
    if (index >= truths_.size()) {
        return probe_.of_moment(condition_, time);
    }
    std::uint8_t& known = truths_[index];
    if (known == unasked_moment) {
        known = static_cast<std::uint8_t>(
            probe_.of_moment(condition_, begin_of(static_cast<std::int64_t>(index) + first_)));
    }
    return static_cast<Truth>(known);
}

}  // namespace fineline::expr
