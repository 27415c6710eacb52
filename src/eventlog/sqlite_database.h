#pragma once

#include "base/result.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace fineline::eventlog {

/// A prepared statement. Parameters and columns are counted as SQLite does: parameters from 1,
/// columns from 0. One thread at a time; must not outlive its Database.
class Statement {
  public:
    Statement() = default;

    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

    Statement& bind(int parameter, std::int64_t value);

    /// The bytes are not copied: they must live until the statement is reset.
    Statement& bind_blob(int parameter, std::string_view bytes);

    /// As bind_blob, for what SQLite wants as text, such as a file name.
    Statement& bind_text(int parameter, std::string_view text);

    /// Moves to the next row; false at the end. Errors: as Database.
    [[nodiscard]] Result<bool> step();

    /// Runs a statement that yields no rows, and resets it. Errors: as Database.
    [[nodiscard]] Status run();

    [[nodiscard]] std::int64_t integer(int column) const;

    /// Views the column until the next step or reset.
    [[nodiscard]] std::string_view blob(int column) const;

    /// Ends the read and lets the parameters go.
    void reset();

  private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };

    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// Resets a statement at the end of a scope, so that no read stays open. One thread at a time.
class ResetAtExit {
  public:
    explicit ResetAtExit(Statement& statement) : statement_(statement) {}

    ~ResetAtExit() { statement_.reset(); }

    ResetAtExit(const ResetAtExit&) = delete;
    ResetAtExit& operator=(const ResetAtExit&) = delete;
    ResetAtExit(ResetAtExit&&) = delete;
    ResetAtExit& operator=(ResetAtExit&&) = delete;

  private:
    Statement& statement_;
};

/// How a database file is used.
enum class Use : std::uint8_t {
    writing,    ///< every transaction survives a crash (write-ahead log)
    composing,  ///< a crash leaves rubbish: for files that are renamed into place when complete
    reading,    ///< by any number of programs at once; the file must exist, and nobody may write it
};

struct DatabaseOptions {
    Use use = Use::writing;
    bool synchronous = true;  ///< wait for the disk at each commit
    int cache_bytes = 32 * 1024 * 1024;
};

/// One SQLite file, each of its pages guarded by a checksum (page_checksums.h); who may open it is
/// for the caller to see to (directory_lock.h). One thread at a time.
///
/// Errors of every operation: corrupt (a page does not match its checksum, or SQLite finds its
/// structure broken), unavailable (disk full, out of memory), conflict (locked by another program),
/// io, internal.
class Database {
  public:
    /// Opens the file; creates it unless it is to be read. Deleted content is overwritten with
    /// zeros (`secure_delete`).
    [[nodiscard]] static Result<Database> open(const std::string& path,
                                               const DatabaseOptions& options);

    /// Runs SQL text that yields no rows; several statements may be given, separated by semicolons.
    [[nodiscard]] Status execute(const std::string& sql);

    [[nodiscard]] Result<Statement> prepare(std::string_view sql);

    /// Runs SQL text and returns the first column of its first row.
    [[nodiscard]] Result<std::int64_t> query_integer(const std::string& sql);

    /// Memory of the pages that are kept to be read again, in bytes.
    [[nodiscard]] std::size_t cached_bytes() const;

    /// Checks the structure of the whole file, page by page. Errors: corrupt, with what was found.
    [[nodiscard]] Status check_structure();

    /// Writes a compact copy of the last committed state into `path`, which must be missing or
    /// empty.
    [[nodiscard]] Status copy_into(const std::string& path);

    /// Closes the file; its write-ahead log is merged into it and deleted. All statements must be
    /// gone.
    [[nodiscard]] Status close();

  private:
    struct Close {
        void operator()(sqlite3* database) const;
    };

    explicit Database(sqlite3* database) : database_(database) {}

    [[nodiscard]] Status configure(const DatabaseOptions& options);

    std::unique_ptr<sqlite3, Close> database_;
};

/// A write transaction: rolled back at the end of its scope unless committed. One thread at a time.
class Transaction {
  public:
    /// Begins to write at once, so that no later step can find the database locked.
    [[nodiscard]] static Result<Transaction> begin(Database& database);

    Transaction(Transaction&& other) noexcept : database_(other.database_) {
        other.database_ = nullptr;
    }

    ~Transaction();

    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    Transaction& operator=(Transaction&&) = delete;

    /// Makes everything written since `begin` durable. Nothing of it is there if this fails.
    [[nodiscard]] Status commit();

  private:
    explicit Transaction(Database& database) : database_(&database) {}

    Database* database_;
};

}  // namespace fineline::eventlog
