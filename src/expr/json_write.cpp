#include "base/require.h"
#include "expr/json_form.h"
#include "expr/parse.h"

#include <algorithm>

namespace fineline::expr {

namespace {

Json node_json(const Node& node);

Json of_kind(std::string_view kind) {
    Json json;
    json.set("kind", kind);
    return json;
}

Json with_operand(std::string_view kind, const Node& operand) {
    Json json = of_kind(kind);
    json.set("operand", node_json(operand));
    return json;
}

void set_negated(Json& json, bool negated) {
    if (negated) {
        json.set("negated", true);
    }
}

void set_period(Json& json, const Period& period) {
    json.set("count", period.count);
    json.set("unit", json_form::units[static_cast<std::size_t>(period.unit)]);
}

Json period_json(const Period& period) {
    Json json;
    set_period(json, period);
    return json;
}

void set_event(Json& json, const EventSelector& event) {
    if (event.any) {
        json.set("any_event", true);
    } else {
        json.set("event", event.name);
    }
}

void set_where(Json& json, const std::optional<Box>& where) {
    if (where) {
        json.set("where", node_json(**where));
    }
}

void set_name(Json& json, const Name& name) {
    if (name.scope != NameScope::bare) {
        json.set("scope", json_form::scopes[static_cast<std::size_t>(name.scope)]);
    }
    json.set("name", name.path);
    if (name.quoted) {
        json.set("quoted", true);
    }
}

Json list_json(const std::vector<Node>& nodes) {
    Json json(Json::Array{});
    for (const Node& node : nodes) {
        json.push(node_json(node));
    }
    return json;
}

Json window_json(const LastWindow& window) {
    Json json = of_kind("last");
    set_period(json, window.length);
    return json;
}

Json window_json(const AgoWindow& window) {
    Json json = of_kind("ago");
    json.set("from", period_json(window.from));
    json.set("to", period_json(window.to));
    return json;
}

Json window_json(const SinceWindow& window) {
    return of_kind("since").set("begin", window.begin.text);
}

Json window_json(const BeforeWindow& window) {
    return of_kind("before").set("end", window.end.text);
}

Json window_json(const FromToWindow& window) {
    return of_kind("from_to").set("begin", window.begin.text).set("end", window.end.text);
}

Json window_json(const CalendarWindow& window) {
    Json json = of_kind("calendar");
    json.set("unit", json_form::units[static_cast<std::size_t>(window.unit)]);
    if (window.previous) {
        json.set("previous", true);
    }
    return json;
}

Json window_json(const FirstWindow& window) {
    Json json = of_kind("first");
    set_period(json, window.length);
    return json;
}

Json window_json(const NextWindow& window) {
    Json json = of_kind("next");
    set_period(json, window.length);
    return json;
}

void set_window(Json& json, const std::optional<Window>& window) {
    if (window) {
        json.set("window", std::visit([](const auto& kind) { return window_json(kind); }, *window));
    }
}

Json part_json(const Literal& literal) {
    if (literal.period) {
        Json json = of_kind("duration");
        set_period(json, *literal.period);
        return json;
    }
    if (literal.moment) {
        return of_kind("date").set("text", literal.moment->text);
    }
    Json json = of_kind("literal");
    switch (literal.value.kind()) {
        case ValueKind::missing: return json.set("value", nullptr);
        case ValueKind::boolean: return json.set("value", literal.value.boolean());
        case ValueKind::number: return json.set("value", literal.value.number());
        case ValueKind::string: return json.set("value", literal.value.string());
        case ValueKind::timestamp:
        case ValueKind::duration:
        case ValueKind::list:
        case ValueKind::withheld: break;
    }
    require(false, "a literal of this kind keeps its moment or period");
    return json;
}

Json part_json(const Now& /*now*/) {
    return of_kind("now");
}

Json part_json(const Name& name) {
    Json json = of_kind("name");
    set_name(json, name);
    return json;
}

Json part_json(const Unary& unary) {
    return with_operand(unary.op == UnaryOp::logical_not ? "not" : "minus", *unary.operand);
}

/// A chain of one operator is one list: [a, b, c] for ((a op b) op c).
Json part_json(const Binary& binary) {
    const auto& words = json_form::operators[static_cast<std::size_t>(binary.op)];
    Json json = of_kind(words.kind);
    if (!words.compares.empty()) {
        json.set("op", words.compares);
        json.set("left", node_json(*binary.left));
        json.set("right", node_json(*binary.right));
        return json;
    }
    std::vector<const Node*> operands{&*binary.right};
    const Node* left = &*binary.left;
    for (const auto* inner = std::get_if<Binary>(&left->kind);
         inner != nullptr && inner->op == binary.op;
         inner = std::get_if<Binary>(&left->kind)) {
        operands.push_back(&*inner->right);
        left = &*inner->left;
    }
    operands.push_back(left);
    std::ranges::reverse(operands);
    Json list;
    for (const Node* operand : operands) {
        list.push(node_json(*operand));
    }
    return json.set("operands", std::move(list));
}

Json part_json(const Between& between) {
    Json json = with_operand("between", *between.operand);
    json.set("low", node_json(*between.low));
    json.set("high", node_json(*between.high));
    set_negated(json, between.negated);
    return json;
}

Json part_json(const InList& in) {
    Json json = with_operand("in", *in.operand);
    json.set("items", list_json(in.items));
    set_negated(json, in.negated);
    return json;
}

Json part_json(const IsMissing& test) {
    return with_operand(test.negated ? "is_present" : "is_missing", *test.operand);
}

Json part_json(const Case& expression) {
    Json branches(Json::Array{});
    for (const CaseBranch& branch : expression.branches) {
        Json json;
        json.set("when", node_json(branch.condition));
        json.set("then", node_json(branch.value));
        branches.push(std::move(json));
    }
    Json json = of_kind("case");
    json.set("branches", std::move(branches));
    if (expression.otherwise) {
        json.set("else", node_json(**expression.otherwise));
    }
    return json;
}

Json part_json(const Call& call) {
    Json json = of_kind("call");
    json.set("function", call.function);
    json.set("arguments", list_json(call.arguments));
    return json;
}

Json part_json(const Aggregate& aggregate) {
    Json json = of_kind("aggregate");
    json.set("function", aggregate.function);
    set_event(json, aggregate.event);
    if (aggregate.property) {
        json.set("property", *aggregate.property);
    }
    if (!aggregate.numbers.empty()) {
        Json numbers;
        for (const double number : aggregate.numbers) {
            numbers.push(number);
        }
        json.set("numbers", std::move(numbers));
    }
    set_where(json, aggregate.where);
    set_window(json, aggregate.window);
    return json;
}

Json part_json(const Did& did) {
    Json json = of_kind("did");
    set_event(json, did.event);
    set_negated(json, did.negated);
    set_where(json, did.where);
    set_window(json, did.window);
    return json;
}

Json part_json(const Sequence& sequence) {
    Json steps(Json::Array{});
    for (const Step& step : sequence.steps) {
        Json json;
        set_event(json, step.event);
        set_negated(json, step.negated);
        set_where(json, step.where);
        if (step.within) {
            json.set("within", period_json(*step.within));
        }
        steps.push(std::move(json));
    }
    Json json = of_kind(sequence.counting ? "sequence_count" : "sequence");
    json.set("steps", std::move(steps));
    set_window(json, sequence.window);
    return json;
}

Json part_json(const SegmentRef& segment) {
    return of_kind("segment").set("name", segment.name);
}

Json part_json(const Population& population) {
    Json json = of_kind(json_form::populations[static_cast<std::size_t>(population.kind)]);
    if (population.kind == PopulationKind::ntile) {
        json.set("tiles", population.tiles);
    }
    return json.set("operand", node_json(*population.operand));
}

Json part_json(const Rfm& rfm) {
    return of_kind("rfm").set("field", json_form::rfm_fields[static_cast<std::size_t>(rfm.field)]);
}

Json part_json(const ConsentRef& consent) {
    return of_kind("consents").set("purpose", consent.purpose);
}

Json part_json(const TraitChange& change) {
    Json json = of_kind(change.since ? "since_changed" : "previous");
    set_name(json, change.trait);
    return json;
}

Json part_json(const HolidayTest& holiday) {
    Json json = of_kind("holiday");
    if (!holiday.name.empty()) {
        json.set("name", holiday.name);
    }
    return json;
}

Json node_json(const Node& node) {
    return std::visit([](const auto& kind) { return part_json(kind); }, node.kind);
}

}  // namespace

Json to_json(const Expression& expression) {
    Json json = node_json(expression.root);
    if (expression.on) {
        Json on;
        set_event(on, expression.on->event);
        set_where(on, expression.on->where);
        json.set("on", std::move(on));
    }
    return json;
}

}  // namespace fineline::expr
