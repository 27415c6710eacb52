#include "study/cards.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace fineline::study {

namespace {

constexpr std::size_t differences_shown = 5;
constexpr std::size_t typical_shown = 3;

/// Where a group stands on one feature.
struct Standing {
    std::size_t feature = 0;
    OutcomeSums group;
    OutcomeSums everybody;

    [[nodiscard]] double index() const { return 100 * group.mean() / everybody.mean(); }

    /// The distance of the means in standard deviations of everybody.
    [[nodiscard]] double distance() const {
        const double spread = std::sqrt(everybody.variance());
        return spread > 0 ? std::abs(group.mean() - everybody.mean()) / spread : 0;
    }
};

OutcomeSums feature_sums(const Groundwork& ground,
                         std::size_t feature,
                         const std::vector<std::uint32_t>& rows) {
    OutcomeSums sums;
    for (const std::uint32_t row : rows) {
        const double value = ground.panel.features[feature][row];
        if (std::isfinite(value)) {
            sums.add(value);
        }
    }
    return sums;
}

std::vector<Standing> standings(const AuditFacts& facts,
                                const std::vector<std::uint32_t>& members) {
    const Groundwork& ground = *facts.ground;
    std::vector<Standing> all;
    for (const BinnedFeature& binned : ground.binned.features) {
        Standing standing{.feature = binned.feature,
                          .group = feature_sums(ground, binned.feature, members),
                          .everybody = feature_sums(ground, binned.feature, ground.judged_rows)};
        if (standing.everybody.mean() > 0 && standing.group.n >= 2) {
            all.push_back(standing);
        }
    }
    std::stable_sort(all.begin(), all.end(), [](const Standing& a, const Standing& b) {
        return a.distance() > b.distance();
    });
    return all;
}

Table differences(const AuditFacts& facts, const std::vector<Standing>& all) {
    Table table{.title = "Differs most from everybody in (index 100 = average)",
                .columns = {"what", "index", "mean of its members"},
                .rows = {}};
    for (std::size_t i = 0; i < std::min(differences_shown, all.size()); ++i) {
        const Standing& standing = all[i];
        const double half = 1.645 * std::sqrt(standing.group.variance() / standing.group.n);
        const double scale = 100 / standing.everybody.mean();
        Estimate index{.name = "index",
                       .value = standing.index(),
                       .interval = Interval{(standing.group.mean() - half) * scale,
                                            (standing.group.mean() + half) * scale},
                       .n = static_cast<std::uint64_t>(standing.group.n),
                       .scale = Scale::count};
        Estimate mean{
            .name = "mean",
            .value = standing.group.mean(),
            .interval = Interval{standing.group.mean() - half, standing.group.mean() + half},
            .n = static_cast<std::uint64_t>(standing.group.n)};
        const Feature& feature = facts.ground->catalogue.features[standing.feature];
        table.rows.push_back(
            {feature.text + (feature.kind == FeatureKind::duration ? " (days)" : ""), index, mean});
    }
    return table;
}

/// The members nearest to the middle of their segment on what it differs in.
std::string typical_customers(const AuditFacts& facts,
                              const std::vector<std::uint32_t>& members,
                              const std::vector<Standing>& all) {
    std::vector<std::pair<double, std::uint32_t>> distance;
    for (const std::uint32_t row : members) {
        double sum = 0;
        for (std::size_t i = 0; i < std::min(differences_shown, all.size()); ++i) {
            const double value = facts.ground->panel.features[all[i].feature][row];
            const double spread = std::sqrt(all[i].everybody.variance());
            const double apart =
                std::isfinite(value) && spread > 0 ? (value - all[i].group.mean()) / spread : 1;
            sum += apart * apart;
        }
        distance.emplace_back(sum, row);
    }
    const std::size_t shown = std::min(typical_shown, distance.size());
    std::partial_sort(
        distance.begin(), distance.begin() + static_cast<std::ptrdiff_t>(shown), distance.end());
    const columns::Reader reader(facts.request->view);
    std::string text;
    for (std::size_t i = 0; i < shown; ++i) {
        text += (text.empty() ? "" : ", ") +
                std::string(reader.customer_id(facts.ground->panel.who[distance[i].second]));
    }
    return text;
}

/// Who came and went between the last two snapshots, of the customers there at both.
Table movement(const AuditFacts& facts, std::size_t segment) {
    const Panel& panel = facts.ground->panel;
    const auto last = static_cast<std::uint32_t>(facts.ground->protocol.snapshots.size() - 1);
    std::unordered_map<std::uint32_t, bool> before;
    for (std::uint32_t row = 0; row < panel.rows(); ++row) {
        if (last > 0 && panel.snapshot[row] == last - 1) {
            before.emplace(panel.who[row].value(), panel.sets.holds(panel.set[row], segment));
        }
    }
    double stayed = 0, came = 0, left = 0, fresh = 0;
    for (std::uint32_t row = 0; row < panel.rows(); ++row) {
        if (panel.snapshot[row] != last) {
            continue;
        }
        const auto then = before.find(panel.who[row].value());
        const bool now = panel.sets.holds(panel.set[row], segment);
        if (then == before.end()) {
            fresh += now ? 1 : 0;
            continue;
        }
        stayed += now && then->second ? 1 : 0;
        came += now && !then->second ? 1 : 0;
        left += !now && then->second ? 1 : 0;
    }
    return {.title = "Movement since the snapshot before",
            .columns = {"stayed", "came from others", "left for others", "new customers"},
            .rows = {{counted("stayed", stayed),
                      counted("came", came),
                      counted("left", left),
                      counted("new", fresh)}}};
}

}  // namespace

std::vector<Finding> cards(const AuditFacts& facts) {
    std::vector<Finding> all;
    for (std::size_t s = 0; s < facts.segments.size(); ++s) {
        const SegmentFacts& segment = facts.segments[s];
        Finding card{.code = "card",
                     .segments = {facts.name(s)},
                     .says = facts.purpose().segments[s].when,
                     .why = {},
                     .evidence = {counted("members", static_cast<double>(segment.members.size())),
                                  mean_estimate("metric", segment.all, facts.purpose())}};
        const auto ranked = standings(facts, segment.members);
        if (!ranked.empty()) {
            card.evidence.emplace_back(differences(facts, ranked));
            card.evidence.emplace_back(
                Note{"Typical customers: " + typical_customers(facts, segment.members, ranked)});
        }
        if (facts.ground->protocol.snapshots.size() > 1) {
            card.evidence.emplace_back(movement(facts, s));
        }
        card.evidence.emplace_back(Note{
            "It does not tell what acting on the segment would change, nor that its members are "
            "alike in anything but what is listed."});
        all.push_back(std::move(card));
    }
    return all;
}

}  // namespace fineline::study
