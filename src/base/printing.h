#pragma once

#include "base/instant.h"

#include <string>

// For answers that print many values: no text is made of each.

namespace fineline {

/// Appends what to_iso() of instant.h returns.
void append_iso(std::string& out, Instant at);

/// Appends what number_text() of text.h returns.
void append_number(std::string& out, double number);

}  // namespace fineline
