#pragma once

#include "base/result.h"
#include "eventlog/batch_table.h"
#include "eventlog/log_state.h"
#include "eventlog/message_ids.h"
#include "eventlog/sequence_table.h"
#include "eventlog/sqlite_database.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace fineline::eventlog {

/// One file that holds a log: its tables and the state row that sums them up (docs/log_format.md).
/// One thread at a time.
class LogFile {
  public:
    /// Opens the file; makes the tables if it is new and may be written.
    /// Errors: not_found (reading, and whoever made it was killed before it had tables), corrupt
    /// (damaged, or no log of ours), io, unavailable.
    [[nodiscard]] static Result<std::unique_ptr<LogFile>> open(const std::string& path,
                                                               const DatabaseOptions& options);

    [[nodiscard]] const LogState& state() const { return state_; }

    [[nodiscard]] BatchTable& batches() { return tables_->batches; }

    [[nodiscard]] MessageIds& message_ids() { return tables_->message_ids; }

    [[nodiscard]] SequenceTable& sequences() { return tables_->sequences; }

    [[nodiscard]] Database& database() { return database_; }

    /// Of the pages SQLite keeps and of the index of messages.
    [[nodiscard]] std::size_t bytes_in_memory() const {
        return database_.cached_bytes() + tables_->message_ids.bytes_in_memory();
    }

    /// Closes the file and folds its write-ahead log into it. The object is of no use afterwards.
    [[nodiscard]] Status close();

  private:
    friend class LogWrite;

    struct Tables {
        BatchTable batches;
        MessageIds message_ids;
        SequenceTable sequences;
        Statement put_state;
    };

    explicit LogFile(Database database) : database_(std::move(database)) {}

    [[nodiscard]] Status create_if_new(Use use);
    [[nodiscard]] Status load_state();
    [[nodiscard]] Status open_tables();

    Database database_;
    std::optional<Tables> tables_;
    LogState state_;
};

/// A transaction on a log file together with the state it leads to. Unless committed, the file and
/// its state stay as they were. One thread at a time; one per file.
class LogWrite {
  public:
    [[nodiscard]] static Result<LogWrite> begin(LogFile& file);

    /// The state after this transaction, to be kept up with what is written to the tables.
    [[nodiscard]] LogState& state() { return state_; }

    LogWrite(LogWrite&& other) noexcept;

    /// Rolls back unless committed.
    ~LogWrite();

    LogWrite(const LogWrite&) = delete;
    LogWrite& operator=(const LogWrite&) = delete;
    LogWrite& operator=(LogWrite&&) = delete;

    /// Stores the state with the next revision; durable when it returns.
    [[nodiscard]] Status commit();

  private:
    LogWrite(LogFile& file, Transaction transaction)
        : file_(&file), transaction_(std::move(transaction)), state_(file.state_) {}

    LogFile* file_;  ///< null once committed or moved from
    Transaction transaction_;
    LogState state_;
};

}  // namespace fineline::eventlog
