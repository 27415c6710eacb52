#include "cli/commands/rows.h"
#include "cli/open_workspace.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace fineline::cli {

namespace {

namespace fs = std::filesystem;

Status run_backup(const Arguments& arguments, const Session& session) {
    auto workspace = open_workspace(arguments, session, OpenFor::reading);
    if (!workspace) {
        return workspace.error();
    }
    const std::string& file = arguments.files.front();
    if (auto copied = (*workspace)->log().backup(file); !copied) {
        return copied;
    }
    const std::string records = std::to_string((*workspace)->log().end().value());
    if (arguments.json) {
        session.terminal.json(
            Json().set("file", file).set("records", (*workspace)->log().end().value()));
    } else {
        session.terminal.line(
            "Backed up " + records + " records to " + file +
            ". An erasure does not reach this copy: keep it no longer than needed.");
    }
    return done;
}

/// Says whether a file begins as a log does, before anything is made of it.
bool is_database(const std::string& file) {
    constexpr std::string_view begin = "SQLite format 3";
    std::string bytes(begin.size(), '\0');
    std::ifstream in(file, std::ios::binary);
    in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return in && bytes == begin;
}

Status run_restore(const Arguments& arguments, const Session& session) {
    const std::string& file = arguments.files.front();
    const fs::path target = fs::path(arguments.data) / "log.sqlite";
    std::error_code failed;
    if (fs::exists(target, failed)) {
        return Error{ErrorCode::conflict,
                     "'" + arguments.data + "' already holds data: restore into a new directory",
                     {}};
    }
    if (!fs::exists(file, failed)) {
        return Error{ErrorCode::invalid_argument, "no such file: '" + file + "'", {}};
    }
    if (!is_database(file)) {
        return Error{ErrorCode::invalid_argument, "no backup of fineline's: '" + file + "'", {}};
    }
    fs::create_directories(arguments.data, failed);
    fs::copy_file(file, target, failed);
    if (failed) {
        return Error{ErrorCode::io, "cannot copy '" + file + "': " + failed.message(), {}};
    }
    auto workspace = open_workspace(arguments, session, OpenFor::writing);
    if (!workspace) {
        // What was copied is no log: leave nothing half restored behind.
        fs::remove(target, failed);
        return workspace.error();
    }
    if (auto sound = (*workspace)->log().verify(); !sound) {
        return sound;
    }
    if (auto written = (*workspace)->write_checkpoint(); !written) {
        return written;
    }
    const std::uint64_t records = (*workspace)->log().end().value();
    if (arguments.json) {
        session.terminal.json(Json().set("directory", arguments.data).set("records", records));
    } else {
        session.terminal.line("Restored " + std::to_string(records) + " records into " +
                              arguments.data + ".");
    }
    return done;
}

constexpr std::array options{Option::data, Option::one_file};

}  // namespace

constinit const Command backup_command{
    .name = "backup",
    .summary = "Copy the whole log into one file, consistent, while in use",
    .options = options,
    .examples = "fineline backup --data shop shop-2024-12-31.sqlite",
    .run = run_backup};

constinit const Command restore_command{
    .name = "restore",
    .summary = "Make a data directory from a backup",
    .options = options,
    .examples = "fineline restore --data shop2 shop-2024-12-31.sqlite",
    .run = run_restore};

}  // namespace fineline::cli
