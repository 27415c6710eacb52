#include "player.h"

#include "base/text.h"
#include "engine/question.h"
#include "expr/parse.h"

#include <algorithm>

namespace fineline::scripts {

namespace {

std::string joined(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
        text += (text.empty() ? "" : ", ") + name;
    }
    return text.empty() ? "nobody" : text;
}

/// A stored segment as an expression.
std::string reference(const std::string& segment) {
    return "segment `" + segment + "`";
}

/// `yes until 2026-03-22`: the verdict's word, and when it ends where the script says so.
struct Expected {
    std::string truth;
    std::optional<Instant> until;
    bool at_most = false;
};

std::optional<Expected> read_expected(std::string text) {
    Expected expected;
    const std::size_t until = text.find(" until ");
    if (until == std::string::npos) {
        expected.truth = text;
        return expected;
    }
    expected.truth = text.substr(0, until);
    text = text.substr(until + 7);
    if (text.starts_with("at most ")) {
        expected.at_most = true;
        text = text.substr(8);
    }
    expected.until = text == "never" ? std::optional(instant_max) : read_instant(text);
    return expected.until ? std::optional(expected) : std::nullopt;
}

std::string word(expr::Truth truth) {
    switch (truth) {
        case expr::Truth::no: return "no";
        case expr::Truth::yes: return "yes";
        case expr::Truth::unknown: return "unknown";
    }
    return {};
}

void append_texts(const expr::Explanation& part, std::string& text) {
    text += part.text + "\n" + part.value + "\n" + part.reason + "\n";
    for (const std::string& evidence : part.evidence) {
        text += evidence + "\n";
    }
    for (const expr::Explanation& inner : part.parts) {
        append_texts(inner, text);
    }
}

}  // namespace

std::vector<std::string> Player::play() {
    for (const ScriptLine& line : script_.lines) {
        if (line.kind == LineKind::ask) {
            world_.follow(line.expression);
        }
    }
    for (std::size_t i = 0; i < script_.lines.size();) {
        const ScriptLine& line = script_.lines[i];
        if (line.kind == LineKind::record) {
            i = play_records(i);
            continue;
        }
        play_line(line);
        expect_done(line, world_.end_of_line());
        ++i;
    }
    if (const Status exact = world_.verify(); !exact) {
        complaints_.push_back("at the end: " + exact.error().message);
    }
    return std::move(complaints_);
}

/// Appends all records up to the next line of another kind, and returns its index.
std::size_t Player::play_records(std::size_t from) {
    std::vector<const ScriptRecord*> records;
    std::size_t next = from;
    while (next < script_.lines.size() && script_.lines[next].kind == LineKind::record) {
        records.push_back(&script_.lines[next++].record);
    }
    expect_done(script_.lines[from], world_.append(records, records_));
    records_ += records.size();
    return next;
}

void Player::play_line(const ScriptLine& line) {
    const Instant at = line.at.value_or(world_.now());
    switch (line.kind) {
        case LineKind::record: break;
        case LineKind::clock:
            clock_before_ = world_.now();
            expect_done(line, world_.set_clock(at));
            break;
        case LineKind::erase: expect_done(line, world_.erase(line.subject)); break;
        case LineKind::setting: expect_done(line, world_.set(line.subject, line.expression)); break;
        case LineKind::segment:
            expect_done(line, world_.define(line.subject, line.expression));
            break;
        case LineKind::purpose:
            world_.set_purpose(line.subject == "none" ? std::nullopt : std::optional(line.subject));
            break;
        case LineKind::ask:
            expect_equal(line, members(line.expression, at), joined(read_names(line.expectation)));
            expect_followed(line, line.expression, at);
            break;
        case LineKind::members:
            expect_equal(line,
                         members(reference(line.expression), at),
                         joined(read_names(line.expectation)));
            expect_followed(line, reference(line.expression), at);
            break;
        case LineKind::unknown:
            expect_equal(line, unknown(line.expression, at), joined(read_names(line.expectation)));
            break;
        case LineKind::entered:
        case LineKind::left: {
            const Instant before = clock_before_.value_or(at);
            const bool entered = line.kind == LineKind::entered;
            expect_equal(line,
                         difference(line, entered ? before : at, entered ? at : before),
                         joined(read_names(line.expectation)));
            break;
        }
        case LineKind::occasions:
            expect_equal(line, occasions(line, at), joined(read_names(line.expectation)));
            break;
        case LineKind::value:
        case LineKind::metric: expect_equal(line, value(line, at), line.expectation); break;
        case LineKind::verdict: play_verdict(line); break;
        case LineKind::explanation: play_explanation(line); break;
        case LineKind::error: play_refusal(line); break;
        case LineKind::warning: play_warning(line); break;
        case LineKind::prints: play_print(line); break;
    }
}

void Player::complain(const ScriptLine& line, const std::string& message) {
    complaints_.push_back("line " + std::to_string(line.number) + ": " + line.text + "\n    " +
                          message);
}

void Player::expect_done(const ScriptLine& line, const Status& status) {
    if (!status) {
        complain(line, status.error().message);
    }
}

void Player::expect_equal(const ScriptLine& line, const Answer& answer, const std::string& wanted) {
    if (!answer) {
        complain(line, expr::render_error(answer.error(), line.expression));
    } else if (*answer != wanted) {
        complain(line, "answers " + *answer);
    }
}

