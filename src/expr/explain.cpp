#include "expr/evaluation.h"
#include "expr/operators.h"
#include "expr/parse.h"

#include <algorithm>

// The tree of reasons: what each part comes to for one customer, and which events make it so.

namespace fineline::expr {

namespace {

constexpr std::size_t evidence_max = 20;

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
    return std::to_string(count) + " " + std::string(count == 1 ? one : many);
}

std::string comparison_words(CompareOp op) {
    switch (op) {
        case CompareOp::equal: return "equal to";
        case CompareOp::not_equal: return "other than";
        case CompareOp::less: return "less than";
        case CompareOp::less_equal: return "at most";
        case CompareOp::greater: return "more than";
        case CompareOp::greater_equal: return "at least";
    }
    return {};
}

/// Walks a program part by part. One thread at a time.
class Explainer {
  public:
    Explainer(const Program& program, const Stand& stand) : program_(program), stand_(stand) {}

    Explanation part(const BoundNode& node, std::string text);

    Explanation part(const BoundNode& node) { return part(node, print(*node.source)); }

  private:
    void add(Explanation& whole, const BoundPtr& node) {
        if (node) {
            whole.parts.push_back(part(*node));
        }
    }

    // What a node says beyond its value: parts, evidence and a sentence.
    void tell(Explanation& whole, const BoundNot& node) {
        add(whole, node.operand);
        whole.reason = "the opposite of what follows";
    }

    void tell(Explanation& whole, const BoundMinus& node) { add(whole, node.operand); }

    void tell(Explanation& whole, const BoundJunction& node);
    void tell(Explanation& whole, const BoundCompare& node);
    void tell(Explanation& whole, const BoundCompareMonths& node);
    void tell(Explanation& whole, const BoundBetween& node);
    void tell(Explanation& whole, const BoundIn& node);
    void tell(Explanation& whole, const BoundTextTest& node);
    void tell(Explanation& whole, const BoundMatches& node);
    void tell(Explanation& whole, const BoundContains& node);
    void tell(Explanation& whole, const BoundArithmetic& node);

    void tell(Explanation& whole, const BoundMinusMonths& node) { add(whole, node.operand); }

    void tell(Explanation& whole, const BoundIsMissing& node);
    void tell(Explanation& whole, const BoundCase& node);
    void tell(Explanation& whole, const BoundCall& node);
    void tell(Explanation& whole, const BoundAggregate& node);
    void tell(Explanation& whole, const BoundDid& node);
    void tell(Explanation& whole, const BoundSequence& node);
    void tell(Explanation& whole, const BoundSegment& node);
    void tell(Explanation& whole, const BoundPopulation& node);
    void tell(Explanation& whole, const BoundTrait& node);
    void tell(Explanation& whole, const BoundAccountTrait& node);

    template <class Leaf>
    void tell(Explanation& whole, const Leaf& /*node*/) {
        whole.reason = "is " + whole.value;
    }

    /// Lists the events, the latest `evidence_max` of them, with the property where there is one.
    void list(Explanation& whole,
              const std::vector<RowPlace>& places,
              const BoundProperty* property);
    /// "3 purchase events count, 12.5 is not more than 20" and the like.
    void compare(Explanation& whole, CompareOp op, std::string_view right);

