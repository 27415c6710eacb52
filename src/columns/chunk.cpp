#include "columns/chunk.h"

#include "base/checksum.h"

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
    : owner_(std::move(owner)), bytes_(bytes), soundness_(Soundness::sound) {}

Chunk::Chunk(std::shared_ptr<void> owner, std::span<std::byte> bytes, std::uint64_t checksum)
    : owner_(std::move(owner)),
      bytes_(bytes),
      checksum_(checksum),
      is_from_file_(true),
      soundness_(Soundness::unknown) {}

Chunk::~Chunk() {
    if (wipe_.load(std::memory_order_relaxed)) {
        std::memset(bytes_.data(), 0, bytes_.size());
    }
}

bool Chunk::is_sound() const {
    Soundness known = soundness_.load(std::memory_order_relaxed);
    if (known == Soundness::unknown) {
        const auto* text = reinterpret_cast<const char*>(bytes_.data());
        known = checksum({text, bytes_.size()}) == checksum_ ? Soundness::sound : Soundness::bad;
        soundness_.store(known, std::memory_order_relaxed);
    }
    return known == Soundness::sound;
}

bool Chunk::check_again() const {
    if (is_from_file_ && is_sound()) {
        const auto* text = reinterpret_cast<const char*>(bytes_.data());
        if (checksum({text, bytes_.size()}) != checksum_) {
            soundness_.store(Soundness::bad, std::memory_order_relaxed);
        }
    }
    return is_sound();
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
