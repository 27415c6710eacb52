#include "eventlog/sqlite_database.h"

#include "eventlog/page_checksums.h"

#include <sqlite3.h>

namespace fineline::eventlog {

namespace {

ErrorCode code_of(int extended) {
    if (extended == SQLITE_IOERR_DATA) {
        return ErrorCode::corrupt;
    }
    switch (extended & 0xff) {
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return ErrorCode::corrupt;
        case SQLITE_FULL:
        case SQLITE_NOMEM: return ErrorCode::unavailable;
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return ErrorCode::conflict;
        case SQLITE_TOOBIG: return ErrorCode::limit_exceeded;
        case SQLITE_IOERR:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM: return ErrorCode::io;
        default: return ErrorCode::internal;
    }
}

Error error_of(sqlite3* database) {
    const int extended = sqlite3_extended_errcode(database);
    const char* path = sqlite3_db_filename(database, "main");
    const std::string file = path == nullptr || *path == '\0' ? "the log" : path;
    std::string what = sqlite3_errmsg(database);
    if (extended == SQLITE_IOERR_DATA) {
        what = "a page does not match its checksum: the file was damaged; restore a backup";
    } else if ((extended & 0xff) == SQLITE_FULL) {
        what = "the disk is full; free some space and try again";
    }
    return {code_of(extended), file + ": " + what, {}};
}

/// Names a file that nobody writes, so that SQLite needs neither locks nor files beside it.
std::string immutable_uri(const std::string& path) {
    constexpr std::string_view hex = "0123456789abcdef";
    // With an empty authority, so that a path that begins with // is not taken for one.
    std::string uri = path.starts_with('/') ? "file://" : "file:";
    for (const char c : path) {
        if (c == '%' || c == '?' || c == '#') {
            const auto byte = static_cast<unsigned char>(c);
            uri += {'%', hex[byte >> 4U], hex[byte & 0xfU]};
        } else {
            uri += c;
        }
    }
    return uri + "?immutable=1";
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement& Statement::bind(int parameter, std::int64_t value) {
    require(sqlite3_bind_int64(statement_.get(), parameter, value) == SQLITE_OK,
            "cannot bind a number");
    return *this;
}

Statement& Statement::bind_blob(int parameter, std::string_view bytes) {
    // A null pointer would bind NULL, not an empty blob.
    const char* data = bytes.data() == nullptr ? "" : bytes.data();
    require(sqlite3_bind_blob64(statement_.get(), parameter, data, bytes.size(), SQLITE_STATIC) ==
                SQLITE_OK,
            "cannot bind bytes");
    return *this;
}

Statement& Statement::bind_text(int parameter, std::string_view text) {
    require(
        sqlite3_bind_text64(
            statement_.get(), parameter, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8) ==
            SQLITE_OK,
        "cannot bind text");
    return *this;
}

Result<bool> Statement::step() {
    switch (sqlite3_step(statement_.get())) {
        case SQLITE_ROW: return true;
        case SQLITE_DONE: return false;
        default: return error_of(sqlite3_db_handle(statement_.get()));
    }
}

Status Statement::run() {
    const ResetAtExit reset_at_exit(*this);
    const auto stepped = step();
    if (!stepped) {
        return stepped.error();
    }
    return done;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

std::string_view Statement::blob(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return {static_cast<const char*>(data), data == nullptr ? 0 : static_cast<std::size_t>(size)};
}

void Statement::reset() {
    // The code repeats the error of the last step, which was returned then.
    static_cast<void>(sqlite3_reset(statement_.get()));
    sqlite3_clear_bindings(statement_.get());
}

void Database::Close::operator()(sqlite3* database) const {
    sqlite3_close_v2(database);
}

Result<Database> Database::open(const std::string& path, const DatabaseOptions& options) {
    const auto checksums = page_checksum_vfs();
    if (!checksums) {
        return checksums.error();
    }
    const bool reading = options.use == Use::reading;
    const std::string name = reading ? immutable_uri(path) : path;
    const int access = reading ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                               : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    sqlite3* opened = nullptr;
    const int code =
        sqlite3_open_v2(name.c_str(), &opened, access | SQLITE_OPEN_NOMUTEX, *checksums);
    Database database(opened);
    if (code != SQLITE_OK) {
        return opened == nullptr ? Error{ErrorCode::unavailable, path + ": out of memory", {}}
                                 : error_of(opened);
    }
    const Status configured = database.configure(options);
    if (!configured) {
        return configured.error();
    }
    return database;
}

Status Database::configure(const DatabaseOptions& options) {
    sqlite3* database = database_.get();
    sqlite3_extended_result_codes(database, 1);
    // Temporary tables stay in memory: nothing of a customer reaches a directory of the system.
    std::string settings = "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF";
    settings += "; PRAGMA cell_size_check = ON";
    settings += "; PRAGMA cache_size = -" + std::to_string(options.cache_bytes / 1024);
    if (options.use == Use::reading) {
        return execute(settings);
    }
    int reserved = page_checksum_bytes;
    if (sqlite3_file_control(database, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved) !=
        SQLITE_OK) {
        return error_of(database);
    }
    // Exclusive locking keeps the index of the write-ahead log in memory: no -shm file. It must be
    // chosen before the first read.
    settings = "PRAGMA locking_mode = EXCLUSIVE; " + settings + "; PRAGMA secure_delete = ON";
    settings += "; PRAGMA page_size = " + std::to_string(page_bytes);
    settings +=
        std::string("; PRAGMA journal_mode = ") + (options.use == Use::writing ? "WAL" : "OFF");
    settings += std::string("; PRAGMA synchronous = ") + (options.synchronous ? "FULL" : "OFF");
    settings += "; PRAGMA wal_autocheckpoint = 4096";
    return execute(settings);
}

Status Database::execute(const std::string& sql) {
    if (sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
        return error_of(database_.get());
    }
    return done;
}

Result<Statement> Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(),
                                        sql.data(),
                                        static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT,
                                        &statement,
                                        nullptr);
    if (code != SQLITE_OK) {
        return error_of(database_.get());
    }
    return Statement(statement);
}

std::size_t Database::cached_bytes() const {
    int bytes = 0;
    int most = 0;
    const int code =
        sqlite3_db_status(database_.get(), SQLITE_DBSTATUS_CACHE_USED, &bytes, &most, 0);
    require(code == SQLITE_OK, "SQLite does not say what its cache takes");
    return static_cast<std::size_t>(bytes);
}

Result<std::int64_t> Database::query_integer(const std::string& sql) {
    auto statement = prepare(sql);
    if (!statement) {
        return statement.error();
    }
    const auto row = statement->step();
    if (!row) {
        return row.error();
    }
    if (!*row) {
        return Error{ErrorCode::corrupt, "the log does not answer: " + sql, {}};
    }
    return statement->integer(0);
}

Status Database::check_structure() {
    auto statement = prepare("PRAGMA quick_check(1)");
    if (!statement) {
        return statement.error();
    }
    const auto row = statement->step();
    if (!row) {
        return row.error();
    }
    const std::string found(*row ? statement->blob(0) : "no answer");
    if (found != "ok") {
        return Error{ErrorCode::corrupt, "the structure of the log is broken: " + found, {}};
    }
    return done;
}

Status Database::copy_into(const std::string& path) {
    auto statement = prepare("VACUUM INTO ?1");
    if (!statement) {
        return statement.error();
    }
    return statement->bind_text(1, path).run();
}

Status Database::close() {
    if (sqlite3_close(database_.get()) != SQLITE_OK) {
        return error_of(database_.get());
    }
    static_cast<void>(database_.release());
    return done;
}

Result<Transaction> Transaction::begin(Database& database) {
    const Status begun = database.execute("BEGIN IMMEDIATE");
    if (!begun) {
        return begun.error();
    }
    return Transaction(database);
}

Transaction::~Transaction() {
    if (database_ != nullptr) {
        // SQLite has already rolled back after some errors; then there is nothing left to do.
        static_cast<void>(database_->execute("ROLLBACK"));
    }
}

Status Transaction::commit() {
    const Status committed = database_->execute("COMMIT");
    if (!committed) {
        return committed.error();
    }
    database_ = nullptr;
    return done;
}

}  // namespace fineline::eventlog
