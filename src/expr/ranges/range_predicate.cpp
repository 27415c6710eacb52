#include "expr/ranges/range_predicate.h"

#include <algorithm>

namespace fineline::expr {

void RangeStand::enter(std::uint32_t range) {
    range_ = range;
    lanes_.resize(ranges_.lane_count(range));
    ranges_.read_lanes(range, question_.now, lanes_);
    has_several_ = std::any_of(lanes_.begin(), lanes_.end(), [](columns::LaneState lane) {
        return lane == columns::LaneState::several;
    });
}

Datum RangeStand::value(const BoundNode& node, std::uint32_t lane) {
    subject_.move_to(CustomerOrdinal{range_ * ranges_.range_size() + lane});
    scratch_.strings_used = 0;
    const Stand stand{.subject = &subject_, .world = question_.world, .now = question_.now};
    return Evaluation(*question_.program, stand, Tracking::off, scratch_).run(node).value;
}

Truth RangeStand::truth(const BoundNode& node, std::uint32_t lane) {
    return to_truth(value(node, lane));
}

bool RangeStand::mark_elsewhere(const columns::RangeRows& rows) {
    const bool has_recent = rows.delta != nullptr && !rows.delta->is_empty();
    if (!has_several_ && !has_recent) {
        return false;
    }
    marks_.assign(lanes_.size(), 0);
    for (std::size_t lane = 0; has_several_ && lane < lanes_.size(); ++lane) {
        marks_[lane] = lanes_[lane] == columns::LaneState::several ? 1 : 0;
    }
    ranges_.mark_recent(rows, marks_);
    return true;
}

}  // namespace fineline::expr
