#include "expr/ranges/bound_walk.h"

#include <algorithm>

namespace fineline::expr {

namespace {

/// Notes what one node reads by itself; operators read nothing but their operands.
struct LeafReader {
    Reads& reads;

    void operator()(const BoundPropertyOf& leaf) const {
        reads.properties.push_back(&leaf.property);
    }

    void operator()(const BoundMomentField& leaf) const {
        reads.moment = true;
        reads.exact_time = reads.exact_time || leaf.field == MomentField::time;
        reads.hour = reads.hour || leaf.field == MomentField::hour;
    }

    void operator()(const BoundTrait& leaf) const {
        if (!leaf.trait) {
            reads.elsewhere = true;
        } else if (std::find(reads.traits.begin(), reads.traits.end(), *leaf.trait) ==
                   reads.traits.end()) {
            reads.traits.push_back(*leaf.trait);
        }
    }

    void operator()(const BoundAccountTrait& /*leaf*/) const { reads.elsewhere = true; }

    void operator()(const BoundContext& /*leaf*/) const { reads.elsewhere = true; }

    void operator()(const BoundAggregate& /*leaf*/) const { reads.elsewhere = true; }

    void operator()(const BoundDid& /*leaf*/) const { reads.elsewhere = true; }

    void operator()(const BoundSequence& /*leaf*/) const { reads.elsewhere = true; }

    void operator()(const BoundSegment& /*leaf*/) const { reads.elsewhere = true; }

    void operator()(const BoundPopulation& /*leaf*/) const { reads.elsewhere = true; }

    void operator()(const BoundConsent& /*leaf*/) const { reads.elsewhere = true; }

    void operator()(const BoundTraitChange& /*leaf*/) const { reads.elsewhere = true; }

    template <class Operator>
    void operator()(const Operator& /*node*/) const {}
};

void collect(const BoundNode& node, Reads& reads) {
    std::visit(LeafReader{reads}, node.kind);
    for_each_operand(node, [&](const BoundNode& operand) { collect(operand, reads); });
}

}  // namespace

Reads reads_of(const BoundNode& node) {
    Reads reads;
    collect(node, reads);
    return reads;
}

}  // namespace fineline::expr
