#include "control/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace fineline::control {

namespace {

Error error_of(sqlite3* database) {
    const int code = sqlite3_errcode(database) & 0xff;
    const std::string message =
        std::string("the control store (control.sqlite): ") + sqlite3_errmsg(database);
    switch (code) {
        case SQLITE_FULL:
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_NOMEM: return Error{ErrorCode::unavailable, message, {}};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return Error{ErrorCode::corrupt, message, {}};
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY: return Error{ErrorCode::io, message, {}};
        case SQLITE_CONSTRAINT: return Error{ErrorCode::conflict, message, {}};
        default: return Error{ErrorCode::internal, message, {}};
    }
}

struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

void bind(sqlite3_stmt* statement, int place, const Cell& cell) {
    if (const auto* number = std::get_if<std::int64_t>(&cell)) {
        sqlite3_bind_int64(statement, place, *number);
    } else if (const auto* text = std::get_if<std::string>(&cell)) {
        // A null destructor is SQLITE_STATIC: the parameters outlive the statement.
        sqlite3_bind_text(statement, place, text->data(), static_cast<int>(text->size()), nullptr);
    } else {
        sqlite3_bind_null(statement, place);
    }
}

Cell column_of(sqlite3_stmt* statement, int column) {
    switch (sqlite3_column_type(statement, column)) {
        case SQLITE_NULL: return {};
        case SQLITE_INTEGER: return std::int64_t{sqlite3_column_int64(statement, column)};
        default: {
            const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
            const int size = sqlite3_column_bytes(statement, column);
            return std::string(bytes == nullptr ? "" : bytes, static_cast<std::size_t>(size));
        }
    }
}

}  // namespace

std::int64_t number_in(const Row& row, std::size_t column) {
    const auto* number = std::get_if<std::int64_t>(&row.at(column));
    return number == nullptr ? 0 : *number;
}

std::string text_in(const Row& row, std::size_t column) {
    const auto* text = std::get_if<std::string>(&row.at(column));
    return text == nullptr ? std::string() : *text;
}

void Database::Close::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::string& path) {
    // SQLite makes files for everybody to read; this one holds secrets of webhooks.
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        return Error{ErrorCode::io,
                     "cannot open '" + path + "': " + std::generic_category().message(errno),
                     {}};
    }
    ::close(descriptor);
    sqlite3* raw = nullptr;
    const int opened = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
    Database database(raw);
    if (opened != SQLITE_OK) {
        return error_of(raw);
    }
    sqlite3_busy_timeout(raw, 1000);
    for (const char* sql : {"PRAGMA journal_mode = WAL",
                            "PRAGMA synchronous = FULL",
                            "PRAGMA secure_delete = ON",
                            "PRAGMA foreign_keys = ON"}) {
        if (auto configured = database.run(sql); !configured) {
            return configured.error();
        }
    }
    return database;
}

Result<std::vector<Row>> Database::run(const std::string& sql,
                                       const std::vector<Cell>& parameters) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(database_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK) {
        return error_of(database_.get());
    }
    const Statement statement(raw);
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        bind(raw, static_cast<int>(i) + 1, parameters[i]);
    }
    std::vector<Row> rows;
    int step = sqlite3_step(raw);
    for (; step == SQLITE_ROW; step = sqlite3_step(raw)) {
        Row& row = rows.emplace_back();
        for (int column = 0; column < sqlite3_column_count(raw); ++column) {
            row.push_back(column_of(raw, column));
        }
    }
    if (step != SQLITE_DONE) {
        return error_of(database_.get());
    }
    return rows;
}

Status Database::together(const std::function<Status()>& work) {
    if (auto begun = run("BEGIN IMMEDIATE"); !begun) {
        return begun.error();
    }
    Status worked = work();
    if (worked) {
        auto committed = run("COMMIT");
        if (committed) {
            return done;
        }
        worked = committed.error();
    }
    // A rollback fails only where SQLite has rolled back already.
    static_cast<void>(run("ROLLBACK"));
    return worked;
}

}  // namespace fineline::control