/// Where the world lives, what it keeps must be what was answered.
void Player::expect_followed(const ScriptLine& line, const std::string& expression, Instant at) {
    if (const auto kept = world_.followed(expression, at)) {
        expect_equal(line, joined(*kept), joined(read_names(line.expectation)));
    }
}

void Player::expect_contains(const ScriptLine& line, const std::string& text) {
    if (text.find(line.expectation) == std::string::npos) {
        complain(line, "says " + text);
    }
}

Player::Answer Player::members(const std::string& expression, Instant at) const {
    const auto question = world_.prepare(expression, at, expr::Use::segment);
    if (!question) {
        return question.error();
    }
    return joined(engine::customer_ids(question->view(), engine::ask(*question, 1)->members));
}

/// Everybody for whom neither the expression nor its opposite is true.
Player::Answer Player::unknown(const std::string& expression, Instant at) const {
    const auto all = members("true", at);
    const auto yes = members(expression, at);
    const auto no = members("not (" + expression + ")", at);
    for (const auto* answer : {&all, &yes, &no}) {
        if (!*answer) {
            return answer->error();
        }
    }
    std::vector<std::string> left;
    const std::vector<std::string> in = read_names(*yes);
    const std::vector<std::string> out = read_names(*no);
    for (const std::string& name : read_names(*all)) {
        if (!std::ranges::binary_search(in, name) && !std::ranges::binary_search(out, name)) {
            left.push_back(name);
        }
    }
    return joined(left);
}

/// Who is in the segment at `to` and was not at `from`.
Player::Answer Player::difference(const ScriptLine& line, Instant from, Instant to) const {
    const auto before = members(reference(line.expression), from);
    const auto after = members(reference(line.expression), to);
    if (!before || !after) {
        return before ? after.error() : before.error();
    }
    const std::vector<std::string> old_members = read_names(*before);
    const std::vector<std::string> new_members = read_names(*after);
    std::vector<std::string> names;
    std::ranges::set_difference(new_members, old_members, std::back_inserter(names));
    return joined(names);
}

Player::Answer Player::occasions(const ScriptLine& line, Instant at) const {
    const auto question = world_.prepare(line.expression, at, expr::Use::segment);
    if (!question) {
        return question.error();
    }
    std::vector<std::string> texts;
    const auto answer = engine::ask_occasions(*question);
    for (const engine::OccasionMember& member : answer->members) {
        std::string time = to_iso(member.at);
        time.resize(time.ends_with("T00:00:00Z") ? 10 : time.size());
        texts.push_back(engine::customer_ids(question->view(), {member.who})[0] + " " + time);
    }
    std::ranges::sort(texts);
    return joined(texts);
}

Player::Answer Player::value(const ScriptLine& line, Instant at) const {
    const expr::Use use = line.kind == LineKind::metric ? expr::Use::metric : expr::Use::value;
    const auto question = world_.prepare(line.expression, at, use);
    if (!question) {
        return question.error();
    }
    const auto value = engine::value(*question, line.subject);
    if (!value) {
        return value.error();
    }
    std::string storage;
    const Datum datum = borrow(*value, storage);
    return datum.is_missing() ? std::string("missing") : to_display(datum);
}

void Player::play_verdict(const ScriptLine& line) {
    const auto expected = read_expected(line.expectation);
    const Instant at = line.at.value_or(world_.now());
    const auto question = world_.prepare(line.expression, at, expr::Use::segment);
    if (!expected || !question) {
        complain(line,
                 expected ? question.error().message : "expected yes, no or unknown [until TIME]");
        return;
    }
    const auto verdict = engine::verdict(*question, line.subject);
    if (!verdict) {
        complain(line, verdict.error().message);
        return;
    }
    const Instant until = verdict->holds_until;
    const bool in_time =
        !expected->until ||
        (expected->at_most ? until > at && until <= *expected->until : until == *expected->until);
    if (word(verdict->truth) != expected->truth || !in_time) {
        complain(line, "answers " + word(verdict->truth) + " until " + to_iso(until));
    }
}

void Player::play_explanation(const ScriptLine& line) {
    const auto question =
        world_.prepare(line.expression, line.at.value_or(world_.now()), expr::Use::segment);
    if (!question) {
        complain(line, question.error().message);
        return;
    }
    const auto explanation = engine::explain(*question, line.subject);
    if (!explanation) {
        complain(line, explanation.error().message);
        return;
    }
    std::string text;
    append_texts(*explanation, text);
    expect_contains(line, text);
}

void Player::play_refusal(const ScriptLine& line) {
    const auto question = world_.prepare(line.expression, world_.now(), expr::Use::segment);
    if (question) {
        complain(line, "is accepted");
        return;
    }
    expect_contains(line, question.error().message);
}

void Player::play_warning(const ScriptLine& line) {
    const auto question = world_.prepare(line.expression, world_.now(), expr::Use::segment);
    if (!question) {
        complain(line, question.error().message);
        return;
    }
    std::string text;
    for (const expr::Warning& warning : question->checked().warnings()) {
        text += warning.message + "\n";
    }
    if (line.expectation == "none" ? !text.empty()
                                   : text.find(line.expectation) == std::string::npos) {
        complain(line, "warns " + (text.empty() ? "of nothing" : text));
    }
}

void Player::play_print(const ScriptLine& line) {
    const auto text = world_.rewritten(line.expression);
    const auto parsed = text ? expr::parse(*text) : Result<expr::Expression>(text.error());
    expect_equal(
        line, parsed ? Answer(expr::print(*parsed)) : Answer(parsed.error()), line.expectation);
}

}  // namespace fineline::scripts
