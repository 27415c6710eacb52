#include "study/rotated_choice.h"

namespace fineline::study {

RotatedChoice choose_rotated(const MeasuredPath& together,
                             const std::vector<MeasuredPath>& rotations,
                             std::optional<int> capacity) {
    RotatedChoice choice{.recommendation = recommend(together.points, capacity)};
    choice.on_judge = together.on_judge[choice.recommendation.point];
    if (rotations.size() == 1 || !choice.recommendation.anything_told) {
        return choice;
    }
    std::vector<Skill> skills;
    for (const MeasuredPath& path : rotations) {
        const std::size_t point = recommend(path.points, capacity).point;
        choice.chosen_apart.push_back(path.points[point].segments);
        skills.push_back(path.on_judge[point]);
    }
    choice.apart = pooled(skills);
    return choice;
}

}  // namespace fineline::study
