#include "expr/binder.h"

// Literals, operators, case and scalar functions.

namespace fineline::expr {

namespace {

std::optional<CompareOp> to_compare(BinaryOp op) {
    switch (op) {
        case BinaryOp::equal: return CompareOp::equal;
        case BinaryOp::not_equal: return CompareOp::not_equal;
        case BinaryOp::less: return CompareOp::less;
        case BinaryOp::less_equal: return CompareOp::less_equal;
        case BinaryOp::greater: return CompareOp::greater;
        case BinaryOp::greater_equal: return CompareOp::greater_equal;
        case BinaryOp::logical_or:
        case BinaryOp::logical_and:
        case BinaryOp::like:
        case BinaryOp::contains_text:
        case BinaryOp::matches:
        case BinaryOp::contains:
        case BinaryOp::in_array:
        case BinaryOp::add:
        case BinaryOp::subtract:
        case BinaryOp::multiply:
        case BinaryOp::divide: break;
    }
    return std::nullopt;
}

CompareOp mirrored(CompareOp op) {
    switch (op) {
        case CompareOp::less: return CompareOp::greater;
        case CompareOp::less_equal: return CompareOp::greater_equal;
        case CompareOp::greater: return CompareOp::less;
        case CompareOp::greater_equal: return CompareOp::less_equal;
        case CompareOp::equal:
        case CompareOp::not_equal: break;
    }
    return op;
}

/// The months of `3 months` or `1 year`; nothing for other literals.
std::optional<std::int64_t> months_of(const Node& node) {
    const auto* literal = std::get_if<Literal>(&node.kind);
    if (literal == nullptr || !literal->period) {
        return std::nullopt;
    }
    const BoundPeriod period = to_period(*literal->period);
    return period.is_calendar() ? std::optional(period.months) : std::nullopt;
}

bool is_since(const Node& node) {
    if (const auto* aggregate = std::get_if<Aggregate>(&node.kind)) {
        const AggregateFunction* function = find_aggregate(aggregate->function);
        return function != nullptr && function->drifts;
    }
    const auto* change = std::get_if<TraitChange>(&node.kind);
    return change != nullptr && change->since;
}

}  // namespace

Binder::Bound Binder::bind_kind(const Node& node, const Literal& literal, Scope /*scope*/) {
    if (literal.moment) {
        return make(node, BoundMoment{.iso = to_iso_time(*literal.moment)});
    }
    BoundConstant constant;
    if (literal.period) {
        const BoundPeriod period = to_period(*literal.period);
        if (period.is_calendar()) {
            return make(node, BoundMonths{.months = period.months});
        }
        constant.value = Datum::of(period.exact);
    } else {
        constant.owner = std::make_unique<const Value>(literal.value);
        auto encoding = std::make_unique<std::string>();
        constant.value = borrow(*constant.owner, *encoding);
        constant.encoding = std::move(encoding);
    }
    return make(node, std::move(constant));
}

Binder::Bound Binder::bind_kind(const Node& node, const Now& /*now*/, Scope /*scope*/) {
    return make(node, BoundNow{});
}

Binder::Bound Binder::bind_kind(const Node& node, const Unary& unary, Scope scope) {
    auto operand = bind(*unary.operand, scope);
    if (!operand) {
        return operand.error();
    }
    if (unary.op == UnaryOp::logical_not) {
        return make(node, BoundNot{.operand = std::move(*operand)});
    }
    return make(node, BoundMinus{.operand = std::move(*operand)});
}

Binder::Bound Binder::bind_kind(const Node& node, const Binary& binary, Scope scope) {
    switch (binary.op) {
        case BinaryOp::logical_or:
        case BinaryOp::logical_and: return bind_junction(node, binary, scope);
        case BinaryOp::equal:
        case BinaryOp::not_equal:
        case BinaryOp::less:
        case BinaryOp::less_equal:
        case BinaryOp::greater:
        case BinaryOp::greater_equal:
            return bind_compare(node, *to_compare(binary.op), {*binary.left, *binary.right}, scope);
        case BinaryOp::add: return bind_sum(node, ArithmeticOp::add, binary, scope);
        case BinaryOp::subtract: return bind_sum(node, ArithmeticOp::subtract, binary, scope);
        case BinaryOp::matches: return bind_matches(node, binary, scope);
        case BinaryOp::like:
        case BinaryOp::contains_text:
        case BinaryOp::contains:
        case BinaryOp::in_array:
        case BinaryOp::multiply:
        case BinaryOp::divide: break;
    }
    return bind_text_or_product(node, binary, scope);
}

Binder::Bound Binder::bind_text_or_product(const Node& node, const Binary& binary, Scope scope) {
    std::pair<BoundPtr, BoundPtr> sides;
    if (const Status bound = both({*binary.left, *binary.right}, scope, sides); !bound) {
        return bound.error();
    }
    auto& [left, right] = sides;
    switch (binary.op) {
        case BinaryOp::like:
            return make(node, BoundTextTest{TextOp::like, std::move(left), std::move(right)});
        case BinaryOp::contains_text:
            return make(node,
                        BoundTextTest{TextOp::contains_text, std::move(left), std::move(right)});
        case BinaryOp::in_array:
            return make(node, BoundContains{std::move(right), std::move(left)});
        case BinaryOp::multiply:
            return make(node,
                        BoundArithmetic{ArithmeticOp::multiply, std::move(left), std::move(right)});
        case BinaryOp::divide:
            return make(node,
                        BoundArithmetic{ArithmeticOp::divide, std::move(left), std::move(right)});
        default: return make(node, BoundContains{std::move(left), std::move(right)});
    }
}

Status Binder::collect_junction(const Node& node,
                                BinaryOp op,
                                Scope scope,
                                std::vector<BoundPtr>& operands) {
    const auto* binary = std::get_if<Binary>(&node.kind);
    if (binary != nullptr && binary->op == op) {
        if (const Status left = collect_junction(*binary->left, op, scope, operands); !left) {
            return left;
        }
        return collect_junction(*binary->right, op, scope, operands);
    }
    auto operand = bind(node, scope);
    if (!operand) {
        return operand.error();
    }
    operands.push_back(std::move(*operand));
    return done;
}

Binder::Bound Binder::bind_junction(const Node& node, const Binary& binary, Scope scope) {
    BoundJunction junction;
    junction.conjunction = binary.op == BinaryOp::logical_and;
    if (const Status collected = collect_junction(node, binary.op, scope, junction.operands);
        !collected) {
        return collected.error();
    }
    return make(node, std::move(junction));
}

Binder::Bound Binder::bind_since_months(const Node& node,
                                        CompareOp op,
                                        const Node& since,
                                        std::int64_t months) {
    auto bound = bind(since, {});
    if (!bound) {
        return bound.error();
    }
    return make(node, BoundCompareMonths{.op = op, .since = std::move(*bound), .months = months});
}

Binder::Bound Binder::bind_compare(const Node& node, CompareOp op, Sides sides, Scope scope) {
    if (const auto months = months_of(sides.right); months && is_since(sides.left)) {
        return bind_since_months(node, op, sides.left, *months);
    }
    if (const auto months = months_of(sides.left); months && is_since(sides.right)) {
        return bind_since_months(node, mirrored(op), sides.right, *months);
    }
    std::pair<BoundPtr, BoundPtr> bound;
    if (const Status status = both(sides, scope, bound); !status) {
        return status.error();
    }
    return make(node, BoundCompare{op, std::move(bound.first), std::move(bound.second)});
}

Binder::Bound Binder::bind_sum(const Node& node,
                               ArithmeticOp op,
                               const Binary& binary,
                               Scope scope) {
    const bool subtracts = op == ArithmeticOp::subtract;
    auto months = months_of(*binary.right);
    const Node* moved = &*binary.left;
    if (!months && !subtracts) {
        months = months_of(*binary.left);
        moved = &*binary.right;
    }
    if (months) {
        auto operand = bind(*moved, scope);
        if (!operand) {
            return operand.error();
        }
        return make(node, BoundMinusMonths{std::move(*operand), subtracts ? *months : -*months});
    }
    std::pair<BoundPtr, BoundPtr> sides;
    if (const Status bound = both({*binary.left, *binary.right}, scope, sides); !bound) {
        return bound.error();
    }
    return make(node, BoundArithmetic{op, std::move(sides.first), std::move(sides.second)});
}

Binder::Bound Binder::bind_matches(const Node& node, const Binary& binary, Scope scope) {
    const auto* pattern = std::get_if<Literal>(&binary.right->kind);
    if (pattern == nullptr || pattern->value.kind() != ValueKind::string) {
        return Error{ErrorCode::invalid_argument,
                     "matches needs a regular expression in quotes",
                     binary.right->at};
    }
    auto regex = Regex::compile(pattern->value.string());
    if (!regex) {
        return Error{regex.error().code, regex.error().message, binary.right->at};
    }
    auto text = bind(*binary.left, scope);
    if (!text) {
        return text.error();
    }
    return make(node, BoundMatches{std::move(*text), std::move(*regex)});
}

/// Months cannot be had as a value, so such a between is said as two comparisons.
Binder::Bound Binder::bind_between_months(const Node& node, const Between& between, Scope scope) {
    BoundJunction bounds;
    const auto add = [&](CompareOp op, const Node& bound) -> Status {
        auto compare = bind_compare(node, op, {*between.operand, bound}, scope);
        if (!compare) {
            return compare.error();
        }
        bounds.operands.push_back(std::move(*compare));
        return done;
    };
    if (const Status low = add(CompareOp::greater_equal, *between.low); !low) {
        return low.error();
    }
    if (const Status high = add(CompareOp::less_equal, *between.high); !high) {
        return high.error();
    }
    auto between_bounds = make(node, std::move(bounds));
    if (!between.negated) {
        return between_bounds;
    }
    return make(node, BoundNot{.operand = std::move(*between_bounds)});
}

Binder::Bound Binder::bind_kind(const Node& node, const Between& between, Scope scope) {
    const bool low_months = months_of(*between.low).has_value();
    const bool high_months = months_of(*between.high).has_value();
    if (is_since(*between.operand) && (low_months || high_months)) {
        return bind_between_months(node, between, scope);
    }
    std::pair<BoundPtr, BoundPtr> bounds;
    if (const Status bound = both({*between.low, *between.high}, scope, bounds); !bound) {
        return bound.error();
    }
    auto operand = bind(*between.operand, scope);
    if (!operand) {
        return operand.error();
    }
    return make(node,
                BoundBetween{.operand = std::move(*operand),
                             .low = std::move(bounds.first),
                             .high = std::move(bounds.second),
                             .negated = between.negated});
}

Binder::Bound Binder::bind_kind(const Node& node, const InList& in, Scope scope) {
    BoundIn bound;
    bound.negated = in.negated;
    auto operand = bind(*in.operand, scope);
    if (!operand) {
        return operand.error();
    }
    bound.operand = std::move(*operand);
    for (const Node& item : in.items) {
        auto value = bind(item, scope);
        if (!value) {
            return value.error();
        }
        bound.items.push_back(std::move(*value));
    }
    return make(node, std::move(bound));
}

Binder::Bound Binder::bind_kind(const Node& node, const IsMissing& test, Scope scope) {
    auto operand = bind(*test.operand, scope);
    if (!operand) {
        return operand.error();
    }
    return make(node, BoundIsMissing{.operand = std::move(*operand), .negated = test.negated});
}

Binder::Bound Binder::bind_kind(const Node& node, const Case& choice, Scope scope) {
    BoundCase bound;
    for (const CaseBranch& branch : choice.branches) {
        std::pair<BoundPtr, BoundPtr> parts;
        if (const Status status = both({branch.condition, branch.value}, scope, parts); !status) {
            return status.error();
        }
        bound.branches.push_back(
            {.condition = std::move(parts.first), .value = std::move(parts.second)});
    }
    if (choice.otherwise) {
        auto otherwise = bind(**choice.otherwise, scope);
        if (!otherwise) {
            return otherwise.error();
        }
        bound.otherwise = std::move(*otherwise);
    }
    return make(node, std::move(bound));
}

Binder::Bound Binder::bind_kind(const Node& node, const Call& call, Scope scope) {
    BoundCall bound;
    bound.function = find_scalar(call.function);
    require(bound.function != nullptr, "a call that passed the checks is in the table");
    for (const Node& argument : call.arguments) {
        auto value = bind(argument, scope);
        if (!value) {
            return value.error();
        }
        bound.arguments.push_back(std::move(*value));
    }
    return make(node, std::move(bound));
}

}  // namespace fineline::expr
