#include "expr/functions/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace fineline::expr::functions {

namespace {

constexpr std::uint64_t fraction_mask = (std::uint64_t{1} << 52U) - 1;
constexpr int exponent_of_lowest_bit = -1074;
constexpr int significand_bits = 53;
/// Each addition changes a chunk by less than 2^32, so this many keep it within 63 bits.
constexpr std::uint64_t additions_between_carries = std::uint64_t{1} << 29U;

}  // namespace

void ExactSum::widen() {
    wide_ = true;
    chunks_.fill(0);
    add_wide(high_);
    add_wide(low_part_);
}

void ExactSum::add_wide(double number) {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    const auto biased = static_cast<int>((bits >> 52U) & 0x7ffU);
    const std::uint64_t significand =
        (bits & fraction_mask) | (biased == 0 ? 0 : fraction_mask + 1);
    const int position = std::max(biased, 1) - 1;
    const int chunk = position / chunk_bits;
    const auto shift = static_cast<unsigned>(position % chunk_bits);
    // The shifted significand has at most 53 + 31 bits: three chunks.
    const std::uint64_t low = (significand & 0xffffffffU) << shift;
    const std::uint64_t high = ((significand >> 32U) << shift) + (low >> 32U);
    const std::array<std::int64_t, 3> parts = {static_cast<std::int64_t>(low & 0xffffffffU),
                                               static_cast<std::int64_t>(high & 0xffffffffU),
                                               static_cast<std::int64_t>(high >> 32U)};
    const std::int64_t sign = (bits >> 63U) != 0 ? -1 : 1;
    for (int i = 0; i < 3; ++i) {
        chunks_[static_cast<std::size_t>(chunk + i)] += sign * parts[static_cast<std::size_t>(i)];
    }
    low_ = std::min(low_, chunk);
    ++additions_;
    if (additions_ % additions_between_carries == 0) {
        carry(chunks_);
    }
}

void ExactSum::carry(Chunks& chunks) const {
    for (int i = low_; i + 1 < chunk_count; ++i) {
        std::int64_t& chunk = chunks[static_cast<std::size_t>(i)];
        const std::int64_t carried = chunk >> chunk_bits;
        chunk -= carried * (std::int64_t{1} << chunk_bits);
        chunks[static_cast<std::size_t>(i) + 1] += carried;
    }
}

double ExactSum::rounded_wide() const {
    Chunks chunks = chunks_;
    carry(chunks);
    const bool negative = chunks.back() < 0;
    if (negative) {
        for (std::int64_t& chunk : chunks) {
            chunk = -chunk;
        }
        carry(chunks);
    }
    int top = chunk_count - 1;
    while (top >= low_ && chunks[static_cast<std::size_t>(top)] == 0) {
        --top;
    }
    if (top < low_) {
        return 0;
    }
    // Take the 53 leading bits, or all down to the lowest weight there is, then round on what is
    // below.
    const auto chunk_at = [&](int i) {
        return i < 0 ? std::uint64_t{0}
                     : static_cast<std::uint64_t>(chunks[static_cast<std::size_t>(i)]);
    };
    const int top_bits = static_cast<int>(std::bit_width(chunk_at(top)));
    const int lowest = std::max(0, top * chunk_bits + top_bits - significand_bits);
    const auto bit_at = [&](int position) {
        return (chunk_at(position / chunk_bits) >> static_cast<unsigned>(position % chunk_bits)) &
               1U;
    };
    std::uint64_t significand = 0;
    for (int position = top * chunk_bits + top_bits - 1; position >= lowest; --position) {
        significand = significand * 2 + bit_at(position);
    }
    if (lowest > 0 && bit_at(lowest - 1) != 0) {
        bool more = (significand & 1U) != 0;
        for (int position = lowest - 2; position >= low_ * chunk_bits && !more; --position) {
            more = bit_at(position) != 0;
        }
        significand += more ? 1 : 0;
    }
    const double magnitude =
        std::ldexp(static_cast<double>(significand), lowest + exponent_of_lowest_bit);
    return negative ? -magnitude : magnitude;
}

Datum finite(double number) {
    if (!std::isfinite(number)) {
        return {};
    }
    return Datum::of(number == 0 ? 0.0 : number);
}

}  // namespace fineline::expr::functions
