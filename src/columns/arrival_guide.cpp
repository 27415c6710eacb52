#include "columns/arrival_guide.h"

#include <limits>

namespace fineline::columns {

namespace {

struct Point {
    std::uint64_t time = 0;
    std::uint32_t arrival = 0;
};

/// The earliest and the latest row of a stretch of time.
struct Stretch {
    Point first{.time = std::numeric_limits<std::uint64_t>::max()};
    Point last;
    bool is_empty = true;
};

/// The arrival at a time between two rows, or beside both.
std::uint32_t between(const Point& before, const Point& after, std::uint64_t time) {
    if (after.time <= before.time) {
        return before.arrival;
    }
    const double part =
        static_cast<double>(time - before.time) / static_cast<double>(after.time - before.time);
    const double rise = static_cast<double>(after.arrival) - static_cast<double>(before.arrival);
    return static_cast<std::uint32_t>(static_cast<double>(before.arrival) + rise * part);
}

}  // namespace

void ArrivalGuide::fit(std::span<const std::uint64_t> times,
                       std::span<const std::uint32_t> arrivals) {
    std::vector<Stretch> stretches(knots_.size() - 1);
    for (std::size_t row = 0; row < times.size(); ++row) {
        Stretch& stretch = stretches[times[row] >> shift_];
        const Point point{.time = times[row], .arrival = arrivals[row]};
        stretch.first = point.time < stretch.first.time ? point : stretch.first;
        stretch.last = stretch.is_empty || point.time >= stretch.last.time ? point : stretch.last;
        stretch.is_empty = false;
    }
    // From the end, so that each knot knows the next row; the row before it is of an earlier
    // stretch.
    std::vector<Point> before(knots_.size());
    Point last;
    bool is_first = true;
    for (std::size_t knot = 0; knot < stretches.size(); ++knot) {
        before[knot] = last;
        if (!stretches[knot].is_empty) {
            // In front of all rows there is none before: the line is level there.
            std::fill_n(before.begin(), is_first ? knot + 1 : 0, stretches[knot].first);
            is_first = false;
            last = stretches[knot].last;
        }
    }
    before.back() = last;
    Point after = last;
    knots_.back() = last.arrival;
    for (std::size_t knot = stretches.size(); knot-- > 0;) {
        after = stretches[knot].is_empty ? after : stretches[knot].first;
        knots_[knot] = between(before[knot], after, std::uint64_t{knot} << shift_);
    }
}

}  // namespace fineline::columns
