#pragma once

#include "base/require.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <thread>

namespace fineline::crash {

/// How often each test kills: FINELINE_CRASH_POINTS, or 20.
inline int points_of_run() {
    const char* given = std::getenv("FINELINE_CRASH_POINTS");  // NOLINT(concurrency-mt-unsafe)
    return given == nullptr ? 20 : std::atoi(given);
}

/// Runs `work` in a child process and kills it after `delay`. True if it was killed before it had
/// done.
template <class Work>
bool killed_after(std::chrono::microseconds delay, Work work) {
    const pid_t child = fork();
    require(child >= 0, "cannot fork");
    if (child == 0) {
        work();
        _exit(0);
    }
    std::this_thread::sleep_for(delay);
    kill(child, SIGKILL);
    int status = 0;
    require(waitpid(child, &status, 0) == child, "cannot wait for the child");
    require(WIFSIGNALED(status) || WEXITSTATUS(status) == 0, "the child failed");
    return WIFSIGNALED(status);
}

}  // namespace fineline::crash
