#pragma once

#include "columns/chunk.h"

#include <cstddef>
#include <vector>

namespace fineline::columns {

/// Where the arrays of a chunk lie. The only place that decides it.
struct ChunkLayout {
    /// Of a chunk with the counts that `head` holds and these columns, ascending by property.
    ChunkLayout(const ChunkHead& counts, std::vector<ColumnHead> of_columns);

    /// Writes the heads as they are now, and zeros where alignment leaves gaps between arrays, so
    /// that equal rows are equal bytes.
    void write_heads(std::byte* bytes) const;

    ChunkHead head;
    std::vector<ColumnHead> columns;
    std::size_t size = 0;  ///< bytes of the chunk
};

}  // namespace fineline::columns
