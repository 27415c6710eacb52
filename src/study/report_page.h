#pragma once

#include "study/audit.h"

#include <string>

namespace fineline::study {

/// A report as one HTML page that needs nothing else: the sentence, the curve as a picture,
/// segments, findings with their patches, the merge path, the recommended file, and how it was
/// measured.
[[nodiscard]] std::string report_page(const AuditReport& report);

/// Text made safe to stand in HTML and SVG.
[[nodiscard]] std::string escaped_markup(std::string_view text);

}  // namespace fineline::study
