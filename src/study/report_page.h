#pragma once

#include "study/act_audit.h"
#include "study/audit.h"

#include <string>

namespace fineline::study {

/// A report as one HTML page that needs nothing else: the sentence, the curve as a picture,
/// segments, findings with their patches, the merge path, the recommended file, and how it was
/// measured.
[[nodiscard]] std::string report_page(const AuditReport& report);

/// The same in act mode.
[[nodiscard]] std::string report_page(const ActReport& report);

}  // namespace fineline::study
