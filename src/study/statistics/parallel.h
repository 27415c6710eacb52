#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace fineline::study {

/// Calls `work(i)` for i = 0 … count − 1 on at most `threads` threads and returns when all are
/// done. Each call writes only what belongs to its own i, so the outcome does not depend on the
/// number of threads.
template <class Work>
void for_each_index(std::size_t count, unsigned threads, Work work) {
    std::atomic<std::size_t> next{0};
    const auto run = [&] {
        for (std::size_t i = next++; i < count; i = next++) {
            work(i);
        }
    };
    std::vector<std::jthread> others;
    for (unsigned i = 1; i < std::min<std::size_t>(std::max(1U, threads), count); ++i) {
        others.emplace_back(run);
    }
    run();
}

}  // namespace fineline::study
