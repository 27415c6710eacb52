#include "expr/evaluate.h"

#include "expr/evaluation.h"

#include <algorithm>

namespace fineline::expr {

namespace {

/// Whether the program is asked of each event it names rather than of the one moment the caller
/// sends.
bool goes_by_occasion(const Program& program, const World& world) {
    return program.on.has_value() && world.context == nullptr;
}

/// The answer over all occasions: true of one is true, else unknown of one is unknown.
Truth any_of(const std::vector<Evaluator::OccasionAnswer>& answers) {
    Truth truth = Truth::no;
    for (const Evaluator::OccasionAnswer& answer : answers) {
        if (answer.truth == Truth::yes) {
            return Truth::yes;
        }
        if (answer.truth == Truth::unknown) {
            truth = Truth::unknown;
        }
    }
    return truth;
}

/// Returns the rows of the occasions' event, one table per name.
std::vector<Table> occasion_tables(const BoundEvents& events, Subject& subject) {
    std::vector<Table> tables;
    const auto append = [&](EventNameId name) {
        tables.push_back({.rows = subject.events(name), .name = name});
    };
    if (events.any) {
        for (std::uint32_t i = 0; i < events.event_count; ++i) {
            append(EventNameId{i});
        }
    } else if (events.name) {
        append(*events.name);
    }
    return tables;
}

}  // namespace

struct Evaluator::State {
    Scratch scratch;
};

Evaluator::Evaluator() : state_(std::make_unique<State>()) {}

Evaluator::~Evaluator() = default;

Truth Evaluator::truth(const Program& program, Subject& subject, const World& world, Instant now) {
    require(world.settings != nullptr, "an evaluation needs the workspace's settings");
    if (goes_by_occasion(program, world)) {
        return any_of(occasions(program, subject, world, now));
    }
    return truth_of(program, {.subject = &subject, .world = &world, .now = now}, state_->scratch);
}

Verdict Evaluator::verdict(const Program& program,
                           Subject& subject,
                           const World& world,
                           Instant now) {
    require(world.settings != nullptr, "an evaluation needs the workspace's settings");
    if (!goes_by_occasion(program, world)) {
        return verdict_of(
            program, {.subject = &subject, .world = &world, .now = now}, state_->scratch);
    }
    // What was true of an occasion stays so: only the next one can change the answer.
    Verdict verdict{.truth = truth(program, subject, world, now), .holds_until = instant_max};
    for (const Table& table : occasion_tables(program.on->events, subject)) {
        const std::uint32_t future = table.rows.count_until(now);
        if (future < table.rows.size()) {
            verdict.holds_until = std::min(verdict.holds_until, table.rows.time(future));
        }
    }
    return verdict;
}

Datum Evaluator::value(const Program& program, Subject& subject, const World& world, Instant now) {
    require(world.settings != nullptr, "an evaluation needs the workspace's settings");
    if (goes_by_occasion(program, world)) {
        const Truth truth = any_of(occasions(program, subject, world, now));
        return truth == Truth::unknown ? Datum() : Datum::of(truth == Truth::yes);
    }
    state_->scratch.strings_used = 0;
    const Stand stand{.subject = &subject, .world = &world, .now = now};
    return Evaluation(program, stand, Tracking::off, state_->scratch).run_root(program).value;
}

std::vector<Evaluator::OccasionAnswer> Evaluator::occasions(const Program& program,
                                                            Subject& subject,
                                                            const World& world,
                                                            Instant now) {
    require(program.on.has_value(), "only `E on EVENT` has occasions");
    const std::vector<Table> tables = occasion_tables(program.on->events, subject);
    std::vector<RowPlace> places;
    for (const Table& table : tables) {
        for (std::uint32_t row = 0; row < table.rows.count_until(now); ++row) {
            places.push_back({.table = &table, .row = row});
        }
    }
    std::sort(places.begin(), places.end(), [](const RowPlace& a, const RowPlace& b) {
        return a.time() != b.time() ? a.time() < b.time() : a.arrival() < b.arrival();
    });
    std::vector<OccasionAnswer> answers;
    for (const RowPlace& place : places) {
        const Stand stand{.subject = &subject,
                          .world = &world,
                          .now = place.time(),
                          .arrival_max = place.arrival(),
                          .occasion = &place};
        Outcome ignored;
        Evaluation evaluation(program, stand, Tracking::off, state_->scratch);
        if (evaluation.selects(program.on->where.get(), place, ignored)) {
            answers.push_back({.at = place.time(),
                               .arrival = place.arrival(),
                               .truth = truth_of(program, stand, state_->scratch)});
        }
    }
    return answers;
}

}  // namespace fineline::expr
