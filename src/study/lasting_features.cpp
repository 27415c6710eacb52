#include "study/lasting_features.h"

#include "study/statistics/parallel.h"

#include <algorithm>

namespace fineline::study {

namespace {

/// The stream of draws that compares the two trees, apart from those of the choosing rows.
constexpr std::uint64_t features_seed = 6;

/// A tree and the features it was grown on.
struct Grown {
    BinnedPanel binned;
    Tree tree;
};

Grown grow(const Groundwork& ground, Growing growing) {
    Grown grown{.binned = bin_features(
                    ground.panel, ground.catalogue.features, ground.first().fit_rows, growing),
                .tree = {}};
    grown.tree =
        grow_tree(ground.panel,
                  grown.binned,
                  {.rows = ground.first().fit_rows, .outcome = ground.outcome, .weight = {}},
                  ground.first().tree_settings);
    return grown;
}

/// What the best size of a tree tells of the choosing rows. Of two trees the draws are paired.
Skill best_on_choose(const Groundwork& ground, const Tree& tree) {
    std::vector<OutcomeSums> fitted(tree.leaves());
    for (const std::uint32_t row : ground.first().fit_rows) {
        fitted[tree.leaf_of_row()[row]].add(ground.outcome[row]);
    }
    JudgedRows rows{.cells = tree.leaves(), .fitted_mean = ground.first().fit_all.mean()};
    for (const std::uint32_t row : ground.first().choose.rows) {
        rows.outcome.push_back(ground.outcome[row]);
        rows.cell.push_back(tree.leaf_of_row()[row]);
    }
    const Judgement judgement(
        std::move(rows),
        {.seed = ground.seed + features_seed, .draws = ground.draws, .threads = ground.threads});
    std::vector<Skill> skills(tree.leaves());
    for_each_index(skills.size(), ground.threads, [&](std::size_t i) {
        skills[i] = judgement.of_cells(
            fitted_values({.group_of_cell = tree.pruned_to(i + 1), .groups = i + 1}, fitted));
    });
    return *std::max_element(skills.begin(), skills.end(), [](const Skill& a, const Skill& b) {
        return a.value < b.value;
    });
}

std::string share_text(const Skill& skill) {
    return print_number(skill.value, Scale::share);
}

/// Says of how many features it holds that they were left out for what they would tell less.
std::string left_out_text(const Groundwork& ground, const Skill& with, const Skill& without) {
    const auto growing = std::count_if(ground.catalogue.features.begin(),
                                       ground.catalogue.features.end(),
                                       [](const Feature& feature) { return feature.grows; });
    return std::to_string(growing) +
           " features that add up more at each snapshot, as all there is: with them the best tree "
           "tells " +
           share_text(with) + " of the variance of the choosing rows, without them " +
           share_text(without);
}

}  // namespace

void grow_on_lasting_features(Groundwork& ground) {
    const bool any_grows = std::any_of(ground.catalogue.features.begin(),
                                       ground.catalogue.features.end(),
                                       [](const Feature& feature) { return feature.grows; });
    Grown chosen = grow(ground, Growing::left_out);
    if (any_grows && ground.protocol.separation == Separation::out_of_time) {
        const Skill without = best_on_choose(ground, chosen.tree);
        Grown all = grow(ground, Growing::read);
        const Skill with = best_on_choose(ground, all.tree);
        const Measured gain = difference(with, without);
        if (gain.value > gain.standard_error) {
            chosen = std::move(all);
        } else {
            chosen.binned.merged.push_back(left_out_text(ground, with, without));
        }
    } else if (any_grows) {
        chosen.binned.merged.emplace_back(
            "features that add up all there is: at the judging snapshot that is more than at the "
            "one that fits and chooses, so the same sum would mean less there");
    }
    ground.binned = std::move(chosen.binned);
    ground.rotations.front().tree = std::move(chosen.tree);
}

}  // namespace fineline::study
