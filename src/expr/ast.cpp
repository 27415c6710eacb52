#include "expr/ast.h"

namespace fineline::expr {

Box::Box(Node node) : node_(std::make_unique<Node>(std::move(node))) {}

Box::Box(const Box& other) : node_(std::make_unique<Node>(*other.node_)) {}

Box& Box::operator=(const Box& other) {
    if (this != &other) {
        node_ = std::make_unique<Node>(*other.node_);
    }
    return *this;
}

Box::~Box() = default;

bool operator==(const Box& a, const Box& b) {
    return *a.node_ == *b.node_;
}

bool operator==(const InList& a, const InList& b) {
    return a.operand == b.operand && a.items == b.items && a.negated == b.negated;
}

bool operator==(const Case& a, const Case& b) {
    return a.branches == b.branches && a.otherwise == b.otherwise;
}

bool operator==(const Call& a, const Call& b) {
    return a.function == b.function && a.arguments == b.arguments;
}

}  // namespace fineline::expr
