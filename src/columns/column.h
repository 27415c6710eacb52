#pragma once

#include "model/value.h"

#include <cstddef>
#include <cstdint>
#include <limits>

namespace fineline::columns {

/// The kind of a cell that holds nothing, not even an explicit null (`missing`). Never a stored
/// value's kind.
inline constexpr ValueKind absent = ValueKind::withheld;

/// One value as columns hold it: a boolean, the bits of a number, microseconds, or a dictionary
/// code.
struct Cell {
    std::uint64_t payload = 0;
    ValueKind kind = absent;
};

/// How a chunk stores one property; the narrowest that holds all its values is chosen chunk by
/// chunk. The numbers are stored in checkpoints.
enum class Encoding : std::uint32_t {
    boolean = 1,  ///< u8: 0 absent, 1 null, 2 false, 3 true
    number = 2,   ///< f64, two NaNs stand for absent and null
    code8 = 3,    ///< dictionary code + 2; 0 absent, 1 null
    code16 = 4,
    code32 = 5,
    timestamp = 6,  ///< i64 microseconds; the two least stand for absent and null
    mixed = 7,      ///< u64 payloads, then u8 kinds
};

/// A NaN that no stored number equals (stored numbers are finite).
inline constexpr std::uint64_t number_absent = 0x7ff8'0000'0000'0001ULL;
inline constexpr std::uint64_t number_null = 0x7ff8'0000'0000'0002ULL;
inline constexpr std::int64_t timestamp_absent = std::numeric_limits<std::int64_t>::min();
inline constexpr std::int64_t timestamp_null = timestamp_absent + 1;

/// Bytes that a column of that many rows takes.
[[nodiscard]] std::size_t column_bytes(Encoding encoding, std::uint32_t rows);

/// A column of a chunk. Cheap to copy, valid as long as the chunk.
struct Column {
    Encoding encoding = Encoding::boolean;
    std::uint32_t property = 0;
    std::uint32_t rows = 0;
    const std::byte* bytes = nullptr;

    template <class T>
    [[nodiscard]] const T* as() const {
        return reinterpret_cast<const T*>(bytes);
    }

    [[nodiscard]] Cell cell(std::uint32_t row) const {
        switch (encoding) {
            case Encoding::boolean: return boolean_cell(as<std::uint8_t>()[row]);
            case Encoding::number: return number_cell(as<std::uint64_t>()[row]);
            case Encoding::code8: return code_cell(as<std::uint8_t>()[row]);
            case Encoding::code16: return code_cell(as<std::uint16_t>()[row]);
            case Encoding::code32: return code_cell(as<std::uint32_t>()[row]);
            case Encoding::timestamp: return timestamp_cell(as<std::int64_t>()[row]);
            case Encoding::mixed:
                return {.payload = as<std::uint64_t>()[row],
                        .kind = static_cast<ValueKind>(
                            as<std::uint8_t>()[std::size_t{rows} * 8 + row])};
        }
        return {};
    }

  private:
    static Cell boolean_cell(std::uint8_t stored) {
        return stored >= 2 ? Cell{.payload = stored - 2U, .kind = ValueKind::boolean}
                           : none(stored);
    }

    static Cell number_cell(std::uint64_t stored) {
        if (stored == number_absent || stored == number_null) {
            return none(stored == number_null ? 1 : 0);
        }
        return {.payload = stored, .kind = ValueKind::number};
    }

    static Cell code_cell(std::uint32_t stored) {
        return stored >= 2 ? Cell{.payload = stored - 2U, .kind = ValueKind::string} : none(stored);
    }

    static Cell timestamp_cell(std::int64_t stored) {
        if (stored <= timestamp_null) {
            return none(stored == timestamp_null ? 1 : 0);
        }
        return {.payload = static_cast<std::uint64_t>(stored), .kind = ValueKind::timestamp};
    }

    static Cell none(std::uint64_t null) {
        return {.payload = 0, .kind = null == 1 ? ValueKind::missing : absent};
    }
};

}  // namespace fineline::columns
