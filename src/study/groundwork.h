#pragma once

#include "study/captured.h"
#include "study/features.h"
#include "study/hindsight.h"
#include "study/panel.h"
#include "study/partition.h"
#include "study/tree.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace fineline::study {

/// What an audit or a discovery is asked to look at.
struct StudyRequest {
    std::shared_ptr<const columns::View> view{};
    mapping::Portfolio portfolio{};
    Instant at{};  ///< nothing later is looked at
    std::uint64_t seed = 1;
    unsigned threads = 2;
    std::size_t draws = 200;       ///< of the bootstrap
    std::size_t rows_max = 0;      ///< customers times snapshots; 0: limits::study_rows_max
    std::vector<Feature> also{};   ///< to be known beside what is enumerated and segments read
    ArrivedUntil arrived_until{};  ///< absent where arrival is not known
    /// Set: the segments were found by those who fit and choose in the first rotation, so that only
    /// those who judge in it may judge them.
    bool first_rotation_only = false;
    /// Set: customers are looked at as they were known at each snapshot, through the columns as
    /// they stood then. Outcomes are what came to be known.
    AsKnown as_known{};
    /// Called as work goes on: what is being done, and how far it is. False stops the work.
    std::function<bool(const std::string& what, double share)> progress{};
};

/// Rows that choose or judge, and the skills measured on them.
struct JudgedRole {
    std::vector<std::uint32_t> rows{};  ///< of the panel
    std::optional<Judgement> judgement{};
    std::vector<OutcomeSums> cells{};
};

/// Who fits, who chooses, who judges, and what the first of them made: one rotation where time
/// keeps the roles apart, three where the customers take turns.
struct Rotation {
    std::vector<std::uint32_t> fit_rows{};
    std::vector<OutcomeSums> fit_cells{};
    OutcomeSums fit_all{};
    JudgedRole choose{};
    JudgedRole judge{};
    TreeSettings tree_settings{};
    Tree tree{};
    std::optional<Cells> cells{};

    /// The nested partition of the tree pruned to `k` leaves.
    [[nodiscard]] Grouping tree_grouping(std::size_t k) const;

    /// The rows before the judged ones, fitting and choosing, ascending.
    [[nodiscard]] std::vector<std::uint32_t> earlier_rows() const;
};

/// What audit and discovery both stand on: purpose, protocol, panel, and per rotation tree and
/// judgements on the choosing and on the judging rows.
struct Groundwork {
    Purpose purpose{};
    Protocol protocol{};
    FeatureCatalogue catalogue{};
    Panel panel{};
    BinnedPanel binned{};
    std::optional<Hindsight> hindsight{};  ///< at the judged snapshot, where arrival is known
    bool is_as_known = false;              ///< customers were looked at as they were known
    std::vector<double> outcome{};  ///< a row each: the metric, winsorised where it is an amount
    double cap = 0;                 ///< of the winsorising; 0: none
    std::vector<Rotation> rotations{};
    std::vector<std::uint32_t> judged_rows{};  ///< of all rotations, ascending
    /// Where customers take turns: the tree once more, on all who are not judged in the first
    /// rotation. Its leaves are what is shown and proposed; the judging rows of the first rotation
    /// saw nothing of it. Nothing is judged by it.
    std::optional<Rotation> regrown{};
    /// Per segment: why it could be no input of a backtest; empty where it was one.
    std::vector<std::string> unusable{};
    std::uint64_t seed = 1;
    unsigned threads = 2;
    std::size_t draws = 200;

    [[nodiscard]] const Rotation& first() const { return rotations.front(); }

    /// Whose tree is shown and proposed.
    [[nodiscard]] const Rotation& shown() const { return regrown ? *regrown : first(); }

    [[nodiscard]] bool takes_turns() const { return rotations.size() > 1; }

    /// The skill of a model on all who are judged, each told by the model of the rotation in which
    /// he judges; `told` gives the skill in one rotation.
    [[nodiscard]] Skill judged(const std::function<Skill(const Rotation&)>& told) const;

    /// The skill of a portfolio of the purpose's segments, judged.
    [[nodiscard]] Skill judged(const Parts& parts) const;
};

/// Reads the purpose, lays snapshots, evaluates, grows the trees. Errors: those of check_purpose,
/// plan_snapshots and build_panel; invalid_argument where a role has too few customers or the
/// metric is the same for everybody; unavailable when stopped.
[[nodiscard]] Result<Groundwork> lay_groundwork(const StudyRequest& request);

/// Whether a trait was ever set without a time. Cost: a pass over the customers.
[[nodiscard]] bool is_undated(const std::shared_ptr<const columns::View>& view,
                              const std::string& trait);

/// The parts of an expression that are aggregates over events: what a segment reads, as features;
/// those that grow with a history say so.
[[nodiscard]] std::vector<Feature> features_of(const expr::Expression& expression,
                                               const History& history = {});

}  // namespace fineline::study
