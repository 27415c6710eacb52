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
#include <span>

namespace fineline::columns {

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

    /// The same, reading bytes that came from a file once more. Cost: one pass each time.
    [[nodiscard]] bool check_again() const;

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
    std::uint64_t checksum_ = 0;  ///< of bytes from a file
    bool is_from_file_ = false;
    mutable std::atomic<Soundness> soundness_;
    mutable std::atomic<bool> wipe_ = false;
};

}  // namespace fineline::columns
