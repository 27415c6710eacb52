#pragma once

#include "base/result.h"
#include "expr/ast.h"
#include "expr/check.h"
#include "mapping/portfolio.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::study {

/// What acting on one segment costs.
struct SegmentCost {
    double amount = 0;  ///< per segment and month
    std::string currency{};

    friend bool operator==(const SegmentCost&, const SegmentCost&) = default;
};

/// One segment of a purpose, checked.
struct PurposeSegment {
    std::string name{};
    std::string when{};  ///< canonical expression
    std::string because{};
    std::string action{};
    std::size_t conditions = 0;  ///< comparisons and tests it is made of
    std::vector<std::string> warnings{};
    expr::Dependencies reads{};
};

/// What segments are for, read and checked: what FINE_LINE's arithmetic runs on. Immutable.
struct Purpose {
    std::string name{};
    std::string question{};
    std::string owner{};
    std::string metric{};         ///< canonical expression with its `next` windows
    bool metric_is_rate = false;  ///< boolean: its mean is a share of customers
    bool higher_is_better = true;
    expr::Period horizon{};    ///< the longest `next` window of the metric
    std::string population{};  ///< canonical expression; "true" where none was written
    std::optional<std::string> consent{};
    bool no_record_is_granted = false;
    std::vector<std::string> static_traits{};
    std::optional<int> capacity{};
    std::optional<SegmentCost> cost{};
    double detect = 0.05;  ///< smallest relative change worth detecting
    bool detect_was_written = false;
    std::optional<expr::Period> review{};
    std::optional<Instant> reviewed{};
    mapping::Exposure exposure{};
    std::vector<std::string> protected_traits{};  ///< those of every purpose and its own
    std::uint64_t small_cell = 10;
    expr::Dependencies metric_reads{};
    std::vector<PurposeSegment> segments{};  ///< in order of priority
    mapping::Portfolio portfolio{};          ///< as it was written
};

/// Checks what a portfolio file says against what the data knows. A purpose without a metric can be
/// read, but nothing can be measured for it: that is an error here, as are a metric without a
/// `next` window (it reads the past only), a detect of 0 or an unreadable cost.
/// Errors: invalid_argument, saying which key and what it takes.
[[nodiscard]] Result<Purpose> check_purpose(const mapping::Portfolio& portfolio,
                                            const expr::Catalog& catalog);

/// The longest `next` window of an expression; nothing where there is none.
[[nodiscard]] std::optional<expr::Period> horizon_of(const expr::Expression& expression);

/// Comparisons and tests an expression is made of: what a reader has to keep in mind.
[[nodiscard]] std::size_t count_conditions(const expr::Expression& expression);

/// Reads `5 %`, `0.5 %` or `0.05`. Nothing where it is not a share above 0 and up to 1.
[[nodiscard]] std::optional<double> parse_share(std::string_view text);

/// Reads `90 days`. Nothing where it is not a positive whole number of a unit.
[[nodiscard]] std::optional<expr::Period> parse_period(std::string_view text);

/// Reads `400 EUR per segment per month`; per week, quarter and year are turned into months.
[[nodiscard]] std::optional<SegmentCost> parse_cost(std::string_view text);

/// The period in days, months counted as a twelfth of 365.25 days: to compare, never to move by.
[[nodiscard]] double days_of(const expr::Period& period);

/// Prints a period as the language does: `90 days`.
[[nodiscard]] std::string to_text(const expr::Period& period);

}  // namespace fineline::study
