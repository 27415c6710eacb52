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
    /// Set: customers are looked at as they were known at each snapshot, through the columns as
    /// they stood then. Outcomes are what came to be known.
    AsKnown as_known{};
    /// Called as work goes on: what is being done, and how far it is. False stops the work.
    std::function<bool(const std::string& what, double share)> progress{};
};

/// Judged rows and the skills measured on them.
struct JudgedRole {
    std::vector<std::uint32_t> rows{};  ///< of the panel
    std::optional<Judgement> judgement{};
    std::vector<OutcomeSums> cells{};
};

/// What audit and discovery both stand on: purpose, protocol, panel, tree, and the judgements on
/// the choosing and on the judging rows.
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
    std::vector<std::uint32_t> fit_rows{};
    std::vector<OutcomeSums> fit_cells{};
    OutcomeSums fit_all{};
    JudgedRole choose{};
    JudgedRole judge{};
    TreeSettings tree_settings{};
    Tree tree{};
    std::optional<Cells> cells{};
    /// Per segment: why it could be no input of a backtest; empty where it was one.
    std::vector<std::string> unusable{};
    std::uint64_t seed = 1;
    unsigned threads = 2;
    std::size_t draws = 200;

    /// The nested partition of the tree pruned to `k` leaves.
    [[nodiscard]] Grouping tree_grouping(std::size_t k) const;
};

/// Reads the purpose, lays snapshots, evaluates, grows the tree. Errors: those of check_purpose,
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
