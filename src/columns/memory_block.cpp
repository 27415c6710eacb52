#include "columns/memory_block.h"

#include "base/require.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <new>
#include <utility>

namespace fineline::columns {

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20U;
constexpr std::size_t cache_line = 64;
constexpr std::size_t pool_block_min = std::size_t{64} << 10U;
constexpr std::size_t pool_block_max = std::size_t{32} << 20U;

std::size_t rounded(std::size_t bytes, std::size_t to) {
    return (bytes + to - 1) / to * to;
}

/// Maps memory that begins where a huge page does: a huge page more, and what is over given back.
std::byte* map_huge(std::size_t bytes) {
    void* const mapped = mmap(
        nullptr, bytes + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    require(mapped != MAP_FAILED, "no memory is left");
    auto* const begin = static_cast<std::byte*>(mapped);
    const std::size_t past = reinterpret_cast<std::uintptr_t>(begin) % huge_page;
    const std::size_t before = past == 0 ? 0 : huge_page - past;
    if (before > 0) {
        munmap(begin, before);
    }
    munmap(begin + before + bytes, huge_page - before);
    // A system without huge pages says no, and small ones serve.
    madvise(begin + before, bytes, MADV_HUGEPAGE);
    return begin + before;
}

/// Four sizes to each doubling, from a cache line on.
struct SizeClass {
    std::size_t index = 0;
    std::size_t bytes = 0;
};

SizeClass class_of(std::size_t bytes) {
    const std::size_t lines = std::max<std::size_t>(rounded(bytes, cache_line) / cache_line, 1);
    if (lines <= 4) {
        return {.index = lines - 1, .bytes = lines * cache_line};
    }
    // Of 2^k < lines ≤ 2^(k+1) the quarters.
    const std::size_t power = std::bit_width(lines - 1) - 1;
    const std::size_t quarter = std::size_t{1} << (power - 2);
    const std::size_t quarters = (lines + quarter - 1) / quarter;
    return {.index = 4 + (power - 2) * 4 + (quarters - 5),
            .bytes = quarters * quarter * cache_line};
}

}  // namespace

MemoryBlock::MemoryBlock(std::size_t bytes) : bytes_(bytes) {
    if (bytes >= huge_page) {
        bytes_ = rounded(bytes, huge_page);
        data_ = map_huge(bytes_);
    } else if (bytes > 0) {
        data_ = static_cast<std::byte*>(::operator new (bytes, std::align_val_t{cache_line}));
        std::memset(data_, 0, bytes);
    }
}

MemoryBlock::~MemoryBlock() {
    if (bytes_ >= huge_page) {
        munmap(data_, bytes_);
    } else {
        ::operator delete (data_, std::align_val_t{cache_line});
    }
}

MemoryBlock::MemoryBlock(MemoryBlock&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

MemoryBlock& MemoryBlock::operator=(MemoryBlock&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
}

std::size_t MemoryPool::piece_bytes(std::size_t bytes) {
    return class_of(bytes).bytes;
}

std::byte* MemoryPool::take(std::size_t bytes) {
    const SizeClass wanted = class_of(bytes);
    const std::lock_guard lock(mutex_);
    if (wanted.index < free_.size() && !free_[wanted.index].empty()) {
        std::byte* const piece = free_[wanted.index].back();
        free_[wanted.index].pop_back();
        return piece;
    }
    if (blocks_.empty() || used_of_last_ + wanted.bytes > blocks_.back().bytes()) {
        const std::size_t next = blocks_.empty() ? pool_block_min : blocks_.back().bytes() * 2;
        blocks_.emplace_back(std::max(std::min(next, pool_block_max), wanted.bytes));
        used_of_last_ = 0;
    }
    used_bytes_ += wanted.bytes;
    return blocks_.back().data() + std::exchange(used_of_last_, used_of_last_ + wanted.bytes);
}

std::size_t MemoryPool::used_bytes() const {
    const std::lock_guard lock(mutex_);
    return used_bytes_;
}

void MemoryPool::give_back(std::byte* piece, std::size_t bytes) {
    const std::size_t index = class_of(bytes).index;
    const std::lock_guard lock(mutex_);
    if (index >= free_.size()) {
        free_.resize(index + 1);
    }
    free_[index].push_back(piece);
}

}  // namespace fineline::columns
