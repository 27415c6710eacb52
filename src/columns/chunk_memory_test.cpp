#include "columns/chunk_memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <utility>
#include <vector>

namespace fineline::columns {
namespace {

/// What of the process lies in memory, in pages.
std::uint64_t resident_pages() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t size = 0;
    std::uint64_t resident = 0;
    statm >> size >> resident;
    return resident;
}

TEST(ChunkMemory, IsAlignedAndAllOfItCanBeWritten) {
    for (const std::size_t bytes : {1U, 100U, 65'535U, 65'536U, 65'537U, 3'000'001U}) {
        const auto memory = make_chunk_memory(bytes);
        ASSERT_EQ(reinterpret_cast<std::uintptr_t>(memory.get()) % 16, 0U) << bytes;
        std::memset(memory.get(), 0x5a, bytes);
        ASSERT_EQ(memory.get()[bytes - 1], std::byte{0x5a});
    }
}

TEST(ChunkMemory, GoesBackToTheSystemAsChunksAreReplacedByLargerOnes) {
    constexpr std::size_t chunks = 64;
    std::vector<std::shared_ptr<std::byte[]>> held(chunks);
    const std::uint64_t before = resident_pages();
    for (std::size_t bytes = 70'000; bytes < 1'000'000; bytes += bytes / 4) {
        for (auto& memory : held) {
            auto larger = make_chunk_memory(bytes);
            std::memset(larger.get(), 1, bytes);
            memory = std::move(larger);
        }
    }
    EXPECT_GT(resident_pages(), before + chunks * 100);
    held.clear();
    EXPECT_LT(resident_pages(), before + chunks * 20);
}

}  // namespace
}  // namespace fineline::columns
