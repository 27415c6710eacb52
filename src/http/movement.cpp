#include "http/movement.h"

#include "model/limits.h"

#include <algorithm>

namespace fineline::http {

namespace {

/// Instants of the feed ascend but for what the clock's own work was late with; so far back the
/// search begins.
constexpr Duration disorder_max = std::chrono::hours(1);

/// The first and last thing that happened to somebody in a segment.
struct Ends {
    membership::Direction first = membership::Direction::entered;
    membership::Direction last = membership::Direction::entered;
};

/// The number before the first change that may hold from `from` or later. Cost: logarithmic.
Result<std::uint64_t> number_before(const engine::Live& live, Instant from) {
    const engine::LiveStatus status = live.status();
    std::uint64_t low = status.oldest_change_kept - 1;
    std::uint64_t high = status.last_change;
    const Instant early = from < instant_min + disorder_max ? instant_min : from - disorder_max;
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        const auto next = live.changes_after(middle, 1);
        if (!next && next.error().code == ErrorCode::not_found) {
            // The feed moved on meanwhile.
            low = std::max(low + 1, live.status().oldest_change_kept - 1);
            continue;
        }
        if (!next) {
            return next.error();
        }
        if (next->changes.empty() || next->changes.front().at >= early) {
            high = middle;
        } else {
            low = next->changes.front().number;
        }
    }
    return std::min(low, status.last_change);
}

using EndsBySegment = std::map<std::string, std::map<std::string, Ends>>;

/// Whether a person moved: somebody known did, and not the segment's definition over them.
bool is_move(const engine::Change& change, Instant from, Instant to) {
    return change.at >= from && change.at < to && !change.customer.empty() &&
           change.cause != membership::Cause::definition;
}

void add(EndsBySegment& seen, const engine::Change& change) {
    auto& of_customer = seen[change.customer];
    const auto [place, is_first] = of_customer.try_emplace(change.segment);
    if (is_first) {
        place->second.first = change.direction;
    }
    place->second.last = change.direction;
}

/// Who was out before the first and is in after the last has entered, and so on.
void keep_net(const EndsBySegment& seen, Movement& movement) {
    for (const auto& [customer, segments] : seen) {
        for (const auto& [segment, ends] : segments) {
            if (ends.first == ends.last) {
                const bool entered = ends.last == membership::Direction::entered;
                movement.moves[customer][segment] = entered ? 1 : -1;
            }
        }
    }
}

}  // namespace

Result<Movement> movement_within(const engine::Live& live, Instant from, Instant to) {
    Movement movement;
    auto after = number_before(live, from);
    if (!after) {
        return after.error();
    }
    EndsBySegment seen;
    bool is_first = true;
    while (true) {
        const auto page = live.changes_after(*after, limits::changes_page_max);
        if (!page && page.error().code == ErrorCode::not_found) {
            movement.is_complete = false;
            is_first = false;
            *after = std::max(*after + 1, live.status().oldest_change_kept - 1);
            continue;
        }
        if (!page) {
            return page.error();
        }
        if (is_first && page->oldest_kept > 1 && *after + 1 <= page->oldest_kept) {
            movement.is_complete = !page->changes.empty() && page->changes.front().at < from;
        }
        is_first = false;
        for (const engine::Change& change : page->changes) {
            if (is_move(change, from, to)) {
                add(seen, change);
            }
        }
        if (page->changes.empty() || page->changes.back().number == page->last) {
            break;
        }
        *after = page->changes.back().number;
    }
    keep_net(seen, movement);
    return movement;
}

Flow flow_of(const Movement& movement, const std::string& segment) {
    Flow flow;
    for (const auto& [customer, moves] : movement.moves) {
        const auto own = moves.find(segment);
        if (own == moves.end()) {
            continue;
        }
        const bool entered = own->second > 0;
        ++(entered ? flow.entered : flow.left);
        auto& others = entered ? flow.came_from : flow.went_to;
        bool is_alone = true;
        for (const auto& [other, direction] : moves) {
            if (other != segment && direction == -own->second) {
                ++others[other];
                is_alone = false;
            }
        }
        others[""] += is_alone ? 1U : 0U;
    }
    std::erase_if(flow.came_from, [](const auto& one) { return one.second == 0; });
    std::erase_if(flow.went_to, [](const auto& one) { return one.second == 0; });
    return flow;
}

}  // namespace fineline::http
