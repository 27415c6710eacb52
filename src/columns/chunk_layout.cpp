#include "columns/chunk_layout.h"

#include <cstring>
#include <utility>

namespace fineline::columns {

namespace {

std::size_t aligned(std::size_t bytes) {
    return (bytes + 7U) & ~std::size_t{7};
}

}  // namespace

ChunkLayout::ChunkLayout(const ChunkHead& counts, std::vector<ColumnHead> of_columns)
    : head(counts),
      columns(std::move(of_columns)),
      size(sizeof(ChunkHead) + columns.size() * sizeof(ColumnHead)) {
    const auto place = [this](std::size_t bytes) {
        return std::exchange(size, size + aligned(bytes));
    };
    const std::size_t rows = head.rows;
    head.columns = static_cast<std::uint32_t>(columns.size());
    head.locals_at = place(std::size_t{head.customers} * sizeof(std::uint16_t));
    head.offsets_at = place((std::size_t{head.customers} + 1) * sizeof(std::uint32_t));
    head.times_at = place(rows * sizeof(Instant));
    head.arrivals_at = place(rows * head.arrival_bytes);
    for (ColumnHead& column : columns) {
        column.at = place(column_bytes(column.encoding, head.rows));
    }
}

void ChunkLayout::write_heads(std::byte* bytes) const {
    const auto zero_tail = [bytes](std::uint64_t at, std::size_t used) {
        std::memset(bytes + at + used, 0, aligned(used) - used);
    };
    std::memcpy(bytes, &head, sizeof head);
    if (!columns.empty()) {
        std::memcpy(bytes + sizeof head, columns.data(), columns.size() * sizeof(ColumnHead));
    }
    zero_tail(head.locals_at, std::size_t{head.customers} * sizeof(std::uint16_t));
    zero_tail(head.offsets_at, (std::size_t{head.customers} + 1) * sizeof(std::uint32_t));
    zero_tail(head.arrivals_at, std::size_t{head.rows} * head.arrival_bytes);
    for (const ColumnHead& column : columns) {
        zero_tail(column.at, column_bytes(column.encoding, head.rows));
    }
}

}  // namespace fineline::columns
