#include "cli/command.h"

#include "cli/commands/rows.h"

#include <array>

namespace fineline::cli {

std::span<const Command> commands() {
    static const std::array<Command, 25> all{
        load_command,    ask_command,      explain_command, check_command,    schema_command,
        profile_command, segments_command, define_command,  plan_command,     apply_command,
        history_command, rollback_command, remove_command,  purposes_command, audit_command,
        curve_command,   discover_command, methods_command, settings_command, erase_command,
        verify_command,  backup_command,   restore_command, serve_command,    changes_command};
    return all;
}

}  // namespace fineline::cli
