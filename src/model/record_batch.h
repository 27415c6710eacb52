#pragma once

#include "base/id.h"
#include "base/instant.h"
#include "base/result.h"
#include "model/value.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fineline {

/// What a record of the log tells. The numbers are stored: never renumber, only add.
enum class RecordKind : std::uint8_t {
    tombstone = 0,       ///< an erased record; keeps its position and nothing else
    event = 1,           ///< customer, time, name = event name, properties
    traits = 2,          ///< customer, time or none (undated), properties = traits
    account_join = 3,    ///< customer, time or none, name = "", text = account id ("" leaves)
    account_traits = 4,  ///< customer = "", time or none, text = account id, properties = traits
    consent = 5,  ///< customer, time or none, name = purpose, text = source, properties: granted =
                  ///< true|false
    merge = 6,    ///< customer, text = the other identity; both are one person from now on, and
                  ///< always were
    erasure = 7,  ///< customer: nothing known before this record is known any more
    definition = 8,  ///< customer = "", name = kind ("segment", "setting", "purpose"), text = its
                     ///< name, properties
    clock = 9,       ///< time: the clock has advanced to it
};

/// Returns the kind's word: "event", "traits", …
[[nodiscard]] const char* to_string(RecordKind kind);

/// A name interned in a batch, for one RecordBatchBuilder only.
using BatchName = Id<struct BatchNameTag, std::uint32_t>;

struct NamedDatum {
    BatchName name;
    Datum value;
};

/// One record as ingest hands it over. Views are copied by the builder.
struct RecordDraft {
    RecordKind kind = RecordKind::event;
    std::string_view customer{};
    std::optional<Instant> time{};
    BatchName name{};  ///< event name, purpose, definition kind; ignored for other kinds
    std::string_view text{};
    std::string_view
        message_id{};  ///< empty: the record has no identity of its own (see BatchHeader)
    std::span<const NamedDatum> properties{};
};

/// The source of messages whose sender names none: loaded from a file or received, they are told
/// apart by message id among each other.
inline constexpr std::string_view default_message_source = "messages";

/// What all records of a batch share.
struct BatchHeader {
    std::string source;  ///< file name, write key's name …: shown to people; scope of message ids
    Instant received_at{};  ///< when the batch reached us; arrival time of each record
    /// For sources that can be counted (a file): the digest that identifies the source and the
    /// input row numbers (from 1, inclusive) that this batch covers. Rows up to the highest one
    /// already logged for that sequence are duplicates. Empty: records are told apart by message id
    /// only.
    std::string sequence;
    std::uint64_t first_row = 0;
    std::uint64_t last_row = 0;

    friend bool operator==(const BatchHeader&, const BatchHeader&) = default;
};

/// Collects records in the log's own encoding, so that ingest, log and fold share one set of bytes.
/// One thread at a time.
class RecordBatchBuilder {
  public:
    RecordBatchBuilder() = default;

    /// Interns an event, property, trait, purpose or kind name. Amortised O(1).
    BatchName name(std::string_view text);

    /// The text of a name that this builder interned.
    [[nodiscard]] std::string_view name_text(BatchName name) const { return names_[name.value()]; }

    void add(const RecordDraft& draft);

    [[nodiscard]] std::uint32_t count() const { return count_; }

    [[nodiscard]] bool empty() const { return count_ == 0; }

    /// Bytes collected so far, uncompressed.
    [[nodiscard]] std::size_t bytes() const { return records_.size(); }

    /// Returns the encoded batch and starts anew.
    [[nodiscard]] std::string finish(const BatchHeader& header);

  private:
    /// Lets the index be asked with a view, without making a string of it.
    struct TextHash {
        using is_transparent = void;

        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };

    std::vector<std::string> names_;
    std::unordered_map<std::string, std::uint32_t, TextHash, std::equal_to<>> name_index_;
    std::string records_;
    std::string properties_;  ///< of the record being added; kept for its memory
    std::uint32_t count_ = 0;
};

/// One record seen inside an encoded batch; views point into the batch's bytes.
class RecordView {
  public:
    RecordKind kind = RecordKind::tombstone;
    std::string_view customer;
    std::optional<Instant> time;
    std::uint32_t name = 0;  ///< index into RecordBatch::names()
    std::string_view text;
    std::string_view message_id;
    std::uint32_t index = 0;  ///< place in the batch: position = batch's first position + index

    /// Walks over the properties.
    class Properties {
      public:
        Properties(std::string_view encoded, std::uint32_t count) : rest_(encoded), left_(count) {}

        /// Yields the next property's name index and value; false at the end.
        bool next(std::uint32_t& name, Datum& value);

        [[nodiscard]] std::uint32_t left() const { return left_; }

      private:
        std::string_view rest_;
        std::uint32_t left_;
    };

    [[nodiscard]] Properties properties() const { return {encoded_properties_, property_count_}; }

  private:
    friend class RecordBatch;
    std::string_view encoded_properties_;
    std::uint32_t property_count_ = 0;
};

/// A decoded batch: header, names, and a walk over its records without copying. Immutable after
/// open().
class RecordBatch {
  public:
    /// Reads the header and validates the whole encoding once, so that walking cannot fail.
    /// Errors: corrupt. The bytes are owned by the result.
    [[nodiscard]] static Result<RecordBatch> open(std::string bytes);

    [[nodiscard]] const BatchHeader& header() const { return header_; }

    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

    [[nodiscard]] std::uint32_t count() const { return count_; }

    /// Says whether any record has a message id.
    [[nodiscard]] bool has_message_ids() const { return has_message_ids_; }

    /// Calls `visit(const RecordView&)` for each record in order, tombstones included.
    template <class Visit>
    void for_each(Visit visit) const {
        Walk walk = begin();
        RecordView record;
        while (advance(walk, record)) {
            visit(static_cast<const RecordView&>(record));
        }
    }

    /// Re-encodes the batch with the chosen records replaced by tombstones, so that positions are
    /// kept; names no longer used by any record are dropped as well.
    [[nodiscard]] std::string without(const std::vector<bool>& erased) const;

    /// Re-encodes the batch with the chosen records left out; those behind them move up.
    [[nodiscard]] std::string dropping(const std::vector<bool>& dropped) const;

    [[nodiscard]] const std::string& bytes() const { return bytes_; }

    /// Gives the bytes back; the batch is of no use afterwards.
    [[nodiscard]] std::string take_bytes() && { return std::move(bytes_); }

  private:
    struct Walk {
        std::size_t at = 0;
        std::uint32_t index = 0;
    };

    RecordBatch() = default;

    [[nodiscard]] Walk begin() const { return {.at = records_at_, .index = 0}; }

    enum class Chosen : std::uint8_t { become_tombstones, are_left_out };

    [[nodiscard]] std::string reencode(const std::vector<bool>& chosen, Chosen fate) const;

    /// Decodes the record at the walk; false at the end or (before validation) at a malformed one.
    bool advance(Walk& walk, RecordView& record) const;

    [[nodiscard]] bool has_valid_properties(const RecordView& record) const;

    std::string bytes_;
    BatchHeader header_;
    std::vector<std::string> names_;
    std::uint32_t count_ = 0;
    std::size_t records_at_ = 0;
    bool has_message_ids_ = false;
};

}  // namespace fineline
