#include "expr/sql/printer.h"
#include "expr/sql/selection.h"
#include "expr/words.h"

#include <type_traits>
#include <variant>

// The walk over the tree: logic, names, case.

namespace fineline::expr::sql {

Fragment Printer::compile(const Node& node, const Scope& scope) {
    return std::visit(
        [&](const auto& kind) -> Fragment {
            using T = std::decay_t<decltype(kind)>;
            if constexpr (std::is_same_v<T, Literal>) {
                return literal(kind);
            } else if constexpr (std::is_same_v<T, Now>) {
                Fragment now;
                now.text = now_in(scope).text;
                now.type = SqlType::timestamp;
                return now;
            } else if constexpr (std::is_same_v<T, Name>) {
                return name(kind, scope);
            } else if constexpr (std::is_same_v<T, Unary>) {
                return unary(kind, scope);
            } else if constexpr (std::is_same_v<T, Binary>) {
                return binary(node, kind, scope);
            } else if constexpr (std::is_same_v<T, Between>) {
                return between(kind, scope);
            } else if constexpr (std::is_same_v<T, InList>) {
                return in_list(kind, scope);
            } else if constexpr (std::is_same_v<T, IsMissing>) {
                return is_missing(kind, scope);
            } else if constexpr (std::is_same_v<T, Case>) {
                return case_of(kind, scope);
            } else if constexpr (std::is_same_v<T, Call>) {
                return scalar_call(node, kind, scope);
            } else if constexpr (std::is_same_v<T, TraitChange>) {
                return trait_change(kind, scope);
            } else if constexpr (std::is_same_v<T, ConsentRef>) {
                return consent(kind.purpose, scope);
            } else if constexpr (std::is_same_v<T, HolidayTest>) {
                return scope.events == nullptr ? fail(&node, "holiday stands outside where")
                                               : scope.events->holiday(kind);
            } else {
                return leaf(node, kind, scope);
            }
        },
        node.kind);
}

Fragment Printer::leaf(const Node& at, const Aggregate& node, const Scope& scope) {
    return aggregate(at, node, scope);
}

Fragment Printer::leaf(const Node& at, const Did& node, const Scope& scope) {
    return did(at, node, scope);
}

Fragment Printer::leaf(const Node& at, const Sequence& node, const Scope& scope) {
    return sequence(at, node, scope);
}

Fragment Printer::leaf(const Node& at, const SegmentRef& node, const Scope& scope) {
    return segment(at, node, scope);
}

Fragment Printer::leaf(const Node& at, const Population& node, const Scope& scope) {
    return population(at, node, scope);
}

Fragment Printer::leaf(const Node& at, const Rfm& node, const Scope& scope) {
    return rfm(at, node, scope);
}

std::string Printer::condition(const Node& node, const Scope& scope) {
    return bound(as_boolean(compile(node, scope)), Binding::negation);
}

Fragment Printer::name(const Name& name, const Scope& scope) {
    switch (name.scope) {
        case NameScope::customer: return trait(name.path, scope);
        case NameScope::account: return account_trait(name.path, scope);
        case NameScope::context: return context(name.path, scope);
        case NameScope::bare: break;
    }
    if (scope.events == nullptr) {
        return trait(name.path, scope);
    }
    if (!name.quoted && is_moment_word(name.path)) {
        return scope.events->field(name.path, scope);
    }
    return scope.events->property(name.path);
}

Fragment Printer::unary(const Unary& node, const Scope& scope) {
    const Fragment operand = compile(*node.operand, scope);
    if (node.op == UnaryOp::minus) {
        return negative(operand);
    }
    Fragment inverted = as_boolean(operand);
    inverted.text = "NOT " + bound(inverted, Binding::comparison);
    inverted.binding = Binding::negation;
    inverted.literal.reset();
    return inverted;
}

Fragment Printer::logical(const Binary& node, const Scope& scope) {
    const bool all = node.op == BinaryOp::logical_and;
    const Binding binding = all ? Binding::conjunction : Binding::disjunction;
    const Fragment left = as_boolean(compile(*node.left, scope));
    const Fragment right = as_boolean(compile(*node.right, scope));
    Fragment both;
    both.text = bound(left, binding) + (all ? " AND " : " OR ") + bound(right, binding);
    both.type = SqlType::boolean;
    both.binding = binding;
    both.withheld = left.withheld || right.withheld;
    return both;
}

Fragment Printer::binary(const Node& at, const Binary& node, const Scope& scope) {
    if (node.op == BinaryOp::logical_and || node.op == BinaryOp::logical_or) {
        return logical(node, scope);
    }
    const Fragment left = compile(*node.left, scope);
    const Fragment right = compile(*node.right, scope);
    if (left.withheld || right.withheld) {
        Fragment unknown = null_fragment(left.type);
        unknown.withheld = true;
        return unknown;
    }
    switch (node.op) {
        case BinaryOp::like:
        case BinaryOp::contains_text:
        case BinaryOp::matches: return text_test(node.op, left, right);
        case BinaryOp::contains: return list_contains(left, right, scope);
        case BinaryOp::in_array: return list_contains(right, left, scope);
        case BinaryOp::add:
        case BinaryOp::subtract:
        case BinaryOp::multiply:
        case BinaryOp::divide: return arithmetic(at, node.op, left, right, scope);
        case BinaryOp::equal:
        case BinaryOp::not_equal:
        case BinaryOp::less:
        case BinaryOp::less_equal:
        case BinaryOp::greater:
        case BinaryOp::greater_equal:
        case BinaryOp::logical_and:
        case BinaryOp::logical_or: break;
    }
    return compare(node.op, left, right, scope);
}

Fragment Printer::is_missing(const IsMissing& node, const Scope& scope) {
    const Fragment operand = compile(*node.operand, scope);
    const std::string value = operand.type == SqlType::dynamic ? read(operand, ReadAs::json)
                                                               : bound(operand, Binding::sum);
    Fragment test;
    test.type = SqlType::boolean;
    test.withheld = operand.withheld;
    if (operand.withheld) {
        // What is withheld is unknown, not missing.
        test.text = "CASE WHEN " + value + " IS NOT NULL THEN " +
                    (node.negated ? "TRUE" : "FALSE") + " END";
        return test;
    }
    test.text = value + (node.negated ? " IS NOT NULL" : " IS NULL");
    test.binding = Binding::comparison;
    return test;
}

Fragment Printer::case_of(const Case& node, const Scope& scope) {
    std::vector<std::string> conditions;
    std::vector<Fragment> values;
    std::vector<bool> hidden;
    bool withheld = false;
    for (const CaseBranch& branch : node.branches) {
        const Fragment when = as_boolean(compile(branch.condition, scope));
        withheld = withheld || when.withheld;
        hidden.push_back(when.withheld);
        conditions.push_back(when.text);
        values.push_back(compile(branch.value, scope));
    }
    if (node.otherwise) {
        values.push_back(compile(**node.otherwise, scope));
    }
    const SqlType type = common_type(values);
    std::string text = "CASE";
    std::vector<const Fragment*> alternatives;
    for (std::size_t i = 0; i < values.size(); ++i) {
        alternatives.push_back(&values[i]);
        const std::string value = type == SqlType::dynamic ? json_of(values[i]) : values[i].text;
        text +=
            i < conditions.size() ? " WHEN " + conditions[i] + " THEN " + value : " ELSE " + value;
        if (i < conditions.size() && hidden[i]) {
            text += " WHEN (" + conditions[i] + ") IS NULL THEN NULL";  // what follows is withheld
        }
    }
    Fragment result = merged(text + " END", alternatives);
    result.type = type;
    result.withheld = result.withheld || withheld;
    return result;
}

}  // namespace fineline::expr::sql