    const Program& program_;
    Stand stand_;
    Scratch scratch_;
};

Explanation Explainer::part(const BoundNode& node, std::string text) {
    scratch_.strings_used = 0;
    const Outcome outcome = Evaluation(program_, stand_, Tracking::on, scratch_).run(node);
    Explanation whole;
    whole.text = std::move(text);
    whole.value = to_display(outcome.value);
    whole.truth = to_truth(outcome.value);
    whole.holds_until = outcome.sure_until();
    if (outcome.slope != 0) {
        whole.holds_until = std::min(whole.holds_until, just_after(stand_.now));
    }
    if (outcome.value.kind() == ValueKind::withheld) {
        whole.reason = "withheld: the customer has not consented to this purpose";
        return whole;
    }
    std::visit([&](const auto& kind) { tell(whole, kind); }, node.kind);
    return whole;
}

void Explainer::list(Explanation& whole,
                     const std::vector<RowPlace>& places,
                     const BoundProperty* property) {
    const std::size_t begin = places.size() - std::min(places.size(), evidence_max);
    for (std::size_t i = begin; i < places.size(); ++i) {
        std::string line = to_iso(places[i].time());
        if (property != nullptr) {
            line += ": " + to_display(places[i].value(*property));
        }
        whole.evidence.push_back(std::move(line));
    }
}

void Explainer::tell(Explanation& whole, const BoundJunction& node) {
    std::size_t yes = 0;
    std::size_t no = 0;
    for (const BoundPtr& operand : node.operands) {
        add(whole, operand);
        yes += whole.parts.back().truth == Truth::yes ? 1U : 0U;
        no += whole.parts.back().truth == Truth::no ? 1U : 0U;
    }
    const std::size_t all = node.operands.size();
    const std::string counts =
        std::to_string(yes) + " of " + std::to_string(all) + " conditions hold";
    const std::size_t unknown = all - yes - no;
    whole.reason = counts + (unknown > 0 ? ", " + std::to_string(unknown) + " unknown" : "") +
                   (node.conjunction ? "; all must" : "; one is enough");
}

void Explainer::compare(Explanation& whole, CompareOp op, std::string_view right) {
    const std::string& left = whole.parts.front().value;
    if (whole.truth == Truth::unknown) {
        const bool missing = left == "missing" || right == "missing";
        whole.reason =
            missing ? "unknown: " + std::string(left == "missing" ? "the left" : "the right") +
                          " side is missing"
                    : "unknown: " + left + " and " + std::string(right) + " are of different types";
        return;
    }
    whole.reason = left + (whole.truth == Truth::yes ? " is " : " is not ") + comparison_words(op) +
                   " " + std::string(right);
}

void Explainer::tell(Explanation& whole, const BoundCompare& node) {
    add(whole, node.left);
    add(whole, node.right);
    compare(whole, node.op, whole.parts.back().value);
    if (std::holds_alternative<BoundConstant>(node.right->kind)) {
        whole.parts.pop_back();
    }
}

void Explainer::tell(Explanation& whole, const BoundCompareMonths& node) {
    add(whole, node.since);
    compare(
        whole,
        node.op,
        plural(
            static_cast<std::size_t>(std::max<std::int64_t>(node.months, 0)), "month", "months"));
}

void Explainer::tell(Explanation& whole, const BoundBetween& node) {
    add(whole, node.operand);
    add(whole, node.low);
    add(whole, node.high);
    const bool inside = (whole.truth == Truth::yes) != node.negated;
    whole.reason = whole.truth == Truth::unknown
                       ? "unknown: a side is missing or of another type"
                       : whole.parts[0].value + (inside ? " lies" : " does not lie") + " between " +
                             whole.parts[1].value + " and " + whole.parts[2].value;
}

void Explainer::tell(Explanation& whole, const BoundIn& node) {
    add(whole, node.operand);
    const bool inside = (whole.truth == Truth::yes) != node.negated;
    whole.reason = whole.truth == Truth::unknown
                       ? "unknown: the value or one of the list is missing or of another type"
                       : whole.parts[0].value + (inside ? " is" : " is not") + " in the list";
}

void Explainer::tell(Explanation& whole, const BoundTextTest& node) {
    add(whole, node.text);
    const std::string verb = node.op == TextOp::like ? " like the pattern" : " containing the text";
    whole.reason =
        whole.truth == Truth::unknown
            ? "unknown: a side is no text"
            : whole.parts[0].value + (whole.truth == Truth::yes ? " is" : " is not") + verb;
}

void Explainer::tell(Explanation& whole, const BoundMatches& node) {
    add(whole, node.text);
    whole.reason = whole.truth == Truth::unknown ? "unknown: what is to match is no text"
                   : whole.truth == Truth::yes   ? whole.parts[0].value + " matches"
                                                 : whole.parts[0].value + " does not match";
}

void Explainer::tell(Explanation& whole, const BoundContains& node) {
    add(whole, node.array);
    add(whole, node.element);
    whole.reason = whole.truth == Truth::unknown ? "unknown: a side is missing or of another type"
                   : whole.truth == Truth::yes   ? "one element is equal"
                                                 : "no element is equal";
}

void Explainer::tell(Explanation& whole, const BoundArithmetic& node) {
    add(whole, node.left);
    add(whole, node.right);
    whole.reason = "comes to " + whole.value;
}

void Explainer::tell(Explanation& whole, const BoundIsMissing& node) {
    add(whole, node.operand);
    const bool missing = (whole.truth == Truth::yes) != node.negated;
    whole.reason = missing ? "there is no value" : "the value is " + whole.parts[0].value;
}

void Explainer::tell(Explanation& whole, const BoundCase& node) {
    for (const BoundCase::Branch& branch : node.branches) {
        add(whole, branch.condition);
        if (whole.parts.back().truth == Truth::yes) {
            add(whole, branch.value);
            whole.reason = "the first branch whose condition holds gives " + whole.value;
            return;
        }
    }
    add(whole, node.otherwise);
    whole.reason = "no condition holds, which gives " + whole.value;
}

void Explainer::tell(Explanation& whole, const BoundCall& node) {
    for (const BoundPtr& argument : node.arguments) {
        add(whole, argument);
    }
    whole.reason = "comes to " + whole.value;
}

void Explainer::tell(Explanation& whole, const BoundAggregate& node) {
    Evaluation evaluation(program_, stand_, Tracking::off, scratch_);
    const std::vector<RowPlace>& places =
        evaluation.gather(node.events, node.where.get(), node.window);
    whole.reason =
        plural(places.size(), "event counts", "events count") + ", which gives " + whole.value;
    list(whole, places, node.has_property ? &node.property : nullptr);
}

void Explainer::tell(Explanation& whole, const BoundDid& node) {
    Evaluation evaluation(program_, stand_, Tracking::off, scratch_);
    const std::vector<RowPlace>& places =
        evaluation.gather(node.events, node.where.get(), node.window);
    whole.reason =
        places.empty() ? "no such event" : plural(places.size(), "such event", "such events");
    list(whole, places, nullptr);
}

void Explainer::tell(Explanation& whole, const BoundSequence& node) {
    if (node.counting) {
        whole.reason = whole.value == "1" ? "1 chain" : whole.value + " chains";
    } else {
        whole.reason = whole.truth == Truth::yes ? "the steps were done in this order"
                                                 : "the steps were not done in this order";
    }
    std::size_t number = 0;
    for (const BoundStep& step : node.steps) {
        Evaluation evaluation(program_, stand_, Tracking::off, scratch_);
        const auto& places = evaluation.gather(step.events, step.where.get(), node.window);
        whole.evidence.push_back(
            "step " + std::to_string(++number) + ": " + plural(places.size(), "event", "events") +
            (places.empty() ? "" : ", the last at " + to_iso(places.back().time())));
    }
}

void Explainer::tell(Explanation& whole, const BoundSegment& node) {
    whole.parts.push_back(part(*node.program->root));
    whole.reason = whole.truth == Truth::yes ? "is in the segment " + node.name
                                             : "is not in the segment " + node.name;
}

void Explainer::tell(Explanation& whole, const BoundPopulation& node) {
    whole.parts.push_back(part(*node.program->root, node.text));
    const auto& distributions = stand_.world->thresholds->by_operand;
    const auto found = distributions.find(node.text);
    const std::uint64_t present = found == distributions.end() ? 0 : found->second.present;
    whole.reason = whole.parts[0].value + " stands at " + whole.value + " among " +
                   plural(present, "customer", "customers") + " who have a value";
}

void Explainer::tell(Explanation& whole, const BoundTrait& node) {
    whole.reason = "is " + whole.value;
    if (!node.trait) {
        whole.reason += ": no customer has ever had it";
        return;
    }
    const columns::EventRows rows = stand_.subject->trait(*node.trait);
    const std::uint32_t known = rows.count_until(stand_.now);
    if (known > 0) {
        whole.evidence.push_back(to_iso(rows.time(known - 1)) + ": " + whole.value);
    }
}

void Explainer::tell(Explanation& whole, const BoundAccountTrait& /*node*/) {
    const columns::EventRows joins = stand_.subject->account_joins();
    const std::uint32_t known = joins.count_until(stand_.now);
    const std::string account = known > 0 ? to_display(joins.value(PropertyId{0}, known - 1)) : "";
    whole.reason = account.empty() ? "the customer belongs to no account"
                                   : "is " + whole.value + " for the account " + account;
}

}  // namespace

