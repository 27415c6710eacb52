#include "study/reference/answers.h"

#include "base/text.h"

#include <algorithm>
#include <set>

namespace fineline::study {

namespace {

/// Sets the codes of one column: the place of each text among the column's sorted texts.
std::uint8_t code_column(AnswerTable& table,
                         const std::vector<std::vector<std::string>>& rows,
                         std::size_t column) {
    std::set<std::string> sorted;
    for (const auto& row : rows) {
        sorted.insert(row[column]);
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto place = std::distance(sorted.begin(), sorted.find(rows[row][column]));
        table.answers[row * table.levels.size() + column] = static_cast<std::uint8_t>(place);
    }
    return static_cast<std::uint8_t>(std::min<std::size_t>(sorted.size(), 254));
}

}  // namespace

Result<SurveyAnswers> read_answers(const std::string& path,
                                   std::span<const std::string_view> items,
                                   std::span<const std::string_view> numbers) {
    std::vector<std::string_view> columns(items.begin(), items.end());
    columns.insert(columns.end(), numbers.begin(), numbers.end());
    SurveyAnswers answers;
    answers.numbers.columns = numbers.size();
    std::vector<std::vector<std::string>> rows;
    bool sound = true;
    const auto read = read_csv_file(path, columns, [&](std::span<const std::string_view> cells) {
        const bool complete = std::none_of(
            cells.begin(), cells.end(), [](std::string_view cell) { return cell.empty(); });
        if (!complete) return;
        rows.emplace_back(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(items.size()));
        for (const std::string_view cell : cells.subspan(items.size())) {
            double number = 0;
            sound = sound && parse_number(cell, number);
            answers.numbers.values.push_back(number);
        }
    });
    if (!read) return read.error();
    if (!sound)
        return Error{ErrorCode::invalid_argument, path + " holds no numbers where it should", {}};
    answers.numbers.rows = rows.size();
    answers.table.levels.assign(items.size(), 0);
    answers.table.answers.assign(rows.size() * items.size(), 0);
    for (std::size_t column = 0; column < items.size(); ++column) {
        answers.table.levels[column] = code_column(answers.table, rows, column);
    }
    return answers;
}

NumericTable as_numbers(const AnswerTable& table) {
    NumericTable numbers(table.rows(), table.items());
    std::copy(table.answers.begin(), table.answers.end(), numbers.values.begin());
    return numbers;
}

}  // namespace fineline::study
