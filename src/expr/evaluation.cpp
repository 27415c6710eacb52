#include "expr/evaluation.h"

#include "expr/operators.h"

// The frame of an evaluation: the customer's zone and consent, and how answers reach forward in
// time.

namespace fineline::expr {

namespace {

/// How many instants a verdict steps over at which something changes but not the answer: about as
/// many events as a customer may have. Beyond it the verdict is early, never late.
constexpr int steps_max = 100'000;

/// What "holds a minute" means: beyond a sum of times and durations the clock is looked at this
/// often.
constexpr Duration clock_grain = std::chrono::minutes{1};

/// Returns an instant up to which the answer stands, given that it is another one at `late`.
Instant turn_before(const Program& program, Stand stand, Instant late, Scratch& scratch) {
    const Truth before = truth_of(program, stand, scratch);
    Instant early = stand.now;
    while (late - early > Duration{1}) {
        stand.now = early + (late - early) / 2;
        (truth_of(program, stand, scratch) == before ? early : late) = stand.now;
    }
    return late;
}

/// Within a minute of clock arithmetic the answer may turn unforeseen: returns when it does between
/// the stand and `end`, found by halving, where it is no longer `truth` just before `end`.
std::optional<Instant> turn_unforeseen(
    const Program& program, const Stand& stand, Instant end, Truth truth, Scratch& scratch) {
    if (end <= stand.now + Duration{1}) {
        return std::nullopt;
    }
    Stand last = stand;
    last.now = end - Duration{1};
    if (truth_of(program, last, scratch) == truth) {
        return std::nullopt;
    }
    return turn_before(program, stand, last.now, scratch);
}

}  // namespace

Truth to_truth(const Datum& value) {
    if (value.kind() != ValueKind::boolean) {
        return Truth::unknown;
    }
    return value.boolean() ? Truth::yes : Truth::no;
}

Evaluation::Evaluation(const Program& program,
                       const Stand& stand,
                       Tracking tracking,
                       Scratch& scratch)
    : world_(stand.world),
      subject_(stand.subject),
      now_(stand.now),
      arrival_max_(stand.arrival_max),
      occasion_(stand.occasion),
      event_count_(program.event_count),
      tracking_(tracking),
      scratch_(scratch),
      zone_(&stand.world->settings->zone) {
    if (world_->settings->customer_zone && program.timezone) {
        resolve_zone(*program.timezone);
    }
    if (world_->purpose) {
        resolve_consent();
    }
}

const TimeZone* Evaluation::find_zone(std::string_view name) {
    auto found = scratch_.zones.find(name);
    if (found == scratch_.zones.end()) {
        const auto zone = TimeZone::find(name);
        found = scratch_.zones.emplace(name, zone ? std::optional(*zone) : std::nullopt).first;
    }
    return found->second ? &*found->second : nullptr;
}

void Evaluation::resolve_zone(TraitId timezone) {
    const Outcome name = value_at_now(subject_->trait(timezone));
    zone_next_ = name.next;
    if (name.value.kind() == ValueKind::string) {
        if (const TimeZone* zone = find_zone(name.value.string())) {
            zone_ = zone;
        }
    }
}

void Evaluation::resolve_consent() {
    const Outcome consent = value_at_now(subject_->consent(*world_->purpose));
    consent_next_ = consent.next;
    const bool granted = consent.value.kind() == ValueKind::boolean ? consent.value.boolean()
                                                                    : world_->no_record_is_granted;
    withheld_ = !granted;
}

Outcome Evaluation::run_root(const Program& program) {
    Outcome outcome = run(*program.root);
    outcome.limit_next(consent_next_);
    return outcome;
}

Truth truth_of(const Program& program, const Stand& stand, Scratch& scratch) {
    scratch.strings_used = 0;
    return to_truth(Evaluation(program, stand, Tracking::off, scratch).run_root(program).value);
}

Verdict verdict_of(const Program& program, const Stand& stand, Scratch& scratch) {
    Stand at = stand;
    const auto evaluate = [&] {
        scratch.strings_used = 0;
        return Evaluation(program, at, Tracking::on, scratch).run_root(program);
    };
    Outcome outcome = evaluate();
    const Truth truth = to_truth(outcome.value);
    const auto turn = [&](Instant end) -> std::optional<Instant> {
        const bool looks_again = outcome.cap <= shifted(at.now, clock_grain);
        return looks_again ? turn_unforeseen(program, at, end, truth, scratch) : std::nullopt;
    };
    for (int step = 0; outcome.next < outcome.cap; ++step) {
        if (step == steps_max) {
            return {.truth = truth, .holds_until = outcome.next};
        }
        if (const auto turned = turn(outcome.next)) {
            return {.truth = truth, .holds_until = *turned};
        }
        at.now = outcome.next;
        outcome = evaluate();
        if (to_truth(outcome.value) != truth) {
            return {.truth = truth, .holds_until = at.now};
        }
    }
    if (const auto turned = turn(outcome.cap)) {
        return {.truth = truth, .holds_until = *turned};
    }
    return {.truth = truth, .holds_until = outcome.cap};
}

}  // namespace fineline::expr
