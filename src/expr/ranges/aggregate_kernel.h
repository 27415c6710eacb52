#pragma once

#include "columns/cursor.h"
#include "expr/functions/function.h"
#include "expr/ranges/range_predicate.h"
#include "expr/ranges/row_filter.h"
#include "expr/ranges/row_span.h"
#include "expr/ranges/value_sink.h"

#include <memory>
#include <span>
#include <vector>

namespace fineline::expr {

/// Computes an aggregate for the customers of a range straight from the chunk that holds their
/// rows. One thread at a time.
class AggregateKernel {
  public:
    /// nullptr where no kernel fits: events of any name, a window or condition that depends on the
    /// customer.
    [[nodiscard]] static std::unique_ptr<AggregateKernel> plan(const BoundAggregate& aggregate,
                                                               const BoundNode& node,
                                                               const RangeQuestion& question);

    AggregateKernel(const BoundAggregate& aggregate,
                    const BoundNode& node,
                    const RowSpan& span,
                    std::unique_ptr<RowFilter> filter);

    /// Gives the sink the value of each asked lane.
    void run(RangeStand& stand, Asked asked, ValueSink& sink);

    [[nodiscard]] int cost() const;

  private:
    /// How the rows of one customer become a value: the shortest way there is.
    enum class Way : std::uint8_t { count, share, sum, distinct, rows, events };

    void run_chunk(RangeStand& stand, const columns::RangeRows& rows, Asked asked, ValueSink& sink);
    /// `visit(lane, rows)` for each asked customer with selected rows; `rows` is indexable.
    template <class Visit>
    void each(RangeStand& stand, const columns::RangeRows& rows, Asked asked, Visit visit);
    void run_share(RangeStand& stand, const columns::RangeRows& rows, Asked asked, ValueSink& sink);
    void run_sum(RangeStand& stand, const columns::RangeRows& rows, Asked asked, ValueSink& sink);
    void run_distinct(RangeStand& stand,
                      const columns::RangeRows& rows,
                      Asked asked,
                      ValueSink& sink);
    void run_rows(RangeStand& stand, const columns::RangeRows& rows, Asked asked, ValueSink& sink);
    void run_events(RangeStand& stand,
                    const columns::RangeRows& rows,
                    Asked asked,
                    ValueSink& sink);
    [[nodiscard]] Way way_for(const columns::RangeRows& rows) const;
    [[nodiscard]] columns::Column column_of(const columns::RangeRows& rows) const;
    [[nodiscard]] Datum of_events(const RangeStand& stand, std::uint64_t unfiltered);

    const BoundAggregate& aggregate_;
    const BoundNode& node_;
    RowSpan span_;
    std::unique_ptr<RowFilter> filter_;
    columns::ChunkSource source_;
    std::vector<SelectedEvent> events_;
    AggregateScratch scratch_;
    std::vector<std::uint32_t> seen_;  ///< by stored code: the last customer who had it, plus one
    std::uint32_t seen_by_ = 0;
};

}  // namespace fineline::expr
