#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "eventlog/log_state.h"
#include "eventlog/sqlite_database.h"

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace fineline::eventlog {

/// Identifies a message for ever without saying anything about it: the XXH3-128 of its source and
/// id.
struct MessageDigest {
    std::array<char, 16> bytes{};

    [[nodiscard]] static MessageDigest of(std::string_view source, std::string_view message_id);

    [[nodiscard]] std::string_view view() const { return {bytes.data(), bytes.size()}; }

    friend auto operator<=>(const MessageDigest&, const MessageDigest&) = default;
};

/// When a message was logged, on the log's own clock.
struct MessageRow {
    MessageDigest digest;
    Instant logged_at{};
};

/// The digests of the messages logged within the window, and those of erased messages for ever.
/// One thread at a time; must not outlive its Database.
class MessageIdTable {
  public:
    /// `logged_at` of an erased message: it never leaves the window.
    static constexpr Instant for_ever = instant_max;

    /// Makes the table in a new file.
    [[nodiscard]] static Status create(Database& database);

    [[nodiscard]] static Result<MessageIdTable> open(Database& database);

    /// Says when the message was logged; none if it is not in the table.
    [[nodiscard]] Result<std::optional<Instant>> find(const MessageDigest& digest);

    /// Adds the message, or moves it to a new time from `before`, what `find` said of it.
    [[nodiscard]] Status put(const MessageRow& row, std::optional<Instant> before, TableSum& sum);

    /// Chooses where the next round of `prune` begins. A start that differs from run to run lets
    /// every part of the table have its turn, however short the runs.
    void start_pruning_at(const MessageDigest& digest) { pruned_up_to_ = digest; }

    /// Looks at the next `rows_max` rows, in a round through the table, and deletes those before
    /// `horizon`.
    [[nodiscard]] Status prune(Instant horizon, std::uint32_t rows_max, TableSum& sum);

    /// Calls `visit` for each row in order of the digests, until it fails.
    [[nodiscard]] Status for_each(const std::function<Status(const MessageRow&)>& visit);

    /// What a row adds to the table's sum.
    [[nodiscard]] static std::uint64_t row_checksum(const MessageRow& row);

  private:
    MessageIdTable() = default;

    [[nodiscard]] Status remove(const MessageRow& row, TableSum& sum);

    Statement find_;
    Statement put_;
    Statement after_;
    Statement all_;
    Statement remove_;
    MessageDigest pruned_up_to_;
};

}  // namespace fineline::eventlog
