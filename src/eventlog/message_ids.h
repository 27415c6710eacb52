#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "eventlog/fingerprint_index.h"
#include "eventlog/log_state.h"
#include "eventlog/message_digest.h"
#include "eventlog/sqlite_database.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::eventlog {

/// The digests that one append brought.
struct MessageRun {
    std::uint64_t number = 0;  ///< 1, 2, 3 … in order of the log
    Instant logged_at{};       ///< on the log's clock, so it never decreases from run to run
    std::string digests;       ///< one after another, ascending
};

/// Knows which messages were logged within the window, and which erased ones for ever. The digests
/// of an append are stored as one row, so that storing them costs what the batch costs however many
/// are known; an index of fingerprints in memory, loaded at the first question, says which run may
/// hold a digest, and that run is asked. One thread at a time; must not outlive its Database.
class MessageIds {
  public:
    /// Makes the tables in a new file.
    [[nodiscard]] static Status create(Database& database);

    [[nodiscard]] static Result<MessageIds> open(Database& database);

    /// Says whether the message was logged at or after `horizon`, in the transaction under way too,
    /// or was erased.
    [[nodiscard]] Result<bool> knows(const MessageDigest& digest,
                                     Instant horizon,
                                     const LogState& state);

    /// Stores the digests, ascending, of one append at the state's clock.
    [[nodiscard]] Status add(std::span<const MessageDigest> digests, LogState& state);

    /// Deletes the two oldest runs if they lie before `horizon`. Called once an append, this keeps
    /// the table within the window at a bounded cost.
    [[nodiscard]] Status prune(Instant horizon, LogState& state);

    /// Keeps the digest of an erased message for ever.
    [[nodiscard]] Status keep_for_ever(const MessageDigest& digest, LogState& state);

    /// Takes over what the transaction wrote, or forgets it: memory follows the file.
    void committed();
    void rolled_back();

    /// Copies both tables into those of another file.
    [[nodiscard]] Status copy_to(MessageIds& other, LogState& state);

    [[nodiscard]] std::size_t bytes_in_memory() const {
        return (index_ == nullptr ? 0 : index_->bytes()) + logged_at_.size() * sizeof(Instant);
    }

    /// Reads both tables and sums them up.
    [[nodiscard]] Status sum_up(TableSum& runs, TableSum& erased);

  private:
    struct Statements {
        Statement insert;
        Statement get;
        Statement all;
        Statement remove;
        Statement erased_insert;
        Statement erased_get;
        Statement erased_all;
    };

    MessageIds() = default;

    [[nodiscard]] Status load();
    [[nodiscard]] Result<bool> holds(std::uint64_t number, const MessageDigest& digest);
    [[nodiscard]] bool was_added(const MessageDigest& digest, Instant horizon) const;
    [[nodiscard]] Result<MessageRun> read(std::uint64_t number);
    [[nodiscard]] Status insert(const MessageRun& run, TableSum& sum);
    [[nodiscard]] Status for_each_run(const std::function<Status(const MessageRun&)>& visit);
    [[nodiscard]] Status for_each_erased(const std::function<Status(const MessageDigest&)>& visit);

    /// Whole number of a run from what the index keeps of it.
    [[nodiscard]] std::uint64_t number_of(std::uint32_t kept) const;

    Statements statements_;
    std::unique_ptr<FingerprintIndex> index_;  ///< null until loaded
    std::deque<Instant> logged_at_;            ///< of the runs from first_ on, without a gap
    std::uint64_t first_ = 1;
    std::vector<MessageRun> added_;    ///< by the transaction under way
    std::vector<MessageRun> removed_;  ///< likewise
    MessageRun asked_last_;  ///< a batch that is sent again asks for one run again and again
};

}  // namespace fineline::eventlog
