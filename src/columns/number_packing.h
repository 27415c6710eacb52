#pragma once

#include "base/bytes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

// Whole numbers in few bits: blocks of 128, of each the least number and how far the others lie
// above it, all with as many bits as the farthest takes. Source of the scheme: Goldstein,
// Ramakrishnan, Shaft (1998), "Compressing relations and indexes" (frame of reference).

namespace fineline::columns {

namespace packing {

inline constexpr std::size_t block_numbers = 128;
/// A number of so many bits lies within 8 bytes wherever it begins.
inline constexpr unsigned bits_max = 57;
/// Bytes of a block and what a read of 8 bytes at its last number goes beyond it.
using BlockBytes = std::array<std::uint8_t, block_numbers * 8 + 8>;

inline std::size_t bytes_of_block(std::size_t numbers, unsigned bits) {
    return (numbers * bits + 7) / 8;
}

}  // namespace packing

/// Appends the numbers. About a nanosecond each.
template <class T>
void pack_numbers(std::span<const T> numbers, std::string& target) {
    ByteWriter writer(target);
    packing::BlockBytes
        bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init): cleared block by block
    for (std::size_t at = 0; at < numbers.size(); at += packing::block_numbers) {
        const auto block =
            numbers.subspan(at, std::min(packing::block_numbers, numbers.size() - at));
        const auto [least, most] = std::minmax_element(block.begin(), block.end());
        const std::uint64_t base = *least;
        auto bits = static_cast<unsigned>(std::bit_width(std::uint64_t{*most} - base));
        bits = bits > packing::bits_max ? 64 : bits;
        writer.u8(static_cast<std::uint8_t>(bits));
        writer.varint(base);
        const std::size_t used = packing::bytes_of_block(block.size(), bits);
        std::memset(bytes.data(), 0, used + 8);
        for (std::size_t i = 0; i < block.size() && bits > 0; ++i) {
            std::uint8_t* const place = bytes.data() + i * bits / 8;
            std::uint64_t word = 0;
            std::memcpy(&word, place, sizeof word);
            word |= (std::uint64_t{block[i]} - base) << i * bits % 8;
            std::memcpy(place, &word, sizeof word);
        }
        writer.raw({reinterpret_cast<const char*>(bytes.data()), used});
    }
}

/// Reads as many numbers as there is room for; what does not fit their type loses its upper bits.
/// Where the bytes are too few or malformed the reader is not ok() any more. About a nanosecond
/// each.
template <class T>
void unpack_numbers(ByteReader& reader, std::span<T> numbers) {
    packing::BlockBytes bytes;  // NOLINT(cppcoreguidelines-pro-type-member-init): of what is read
    for (std::size_t at = 0; at < numbers.size() && reader.ok(); at += packing::block_numbers) {
        const auto block =
            numbers.subspan(at, std::min(packing::block_numbers, numbers.size() - at));
        const unsigned bits = reader.u8();
        const std::uint64_t base = reader.varint();
        if (bits > packing::bits_max && bits != 64) {
            static_cast<void>(reader.raw(~std::uint64_t{0}));  // no such block: not ok from here on
            return;
        }
        const std::string_view taken = reader.raw(packing::bytes_of_block(block.size(), bits));
        if (!reader.ok()) {
            return;
        }
        std::memcpy(bytes.data(), taken.data(), taken.size());
        std::memset(bytes.data() + taken.size(), 0, 8);
        const std::uint64_t mask = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
        for (std::size_t i = 0; i < block.size(); ++i) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes.data() + i * bits / 8, sizeof word);
            block[i] = static_cast<T>(base + (word >> i * bits % 8 & mask));
        }
    }
}

}  // namespace fineline::columns
