#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "columns/column.h"
#include "model/value.h"

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <memory>
#include <mutex>
#include <span>

namespace fineline::columns {

/// The head of a chunk's bytes. Arrays follow at the stated
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

/// What is known of a chunk before it is read.
struct ChunkOutline {
    std::uint32_t rows = 0;
    std::int64_t time_min = 0;
    std::int64_t time_max = 0;
    std::uint64_t size = 0;  ///< bytes in memory
};

/// A chunk as it lies in a file: packed (chunk_packing.h).
struct StoredChunk {
    std::span<std::byte> packed;
    std::uint64_t checksum = 0;
    ChunkOutline outline;
    std::span<std::byte> room;  ///< of outline.size bytes, aligned to 8: where it is unpacked
};

/// Rows of one table and one range of customers, clustered by customer, in (time, arrival) order
/// within each, in one block of bytes. One from a file is verified and unpacked when first read.
/// Immutable, safe to share.
class Chunk {
  public:
    /// `owner` keeps the bytes alive, the packed ones and the room for them too.
    Chunk(std::shared_ptr<void> owner, std::span<std::byte> bytes);
    Chunk(std::shared_ptr<void> owner, const StoredChunk& stored);
    ~Chunk();
    Chunk(const Chunk&) = delete;
    Chunk& operator=(const Chunk&) = delete;
    Chunk(Chunk&&) = delete;
    Chunk& operator=(Chunk&&) = delete;

    /// Says whether the rows are those that were written, and unpacks them. Must have said so
    /// before anything but outline() is asked. Cost: one pass the first time.
    [[nodiscard]] bool is_sound() const;

    /// Says the same, but leaves what lies in a file packed. Cost: one pass the first time.
    [[nodiscard]] bool is_intact() const;

    /// The same, reading bytes that came from a file once more. Cost: one pass each time.
    [[nodiscard]] bool check_again() const;

    [[nodiscard]] const ChunkOutline& outline() const { return outline_; }

    /// As it lies in the file, if it came from one. Requires that it is intact.
    [[nodiscard]] std::span<const std::byte> packed() const { return packed_; }

    /// What it takes now: packed, or unpacked and no longer packed.
    [[nodiscard]] std::size_t bytes_in_memory() const;

    [[nodiscard]] const ChunkHead& head() const {
        return *reinterpret_cast<const ChunkHead*>(bytes_.data());
    }

    [[nodiscard]] std::uint32_t rows() const { return outline_.rows; }

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

    /// Overwrites the bytes with zeros once nobody holds the chunk any more. For chunks that held
    /// an erased person's rows.
    void wipe_when_freed() const { wipe_.store(true, std::memory_order_relaxed); }

  private:
    enum class State : std::uint8_t { unread, intact, sound, bad };

    [[nodiscard]] bool matches_checksum() const;
    [[nodiscard]] bool unpack() const;

    template <class T>
    [[nodiscard]] const T* at(std::uint64_t offset) const {
        return reinterpret_cast<const T*>(bytes_.data() + offset);
    }

    std::shared_ptr<void> owner_;
    std::span<std::byte> packed_;  ///< of one from a file
    std::uint64_t checksum_ = 0;
    ChunkOutline outline_;
    mutable std::mutex unpacking_;
    std::span<std::byte> bytes_;  ///< of one from a file: the room, empty until it is sound
    mutable std::atomic<State> state_;
    mutable std::atomic<bool> wipe_ = false;
};

}  // namespace fineline::columns
