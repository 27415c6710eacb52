#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace fineline::columns {

/// Memory for a chunk, aligned to 16 bytes; what it holds is not specified. From 64 KiB on it comes
/// from the system and goes back to it when freed. Left to malloc it would not: a chunk is replaced
/// by a larger one again and again, and each leaves a gap that the next one does not fit in.
[[nodiscard]] std::shared_ptr<std::byte[]> make_chunk_memory(std::size_t bytes);

/// Gives back the memory of whole pages of a mapping; what is of a file is read again when it is
/// needed. What was written to them is lost.
void release_pages(std::span<std::byte> mapped);

}  // namespace fineline::columns
