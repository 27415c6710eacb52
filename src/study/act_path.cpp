#include "study/act_path.h"

#include "base/require.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

namespace fineline::study {

namespace {

/// A group of segments while the path is laid.
struct Group {
    std::uint32_t first = 0;  ///< its segment of highest priority, after which it is called
    std::uint32_t action = 0;
    std::vector<double> worth{};  ///< Σ size · contrast per action over its segments
    std::vector<std::uint32_t> segments{};
};

std::vector<double> sum_of(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> sum(a.size());
    std::transform(a.begin(), a.end(), b.begin(), sum.begin(), std::plus<>());
    return sum;
}

struct Pair {
    std::size_t kept = 0;
    std::size_t gone = 0;
    double loss = std::numeric_limits<double>::infinity();
};

/// The pair whose union loses least.
Pair cheapest(const std::vector<Group>& groups) {
    Pair best;
    for (std::size_t a = 0; a < groups.size(); ++a) {
        for (std::size_t b = a + 1; b < groups.size(); ++b) {
            const std::vector<double> joined = sum_of(groups[a].worth, groups[b].worth);
            const double loss = groups[a].worth[groups[a].action] +
                                groups[b].worth[groups[b].action] -
                                *std::max_element(joined.begin(), joined.end());
            if (loss < best.loss) {
                best = {a, b, loss};
            }
        }
    }
    return best;
}

}  // namespace

ActPath::ActPath(const SegmentArms& arms, Contrasts kind) : policy_(choose_actions(arms, kind)) {
    join_equal_actions();
    join_by_value(arms);
}

void ActPath::join_equal_actions() {
    std::vector<std::optional<std::uint32_t>> first_with;
    for (std::uint32_t s = 0; s < segments(); ++s) {
        const std::uint32_t action = policy_.action_of_segment[s];
        first_with.resize(std::max<std::size_t>(first_with.size(), action + 1));
        if (first_with[action]) {
            merges_.push_back({*first_with[action], s, 0});
        } else {
            first_with[action] = s;
        }
    }
}

void ActPath::join_by_value(const SegmentArms& arms) {
    double customers = 0;
    std::vector<Group> groups;
    // Joined groups pool their customers, so their contrasts are as seen.
    const std::vector<double> table = contrasts(arms, Contrasts::raw);
    for (std::uint32_t s = 0; s < segments(); ++s) {
        const std::uint32_t action = policy_.action_of_segment[s];
        auto group = std::find_if(
            groups.begin(), groups.end(), [&](const Group& each) { return each.action == action; });
        if (group == groups.end()) {
            groups.push_back({s, action, std::vector<double>(arms.actions()), {}});
            group = groups.end() - 1;
        }
        group->segments.push_back(s);
        customers += arms.size(s);
        for (std::size_t a = 0; a < arms.actions(); ++a) {
            const double contrast = table[s * arms.actions() + a];
            // What cannot be compared in a segment is worth no more than the best single action.
            group->worth[a] += arms.size(s) * (contrast > -1e300 ? contrast : 0);
        }
    }
    Policy policy = policy_;
    while (groups.size() > 1) {
        const Pair pair = cheapest(groups);
        Group& kept = groups[pair.kept];
        Group& gone = groups[pair.gone];
        merges_.push_back({kept.first, gone.first, customers > 0 ? pair.loss / customers : 0});
        kept.worth = sum_of(kept.worth, gone.worth);
        kept.segments.insert(kept.segments.end(), gone.segments.begin(), gone.segments.end());
        kept.action = static_cast<std::uint32_t>(
            std::max_element(kept.worth.begin(), kept.worth.end()) - kept.worth.begin());
        for (const std::uint32_t s : kept.segments) {
            policy.action_of_segment[s] = kept.action;
        }
        groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(pair.gone));
        if (groups.size() == 1) {
            policy = single_action(segments(), arms.best_for_all());
        }
        shortened_.push_back(policy);
    }
}

std::vector<std::uint32_t> ActPath::groups_at(std::size_t groups) const {
    require(groups >= 1 && groups <= segments(), "a path leads from all segments to one");
    std::vector<std::uint32_t> joined(segments());
    std::iota(joined.begin(), joined.end(), 0U);
    const auto find = [&](std::uint32_t s) {
        while (joined[s] != s) {
            s = joined[s];
        }
        return s;
    };
    for (std::size_t m = 0; m < segments() - groups; ++m) {
        joined[find(merges_[m].gone)] = find(merges_[m].kept);
    }
    std::vector<std::uint32_t> number(segments(), std::numeric_limits<std::uint32_t>::max());
    std::vector<std::uint32_t> group_of(segments());
    std::uint32_t next = 0;
    for (std::uint32_t s = 0; s < segments(); ++s) {
        std::uint32_t& own = number[find(s)];
        if (own == std::numeric_limits<std::uint32_t>::max()) {
            own = next++;
        }
        group_of[s] = own;
    }
    return group_of;
}

const Policy& ActPath::policy_at(std::size_t groups) const {
    require(groups >= 1 && groups <= segments(), "a path leads from all segments to one");
    return groups > shortened_.size() ? policy_ : shortened_[shortened_.size() - groups];
}

}  // namespace fineline::study
