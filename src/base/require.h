#pragma once

namespace fineline {

/// Ends the process with file, line and reason: for what only a bug of ours can cause.
[[noreturn]] void require_failed(const char* why, const char* file, int line);

/// Checks an invariant that only a bug can break; on in release builds too.
inline void require(bool condition,
                    const char* why,
                    const char* file = __builtin_FILE(),
                    int line = __builtin_LINE()) {
    if (!condition) [[unlikely]] {
        require_failed(why, file, line);
    }
}

}  // namespace fineline
