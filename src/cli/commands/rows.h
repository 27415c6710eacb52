#pragma once

#include "cli/command.h"

/// One row per command; each lives in the file of its name.
namespace fineline::cli {

extern const Command load_command;
extern const Command ask_command;
extern const Command explain_command;
extern const Command check_command;
extern const Command schema_command;
extern const Command profile_command;
extern const Command segments_command;
extern const Command define_command;
extern const Command plan_command;
extern const Command apply_command;
extern const Command history_command;
extern const Command rollback_command;
extern const Command remove_command;
extern const Command purposes_command;
extern const Command audit_command;
extern const Command curve_command;
extern const Command discover_command;
extern const Command methods_command;
extern const Command settings_command;
extern const Command erase_command;
extern const Command verify_command;
extern const Command backup_command;
extern const Command restore_command;
extern const Command serve_command;
extern const Command changes_command;

}  // namespace fineline::cli
