#include "engine/verify.h"

#include "base/text.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "cli/published_numbers.h"

#include <array>

namespace fineline::cli {

namespace {

using Memberships = std::optional<engine::MembershipVerification>;

Json described(const Memberships& memberships) {
    if (!memberships) {
        return {};
    }
    Json differences{Json::Array{}};
    for (const std::string& difference : memberships->differences) {
        differences.push(difference);
    }
    return Json()
        .set("segments", memberships->segments)
        .set("compared", memberships->memberships)
        .set("records_behind", memberships->records_behind)
        .set("differences", std::move(differences));
}

void print(const Memberships& memberships, Terminal& terminal) {
    if (!memberships) {
        return;
    }
    if (memberships->records_behind > 0) {
        terminal.line("memberships           stored " + with_commas(memberships->records_behind) +
                      " records ago; the next start of the server brings them up");
        return;
    }
    terminal.line("memberships           " + with_commas(memberships->memberships) + " in " +
                  with_commas(memberships->segments) +
                  " segments, each compared with an evaluation from scratch");
}

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
    const auto memberships = engine::verify_memberships(**workspace);
    if (!memberships) {
        return memberships.error();
    }
    if (arguments.json) {
        session.terminal.json(Json()
                                  .set("memberships", described(*memberships))
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
        print(*memberships, session.terminal);
    }
    if (*memberships && !(*memberships)->differences.empty()) {
        return Error{ErrorCode::corrupt,
                     "memberships as stored differ from an evaluation: " +
                         (*memberships)->differences.front() +
                         "; remove membership.checkpoint, and the next start makes them anew",
                     {}};
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
