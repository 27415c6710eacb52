#pragma once

#include "base/random.h"

#include <cstdint>

namespace fineline::study {

/// Returns the seed of the n-th of several independent draws under one seed, so that each can run
/// on any thread.
[[nodiscard]] inline std::uint64_t nth_seed(std::uint64_t seed, std::uint64_t n) {
    return Random(Random(seed).next() ^ (0x9e3779b97f4a7c15ULL * (n + 1))).next();
}

}  // namespace fineline::study
