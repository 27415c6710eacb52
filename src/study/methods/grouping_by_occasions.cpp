#include "study/methods/rows.h"

#include <array>

namespace fineline::study {

namespace {

Result<Groups> run(const GroupingInput& input) {
    if (input.columns.empty()) {
        return Error{ErrorCode::invalid_argument,
                     "every event is at the same hour and holds the same: there are no kinds of "
                     "occasion to tell apart",
                     {}};
    }
    return k_medoids_method.run(input);
}

constexpr std::array parameters{
    MethodParameter{
        "segments", "how many kinds of occasion; by separation where not given", 2, 64, 0},
    MethodParameter{"seed", "of the samples", 0, 1e9, 1}};

}  // namespace

constinit const Method occasions_method{
    .name = "occasions",
    .title = "k-medoids over occasions",
    .question = "On which kinds of occasion do customers buy, and whose is mostly which?",
    .parameters = parameters,
    .needs = "100 events of a third of the customers, of the event that the metric reads",
    .rows_min = 100,
    .does_not_tell =
        "Why somebody buys: it knows hour, weekend, season and what the event holds, not the need "
        "behind it, and no metric. Hours count as a line, so that 23 and 0 lie far apart. A "
        "customer "
        "with one event is wholly of its occasion.",
    .source = "Kaufman & Rousseeuw 1990; Gower 1971; ranks: Podani 1999",
    .groups = Grouped::occasions,
    .run = run};

}  // namespace fineline::study