Explanation explain(const Program& program, Subject& subject, const World& world, Instant now) {
    const Stand stand{.subject = &subject, .world = &world, .now = now};
    if (program.on && world.context == nullptr) {
        Evaluator evaluator;
        Explanation whole;
        whole.text = print(program.expression);
        const Verdict verdict = evaluator.verdict(program, subject, world, now);
        whole.truth = verdict.truth;
        whole.holds_until = verdict.holds_until;
        for (const auto& answer : evaluator.occasions(program, subject, world, now)) {
            whole.evidence.push_back(to_iso(answer.at) + ": " +
                                     (answer.truth == Truth::yes  ? "true"
                                      : answer.truth == Truth::no ? "false"
                                                                  : "unknown"));
        }
        whole.reason = plural(whole.evidence.size(), "occasion", "occasions");
        const std::size_t extra =
            whole.evidence.size() - std::min(whole.evidence.size(), evidence_max);
        whole.evidence.erase(whole.evidence.begin(),
                             whole.evidence.begin() + static_cast<std::ptrdiff_t>(extra));
        whole.value = whole.truth == Truth::yes  ? "true"
                      : whole.truth == Truth::no ? "false"
                                                 : "missing";
        return whole;
    }
    Explanation whole = Explainer(program, stand).part(*program.root);
    Scratch scratch;
    whole.holds_until = verdict_of(program, stand, scratch).holds_until;
    return whole;
}

}  // namespace fineline::expr
