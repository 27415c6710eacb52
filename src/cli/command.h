#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "cli/arguments.h"
#include "cli/terminal.h"

#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

namespace fineline::cli {

/// What a command may take, on its line and in its help. `!` in the table below marks what it must
/// have.
enum class Option : std::uint8_t {
    data,            ///< --data DIR
    files,           ///< FILE…
    load_kind,       ///< --mapping FILE, --traits, --accounts, --consents, --merges
    again,           ///< --again
    source,          ///< --source NAME
    sparse,          ///< --sparse
    expression,      ///< 'EXPRESSION'
    name,            ///< NAME
    maybe_name,      ///< [NAME [VALUE]]
    topic,           ///< [TOPIC]
    customer,        ///< --customer ID
    at,              ///< --at INSTANT
    purpose,         ///< --purpose NAME
    to,              ///< --to text|json|sql:duckdb
    maybe_data,      ///< --data DIR, not needed
    limit,           ///< --limit N
    threads,         ///< --threads N
    members,         ///< --members
    one_file,        ///< FILE
    value,           ///< --value EXPRESSION
    plan,            ///< --plan ID
    version,         ///< VERSION
    any_purpose,     ///< [PURPOSE]
    purpose_name,    ///< PURPOSE
    seed,            ///< --seed N
    as_known,        ///< --as-known
    segments,        ///< --segments K
    capacity,        ///< --capacity K
    method,          ///< --method NAME
    html,            ///< --html FILE
    svg,             ///< --svg FILE
    out,             ///< --out FILE
    data_or_server,  ///< --data DIR or --server URL
    server,          ///< --server URL
    after,           ///< --after N
    serve,           ///< --listen, --tls-cert … (ServeArguments)
};

/// What every command gets beside its arguments.
struct Session {
    Terminal& terminal;
    const Clock& clock;
    const std::atomic<bool>&
        stop;  ///< set by Ctrl-C: finish the step at hand, lose nothing, return
};

/// One command: a row here, a file under commands/.
struct Command {
    std::string_view name;
    std::string_view summary;
    std::span<const Option> options;
    std::string_view examples;  ///< one a line, as typed
    Status (*run)(const Arguments& arguments, const Session& session) = nullptr;
};

/// All commands, in the order of `fineline --help`.
[[nodiscard]] std::span<const Command> commands();

/// Reads a command line and runs it. Returns the exit code: 0 fine, 1 failed, 2 wrong usage or
/// invalid input.
[[nodiscard]] int run(int count, const char* const* texts, const Session& session);

}  // namespace fineline::cli
