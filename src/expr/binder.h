#pragma once

#include "expr/program.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace fineline::expr {

using SegmentSource = std::function<Result<CheckedExpression>(std::string_view)>;

/// Where a node stands: the events whose properties its bare names are, if it stands in a `where`.
struct Scope {
    const BoundEvents* where = nullptr;
};

/// The two sides of an operator.
struct Sides {
    const Node& left;
    const Node& right;
};

/// Binds one expression and the segments it refers to. One thread at a time.
class Binder {
  public:
    Binder(const Symbols& symbols, const SegmentSource& segment, const Settings& settings)
        : symbols_(symbols), segment_(segment), settings_(settings) {}

    Result<std::shared_ptr<const Program>> program(const Expression& expression);

  private:
    using Bound = Result<BoundPtr>;

    Bound bind(const Node& node, Scope scope);

    Bound make(const Node& source, BoundNode::Kind kind) {
        BoundPtr bound = std::make_unique<const BoundNode>(BoundNode{std::move(kind), &source});
        return bound;
    }

    Bound bind_kind(const Node& node, const Literal& literal, Scope scope);
    Bound bind_kind(const Node& node, const Now& now, Scope scope);
    Bound bind_kind(const Node& node, const Name& name, Scope scope);
    Bound bind_kind(const Node& node, const Unary& unary, Scope scope);
    Bound bind_kind(const Node& node, const Binary& binary, Scope scope);
    Bound bind_kind(const Node& node, const Between& between, Scope scope);
    Bound bind_kind(const Node& node, const InList& in, Scope scope);
    Bound bind_kind(const Node& node, const IsMissing& test, Scope scope);
    Bound bind_kind(const Node& node, const Case& choice, Scope scope);
    Bound bind_kind(const Node& node, const Call& call, Scope scope);
    Bound bind_kind(const Node& node, const Aggregate& aggregate, Scope scope);
    Bound bind_kind(const Node& node, const Did& did, Scope scope);
    Bound bind_kind(const Node& node, const Sequence& sequence, Scope scope);
    Bound bind_kind(const Node& node, const SegmentRef& reference, Scope scope);
    Bound bind_kind(const Node& node, const Population& population, Scope scope);
    Bound bind_kind(const Node& node, const Rfm& rfm, Scope scope);
    Bound bind_kind(const Node& node, const ConsentRef& consent, Scope scope);
    Bound bind_kind(const Node& node, const TraitChange& change, Scope scope);
    Bound bind_kind(const Node& node, const HolidayTest& test, Scope scope);

    Bound bind_bare_name(const Node& node, const Name& name, Scope scope);
    Bound bind_junction(const Node& node, const Binary& binary, Scope scope);
    Bound bind_compare(const Node& node, CompareOp op, Sides sides, Scope scope);
    Bound bind_between_months(const Node& node, const Between& between, Scope scope);
    Bound bind_text_or_product(const Node& node, const Binary& binary, Scope scope);
    Bound bind_sum(const Node& node, ArithmeticOp op, const Binary& binary, Scope scope);
    Bound bind_matches(const Node& node, const Binary& binary, Scope scope);
    Bound bind_since_months(const Node& node, CompareOp op, const Node& since, std::int64_t months);
    Status collect_junction(const Node& node,
                            BinaryOp op,
                            Scope scope,
                            std::vector<BoundPtr>& operands);

    Status both(Sides sides, Scope scope, std::pair<BoundPtr, BoundPtr>& bound);
    Result<BoundPtr> where(const std::optional<Box>& condition, const BoundEvents& events);
    BoundEvents events(const EventSelector& selector) const;
    BoundProperty property(const BoundEvents& events, std::string_view name) const;
    BoundWindow window(const std::optional<Window>& window) const;
    Result<BoundStep> step(const Step& step);

    const Symbols& symbols_;
    const SegmentSource& segment_;
    const Settings& settings_;
    /// Segments being bound, outermost first, and those done: one program each, shared.
    std::vector<std::string> open_segments_;
    std::map<std::string, std::shared_ptr<const Program>, std::less<>> segments_;
    std::optional<BoundEvents> occasion_;
};

/// An amount as written becomes calendar months or an exact span; finer than a microsecond is cut.
[[nodiscard]] BoundPeriod to_period(const Period& period);

/// Reads a moment of a parsed expression.
[[nodiscard]] IsoTime to_iso_time(const Moment& moment);

}  // namespace fineline::expr
