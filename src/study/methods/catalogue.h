#pragma once

#include "study/features.h"
#include "study/finding.h"
#include "study/methods/k_medoids.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The methods there are: what each answers, what it needs, what it does not tell.
namespace fineline::study {

/// The event that the metric reads, and the number of it that is summed.
struct MetricEvent {
    std::string event{};
    std::string amount{};  ///< empty: the event has no number
};

/// What is grouped: customers at snapshots (or their events), and what is known of each.
struct GroupingInput {
    NumericTable known{};                   ///< a row each; NaN: missing
    std::vector<ColumnKind> kinds{};        ///< one a column
    std::vector<std::string> columns{};     ///< the expression of each column
    std::vector<std::uint32_t> fit_rows{};  ///< those the groups are found on, ascending
    std::string rows_are = "customers";     ///< what a row is, for texts
    std::size_t segments = 0;               ///< how many are wanted; 0: the method chooses
    std::size_t segments_max = 8;           ///< where the method chooses
    NumericTable own{};  ///< a column for each feature that the method reads of its own
    std::vector<std::uint32_t> snapshot{};  ///< of each row
    double horizon_days = 0;                ///< how far ahead the metric looks
    std::uint64_t seed = 1;
    unsigned threads = 1;
};

/// The groups found, largest first.
struct Groups {
    std::vector<std::uint32_t> of_row{};  ///< of every row, fitted or not
    std::size_t count = 0;
    std::vector<std::string> names{};  ///< one a group; empty: the rule will name it
    std::vector<Shape> told{};         ///< how sure the method is of them
};

/// A number a method takes.
struct MethodParameter {
    std::string_view name{};
    std::string_view meaning{};
    double least = 0;
    double most = 0;
    double usual = 0;
};

/// What a method groups.
enum class Grouped : std::uint8_t {
    customers,
    occasions,  ///< events; customers are then told apart by their mix of them
};

/// One method: a row of the table, a file of its own.
struct Method {
    std::string_view name{};  ///< as typed
    std::string_view title{};
    std::string_view question{};  ///< what it answers, one sentence
    std::span<const MethodParameter> parameters{};
    std::string_view needs{};  ///< the least data, in words
    std::size_t rows_min = 0;  ///< fewer rows to fit are refused
    std::string_view does_not_tell{};
    std::string_view source{};
    Grouped groups = Grouped::customers;
    /// What the method must know of the metric's event, wherever it stands among the features; none
    /// where everything known will do. Errors: invalid_argument where the event has not got it.
    Result<std::vector<Feature>> (*reads)(const MetricEvent& of) = nullptr;
    /// Errors: invalid_argument for data the method cannot group, saying why.
    Result<Groups> (*run)(const GroupingInput& input) = nullptr;
};

/// The methods that propose segments by likeness or by value, in the order they are listed.
[[nodiscard]] std::span<const Method> methods();

/// Finds a method by name. Errors: not_found, with the names there are.
[[nodiscard]] Result<const Method*> find_method(std::string_view name);

/// Draws at most `wanted` of the rows, ascending, the same for the same seed.
[[nodiscard]] std::vector<std::uint32_t> sample_of(std::span<const std::uint32_t> rows,
                                                   std::size_t wanted,
                                                   std::uint64_t seed);

/// A number that is known without error, or whose error is told elsewhere.
[[nodiscard]] Estimate certain(std::string name, double value, std::string why_no_interval);

}  // namespace fineline::study
