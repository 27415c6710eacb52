#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "model/value.h"

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <span>

namespace fineline::columns {

/// The kind of a cell that holds nothing, not even an explicit null (`missing`). Never a stored
/// value's kind.
inline constexpr ValueKind absent = ValueKind::withheld;

/// One value as columns hold it: a boolean, the bits of a number, microseconds, or a dictionary
/// code.
struct Cell {
    std::uint64_t payload = 0;
    ValueKind kind = absent;
};

/// How a chunk stores one property; the narrowest that holds all its values is chosen chunk by
/// chunk. The numbers are stored in checkpoints.
enum class Encoding : std::uint32_t {
    boolean = 1,  ///< u8: 0 absent, 1 null, 2 false, 3 true
    number = 2,   ///< f64, two NaNs stand for absent and null
    code8 = 3,    ///< dictionary code + 2; 0 absent, 1 null
    code16 = 4,
    code32 = 5,
    timestamp = 6,  ///< i64 microseconds; the two least stand for absent and null
    mixed = 7,      ///< u64 payloads, then u8 kinds
};

/// A NaN that no stored number equals (stored numbers are finite).
inline constexpr std::uint64_t number_absent = 0x7ff8'0000'0000'0001ULL;
inline constexpr std::uint64_t number_null = 0x7ff8'0000'0000'0002ULL;
inline constexpr std::int64_t timestamp_absent = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t timestamp_null = timestamp_absent + 1;

/// Bytes that a column of that many rows takes.
[[nodiscard]] std::size_t column_bytes(Encoding encoding, std::uint32_t rows);

/// A column of a chunk. Cheap to copy, valid as long as the chunk.
struct Column {
    Encoding encoding = Encoding::boolean;
    std::uint32_t property = 0;
    std::uint32_t rows = 0;
    const std::byte* bytes = nullptr;

    template <class T>
    [[nodiscard]] const T* as() const {
        return reinterpret_cast<const T*>(bytes);
    }

    [[nodiscard]] Cell cell(std::uint32_t row) const {
        switch (encoding) {
            case Encoding::boolean: return boolean_cell(as<std::uint8_t>()[row]);
            case Encoding::number: return number_cell(as<std::uint64_t>()[row]);
            case Encoding::code8: return code_cell(as<std::uint8_t>()[row]);
            case Encoding::code16: return code_cell(as<std::uint16_t>()[row]);
            case Encoding::code32: return code_cell(as<std::uint32_t>()[row]);
            case Encoding::timestamp: return timestamp_cell(as<std::int64_t>()[row]);
            case Encoding::mixed:
                return {.payload = as<std::uint64_t>()[row],
                        .kind = static_cast<ValueKind>(
                            as<std::uint8_t>()[std::size_t{rows} * 8 + row])};
        }
        return {};
    }

  private:
    static Cell boolean_cell(std::uint8_t stored) {
        return stored >= 2 ? Cell{.payload = stored - 2U, .kind = ValueKind::boolean}
                           : none(stored);
    }

    static Cell number_cell(std::uint64_t stored) {
        if (stored == number_absent || stored == number_null) {
            return none(stored == number_null ? 1 : 0);
        }
        return {.payload = stored, .kind = ValueKind::number};
    }

    static Cell code_cell(std::uint32_t stored) {
        return stored >= 2 ? Cell{.payload = stored - 2U, .kind = ValueKind::string} : none(stored);
    }

    static Cell timestamp_cell(std::int64_t stored) {
        if (stored <= timestamp_null) {
            return none(stored == timestamp_null ? 1 : 0);
        }
        return {.payload = static_cast<std::uint64_t>(stored), .kind = ValueKind::timestamp};
    }

