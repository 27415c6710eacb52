#include "base/require.h"

#include <cstdio>
#include <cstdlib>

namespace fineline {

void require_failed(const char* why, const char* file, int line) {
    std::fprintf(stderr, "fineline: a bug: %s (%s:%d)\n", why, file, line);
    std::abort();
}

}  // namespace fineline
