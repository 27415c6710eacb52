#include "expr/binder.h"

#include <algorithm>
#include <array>
#include <cmath>

// Names become ids, windows and amounts become bounds, and what is made of events.

namespace fineline::expr {

namespace {

/// Exact spans beyond this many microseconds (some 190,000 years) are cut to it, so that adding one
/// to any time of the calendar cannot overflow.
constexpr double span_micros_max = 6e18;

std::optional<MomentField> find_moment_field(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, MomentField>, 8> fields = {{
        {"hour", MomentField::hour},
        {"weekday", MomentField::weekday},
        {"weekend", MomentField::weekend},
        {"day", MomentField::day},
        {"month", MomentField::month},
        {"date", MomentField::date},
        {"time", MomentField::time},
        {"holiday", MomentField::holiday},
    }};
    const auto found = std::find_if(
        fields.begin(), fields.end(), [&](const auto& field) { return field.first == word; });
    return found == fields.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

BoundPeriod to_period(const Period& period) {
    BoundPeriod bound;
    const auto months = [&](double per_unit) {
        return static_cast<std::int64_t>(std::clamp(period.count * per_unit, -1e9, 1e9));
    };
    switch (period.unit) {
        case TimeUnit::month: bound.months = months(1); break;
        case TimeUnit::quarter: bound.months = months(3); break;
        case TimeUnit::year: bound.months = months(12); break;
        case TimeUnit::second:
        case TimeUnit::minute:
        case TimeUnit::hour:
        case TimeUnit::day:
        case TimeUnit::week: {
            const double micros =
                period.count * static_cast<double>(exact_length(period.unit).count());
            // Finer than a microsecond is cut, but not what binary fractions lose: 0.29 seconds is
            // 290 ms.
            const double whole = std::floor(std::abs(micros) + 1e-6);
            const double cut = std::min(whole, span_micros_max);
            bound.exact = Duration{static_cast<std::int64_t>(micros < 0 ? -cut : cut)};
            break;
        }
    }
    return bound;
}

IsoTime to_iso_time(const Moment& moment) {
    const auto iso = parse_iso_time(moment.text);
    require(iso.has_value(), "a moment that passed the parser is an ISO time");
    return *iso;
}

BoundEvents Binder::events(const EventSelector& selector) const {
    return {.any = selector.any,
            .name = selector.any ? std::nullopt : symbols_.event(selector.name),
            .event_count = symbols_.event_count()};
}

BoundProperty Binder::property(const BoundEvents& events, std::string_view name) const {
    BoundProperty bound;
    bound.any = events.any;
    if (events.any) {
        for (std::uint32_t i = 0; i < events.event_count; ++i) {
            bound.by_event.push_back(symbols_.property(EventNameId{i}, name));
        }
    } else if (events.name) {
        bound.single = symbols_.property(*events.name, name);
    }
    return bound;
}

Result<BoundPtr> Binder::where(const std::optional<Box>& condition, const BoundEvents& events) {
    if (!condition) {
        return BoundPtr();
    }
    return bind(**condition, {.where = &events});
}

BoundWindow Binder::window(const std::optional<Window>& window) const {
    BoundWindow bound;
    if (!window) {
        return bound;
    }
    if (const auto* last = std::get_if<LastWindow>(&*window)) {
        bound.kind = WindowKind::ago;
        bound.from = to_period(last->length);
    } else if (const auto* ago = std::get_if<AgoWindow>(&*window)) {
        bound.kind = WindowKind::ago;
        bound.from = to_period(ago->from);
        bound.to = to_period(ago->to);
    } else if (const auto* since = std::get_if<SinceWindow>(&*window)) {
        bound.kind = WindowKind::since;
        bound.begin = to_iso_time(since->begin);
    } else if (const auto* before = std::get_if<BeforeWindow>(&*window)) {
        bound.kind = WindowKind::before;
        bound.end = to_iso_time(before->end);
    } else if (const auto* between = std::get_if<FromToWindow>(&*window)) {
        bound.kind = WindowKind::from_to;
        bound.begin = to_iso_time(between->begin);
        bound.end = to_iso_time(between->end);
    } else if (const auto* calendar = std::get_if<CalendarWindow>(&*window)) {
        bound.kind = WindowKind::calendar;
        bound.unit = calendar->unit;
        bound.previous = calendar->previous;
    } else if (const auto* first = std::get_if<FirstWindow>(&*window)) {
        bound.kind = WindowKind::first;
        bound.from = to_period(first->length);
        bound.created_at = symbols_.trait("created_at");
    } else {
        bound.kind = WindowKind::next;
        bound.from = to_period(std::get<NextWindow>(*window).length);
    }
    return bound;
}

Binder::Bound Binder::bind_kind(const Node& node, const Name& name, Scope scope) {
    switch (name.scope) {
        case NameScope::bare: return bind_bare_name(node, name, scope);
        case NameScope::customer: return make(node, BoundTrait{.trait = symbols_.trait(name.path)});
        case NameScope::account:
            return make(node, BoundAccountTrait{.trait = symbols_.account_trait(name.path)});
        case NameScope::context: break;
    }
    BoundContext context{.name = name.path, .field = std::nullopt, .property = {}};
    if (occasion_) {
        context.field = name.quoted ? std::nullopt : find_moment_field(name.path);
        context.property = property(*occasion_, name.path);
    }
    return make(node, std::move(context));
}

Binder::Bound Binder::bind_bare_name(const Node& node, const Name& name, Scope scope) {
    if (scope.where == nullptr) {
        return make(node, BoundTrait{.trait = symbols_.trait(name.path)});
    }
    const auto field = name.quoted ? std::nullopt : find_moment_field(name.path);
    if (field) {
        return make(node, BoundMomentField{.field = *field, .holiday = {}});
    }
    return make(node, BoundPropertyOf{.property = property(*scope.where, name.path)});
}

Binder::Bound Binder::bind_kind(const Node& node, const HolidayTest& test, Scope /*scope*/) {
    return make(node, BoundMomentField{.field = MomentField::holiday, .holiday = test.name});
}

Binder::Bound Binder::bind_kind(const Node& node, const ConsentRef& consent, Scope /*scope*/) {
    return make(node, BoundConsent{.purpose = symbols_.purpose(consent.purpose)});
}

Binder::Bound Binder::bind_kind(const Node& node, const TraitChange& change, Scope /*scope*/) {
    BoundTraitChange bound;
    bound.since = change.since;
    bound.of_account = change.trait.scope == NameScope::account;
    if (bound.of_account) {
        bound.account_trait = symbols_.account_trait(change.trait.path);
    } else {
        bound.trait = symbols_.trait(change.trait.path);
    }
    return make(node, bound);
}

Binder::Bound Binder::bind_kind(const Node& node, const Aggregate& aggregate, Scope /*scope*/) {
    BoundAggregate bound;
    bound.function = find_aggregate(aggregate.function);
    require(bound.function != nullptr, "an aggregate that passed the checks is in the table");
    bound.events = events(aggregate.event);
    bound.has_property = aggregate.property.has_value();
    if (aggregate.property) {
        bound.property = property(bound.events, *aggregate.property);
    }
    bound.numbers = aggregate.numbers;
    bound.window = window(aggregate.window);
    auto condition = where(aggregate.where, bound.events);
    if (!condition) {
        return condition.error();
    }
    bound.where = std::move(*condition);
    return make(node, std::move(bound));
}

Binder::Bound Binder::bind_kind(const Node& node, const Did& did, Scope /*scope*/) {
    BoundDid bound;
    bound.events = events(did.event);
    bound.window = window(did.window);
    bound.negated = did.negated;
    auto condition = where(did.where, bound.events);
    if (!condition) {
        return condition.error();
    }
    bound.where = std::move(*condition);
    return make(node, std::move(bound));
}

Result<BoundStep> Binder::step(const Step& step) {
    BoundStep bound;
    bound.events = events(step.event);
    auto condition = where(step.where, bound.events);
    if (!condition) {
        return condition.error();
    }
    bound.where = std::move(*condition);
    if (step.within) {
        bound.within = to_period(*step.within);
    }
    return bound;
}

Binder::Bound Binder::bind_kind(const Node& node, const Sequence& sequence, Scope /*scope*/) {
    BoundSequence bound;
    bound.counting = sequence.counting;
    bound.window = window(sequence.window);
    for (const Step& written : sequence.steps) {
        auto step_bound = step(written);
        if (!step_bound) {
            return step_bound.error();
        }
        if (written.negated) {
            require(step_bound->within.has_value(),
                    "a final `no` that passed the checks has a bound");
            bound.absent = std::move(*step_bound);
            continue;
        }
        const bool known =
            std::any_of(bound.sources.begin(), bound.sources.end(), [&](const BoundEvents& source) {
                return source.any || source.name == step_bound->events.name;
            });
        if (step_bound->events.any) {
            bound.sources = {step_bound->events};
        } else if (!known) {
            bound.sources.push_back(step_bound->events);
        }
        bound.steps.push_back(std::move(*step_bound));
    }
    return make(node, std::move(bound));
}

}  // namespace fineline::expr
