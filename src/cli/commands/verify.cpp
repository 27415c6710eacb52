#include "engine/verify.h"

#include "base/text.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "cli/published_numbers.h"

#include <array>

namespace fineline::cli {

namespace {

Status run_verify(const Arguments& arguments, const Session& session) {
    if (arguments.data.empty()) {
        return verify_published_numbers(arguments, session);
    }
    auto workspace = open_workspace(arguments, session, OpenFor::reading);
    if (!workspace) {
        return workspace.error();
    }
    ProgressMeter meter(session.clock);
    const auto verification =
        engine::verify(**workspace, [&](std::uint64_t replayed, std::uint64_t total) {
            if (meter.due()) {
                session.terminal.progress(progress_bar(replayed, total) + "  folding the log anew");
            }
        });
    session.terminal.progress("");
    if (!verification) {
        return verification.error();
    }
    if (arguments.json) {
        session.terminal.json(Json()
                                  .set("records", verification->records)
                                  .set("held", verification->held_digest)
                                  .set("replayed", verification->replayed_digest)
                                  .set("checkpoint", verification->checkpoint_digest)
                                  .set("agrees", verification->agrees()));
    } else {
        session.terminal.line(with_commas(verification->records) +
                              " records, every checksum right");
        session.terminal.line("columns as held       " + verification->held_digest);
        session.terminal.line("folded from the log   " + verification->replayed_digest);
        if (!verification->checkpoint_digest.empty()) {
            session.terminal.line("checkpoint            " + verification->checkpoint_digest);
        }
    }
    if (!verification->agrees()) {
        return Error{ErrorCode::corrupt,
                     "what is held differs from what the log says; remove columns.checkpoint to "
                     "rebuild from the log",
                     {}};
    }
    return done;
}

constexpr std::array options{Option::maybe_data, Option::topic, Option::threads};

}  // namespace

constinit const Command verify_command{
    .name = "verify",
    .summary =
        "Check a data directory against its log; without --data, our numbers against published "
        "ones",
    .options = options,
    .examples =
        "fineline verify --data shop\nfineline verify --data shop --json\n"
        "fineline verify\nfineline verify cdnow\n"
        "FINELINE_DATA=~/data fineline verify --json",
    .run = run_verify};

}  // namespace fineline::cli
