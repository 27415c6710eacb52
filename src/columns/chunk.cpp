#include "columns/chunk.h"

#include "base/checksum.h"
#include "columns/chunk_memory.h"
#include "columns/chunk_packing.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fineline::columns {

static_assert(sizeof(Instant) == sizeof(std::int64_t), "chunks hold instants as microseconds");
static_assert(std::endian::native == std::endian::little, "stored formats are little-endian");

std::size_t column_bytes(Encoding encoding, std::uint32_t rows) {
    switch (encoding) {
        case Encoding::boolean:
        case Encoding::code8: return rows;
        case Encoding::code16: return std::size_t{rows} * 2;
        case Encoding::code32: return std::size_t{rows} * 4;
        case Encoding::number:
        case Encoding::timestamp: return std::size_t{rows} * 8;
        case Encoding::mixed: return std::size_t{rows} * 9;
    }
    return 0;
}

Chunk::Chunk(std::shared_ptr<void> owner, std::span<std::byte> bytes)
    : owner_(std::move(owner)), bytes_(bytes), state_(State::sound) {
    outline_ = {.rows = head().rows,
                .time_min = head().time_min,
                .time_max = head().time_max,
                .size = bytes.size()};
}

Chunk::Chunk(std::shared_ptr<void> owner, const StoredChunk& stored)
    : owner_(std::move(owner)),
      packed_(stored.packed),
      checksum_(stored.checksum),
      outline_(stored.outline),
      bytes_(stored.room),
      state_(State::unread) {}

Chunk::~Chunk() {
    const bool wipes = wipe_.load(std::memory_order_relaxed);
    const bool is_readable = state_.load(std::memory_order_relaxed) == State::sound;
    if (wipes && is_readable) {
        std::fill(bytes_.begin(), bytes_.end(), std::byte{0});
    }
    if (wipes) {
        std::fill(packed_.begin(), packed_.end(), std::byte{0});
    }
    if (!packed_.empty() && is_readable) {
        release_pages(bytes_);
    }
}

bool Chunk::matches_checksum() const {
    return checksum({reinterpret_cast<const char*>(packed_.data()), packed_.size()}) == checksum_;
}

/// Requires the lock. What is written here is read by others only after they saw `sound`.
bool Chunk::unpack() const {
    if (!unpack_chunk({reinterpret_cast<const char*>(packed_.data()), packed_.size()}, bytes_) ||
        head().rows != outline_.rows) {
        return false;
    }
    release_pages(packed_);
    return true;
}

bool Chunk::is_sound() const {
    const State known = state_.load(std::memory_order_acquire);
    if (known == State::sound || known == State::bad) [[likely]] {
        return known == State::sound;
    }
    if (!is_intact()) {
        return false;
    }
    const std::lock_guard lock(unpacking_);
    if (state_.load(std::memory_order_relaxed) == State::intact) {
        state_.store(unpack() ? State::sound : State::bad, std::memory_order_release);
    }
    return state_.load(std::memory_order_relaxed) == State::sound;
}

bool Chunk::is_intact() const {
    if (state_.load(std::memory_order_acquire) == State::unread) {
        const std::lock_guard lock(unpacking_);
        if (state_.load(std::memory_order_relaxed) == State::unread) {
            state_.store(matches_checksum() ? State::intact : State::bad,
                         std::memory_order_release);
        }
    }
    return state_.load(std::memory_order_acquire) != State::bad;
}

bool Chunk::check_again() const {
    if (!packed_.empty() && is_intact() && !matches_checksum()) {
        const std::lock_guard lock(unpacking_);
        state_.store(State::bad, std::memory_order_release);
    }
    return is_intact();
}

std::size_t Chunk::bytes_in_memory() const {
    const bool is_readable = state_.load(std::memory_order_acquire) == State::sound;
    return sizeof *this + (is_readable ? outline_.size : packed_.size());
}

Column Chunk::column(std::uint32_t index) const {
    const ColumnHead& found = at<ColumnHead>(sizeof(ChunkHead))[index];
    return {.encoding = found.encoding,
            .property = found.property,
            .rows = head().rows,
            .bytes = bytes_.data() + found.at};
}

Column Chunk::column_of(std::uint32_t property) const {
    const auto* begin = at<ColumnHead>(sizeof(ChunkHead));
    const auto* end = begin + head().columns;
    const auto* found =
        std::lower_bound(begin, end, property, [](const ColumnHead& head, std::uint32_t wanted) {
            return head.property < wanted;
        });
    return found == end || found->property != property
               ? Column{}
               : column(static_cast<std::uint32_t>(found - begin));
}

std::uint32_t Chunk::lower_bound(std::uint32_t local, std::uint32_t hint) const {
    constexpr std::uint32_t linear_steps_max = 8;
    const std::span<const std::uint16_t> all = locals();
    const auto size = static_cast<std::uint32_t>(all.size());
    std::uint32_t from = hint > size || (hint > 0 && all[hint - 1] >= local) ? 0 : hint;
    for (std::uint32_t step = 0; step < linear_steps_max; ++step, ++from) {
        if (from >= size || all[from] >= local) {
            return from;
        }
    }
    return static_cast<std::uint32_t>(std::lower_bound(all.begin() + from, all.end(), local) -
                                      all.begin());
}

}  // namespace fineline::columns
