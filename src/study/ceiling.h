#pragma once

#include "study/boosted_trees.h"
#include "study/groundwork.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fineline::study {

/// What can be told in advance at all: the segment of one, and the best of the models tried.
struct Ceiling {
    /// "boosted trees", "tree of 9 segments", "today's portfolio"; one a rotation where they differ
    std::string name{};
    Skill skill{};    ///< of the best on the choosing rows, judged
    Skill boosted{};  ///< of the tuned boosted trees, judged
    Skill untuned{};  ///< of boosted trees with the library's own settings, judged
    std::vector<BoostedSettings> settings{};  ///< one a rotation
    std::size_t models_tried = 0;
    std::size_t features = 0;  ///< columns the boosted trees read
};

/// Tunes boosted trees on the choosing rows over the published grid, compares them there with the
/// tree at its best size and with the portfolio, and judges the best; in each rotation by itself,
/// so that no customer helps to choose the model that tells him. Candidates run side by side, each
/// on one thread. Errors: those of BoostedTrees; unavailable when stopped.
[[nodiscard]] Result<Ceiling> find_ceiling(const Groundwork& ground,
                                           const std::function<bool(double share)>& progress);

/// Skills of a rotation's tree pruned to 1, 2, 3 … leaves: element i is that of i + 1.
[[nodiscard]] std::vector<Skill> tree_path_skills(const Groundwork& ground,
                                                  const Rotation& rotation,
                                                  const Judgement& on);

}  // namespace fineline::study
