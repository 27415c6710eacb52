#pragma once

#include "base/instant.h"

#include <string>

namespace fineline {

/// Appends what to_iso() of instant.h returns: for answers that print many.
void append_iso(std::string& out, Instant at);

}  // namespace fineline
