#pragma once

#include "expr/program.h"

#include <type_traits>
#include <variant>

namespace fineline::expr {

/// Calls `visit(const BoundNode&)` for each operand of a bound node. Conditions of events, windows
/// and the programs of other segments are not among them.
template <class Visit>
void for_each_operand(const BoundNode& node, Visit visit) {
    const auto optional = [&](const BoundPtr& part) {
        if (part) {
            visit(*part);
        }
    };
    std::visit(
        [&](const auto& kind) {
            using T = std::decay_t<decltype(kind)>;
            if constexpr (std::is_same_v<T, BoundNot> || std::is_same_v<T, BoundMinus> ||
                          std::is_same_v<T, BoundMinusMonths> ||
                          std::is_same_v<T, BoundIsMissing>) {
                visit(*kind.operand);
            } else if constexpr (std::is_same_v<T, BoundJunction>) {
                for (const BoundPtr& operand : kind.operands) {
                    visit(*operand);
                }
            } else if constexpr (std::is_same_v<T, BoundCompare> ||
                                 std::is_same_v<T, BoundArithmetic>) {
                visit(*kind.left);
                visit(*kind.right);
            } else if constexpr (std::is_same_v<T, BoundCompareMonths>) {
                visit(*kind.since);
            } else if constexpr (std::is_same_v<T, BoundBetween>) {
                visit(*kind.operand);
                visit(*kind.low);
                visit(*kind.high);
            } else if constexpr (std::is_same_v<T, BoundIn>) {
                visit(*kind.operand);
                for (const BoundPtr& item : kind.items) {
                    visit(*item);
                }
            } else if constexpr (std::is_same_v<T, BoundTextTest>) {
                visit(*kind.text);
                visit(*kind.pattern);
            } else if constexpr (std::is_same_v<T, BoundMatches>) {
                visit(*kind.text);
            } else if constexpr (std::is_same_v<T, BoundContains>) {
                visit(*kind.array);
                visit(*kind.element);
            } else if constexpr (std::is_same_v<T, BoundCase>) {
                for (const BoundCase::Branch& branch : kind.branches) {
                    visit(*branch.condition);
                    visit(*branch.value);
                }
                optional(kind.otherwise);
            } else if constexpr (std::is_same_v<T, BoundCall>) {
                for (const BoundPtr& argument : kind.arguments) {
                    visit(*argument);
                }
            }
        },
        node.kind);
}

/// What an expression's value can depend on, beside literals and the instant of the question.
struct Reads {
    bool moment = false;                           ///< calendar fields of the event's time
    bool exact_time = false;                       ///< the event's time itself
    bool hour = false;                             ///< a calendar field finer than a day
    bool elsewhere = false;                        ///< anything not listed here
    std::vector<TraitId> traits;                   ///< distinct
    std::vector<const BoundProperty*> properties;  ///< as often as they occur
};

[[nodiscard]] Reads reads_of(const BoundNode& node);

}  // namespace fineline::expr
