#include "expr/parser.h"
#include "expr/words.h"

// sequence(a -> b within 1 hour -> no c within 1 day, last 30 days) and `on EVENT`.

namespace fineline::expr {

Node Parser::parse_sequence(bool counting) {
    const std::uint32_t begin = take().at.begin;
    take();
    Sequence sequence;
    sequence.counting = counting;
    do {
        const SourceSpan at = peek().at;
        if (!sequence.steps.empty() && sequence.steps.back().negated) {
            fail("a step with no ends the sequence '->': nothing can follow it", at);
        }
        sequence.steps.push_back(parse_step(sequence.steps.empty()));
    } while (accept_symbol("->"));
    if (accept_symbol(",")) {
        if (at_window()) {
            const std::uint32_t window_begin = peek().at.begin;
            sequence.window = parse_window();
            sequence.window_at = {since(window_begin)};
        } else {
            fail_expected("a window after the comma, such as last 30 days");
        }
    }
    expect_symbol(")", "the steps");
    return make(std::move(sequence), begin);
}

Step Parser::parse_step(bool first) {
    Step step;
    const std::uint32_t begin = peek().at.begin;
    if (!first && peek().is_word("no") && at_name(1)) {
        take();
        step.negated = true;
    }
    step.event = parse_event(first ? "sequence(" : "->");
    if (peek().is_symbol(".")) {
        fail_here("a step takes an event without a property '.': put the condition after where");
    }
    step.where = parse_where();
    const SourceSpan within_at = peek().at;
    if (accept_word("within")) {
        step.within = parse_period("within");
        step.within_at = {since(within_at.begin)};
        if (first) {
            fail("the first step has none before it to be within reach of 'within': leave it out",
                 within_at);
        }
    }
    if (peek().is_word("where")) {
        fail_here("where stands before within 'where': move it to the front");
    }
    if (step.negated && !step.within) {
        fail("a step with no needs a bound 'no': write -> no e within 1 day", since(begin));
    }
    return step;
}

std::optional<OccasionSource> Parser::parse_occasion_source() {
    OccasionSource source;
    source.event = parse_event("on");
    source.where = parse_where();
    return source;
}

}  // namespace fineline::expr
