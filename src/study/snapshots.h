#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "study/purpose.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace fineline::study {

/// What a row of the panel is used for. Nothing is judged on what shaped it.
enum class Role : std::uint8_t {
    fit,     ///< shapes models and means
    choose,  ///< picks between them: K, merges, tuning
    judge,   ///< touched once, for the printed numbers
};

[[nodiscard]] const char* to_string(Role role);

/// The role in a later rotation of whoever has `first` in the first one: who fits chooses next, who
/// chooses judges, who judges fits. After three rotations everybody had every role once.
[[nodiscard]] Role rotated(Role first, std::size_t rotation);

/// How fitting and judging are kept apart.
enum class Separation : std::uint8_t {
    out_of_time,         ///< fit and choose on earlier snapshots, judge on the last
    out_of_time_thirds,  ///< two snapshots: of the first, a third of the customers chooses
    out_of_sample,       ///< one snapshot: thirds of the customers, drawn at random, take turns
};

/// The instants at which everything is looked at, a horizon apart, and who does what.
struct Protocol {
    Separation separation = Separation::out_of_time;
    std::vector<Instant> snapshots{};  ///< ascending; the last one is judged
    Instant data_begin{};              ///< the first event
    Instant data_end{};                ///< the last event at or before the instant of the audit
    expr::Period horizon{};
    std::uint64_t seed = 1;
    double customers_share = 1;  ///< below 1: a random share of the customers was looked at
    /// How often fitting, choosing and judging are gone through: 3 where customers take turns.
    std::size_t rotations = 1;

    /// What a customer's row at a snapshot is used for in the first rotation. `customer` is any
    /// number of the customer that stays the same.
    [[nodiscard]] Role role(std::size_t snapshot, std::uint64_t customer) const;

    /// "out of time", "out of sample": how numbers judged so are marked.
    [[nodiscard]] std::string words() const;
};

/// A number in [0, 1) of a customer under a seed; the same in every pass and on every thread.
[[nodiscard]] double customer_draw(std::uint64_t seed,
                                   std::uint64_t stream,
                                   std::uint64_t customer);

/// What a plan may use.
struct SnapshotPlan {
    Instant at{};  ///< nothing later is looked at
    std::uint64_t seed = 1;
    std::size_t rows_max = 0;  ///< customers times snapshots; 0: limits::study_rows_max
    bool first_rotation_only = false;
};

/// Lays snapshots over the data: the last a horizon before its end, each a horizon before the next,
/// the first at least a horizon after its beginning; at most limits::study_snapshots_max.
/// Errors: invalid_argument where the data holds less than two horizons: one to look back on, one
/// to predict.
[[nodiscard]] Result<Protocol> plan_snapshots(const std::shared_ptr<const columns::View>& view,
                                              const Purpose& purpose,
                                              const SnapshotPlan& plan);

}  // namespace fineline::study
