#include "study/distil.h"

#include "expr/parse.h"
#include "study/statistics/parallel.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

namespace fineline::study {

namespace {

constexpr std::size_t leaves_max = 6;
constexpr std::size_t conditions_max = 3;

/// A smaller tree is preferred unless the larger one overlaps better by more than this.
constexpr double overlap_gain_min = 0.02;

struct Overlapping {
    std::uint64_t both = 0;
    std::uint64_t group = 0;
    std::uint64_t rule = 0;

    [[nodiscard]] double jaccard() const {
        const auto either = static_cast<double>(group + rule - both);
        return either > 0 ? static_cast<double>(both) / either : 0;
    }
};

/// Which leaves of a tree pruned to k make up the rule.
struct Rule {
    std::size_t k = 0;
    std::vector<char> chosen{};
};

std::vector<double> membership(const Groups& groups, std::uint32_t group) {
    std::vector<double> inside(groups.of_row.size(), 0.0);
    for (std::size_t row = 0; row < inside.size(); ++row) {
        inside[row] = groups.of_row[row] == group ? 1 : 0;
    }
    return inside;
}

/// The leaves of the tree pruned to k in which more than half of the fitting rows are members.
Rule rule_of(const Tree& tree,
             std::size_t k,
             std::span<const double> inside,
             std::span<const std::uint32_t> rows) {
    const auto leaf = tree.pruned_to(k);
    std::vector<OutcomeSums> sums(k);
    for (const std::uint32_t row : rows) {
        sums[leaf[tree.leaf_of_row()[row]]].add(inside[row]);
    }
    Rule rule{.k = k, .chosen = std::vector<char>(k, 0)};
    for (std::size_t i = 0; i < k; ++i) {
        rule.chosen[i] = sums[i].mean() > 0.5 ? 1 : 0;
    }
    return rule;
}

Overlapping overlap_on(const Tree& tree,
                       const Rule& rule,
                       std::span<const double> inside,
                       std::span<const std::uint32_t> rows) {
    const auto leaf = tree.pruned_to(rule.k);
    Overlapping overlap;
    for (const std::uint32_t row : rows) {
        const bool in_group = inside[row] > 0;
        const bool in_rule = rule.chosen[leaf[tree.leaf_of_row()[row]]] != 0;
        overlap.both += in_group && in_rule ? 1 : 0;
        overlap.group += in_group ? 1 : 0;
        overlap.rule += in_rule ? 1 : 0;
    }
    return overlap;
}

/// The smallest tree whose rule overlaps about as well as the best.
Rule best_rule(const Tree& tree, std::span<const double> inside, const DistilGround& ground) {
    Rule best;
    double most = 0;
    for (std::size_t k = 2; k <= tree.leaves(); ++k) {
        Rule rule = rule_of(tree, k, inside, ground.fit_rows);
        const double jaccard = overlap_on(tree, rule, inside, ground.choose_rows).jaccard();
        if (jaccard > most + (best.k == 0 ? 0 : overlap_gain_min)) {
            most = jaccard;
            best = std::move(rule);
        }
    }
    return best;
}

std::string joined(const std::vector<std::string>& leaves, const Rule& rule) {
    std::string text;
    for (std::size_t leaf = 0; leaf < leaves.size(); ++leaf) {
        if (rule.chosen[leaf] != 0) text += (text.empty() ? "(" : " or (") + leaves[leaf] + ")";
    }
    const auto parsed = expr::parse(text);
    return parsed ? expr::print(*parsed) : text;
}

/// What one group became; no expression where no tree tells it.
DistilledGroup tell(const DistilGround& ground, const Groups& groups, std::uint32_t group) {
    const auto inside = membership(groups, group);
    TreeSettings settings = ground.settings;
    settings.leaves_max = leaves_max;
    settings.conditions_max = conditions_max;
    settings.leaf_rows_min = std::max(10.0, 0.005 * static_cast<double>(ground.fit_rows.size()));
    const Tree tree = grow_tree(ground.panel,
                                ground.binned,
                                {.rows = ground.fit_rows, .outcome = inside, .weight = {}},
                                settings);
    DistilledGroup told{.group = group};
    const Rule rule = best_rule(tree, inside, ground);
    const Overlapping overlap =
        rule.k == 0 ? Overlapping{} : overlap_on(tree, rule, inside, ground.judge_rows);
    if (overlap.both == 0) return told;
    const auto& features = ground.features;
    told.when = joined(tree.expressions(rule.k, ground.binned, features), rule);
    const auto first = std::find(rule.chosen.begin(), rule.chosen.end(), 1) - rule.chosen.begin();
    told.name = groups.names.empty()
                    ? tree.names(rule.k, ground.binned, features)[static_cast<std::size_t>(first)]
                    : groups.names[group];
    told.in_both = overlap.both;
    told.in_group = overlap.group;
    told.in_expression = overlap.rule;
    return told;
}

/// A share with its 90 % interval by Wilson's score, which holds near 0 and 1.
Estimate share(std::string name, std::uint64_t part, std::uint64_t whole) {
    const auto n = static_cast<double>(whole);
    if (whole == 0) return certain(std::move(name), 0, "nobody was judged");
    const double p = static_cast<double>(part) / n;
    constexpr double z = 1.645;
    const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
    const double half = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    return {.name = std::move(name),
            .value = p,
            .interval = Interval{std::max(0.0, centre - half), std::min(1.0, centre + half)},
            .n = whole,
            .scale = Scale::share};
}

/// Makes the name one that no segment before has.
std::string distinct_name(const std::string& name, std::set<std::string>& taken) {
    std::string result = name;
    for (int number = 2; !taken.insert(result).second; ++number) {
        result = name + "_" + std::to_string(number);
    }
    return result;
}

}  // namespace

Distillation distil(const DistilGround& ground, const Groups& groups) {
    std::vector<DistilledGroup> told(groups.count);
    for_each_index(groups.count, ground.threads, [&](std::size_t group) {
        told[group] = tell(ground, groups, static_cast<std::uint32_t>(group));
    });
    Distillation result;
    result.fidelity = {
        .title =
            "How faithfully the expressions tell the groups, on customers that "
            "neither has seen",
        .columns = {"segment", "of the group it finds", "of its members in the group"},
        .rows = {}};
    std::set<std::string> taken;
    std::set<std::string> expressions;
    for (DistilledGroup& one : told) {
        if (one.when.empty() || !expressions.insert(one.when).second) {
            const auto members = std::count(groups.of_row.begin(), groups.of_row.end(), one.group);
            if (members == 0) continue;
            result.left_out.push_back((groups.names.empty()
                                           ? "group " + std::to_string(one.group + 1)
                                           : groups.names[one.group]) +
                                      ": no few conditions tell its customers from the rest");
            continue;
        }
        one.name = distinct_name(one.name, taken);
        result.fidelity.rows.push_back({one.name,
                                        share("found", one.in_both, one.in_group),
                                        share("right", one.in_both, one.in_expression)});
        result.groups.push_back(std::move(one));
    }
    return result;
}

Distillation distil(const Groundwork& ground, const Groups& groups) {
    const Rotation& rotation = ground.first();
    return distil(DistilGround{.panel = ground.panel,
                               .binned = ground.binned,
                               .features = ground.catalogue.features,
                               .fit_rows = rotation.fit_rows,
                               .choose_rows = rotation.choose.rows,
                               .judge_rows = rotation.judge.rows,
                               .settings = rotation.tree_settings,
                               .threads = ground.threads},
                  groups);
}

}  // namespace fineline::study
