#include "base/result.h"

namespace fineline {

const char* to_string(ErrorCode code) {
    switch (code) {
        case ErrorCode::invalid_argument: return "invalid_argument";
        case ErrorCode::not_found: return "not_found";
        case ErrorCode::conflict: return "conflict";
        case ErrorCode::limit_exceeded: return "limit_exceeded";
        case ErrorCode::forbidden: return "forbidden";
        case ErrorCode::corrupt: return "corrupt";
        case ErrorCode::io: return "io";
        case ErrorCode::unavailable: return "unavailable";
        case ErrorCode::internal: return "internal";
    }
    return "internal";
}

}  // namespace fineline