    static Cell none(std::uint64_t null) {
        return {.payload = 0, .kind = null == 1 ? ValueKind::missing : absent};
    }
};

/// The head of a chunk's bytes, stored in checkpoints as it is. Arrays follow at the stated
/// offsets, each aligned to 8 bytes: locals (u16), offsets (u32, customers + 1), times (i64),
/// arrivals (u32 above `first_arrival`, or u64), and per column a ColumnHead here and its values
/// there.
struct ChunkHead {
    std::uint32_t rows = 0;
    std::uint32_t customers = 0;
    std::uint32_t columns = 0;
    std::uint32_t arrival_bytes = 4;
    std::uint64_t first_arrival = 0;
    std::int64_t time_min = 0;
    std::int64_t time_max = 0;
    std::uint64_t locals_at = 0;
    std::uint64_t offsets_at = 0;
    std::uint64_t times_at = 0;
    std::uint64_t arrivals_at = 0;
};

struct ColumnHead {
    std::uint32_t property = 0;
    Encoding encoding = Encoding::boolean;
    std::uint64_t at = 0;
};

/// Rows of one table and one range of customers, clustered by customer, in (time, arrival) order
/// within each, in one block of bytes: the same in memory and in a checkpoint. Immutable, safe to
/// share.
class Chunk {
  public:
    /// `owner` keeps the bytes alive. A chunk from a file is verified against `checksum` when first
    /// touched.
    Chunk(std::shared_ptr<void> owner, std::span<std::byte> bytes);
    Chunk(std::shared_ptr<void> owner, std::span<std::byte> bytes, std::uint64_t checksum);
    ~Chunk();
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;
    Chunk(Chunk&&) = delete;
    Chunk& operator=(Chunk&&) = delete;

    /// Says whether the bytes are those that were written. Cost: one pass the first time.
    [[nodiscard]] bool is_sound() const;

    [[nodiscard]] const ChunkHead& head() const {
        return *reinterpret_cast<const ChunkHead*>(bytes_.data());
    }

    [[nodiscard]] std::uint32_t rows() const { return head().rows; }

    /// Customers with rows, as ordinals within the range, ascending.
    [[nodiscard]] std::span<const std::uint16_t> locals() const {
        return {at<std::uint16_t>(head().locals_at), head().customers};
    }

    /// Rows of the i-th customer: from offsets()[i] to offsets()[i + 1].
    [[nodiscard]] const std::uint32_t* offsets() const {
        return at<std::uint32_t>(head().offsets_at);
    }

    [[nodiscard]] const Instant* times() const { return at<Instant>(head().times_at); }

    [[nodiscard]] std::uint64_t arrival(std::uint32_t row) const {
        return head().arrival_bytes == 4
                   ? head().first_arrival + at<std::uint32_t>(head().arrivals_at)[row]
                   : at<std::uint64_t>(head().arrivals_at)[row];
    }

    /// The offsets above head().first_arrival, or nullptr where they are stored whole.
    [[nodiscard]] const std::uint32_t* short_arrivals() const {
        return head().arrival_bytes == 4 ? at<std::uint32_t>(head().arrivals_at) : nullptr;
    }

    [[nodiscard]] const std::uint64_t* long_arrivals() const {
        return head().arrival_bytes == 8 ? at<std::uint64_t>(head().arrivals_at) : nullptr;
    }

    [[nodiscard]] std::uint32_t column_count() const { return head().columns; }

    /// Columns are ordered by property.
    [[nodiscard]] Column column(std::uint32_t index) const;

    /// The property's column; one without bytes if the chunk has none.
    [[nodiscard]] Column column_of(std::uint32_t property) const;

    /// Index of the first customer with local ≥ `local`, searched from `hint` on.
    [[nodiscard]] std::uint32_t lower_bound(std::uint32_t local, std::uint32_t hint = 0) const;

    [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }

    /// Overwrites the bytes with zeros once nobody holds the chunk any more. For chunks that held
    /// an erased person's rows.
    void wipe_when_freed() const { wipe_.store(true, std::memory_order_relaxed); }

  private:
    enum class Soundness : std::uint8_t { unknown, sound, bad };

    template <class T>
    [[nodiscard]] const T* at(std::uint64_t offset) const {
        return reinterpret_cast<const T*>(bytes_.data() + offset);
    }

    std::shared_ptr<void> owner_;
    std::span<std::byte> bytes_;
    std::uint64_t checksum_ = 0;
    mutable std::atomic<Soundness> soundness_;
    mutable std::atomic<bool> wipe_ = false;
};

}  // namespace fineline::columns
