#pragma once

#include "columns/chunk.h"
#include "columns/delta.h"

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

namespace fineline::columns {

/// What is left out of a joined chunk.
struct LeftOut {
    std::span<const std::uint16_t> customers{};  ///< as ordinals within the range
    /// Rows of the delta that arrived at this position or after it. Needed by one who is not
    /// the thread that appends.
    std::uint64_t arrived_from = std::numeric_limits<std::uint64_t>::max();
};

/// Joins a chunk and the delta above it into a new chunk. Keeps scratch memory between calls, about
/// 10 bytes a row of the largest chunk; the peak of one call is old chunk + delta + new chunk +
/// that scratch. One thread at a time.
class Compactor {
  public:
    /// `range_size` customers to a chunk, at most 65,536.
    explicit Compactor(std::uint32_t range_size);

    /// Returns the joined chunk, nullptr if no row is left. `base` and `delta` may be nullptr.
    [[nodiscard]] std::shared_ptr<const Chunk> join(const Chunk* base,
                                                    const Delta* delta,
                                                    const LeftOut& left_out = {});

    /// Whether a base did not match its checksum; its rows were left out.
    [[nodiscard]] bool met_corrupt_chunk() const { return met_corrupt_chunk_; }

  private:
    static constexpr std::uint32_t delta_bit = 0x8000'0000U;

    struct Plan {
        std::uint32_t property = 0;
        std::uint32_t kinds = 0;  ///< bit per ValueKind seen
        std::uint64_t code_max = 0;
        Encoding encoding = Encoding::boolean;
        Column source;  ///< of the base, without bytes if it has none
        std::byte* target = nullptr;
    };

    void sort_delta_by_customer(std::uint64_t arrived_from);
    void order_rows(std::span<const std::uint16_t> removed);
    void order_customer(std::uint32_t local, std::uint32_t& base_index);
    void plan_columns(bool some_removed);
    Plan& plan_of(std::uint32_t property);
    static void see(Plan& plan, const Cell& cell);
    [[nodiscard]] bool is_before(std::uint32_t a, std::uint32_t b) const;
    [[nodiscard]] std::int64_t time_of(std::uint32_t row) const;
    [[nodiscard]] std::uint64_t arrival_of(std::uint32_t row) const;
    [[nodiscard]] std::shared_ptr<const Chunk> write();
    void write_rows(std::byte* bytes, ChunkHead& head) const;
    void write_columns();
    void copy_column(const Plan& plan) const;

    std::uint32_t range_size_;
    bool met_corrupt_chunk_ = false;
    const Chunk* base_ = nullptr;
    const Delta* delta_ = nullptr;
    std::vector<std::uint32_t> delta_starts_;  ///< per customer, + 1
    std::vector<std::uint32_t> delta_rows_;    ///< places in the delta by customer, then arrival
    std::vector<std::uint8_t> removed_;
    std::vector<std::uint16_t> locals_;
    std::vector<std::uint32_t> offsets_;
    std::vector<std::uint32_t> order_;  ///< rows of base, places in the delta with delta_bit
    std::vector<Plan> plans_;
    std::vector<std::uint32_t> plan_index_;  ///< property → plan + 1
};

}  // namespace fineline::columns
