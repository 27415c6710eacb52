#pragma once

#include "study/methods/latent_classes.h"
#include "study/reference/published_files.h"

#include <map>

namespace fineline::study {

/// Survey answers as read: codes by order of their text, level 0 first; rows with an empty cell
/// left out unless kept.
struct SurveyAnswers {
    AnswerTable table{};
    /// Of columns asked for as numbers, one row a row of `table`.
    NumericTable numbers{};
};

/// Reads columns of answers, and columns of numbers beside them. Errors: as read_csv_file.
[[nodiscard]] Result<SurveyAnswers> read_answers(const std::string& path,
                                                 std::span<const std::string_view> items,
                                                 std::span<const std::string_view> numbers);

/// The answers as numbers, level codes 0, 1 …, for methods that measure distance.
[[nodiscard]] NumericTable as_numbers(const AnswerTable& table);

}  // namespace fineline::study
