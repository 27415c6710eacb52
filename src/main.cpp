#include "cli/command.h"

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>

namespace {

// A signal handler can reach nothing but a global.
std::atomic<bool> stop_requested{
    false};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void request_stop(int signal) {
    stop_requested.store(true);
    // A second Ctrl-C ends the process at once.
    std::signal(signal, SIG_DFL);
}

/// The machine's clock.
class SystemClock final : public fineline::Clock {
  public:
    [[nodiscard]] fineline::Instant now() const override {
        return std::chrono::floor<fineline::Duration>(std::chrono::system_clock::now());
    }
};

bool is_terminal(int descriptor) {
    return ::isatty(descriptor) == 1 &&
           std::getenv("NO_COLOR") == nullptr;  // NOLINT(concurrency-mt-unsafe)
}

}  // namespace

int main(int count, char** texts) {
    static_assert(std::atomic<bool>::is_always_lock_free, "the signal handler needs it");
    std::ios::sync_with_stdio(false);
    std::signal(SIGINT, request_stop);
    std::signal(SIGTERM, request_stop);
    const SystemClock clock;
    fineline::cli::Terminal terminal({.out = std::cout,
                                      .err = std::cerr,
                                      .out_is_terminal = is_terminal(STDOUT_FILENO),
                                      .err_is_terminal = is_terminal(STDERR_FILENO)});
    const int exit_code = fineline::cli::run(
        count, texts, {.terminal = terminal, .clock = clock, .stop = stop_requested});
    std::cout.flush();
    if (!std::cout && exit_code == 0) {
        std::cerr << "error: cannot write the answer: is the disk full?\n";
        return 1;
    }
    return exit_code;
}
