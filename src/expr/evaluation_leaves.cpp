#include "expr/evaluation.h"
#include "expr/operators.h"
#include "expr/population.h"

#include <chrono>

// What the leaves of an expression read: literals, the clock, the customer's traits, accounts and
// consents, the fields of an event, the context, other segments and the population.

namespace fineline::expr {

namespace {

/// Traits, consents and joins hold their value as property 0.
constexpr PropertyId the_value{0};

std::string_view weekday_word(std::chrono::weekday weekday) {
    constexpr std::array<std::string_view, 7> words = {
        "sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    return words[weekday.c_encoding()];
}

}  // namespace

Outcome Evaluation::evaluate(const BoundConstant& node) {
    return {.value = node.value};
}

Outcome Evaluation::evaluate(const BoundMonths& /*node*/) {
    return {};
}

Outcome Evaluation::evaluate(const BoundMoment& node) {
    return {.value = Datum::of(written_zone().resolve(node.iso))};
}

Outcome Evaluation::evaluate(const BoundNow& /*node*/) {
    return {.value = Datum::of(now_), .slope = 1};
}

Outcome Evaluation::value_at_now(const columns::EventRows& rows) const {
    const std::uint32_t known = rows.count_until(now_);
    Outcome outcome;
    if (known > 0) {
        outcome.value = rows.value(the_value, known - 1);
    }
    if (known < rows.size()) {
        outcome.next = rows.time(known);
    }
    return outcome;
}

Outcome Evaluation::evaluate(const BoundTrait& node) {
    if (withheld_) {
        return withheld_outcome();
    }
    return node.trait ? value_at_now(subject_->trait(*node.trait)) : Outcome{};
}

columns::EventRows Evaluation::account_rows(std::optional<AccountTraitId> trait, Outcome& outcome) {
    const Outcome account = value_at_now(subject_->account_joins());
    outcome.limit(account);
    const bool joined =
        account.value.kind() == ValueKind::string && !account.value.string().empty();
    if (!joined || !trait) {
        return {};
    }
    return subject_->account_trait(account.value.string(), *trait);
}

Outcome Evaluation::evaluate(const BoundAccountTrait& node) {
    if (withheld_) {
        return withheld_outcome();
    }
    Outcome joined;
    Outcome outcome = value_at_now(account_rows(node.trait, joined));
    outcome.limit(joined);
    return outcome;
}

Datum Evaluation::moment_field(MomentField field, std::string_view holiday, Instant at) const {
    if (field == MomentField::time) {
        return Datum::of(at);
    }
    const LocalInstant local = zone_->to_local(at);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::year_month_day date{day};
    const std::chrono::weekday weekday{day};
    switch (field) {
        case MomentField::hour: {
            const auto hour = std::chrono::floor<std::chrono::hours>(local - day);
            return Datum::of(static_cast<double>(hour.count()));
        }
        case MomentField::weekday: return Datum::of(weekday_word(weekday));
        case MomentField::weekend: return Datum::of(weekday.iso_encoding() >= 6);
        case MomentField::day:
            return Datum::of(static_cast<double>(static_cast<unsigned>(date.day())));
        case MomentField::month:
            return Datum::of(static_cast<double>(static_cast<unsigned>(date.month())));
        case MomentField::date: return Datum::of(zone_->start_of(TimeUnit::day, at));
        case MomentField::holiday:
            return Datum::of(world_->settings->holidays.is_holiday(date, holiday));
        case MomentField::time: break;
    }
    return {};
}

Outcome Evaluation::evaluate(const BoundContext& node) {
    Outcome outcome;
    if (occasion_ != nullptr) {
        outcome.value = node.field ? moment_field(*node.field, {}, occasion_->time())
                                   : occasion_->value(node.property);
        return outcome;
    }
    if (world_->context == nullptr) {
        return outcome;
    }
    const auto found = world_->context->find(node.name);
    if (found != world_->context->end()) {
        std::string& storage = scratch_.string();
        storage.clear();
        outcome.value = borrow(found->second, storage);
    }
    return outcome;
}

Outcome Evaluation::evaluate(const BoundPropertyOf& node) {
    return {.value = place_.value(node.property)};
}

Outcome Evaluation::evaluate(const BoundMomentField& node) {
    Outcome outcome{.value = moment_field(node.field, node.holiday, place_.time())};
    limit_by_zone(outcome);
    return outcome;
}

Outcome Evaluation::evaluate(const BoundConsent& node) {
    return node.purpose ? value_at_now(subject_->consent(*node.purpose)) : Outcome{};
}

Outcome Evaluation::evaluate(const BoundTraitChange& node) {
    if (withheld_) {
        return withheld_outcome();
    }
    Outcome outcome;
    columns::EventRows rows;
    if (node.of_account) {
        rows = account_rows(node.account_trait, outcome);
    } else if (node.trait) {
        rows = subject_->trait(*node.trait);
    }
    const std::uint32_t known = rows.count_until(now_);
    if (known < rows.size()) {
        outcome.limit_next(rows.time(known));
    }
    if (known == 0) {
        return outcome;
    }
    // Setting the same value again is no change: walk back to where the current value began.
    const Datum current = rows.value(the_value, known - 1);
    std::uint32_t began = known - 1;
    while (began > 0 && rows.value(the_value, began - 1) == current) {
        --began;
    }
    if (!node.since) {
        outcome.value = began > 0 ? rows.value(the_value, began - 1) : Datum();
    } else if (rows.time(began) != instant_min) {
        outcome.value = Datum::of(now_ - rows.time(began));
        outcome.slope = 1;
    }
    return outcome;
}

Outcome Evaluation::evaluate(const BoundSegment& node) {
    if (withheld_) {
        return withheld_outcome();
    }
    Outcome outcome = run(*node.program->root);
    outcome.value = Datum::of(to_truth(outcome.value) == Truth::yes);
    outcome.slope = 0;
    return outcome;
}

Outcome Evaluation::evaluate(const BoundPopulation& node) {
    Outcome outcome = run(*node.program->root);
    limit_to_minute(outcome, outcome);
    require(world_->thresholds != nullptr, "a program that reads the population needs thresholds");
    const Thresholds& thresholds = *world_->thresholds;
    // Thresholds that are past their refresh stand until they are replaced: look again in a minute.
    if (tracks()) {
        outcome.limit_cap(thresholds.refresh_at > now_ ? thresholds.refresh_at
                                                       : now_ + std::chrono::minutes{1});
    }
    const auto found = thresholds.by_operand.find(node.text);
    outcome.value =
        found == thresholds.by_operand.end()
            ? weaker(outcome.value, Datum())
            : place_in(found->second, {.kind = node.kind, .tiles = node.tiles}, outcome.value);
    outcome.slope = 0;
    return outcome;
}

}  // namespace fineline::expr
