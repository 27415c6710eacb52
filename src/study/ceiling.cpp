#include "study/ceiling.h"

#include "study/statistics/parallel.h"

#include <algorithm>
#include <atomic>
#include <limits>
#include <mutex>

namespace fineline::study {

namespace {

/// Memberships are columns of their own up to here; of more segments only the group by priority.
constexpr std::size_t membership_columns_max = 64;

/// Copies what the purpose may read for some rows: features that vary, and memberships.
FeatureRows feature_rows(const Groundwork& ground, const std::vector<std::uint32_t>& rows) {
    const std::size_t segments = std::min(ground.purpose.segments.size(), membership_columns_max);
    FeatureRows out{.rows = rows.size(), .columns = ground.binned.features.size() + segments};
    out.values.reserve(out.rows * out.columns);
    for (const std::uint32_t row : rows) {
        for (const BinnedFeature& feature : ground.binned.features) {
            out.values.push_back(static_cast<float>(ground.panel.features[feature.feature][row]));
        }
        for (std::size_t s = 0; s < segments; ++s) {
            out.values.push_back(ground.panel.sets.holds(ground.panel.set[row], s) ? 1.0F : 0.0F);
        }
    }
    return out;
}

std::vector<double> outcomes(const Groundwork& ground, const std::vector<std::uint32_t>& rows) {
    std::vector<double> out;
    out.reserve(rows.size());
    for (const std::uint32_t row : rows) {
        out.push_back(ground.outcome[row]);
    }
    return out;
}

/// What one candidate of the grid came to.
struct Candidate {
    BoostedSettings settings;
    double on_choose = 0;
    Skill on_judge;
};

/// Rows of the three roles as the library reads them.
struct ModelRows {
    FeatureRows fit;
    FeatureRows choose;
    FeatureRows judge;
    std::vector<double> outcome;
};

/// Fits one setting and keeps the number of rounds that does best on the choosing rows.
Result<Candidate> try_setting(const Rotation& rotation,
                              const ModelRows& rows,
                              const BoostedSettings& settings,
                              std::span<const int> rounds) {
    auto model = BoostedTrees::fit(rows.fit, rows.outcome, settings);
    if (!model) {
        return model.error();
    }
    Candidate best{.settings = settings, .on_choose = {}, .on_judge = {}};
    best.on_choose = -std::numeric_limits<double>::infinity();
    for (const int some : rounds) {
        const auto predicted = model->predict(rows.choose, some);
        if (!predicted) {
            return predicted.error();
        }
        const double value = rotation.choose.judgement->value_of_rows(*predicted);
        if (value > best.on_choose) {
            best.on_choose = value;
            best.settings.rounds = some;
        }
    }
    const auto predicted = model->predict(rows.judge, best.settings.rounds);
    if (!predicted) {
        return predicted.error();
    }
    best.on_judge = rotation.judge.judgement->of_rows(*predicted);
    return best;
}

struct Tuned {
    std::vector<Candidate> candidates;  ///< the last one is untuned
};

Result<Tuned> tune(const Groundwork& ground,
                   const Rotation& rotation,
                   const std::function<bool(double)>& progress) {
    const BoostedTarget target =
        ground.purpose.metric_is_rate ? BoostedTarget::rate : BoostedTarget::amount;
    const ModelRows rows{.fit = feature_rows(ground, rotation.fit_rows),
                         .choose = feature_rows(ground, rotation.choose.rows),
                         .judge = feature_rows(ground, rotation.judge.rows),
                         .outcome = outcomes(ground, rotation.fit_rows)};
    std::vector<BoostedSettings> settings = boosted_grid(target);
    settings.push_back(untuned_boosted_settings(target));
    std::vector<std::optional<Result<Candidate>>> tried(settings.size());
    std::size_t finished = 0;
    std::mutex reporting;
    std::atomic<bool> stop{false};
    for_each_index(settings.size(), ground.threads, [&](std::size_t i) {
        if (stop) {
            return;
        }
        const int own_rounds = settings[i].rounds;
        const bool untuned = i + 1 == settings.size();
        tried[i] = try_setting(
            rotation, rows, settings[i], untuned ? std::span(&own_rounds, 1) : boosted_rounds());
        const std::scoped_lock one_at_a_time(reporting);
        ++finished;
        stop = stop || (progress && !progress(static_cast<double>(finished) /
                                              static_cast<double>(settings.size())));
    });
    Tuned tuned;
    for (auto& candidate : tried) {
        if (!candidate) {
            return Error{ErrorCode::unavailable, "stopped; nothing was changed", {}};
        }
        if (!*candidate) {
            return candidate->error();
        }
        tuned.candidates.push_back(std::move(**candidate));
    }
    return tuned;
}

/// The ceiling of one rotation.
Result<Ceiling> ceiling_in(const Groundwork& ground,
                           const Rotation& rotation,
                           const std::function<bool(double share)>& progress) {
    auto tuned = tune(ground, rotation, progress);
    if (!tuned) {
        return tuned.error();
    }
    const Candidate untuned = std::move(tuned->candidates.back());
    tuned->candidates.pop_back();
    const auto best = std::max_element(
        tuned->candidates.begin(), tuned->candidates.end(), [](const auto& a, const auto& b) {
            return a.on_choose < b.on_choose;
        });
    Ceiling ceiling{.name = "boosted trees",
                    .skill = best->on_judge,
                    .boosted = best->on_judge,
                    .untuned = untuned.on_judge,
                    .settings = {best->settings},
                    .models_tried = tuned->candidates.size() + 2,
                    .features = ground.binned.features.size() +
                                std::min(ground.purpose.segments.size(), membership_columns_max)};
    double best_on_choose = best->on_choose;
    const auto offer = [&](const std::string& name, const std::vector<double>& values) {
        const Skill on_choose = rotation.choose.judgement->of_cells(values);
        if (on_choose.value > best_on_choose) {
            best_on_choose = on_choose.value;
            ceiling.name = name;
            ceiling.skill = rotation.judge.judgement->of_cells(values);
        }
    };
    for (std::size_t k = 2; k <= rotation.tree.leaves(); ++k) {
        offer("the tree of " + std::to_string(k) + " segments",
              fitted_values(rotation.tree_grouping(k), rotation.fit_cells));
    }
    if (!ground.purpose.segments.empty()) {
        offer("today's portfolio",
              fitted_values(
                  group_by_priority(
                      ground.panel.sets, *rotation.cells, parts_of(ground.purpose.segments.size())),
                  rotation.fit_cells));
    }
    return ceiling;
}

/// One name where all rotations chose alike, else one for each.
std::string name_of(const std::vector<Ceiling>& ceilings) {
    const std::string& first = ceilings.front().name;
    if (std::all_of(ceilings.begin(), ceilings.end(), [&](const Ceiling& each) {
            return each.name == first;
        })) {
        return first;
    }
    std::string names;
    for (const Ceiling& each : ceilings) {
        names += (names.empty() ? "by rotation " : ", ") + each.name;
    }
    return names;
}

}  // namespace

std::vector<Skill> tree_path_skills(const Groundwork& ground,
                                    const Rotation& rotation,
                                    const Judgement& on) {
    std::vector<Skill> skills(rotation.tree.leaves());
    for_each_index(skills.size(), ground.threads, [&](std::size_t i) {
        skills[i] = on.of_cells(fitted_values(rotation.tree_grouping(i + 1), rotation.fit_cells));
    });
    return skills;
}

Result<Ceiling> find_ceiling(const Groundwork& ground,
                             const std::function<bool(double share)>& progress) {
    std::vector<Ceiling> ceilings;
    const auto rotations = static_cast<double>(ground.rotations.size());
    for (const Rotation& rotation : ground.rotations) {
        const auto done_before = static_cast<double>(ceilings.size());
        auto found = ceiling_in(ground, rotation, [&](double share) {
            return !progress || progress((done_before + share) / rotations);
        });
        if (!found) {
            return found.error();
        }
        ceilings.push_back(std::move(*found));
    }
    const auto together = [&](Skill Ceiling::*skill) {
        std::vector<Skill> skills;
        skills.reserve(ceilings.size());
        for (const Ceiling& each : ceilings) {
            skills.push_back(each.*skill);
        }
        return pooled(skills);
    };
    Ceiling ceiling{.name = name_of(ceilings),
                    .skill = together(&Ceiling::skill),
                    .boosted = together(&Ceiling::boosted),
                    .untuned = together(&Ceiling::untuned),
                    .settings = {},
                    .models_tried = ceilings.front().models_tried,
                    .features = ceilings.front().features};
    for (const Ceiling& each : ceilings) {
        ceiling.settings.push_back(each.settings.front());
    }
    return ceiling;
}

}  // namespace fineline::study
