#include "engine/live_checkpoint.h"

#include "columns/checkpoint.h"
#include "engine/durable_file.h"

#include <unistd.h>

#include <utility>

namespace fineline::engine {

Status write_live_checkpoint(LiveCheckpoint checkpoint, const CheckpointWatch& watch) {
    const columns::CheckpointOptions options{.log_digest = checkpoint.log_digest,
                                             .rivals = columns::CheckpointRivals::none,
                                             .is_given_up = watch.is_given_up};
    // Memberships first and quickly: while they are held, the writer copies whatever it changes.
    DurableFile memberships(checkpoint.membership_path);
    if (auto written =
            write_memberships(memberships, std::move(checkpoint.memberships), watch.is_given_up);
        !written) {
        return written;
    }
    watch.memberships_written();
    // The columns are checked on the way: they are not replaced, and nor are memberships that
    // number their rows, before all of them turned out to be sound.
    if (auto written = columns::write_unfinished_checkpoint(
            checkpoint.columns, checkpoint.columns_path, options);
        !written) {
        return written;
    }
    if (auto placed = memberships.finish(); !placed) {
        ::unlink(columns::unfinished_checkpoint(checkpoint.columns_path).c_str());
        return placed;
    }
    return columns::place_checkpoint(checkpoint.columns_path);
}

}  // namespace fineline::engine
