#pragma once

#include "study/audit.h"
#include "study/methods/catalogue.h"

#include <optional>

namespace fineline::study {

/// Proposes a portfolio by a method of the catalogue: groups customers on the fitting snapshots by
/// what is known of them, tells each group as an expression, and audits that portfolio for the
/// purpose, as discover() does with its tree. What the method says of its groups, how faithfully
/// the expressions tell them, and what the method does not tell stand in the report. Errors: as
/// audit; invalid_argument for too few customers, or where no group can be told.
[[nodiscard]] Result<Discovery> discover_by(const Method& method,
                                            const StudyRequest& request,
                                            std::optional<std::size_t> segments);

}  // namespace fineline::study
