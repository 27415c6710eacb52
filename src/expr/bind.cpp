#include "expr/binder.h"
#include "expr/parse.h"

#include <algorithm>

// The frame of binding: programs, segments and the population.

namespace fineline::expr {

Result<std::shared_ptr<const Program>> Binder::program(const Expression& expression) {
    auto program = std::make_shared<Program>(expression);
    program->event_count = symbols_.event_count();
    program->timezone = symbols_.trait("timezone");
    if (program->expression.on) {
        const OccasionSource& on = *program->expression.on;
        occasion_ = events(on.event);
        auto condition = where(on.where, *occasion_);
        if (!condition) {
            return condition.error();
        }
        program->on = BoundOccasion{.events = *occasion_, .where = std::move(*condition)};
    }
    auto root = bind(program->expression.root, {});
    if (!root) {
        return root.error();
    }
    program->root = std::move(*root);
    return std::shared_ptr<const Program>(std::move(program));
}

Binder::Bound Binder::bind(const Node& node, Scope scope) {
    return std::visit([&](const auto& kind) { return bind_kind(node, kind, scope); }, node.kind);
}

Status Binder::both(Sides sides, Scope scope, std::pair<BoundPtr, BoundPtr>& bound) {
    auto first = bind(sides.left, scope);
    if (!first) {
        return first.error();
    }
    auto second = bind(sides.right, scope);
    if (!second) {
        return second.error();
    }
    bound = {std::move(*first), std::move(*second)};
    return done;
}

Binder::Bound Binder::bind_kind(const Node& node, const SegmentRef& reference, Scope /*scope*/) {
    if (const auto known = segments_.find(reference.name); known != segments_.end()) {
        return make(node, BoundSegment{.name = reference.name, .program = known->second});
    }
    if (std::find(open_segments_.begin(), open_segments_.end(), reference.name) !=
        open_segments_.end()) {
        return Error{
            ErrorCode::invalid_argument,
            "a segment cannot refer to itself, not even by way of others '" + reference.name + "'",
            node.at};
    }
    auto definition = segment_(reference.name);
    if (!definition) {
        return Error{definition.error().code, definition.error().message, node.at};
    }
    if (definition->expression().on) {
        return Error{ErrorCode::invalid_argument,
                     "a segment of occasions is not one of customers '" + reference.name + "'",
                     node.at};
    }
    open_segments_.push_back(reference.name);
    auto inner = program(definition->expression());
    open_segments_.pop_back();
    if (!inner) {
        return inner.error();
    }
    segments_.emplace(reference.name, *inner);
    return make(node, BoundSegment{.name = reference.name, .program = std::move(*inner)});
}

Binder::Bound Binder::bind_kind(const Node& node, const Population& population, Scope /*scope*/) {
    auto operand = program(Expression{.root = *population.operand, .on = std::nullopt});
    if (!operand) {
        return operand.error();
    }
    return make(node,
                BoundPopulation{.kind = population.kind,
                                .tiles = population.tiles,
                                .text = print(*population.operand),
                                .program = std::move(*operand)});
}

Binder::Bound Binder::bind_kind(const Node& node, const Rfm& rfm, Scope /*scope*/) {
    constexpr int quintiles = 5;
    const EventSelector purchase{settings_.purchase_event, false, {}};
    Aggregate score;
    score.event = purchase;
    std::string text;
    switch (rfm.field) {
        case RfmField::recency:
            score.function = "last_time";
            text = "rfm.recency";
            break;
        case RfmField::frequency:
            score.function = "count";
            text = "rfm.frequency";
            break;
        case RfmField::monetary:
            score.function = "sum";
            score.property = settings_.amount_property;
            text = "rfm.monetary";
            break;
    }
    // Among the customers who have a purchase; of the others the score is missing.
    Did did;
    did.event = purchase;
    Case among;
    among.branches.push_back({.condition = Node{did, node.at}, .value = Node{score, node.at}});
    auto operand = program(Expression{.root = Node{among, node.at}, .on = std::nullopt});
    if (!operand) {
        return operand.error();
    }
    return make(node,
                BoundPopulation{.kind = PopulationKind::ntile,
                                .tiles = quintiles,
                                .text = std::move(text),
                                .program = std::move(*operand)});
}

Result<std::shared_ptr<const Program>> bind_expression(const Expression& expression,
                                                       const Symbols& symbols,
                                                       const SegmentSource& segment,
                                                       const Settings& settings) {
    return Binder(symbols, segment, settings).program(expression);
}

Result<std::shared_ptr<const Program>> bind(
    const CheckedExpression& expression,
    const Symbols& symbols,
    const std::function<Result<CheckedExpression>(std::string_view)>& segment,
    const Settings& settings) {
    return bind_expression(expression.expression(), symbols, segment, settings);
}

}  // namespace fineline::expr
