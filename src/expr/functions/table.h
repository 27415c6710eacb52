#pragma once

#include "expr/functions/function.h"

/// Declares the row of each function file; functions/table.cpp puts them in order.
namespace fineline::expr::functions {

extern const AggregateFunction count_row;
extern const AggregateFunction sum_row;
extern const AggregateFunction avg_row;
extern const AggregateFunction min_row;
extern const AggregateFunction max_row;
extern const AggregateFunction median_row;
extern const AggregateFunction quantile_row;
extern const AggregateFunction first_row;
extern const AggregateFunction last_row;
extern const AggregateFunction distinct_row;
extern const AggregateFunction days_row;
extern const AggregateFunction weeks_row;
extern const AggregateFunction months_row;
extern const AggregateFunction first_time_row;
extern const AggregateFunction last_time_row;
extern const AggregateFunction since_first_row;
extern const AggregateFunction since_last_row;
extern const AggregateFunction gap_row;
extern const AggregateFunction share_row;
extern const AggregateFunction trend_row;
extern const AggregateFunction top_row;

extern const ScalarFunction abs_row;
extern const ScalarFunction round_row;
extern const ScalarFunction floor_row;
extern const ScalarFunction ceil_row;
extern const ScalarFunction ln_row;
extern const ScalarFunction least_row;
extern const ScalarFunction greatest_row;
extern const ScalarFunction coalesce_row;
extern const ScalarFunction lower_row;
extern const ScalarFunction upper_row;
extern const ScalarFunction length_row;
extern const ScalarFunction distance_row;
extern const ScalarFunction string_row;
extern const ScalarFunction number_row;

}  // namespace fineline::expr::functions
