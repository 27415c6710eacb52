#pragma once

#include "expr/ast.h"

#include <type_traits>
#include <variant>

namespace fineline::expr {

/// Calls `visit(const Node&)` for each direct part of a node in the order they are written:
/// operands, arguments, and the `where` conditions of aggregates, did and sequence steps.
template <class Visit>
void for_each_child(const Node& node, Visit visit) {
    const auto optional = [&](const std::optional<Box>& part) {
        if (part) {
            visit(**part);
        }
    };
    std::visit(
        [&](const auto& kind) {
            using T = std::decay_t<decltype(kind)>;
            if constexpr (std::is_same_v<T, Unary> || std::is_same_v<T, IsMissing> ||
                          std::is_same_v<T, Population>) {
                visit(*kind.operand);
            } else if constexpr (std::is_same_v<T, Binary>) {
                visit(*kind.left);
                visit(*kind.right);
            } else if constexpr (std::is_same_v<T, Between>) {
                visit(*kind.operand);
                visit(*kind.low);
                visit(*kind.high);
            } else if constexpr (std::is_same_v<T, InList>) {
                visit(*kind.operand);
                for (const Node& item : kind.items) {
                    visit(item);
                }
            } else if constexpr (std::is_same_v<T, Case>) {
                for (const CaseBranch& branch : kind.branches) {
                    visit(branch.condition);
                    visit(branch.value);
                }
                optional(kind.otherwise);
            } else if constexpr (std::is_same_v<T, Call>) {
                for (const Node& argument : kind.arguments) {
                    visit(argument);
                }
            } else if constexpr (std::is_same_v<T, Aggregate> || std::is_same_v<T, Did>) {
                optional(kind.where);
            } else if constexpr (std::is_same_v<T, Sequence>) {
                for (const Step& step : kind.steps) {
                    optional(step.where);
                }
            }
        },
        node.kind);
}

/// Returns the depth of the tree, 1 for a leaf. Iterative: a chain of operands makes a tree deeper
/// than its text is nested.
[[nodiscard]] int tree_depth(const Node& root);

}  // namespace fineline::expr
