#include "columns/chunk_memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace fineline::columns {

namespace {

constexpr std::size_t mapped_from = std::size_t{64} << 10U;

}  // namespace

std::shared_ptr<std::byte[]> make_chunk_memory(std::size_t bytes) {
    if (bytes >= mapped_from) {
        void* const mapped =
            mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        // A process may have so many mappings; who has more chunks than that uses malloc.
        if (mapped != MAP_FAILED) {
            return {static_cast<std::byte*>(mapped),
                    [bytes](std::byte* begin) { munmap(begin, bytes); }};
        }
    }
    return std::shared_ptr<std::byte[]>(new std::byte[bytes]);
}

void release_pages(std::span<std::byte> mapped) {
    static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(mapped.data());
    const std::uintptr_t first = (begin + page - 1) / page * page;
    const std::uintptr_t end = (begin + mapped.size()) / page * page;
    if (first < end) {
        // Where the system refuses, the pages merely stay.
        ::madvise(mapped.data() + (first - begin), end - first, MADV_DONTNEED);
    }
}

}  // namespace fineline::columns
