#pragma once

#include "base/instant.h"

#include <string>

namespace fineline::control {

/// The newest result of a kind of study for a purpose: one is kept, the next takes its place.
struct KeptStudy {
    std::string kind;     ///< "audit", "curve" or "discover"
    std::string purpose;  ///< its name
    std::string id;
    std::string order;  ///< what was asked for, as JSON
    Instant ended_at{};
    std::string result;  ///< JSON
};

}  // namespace fineline::control
