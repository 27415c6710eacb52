#include "engine/live_checkpointer.h"

#include "base/require.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace fineline::engine {

namespace {

/// Who waits for an answer goes first. Linux counts niceness per thread.
void yield_to_others() {
    constexpr int niceness = 10;
    // Where it is refused the checkpoint is written all the same.
    static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), niceness));
}

}  // namespace

void LiveCheckpointer::begin(LiveCheckpoint checkpoint) {
    require(!is_busy(), "one checkpoint is written at a time");
    is_given_up_ = false;
    is_finished_ = false;
    thread_ = std::thread([this, taken = std::move(checkpoint)]() mutable {
        const Position position = taken.position();
        // The memberships are soon written, and as long as it takes the writer copies what it
        // changes: there is no yielding yet.
        const CheckpointWatch watch{
            .is_given_up = [this] { return is_given_up_.load(std::memory_order_relaxed); },
            .memberships_written = yield_to_others};
        outcome_ = {.position = position,
                    .written = write_live_checkpoint(std::move(taken), watch)};
        is_finished_.store(true, std::memory_order_release);
    });
}

std::optional<LiveCheckpointer::Outcome> LiveCheckpointer::take() {
    if (!is_busy() || !is_finished_.load(std::memory_order_acquire)) {
        return std::nullopt;
    }
    thread_.join();
    return std::exchange(outcome_, {});
}

void LiveCheckpointer::give_up() {
    if (is_busy()) {
        is_given_up_ = true;
        thread_.join();
    }
}

}  // namespace fineline::engine
