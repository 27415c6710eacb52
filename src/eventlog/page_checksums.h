#pragma once

#include "base/result.h"

namespace fineline::eventlog {

/// The size of every page of the log file. A page ends with the checksum of what stands before it.
inline constexpr int page_bytes = 4096;

/// Bytes kept free for the checksum at the end of each page (byte 20 of the file says so to
/// SQLite).
inline constexpr int page_checksum_bytes = 8;

/// Registers (once) a file system for SQLite that guards every page of a database file: a page is
/// written with the XXH3-64 of its page number and content, and one that does not match when read
/// is refused with SQLITE_IOERR_DATA. So a flipped byte, a page of another place and a page written
/// by another program are found at the read, before anything of it is believed. The write-ahead log
/// passes through: SQLite guards it itself. Returns the name to open a database with. Safe to
/// share. Errors: internal, if SQLite refuses.
[[nodiscard]] Result<const char*> page_checksum_vfs();

}  // namespace fineline::eventlog
