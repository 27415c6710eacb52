#include "expr/check.h"

#include "base/require.h"
#include "base/text.h"
#include "expr/checker.h"
#include "expr/parse.h"

#include <algorithm>

namespace fineline::expr {

namespace {

void sort_distinct(std::vector<std::string>& names) {
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
}

Typed of_type(StaticType type, SourceSpan at) {
    return {.type = type, .at = at};
}

/// The common type of several parts: unknown where they differ; `missing` has any type.
StaticType join_types(std::optional<StaticType> seen, const Typed& part) {
    if (part.literal != nullptr && part.type == StaticType::unknown_type) {
        return seen.value_or(StaticType::unknown_type);
    }
    return !seen || *seen == part.type ? part.type : StaticType::unknown_type;
}

}  // namespace

StaticType Checker::run(const Expression& expression) {
    const Typed root = visit(expression.root);
    check_root_type(root);
    if (expression.on) {
        refuse_in_mapping("an occasion (on …)", expression.on->event.at.span);
        see_event(expression.on->event, {});
        check_where(expression.on->where, expression.on->event);
    }
    return root.type;
}

Dependencies Checker::take_dependencies() {
    for (auto* names : {&reads_.events,
                        &reads_.traits,
                        &reads_.account_traits,
                        &reads_.purposes,
                        &reads_.segments,
                        &reads_.context}) {
        sort_distinct(*names);
    }
    return std::move(reads_);
}

void Checker::fail(std::string message, SourceSpan at) {
    if (!error_) {
        error_ = Error{ErrorCode::invalid_argument, std::move(message), at};
    }
}

void Checker::warn(std::string message, SourceSpan at) {
    const bool known = std::ranges::any_of(
        warnings_, [&](const Warning& warning) { return warning.message == message; });
    if (!known) {
        warnings_.push_back({std::move(message), at});
    }
}

Typed Checker::visit(const Node& node) {
    Typed typed = std::visit([&](const auto& kind) { return check(kind, node); }, node.kind);
    typed.at = node.at;
    typed.literal = std::get_if<Literal>(&node.kind);
    return typed;
}

Typed Checker::visit_condition(const Node& node, std::string_view place) {
    const Typed typed = visit(node);
    if (typed.type != StaticType::boolean && typed.type != StaticType::unknown_type) {
        fail(std::string(article_and_type(typed.type)) + " is no condition " + std::string(place) +
                 ": compare it with something",
             typed.at);
    }
    return typed;
}

void Checker::refuse_in_where(std::string_view what, std::string_view advice, SourceSpan at) {
    if (where_event_ != nullptr) {
        fail(std::string(what) + " cannot stand in where: " + std::string(advice), at);
    }
}

void Checker::refuse_in_mapping(std::string_view what, SourceSpan at) {
    if (use_ == Use::mapping) {
        fail(std::string(what) +
                 " cannot stand in a mapping: it sees one row, its columns are bare names",
             at);
    }
}

void Checker::check_where(const std::optional<Box>& where, const EventSelector& event) {
    if (!where) {
        return;
    }
    const EventSelector* outer = std::exchange(where_event_, &event);
    visit_condition(**where, "after where");
    where_event_ = outer;
}

Typed Checker::check(const Literal& literal, const Node& node) {
    if (literal.period) {
        check_size(*literal.period, node.at);
        const TimeUnit unit = literal.period->unit;
        const bool calendar =
            unit == TimeUnit::month || unit == TimeUnit::year || unit == TimeUnit::quarter;
        if (calendar) {
            check_whole(*literal.period, node.at);
        }
        return {.type = StaticType::duration, .calendar = calendar, .at = {}};
    }
    if (literal.moment) {
        return of_type(StaticType::timestamp, node.at);
    }
    switch (literal.value.kind()) {
        case ValueKind::boolean: return of_type(StaticType::boolean, node.at);
        case ValueKind::number: return of_type(StaticType::number, node.at);
        case ValueKind::string: return of_type(StaticType::string, node.at);
        case ValueKind::missing: return of_type(StaticType::unknown_type, node.at);
        case ValueKind::timestamp:
        case ValueKind::duration:
        case ValueKind::list:
        case ValueKind::withheld: break;
    }
    require(false, "a literal of this kind keeps its moment or period");
    return {};
}

Typed Checker::check(const Now& /*now*/, const Node& node) {
    refuse_in_mapping("now", node.at);
    reads_.clock = true;
    return of_type(StaticType::timestamp, node.at);
}

Typed Checker::check(const Name& name, const Node& node) {
    if (name.scope == NameScope::context) {
        refuse_in_mapping("the context of an occasion", node.at);
        refuse_in_where("context." + name.path, "compare it outside of the parentheses", node.at);
        if (in_population_) {
            fail("the other customers have no moment 'context." + name.path +
                     "': compare customers by what is known of all",
                 node.at);
        }
        reads_.context.push_back(name.path);
        return {};
    }
    if (name.scope == NameScope::account) {
        refuse_in_mapping("an account", node.at);
        see_account_trait(name.path, node.at);
        return {};
    }
    if (name.scope == NameScope::bare && where_event_ != nullptr) {
        if (!name.quoted) {
            if (const Typed field = moment_field(name.path);
                field.type != StaticType::unknown_type) {
                return field;
            }
        }
        see_property(*where_event_, name.path, node.at);
        return {};
    }
    if (name.scope == NameScope::customer) {
        refuse_in_mapping("a customer", node.at);
    }
    see_trait(name.path, node.at);
    return {};
}

Typed Checker::check(const Unary& unary, const Node& node) {
    if (unary.op == UnaryOp::logical_not) {
        negated_ = &*unary.operand;
        visit_condition(*unary.operand, "after not");
        return of_type(StaticType::boolean, node.at);
    }
    const Typed operand = visit(*unary.operand);
    refuse_calendar(operand, "after a minus");
    if (operand.type != StaticType::number && operand.type != StaticType::duration &&
        operand.type != StaticType::unknown_type) {
        fail(std::string(article_and_type(operand.type)) +
                 " has no opposite: a minus stands before a number or a duration",
             operand.at);
    }
    return of_type(operand.type, node.at);
}

Typed Checker::check(const Binary& binary, const Node& node) {
    switch (binary.op) {
        case BinaryOp::logical_or:
        case BinaryOp::logical_and: {
            const std::string_view place =
                binary.op == BinaryOp::logical_or ? "beside or" : "beside and";
            visit_condition(*binary.left, place);
            visit_condition(*binary.right, place);
            break;
        }
        case BinaryOp::equal:
        case BinaryOp::not_equal:
        case BinaryOp::less:
        case BinaryOp::less_equal:
        case BinaryOp::greater:
        case BinaryOp::greater_equal: return check_comparison(binary);
        case BinaryOp::like:
        case BinaryOp::contains_text:
        case BinaryOp::matches: return check_text_test(binary);
        case BinaryOp::contains:
        case BinaryOp::in_array: return check_membership(binary);
        case BinaryOp::add:
        case BinaryOp::subtract:
        case BinaryOp::multiply:
        case BinaryOp::divide: return check_arithmetic(binary, node.at);
    }
    return of_type(StaticType::boolean, node.at);
}

Typed Checker::check(const Between& between, const Node& node) {
    const Typed operand = visit(*between.operand);
    const Typed low = visit(*between.low);
    const Typed high = visit(*between.high);
    check_comparable(operand, low);
    check_comparable(operand, high);
    if (!low.calendar && !high.calendar) {
        check_comparable(low, high);
    }
    const bool numbers = low.literal != nullptr && high.literal != nullptr &&
                         low.type == StaticType::number && high.type == StaticType::number;
    if (numbers && low.literal->value.number() > high.literal->value.number()) {
        warn("no value lies between " + number_text(low.literal->value.number()) + " and " +
                 number_text(high.literal->value.number()) + ": write the smaller bound first",
             {low.at.begin, high.at.end});
    }
    return of_type(StaticType::boolean, node.at);
}

Typed Checker::check(const InList& in, const Node& node) {
    const Typed operand = visit(*in.operand);
    if (in.items.empty()) {
        fail("an empty list is never matched 'in ()': give it at least one value", node.at);
    }
    std::optional<Typed> first;
    for (const Node& item : in.items) {
        const Typed typed = visit(item);
        refuse_calendar(typed, "in a list");
        check_comparable(operand, typed);
        check_weekday_literal(*in.operand, typed);
        if (first) {
            check_comparable(*first, typed);
        } else if (typed.type != StaticType::unknown_type) {
            first = typed;
        }
    }
    return of_type(StaticType::boolean, node.at);
}

Typed Checker::check(const IsMissing& test, const Node& node) {
    refuse_calendar(visit(*test.operand), "before is");
    return of_type(StaticType::boolean, node.at);
}

Typed Checker::check(const Case& expression, const Node& node) {
    std::optional<StaticType> type;
    const auto value = [&](const Node& part) {
        const Typed typed = visit(part);
        refuse_calendar(typed, "as a value of case");
        type = join_types(type, typed);
    };
    for (const CaseBranch& branch : expression.branches) {
        visit_condition(branch.condition, "after when");
        value(branch.value);
    }
    if (expression.otherwise) {
        value(**expression.otherwise);
    }
    return of_type(type.value_or(StaticType::unknown_type), node.at);
}

Typed Checker::check(const Call& call, const Node& node) {
    const ScalarFunction* function = find_scalar(call.function);
    if (function == nullptr) {
        fail("unknown function '" + call.function + "'", node.at);
        return {};
    }
    if (function->mapping_only && use_ != Use::mapping) {
        fail(call.function + "() is for mapping files only: a stored value keeps the type it has",
             node.at);
    }
    const auto given = static_cast<int>(call.arguments.size());
    if (given < function->arguments_min ||
        (function->arguments_max >= 0 && given > function->arguments_max)) {
        const bool open = function->arguments_max < 0;
        fail(call.function + " takes " + (open ? "at least " : "") +
                 std::to_string(function->arguments_min) +
                 (function->arguments_min == 1 ? " argument" : " arguments") + ", not " +
                 std::to_string(given) + ": as in " + std::string(function->example),
             node.at);
    }
    std::optional<StaticType> common;
    for (const Node& argument : call.arguments) {
        const Typed typed = visit(argument);
        refuse_calendar(typed, "as an argument of " + call.function);
        if (function->argument != StaticType::unknown_type && typed.type != function->argument &&
            typed.type != StaticType::unknown_type) {
            fail(call.function + " takes " + std::string(article_and_type(function->argument)) +
                     ", not " + std::string(article_and_type(typed.type)) + ": as in " +
                     std::string(function->example),
                 typed.at);
        }
        common = join_types(common, typed);
    }
    const bool passes_on =
        function->result == StaticType::unknown_type && function->arguments_max < 0;
    return of_type(passes_on ? common.value_or(StaticType::unknown_type) : function->result,
                   node.at);
}

Result<CheckedExpression> check(Expression expression, Use use, const Catalog& catalog) {
    Checker checker(use, catalog);
    const StaticType type = checker.run(expression);
    if (checker.error()) {
        return *checker.error();
    }
    CheckedExpression checked(std::move(expression), use);
    checked.type_ = type;
    checked.warnings_ = checker.take_warnings();
    checked.dependencies_ = checker.take_dependencies();
    checked.text_ = print(checked.expression_);
    return checked;
}

Result<CheckedExpression> compile(std::string_view text, Use use, const Catalog& catalog) {
    auto parsed = parse(text);
    if (!parsed) {
        return parsed.error();
    }
    return check(*std::move(parsed), use, catalog);
}

}  // namespace fineline::expr
