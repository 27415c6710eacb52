#pragma once

#include "study/reference/answers.h"

namespace fineline::study {

/// Reads the 11 yes/no items of 1,453 answers (Dolnicar, Grün & Leisch 2018). Errors: not_found.
[[nodiscard]] Result<SurveyAnswers> mcdonalds_answers(const DataFolders& folders);

}  // namespace fineline::study
