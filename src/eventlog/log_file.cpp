#include "eventlog/log_file.h"

#include <utility>

namespace fineline::eventlog {

namespace {

/// Marks a SQLite file as a log of ours: "fine" in ASCII. The version is that of
/// docs/log_format.md.
constexpr std::int64_t application_id = 0x66696e65;
constexpr std::int64_t format_version = 2;

Status create_state(Database& database) {
    const Status created =
        database.execute("CREATE TABLE state(id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)");
    if (!created) {
        return created.error();
    }
    auto insert = database.prepare("INSERT INTO state VALUES(1, ?1)");
    if (!insert) {
        return insert.error();
    }
    const std::string bytes = encode(LogState());
    return insert->bind_blob(1, bytes).run();
}

Status create_tables(Database& database) {
    auto transaction = Transaction::begin(database);
    if (!transaction) {
        return transaction.error();
    }
    for (const auto create :
         {&BatchTable::create, &MessageIds::create, &SequenceTable::create, &create_state}) {
        const Status created = create(database);
        if (!created) {
            return created.error();
        }
    }
    const Status marked =
        database.execute("PRAGMA application_id = " + std::to_string(application_id) +
                         "; PRAGMA user_version = " + std::to_string(format_version));
    if (!marked) {
        return marked.error();
    }
    return transaction->commit();
}

}  // namespace

Result<std::unique_ptr<LogFile>> LogFile::open(const std::string& path,
                                               const DatabaseOptions& options) {
    auto database = Database::open(path, options);
    if (!database) {
        return database.error();
    }
    std::unique_ptr<LogFile> file(new LogFile(std::move(*database)));
    const Status ready = file->create_if_new(options.use);
    if (!ready) {
        return ready.error();
    }
    for (const auto step : {&LogFile::load_state, &LogFile::open_tables}) {
        const Status opened = (file.get()->*step)();
        if (!opened) {
            return opened.error();
        }
    }
    return file;
}

Status LogFile::create_if_new(Use use) {
    const auto tables = database_.query_integer("SELECT count(*) FROM sqlite_master");
    if (!tables) {
        return tables.error();
    }
    if (*tables == 0 && use == Use::reading) {
        return Error{ErrorCode::not_found, "the log was not finished being made", {}};
    }
    if (*tables == 0) {
        return create_tables(database_);
    }
    const auto id = database_.query_integer("PRAGMA application_id");
    if (!id) {
        return id.error();
    }
    const auto version = database_.query_integer("PRAGMA user_version");
    if (!version) {
        return version.error();
    }
    if (*id != application_id || *version != format_version) {
        return Error{ErrorCode::corrupt,
                     "log.sqlite is not a log that this version of fineline reads (format " +
                         std::to_string(*version) + ", wanted " + std::to_string(format_version) +
                         ")",
                     {}};
    }
    return done;
}

Status LogFile::load_state() {
    auto get = database_.prepare("SELECT bytes FROM state WHERE id = 1");
    if (!get) {
        return get.error();
    }
    const auto found = get->step();
    if (!found) {
        return found.error();
    }
    const auto state = decode_log_state(*found ? get->blob(0) : std::string_view());
    if (!state) {
        return state.error();
    }
    state_ = *state;
    return done;
}

Status LogFile::open_tables() {
    auto batches = BatchTable::open(database_);
    if (!batches) {
        return batches.error();
    }
    auto message_ids = MessageIds::open(database_);
    if (!message_ids) {
        return message_ids.error();
    }
    auto sequences = SequenceTable::open(database_);
    if (!sequences) {
        return sequences.error();
    }
    auto put_state = database_.prepare("UPDATE state SET bytes = ?1 WHERE id = 1");
    if (!put_state) {
        return put_state.error();
    }
    tables_ = Tables{.batches = std::move(*batches),
                     .message_ids = std::move(*message_ids),
                     .sequences = std::move(*sequences),
                     .put_state = std::move(*put_state)};
    return done;
}

Status LogFile::close() {
    tables_.reset();
    return database_.close();
}

Result<LogWrite> LogWrite::begin(LogFile& file) {
    auto transaction = Transaction::begin(file.database_);
    if (!transaction) {
        return transaction.error();
    }
    return LogWrite(file, std::move(*transaction));
}

LogWrite::LogWrite(LogWrite&& other) noexcept
    : file_(std::exchange(other.file_, nullptr)),
      transaction_(std::move(other.transaction_)),
      state_(other.state_) {}

LogWrite::~LogWrite() {
    if (file_ != nullptr) {
        file_->tables_->message_ids.rolled_back();
    }
}

Status LogWrite::commit() {
    ++state_.revision;
    const std::string bytes = encode(state_);
    const Status stored = file_->tables_->put_state.bind_blob(1, bytes).run();
    if (!stored) {
        return stored.error();
    }
    const Status committed = transaction_.commit();
    if (!committed) {
        return committed.error();
    }
    file_->state_ = state_;
    file_->tables_->message_ids.committed();
    file_ = nullptr;
    return done;
}

}  // namespace fineline::eventlog
