#include "columns/chunk_packing.h"

#include "base/bytes.h"
#include "columns/arrival_guide.h"
#include "columns/chunk_layout.h"
#include "columns/number_packing.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

namespace fineline::columns {

namespace {

/// How numbers are stored that are not whole after moving the point by so many digits.
constexpr std::uint8_t as_they_are = 255;
constexpr std::array<double, 5> powers{1, 10, 100, 1000, 10'000};
/// Above it not every whole number is a double.
constexpr double whole_max = 9'007'199'254'740'992;

/// What is stored of a cell without a value; a value is stored as 2 or more.
constexpr std::uint64_t packed_absent = 0;
constexpr std::uint64_t packed_null = 1;
constexpr std::uint64_t packed_values = 2;

/// How the arrivals of a chunk are packed.
enum class Arrivals : std::uint8_t { plain = 0, guided = 1 };

template <class T>
std::span<const T> all_of(const Column& column) {
    return {column.as<T>(), column.rows};
}

std::uint64_t bits_of(const Instant& time) {
    return static_cast<std::uint64_t>(time.time_since_epoch().count());
}

/// The greatest number that divides both; 0 is divided by all.
std::uint64_t common_unit(std::uint64_t unit, std::uint64_t number) {
    return unit != 0 && number % unit == 0 ? unit : std::gcd(unit, number);
}

/// Packs integers with gaps: above the least in the largest unit that divides all. `of(row)` is the
/// integer, or std::nullopt where `gap(row)` says what is packed instead.
template <class Of, class Gap>
void pack_integers(
    std::uint32_t rows, Of of, Gap gap, std::vector<std::uint64_t>& scratch, std::string& target) {
    std::optional<std::int64_t> least;
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::optional<std::int64_t> value = of(row);
        least = value && (!least || *value < *least) ? value : least;
    }
    const auto base = static_cast<std::uint64_t>(least.value_or(0));
    std::uint64_t unit = 0;
    scratch.resize(rows);
    for (std::uint32_t row = 0; row < rows; ++row) {
        const std::optional<std::int64_t> value = of(row);
        scratch[row] = value ? static_cast<std::uint64_t>(*value) - base : gap(row);
        unit = value ? common_unit(unit, scratch[row]) : unit;
    }
    unit = unit == 0 ? 1 : unit;
    for (std::uint32_t row = 0; row < rows; ++row) {
        scratch[row] = of(row) ? scratch[row] / unit + packed_values : scratch[row];
    }
    ByteWriter writer(target);
    writer.signed_varint(least.value_or(0));
    writer.varint(unit);
    pack_numbers(std::span<const std::uint64_t>(scratch), target);
}

/// Whether all numbers are whole after moving the point, and come back from it bit by bit.
bool are_decimals(const Column& column, unsigned digits) {
    const auto* stored = column.as<std::uint64_t>();
    return std::all_of(stored, stored + column.rows, [power = powers[digits]](std::uint64_t bits) {
        if (bits == number_absent || bits == number_null) {
            return true;
        }
        const double whole = std::nearbyint(std::bit_cast<double>(bits) * power);
        return std::abs(whole) < whole_max &&
               std::bit_cast<std::uint64_t>(static_cast<double>(static_cast<std::int64_t>(whole)) /
                                            power) == bits;
    });
}

}  // namespace

void ChunkPacker::pack(const Chunk& chunk, std::string& target) {
    const ChunkHead& head = chunk.head();
    ByteWriter writer(target);
    writer.varint(head.rows);
    writer.varint(head.customers);
    writer.u8(static_cast<std::uint8_t>(head.arrival_bytes));
    writer.varint(head.first_arrival);
    writer.signed_varint(head.time_min);
    writer.signed_varint(head.time_max);
    writer.varint(head.columns);
    for (std::uint32_t i = 0; i < head.columns; ++i) {
        const Column column = chunk.column(i);
        writer.varint(column.property);
        writer.u8(static_cast<std::uint8_t>(column.encoding));
    }
    pack_customers(chunk, target);
    pack_times(chunk, target);
    pack_arrivals(chunk, target);
    for (std::uint32_t i = 0; i < head.columns; ++i) {
        pack_column(chunk.column(i), target);
    }
}

/// For each customer how many have no rows since the one before, and how many rows he has.
void ChunkPacker::pack_customers(const Chunk& chunk, std::string& target) {
    const std::span<const std::uint16_t> locals = chunk.locals();
    numbers_.clear();
    std::uint32_t next = 0;
    for (const std::uint16_t local : locals) {
        numbers_.push_back(local - next);
        next = local + 1U;
    }
    pack_numbers(std::span<const std::uint64_t>(numbers_), target);
    const std::uint32_t* offsets = chunk.offsets();
    for (std::size_t i = 0; i < locals.size(); ++i) {
        numbers_[i] = offsets[i + 1] - offsets[i];
    }
    pack_numbers(std::span<const std::uint64_t>(numbers_), target);
}

/// The first time of each customer, then how far each later row is from the one before.
void ChunkPacker::pack_times(const Chunk& chunk, std::string& target) {
    const auto least = static_cast<std::uint64_t>(chunk.head().time_min);
    times_.resize(chunk.rows());
    std::uint64_t unit = 0;
    for (std::uint32_t row = 0; row < chunk.rows(); ++row) {
        times_[row] = bits_of(chunk.times()[row]) - least;
        unit = common_unit(unit, times_[row]);
    }
    unit = unit == 0 ? 1 : unit;
    for (std::uint64_t& time : times_) {
        time /= unit;
    }
    ByteWriter(target).varint(unit);
    const std::uint32_t* offsets = chunk.offsets();
    numbers_.clear();
    for (std::uint32_t i = 0; i < chunk.head().customers; ++i) {
        numbers_.push_back(times_[offsets[i]]);
    }
    pack_numbers(std::span<const std::uint64_t>(numbers_), target);
    numbers_.clear();
    for (std::uint32_t i = 0; i < chunk.head().customers; ++i) {
        for (std::uint32_t row = offsets[i] + 1; row < offsets[i + 1]; ++row) {
            numbers_.push_back(times_[row] - times_[row - 1]);
        }
    }
    pack_numbers(std::span<const std::uint64_t>(numbers_), target);
}

/// Guided by time or as they are, whichever is shorter. Requires times_ of this chunk.
void ChunkPacker::pack_arrivals(const Chunk& chunk, std::string& target) {
    if (chunk.short_arrivals() == nullptr) {
        pack_numbers(std::span(chunk.long_arrivals(), chunk.rows()), target);
        return;
    }
    const std::span arrivals(chunk.short_arrivals(), chunk.rows());
    std::string plain(1, static_cast<char>(Arrivals::plain));
    pack_numbers(arrivals, plain);
    const auto latest = *std::max_element(times_.begin(), times_.end());
    ArrivalGuide guide(latest, times_.size());
    guide.fit(times_, arrivals);
    std::string guided(1, static_cast<char>(Arrivals::guided));
    pack_numbers(std::span<const std::uint32_t>(guide.knots()), guided);
    std::int64_t least = 0;
    numbers_.resize(arrivals.size());
    for (std::size_t row = 0; row < arrivals.size(); ++row) {
        const std::int64_t off = std::int64_t{arrivals[row]} - guide.guess(times_[row]);
        least = std::min(least, off);
        numbers_[row] = static_cast<std::uint64_t>(off);
    }
    for (std::uint64_t& number : numbers_) {
        number -= static_cast<std::uint64_t>(least);
    }
    ByteWriter(guided).signed_varint(least);
    pack_numbers(std::span<const std::uint64_t>(numbers_), guided);
    target += guided.size() < plain.size() ? guided : plain;
}

void ChunkPacker::pack_column(const Column& column, std::string& target) {
    switch (column.encoding) {
        case Encoding::boolean:
        case Encoding::code8: pack_numbers(all_of<std::uint8_t>(column), target); return;
        case Encoding::code16: pack_numbers(all_of<std::uint16_t>(column), target); return;
        case Encoding::code32: pack_numbers(all_of<std::uint32_t>(column), target); return;
        case Encoding::number: pack_numbers_of(column, target); return;
        case Encoding::timestamp: pack_timestamps(column, target); return;
        case Encoding::mixed:
            pack_numbers(all_of<std::uint64_t>(column), target);
            pack_numbers(
                std::span(column.as<std::uint8_t>() + std::size_t{column.rows} * 8, column.rows),
                target);
            return;
    }
}

void ChunkPacker::pack_numbers_of(const Column& column, std::string& target) {
    unsigned digits = 0;
    while (digits < powers.size() && !are_decimals(column, digits)) {
        ++digits;
    }
    ByteWriter writer(target);
    if (digits == powers.size()) {
        writer.u8(as_they_are);
        pack_numbers(all_of<std::uint64_t>(column), target);
        return;
    }
    writer.u8(static_cast<std::uint8_t>(digits));
    const auto* stored = column.as<std::uint64_t>();
    pack_integers(
        column.rows,
        [stored, power = powers[digits]](std::uint32_t row) -> std::optional<std::int64_t> {
            if (stored[row] == number_absent || stored[row] == number_null) {
                return std::nullopt;
            }
            return static_cast<std::int64_t>(
                std::nearbyint(std::bit_cast<double>(stored[row]) * power));
        },
        [stored](std::uint32_t row) {
            return stored[row] == number_null ? packed_null : packed_absent;
        },
        numbers_,
        target);
}

void ChunkPacker::pack_timestamps(const Column& column, std::string& target) {
    const auto* stored = column.as<std::int64_t>();
    pack_integers(
        column.rows,
        [stored](std::uint32_t row) -> std::optional<std::int64_t> {
            return stored[row] <= timestamp_null ? std::nullopt
                                                 : std::optional<std::int64_t>(stored[row]);
        },
        [stored](std::uint32_t row) {
            return stored[row] == timestamp_null ? packed_null : packed_absent;
        },
        numbers_,
        target);
}

namespace {

/// Restores one chunk. After the first failure reader_ is not ok(). One thread at a time.
class ChunkUnpacker {
  public:
    ChunkUnpacker(std::string_view packed, std::span<std::byte> target)
        : reader_(packed), target_(target) {}

    [[nodiscard]] bool run() {
        const auto rows = reader_.varint();
        const auto customers = reader_.varint();
        ChunkHead head;
        head.arrival_bytes = reader_.u8();
        head.first_arrival = reader_.varint();
        head.time_min = reader_.signed_varint();
        head.time_max = reader_.signed_varint();
        if (rows > 0xffff'ffffU || customers > rows || customers > 65'536 ||
            (head.arrival_bytes != 4 && head.arrival_bytes != 8)) {
            return false;
        }
        head.rows = static_cast<std::uint32_t>(rows);
        head.customers = static_cast<std::uint32_t>(customers);
        std::vector<ColumnHead> columns;
        if (!read_columns(columns)) {
            return false;
        }
        const ChunkLayout layout(head, std::move(columns));
        if (layout.size != target_.size()) {
            return false;
        }
        layout.write_heads(target_.data());
        if (!read_customers(layout.head) || !read_times(layout.head) ||
            !read_arrivals(layout.head)) {
            return false;
        }
        for (const ColumnHead& column : layout.columns) {
            read_column(column, layout.head.rows);
        }
        return reader_.ok() && reader_.at_end();
    }

  private:
    template <class T>
    [[nodiscard]] std::span<T> array(std::uint64_t at, std::size_t size) const {
        return {reinterpret_cast<T*>(target_.data() + at), size};
    }

    [[nodiscard]] bool read_columns(std::vector<ColumnHead>& columns) {
        const std::uint64_t count = reader_.varint();
        if (count > reader_.remaining()) {
            return false;
        }
        for (std::uint64_t i = 0; i < count; ++i) {
            const std::uint64_t property = reader_.varint();
            const std::uint8_t encoding = reader_.u8();
            if (property > 0xffff'ffffU ||
                encoding < static_cast<std::uint8_t>(Encoding::boolean) ||
                encoding > static_cast<std::uint8_t>(Encoding::mixed)) {
                return false;
            }
            columns.push_back({.property = static_cast<std::uint32_t>(property),
                               .encoding = static_cast<Encoding>(encoding),
                               .at = 0});
        }
        return reader_.ok();
    }

    [[nodiscard]] bool read_customers(const ChunkHead& head) {
        const auto locals = array<std::uint16_t>(head.locals_at, head.customers);
        const auto offsets = array<std::uint32_t>(head.offsets_at, std::size_t{head.customers} + 1);
        unpack_numbers(reader_, locals);
        unpack_numbers(reader_, offsets.subspan(1));
        std::uint64_t local = 0;
        std::uint64_t rows = 0;
        offsets[0] = 0;
        for (std::uint32_t i = 0; i < head.customers; ++i) {
            local += locals[i];
            rows += offsets[i + 1];
            if (local > 0xffff || offsets[i + 1] == 0 || rows > head.rows) {
                return false;
            }
            locals[i] = static_cast<std::uint16_t>(local++);
            offsets[i + 1] = static_cast<std::uint32_t>(rows);
        }
        return reader_.ok() && rows == head.rows;
    }

    [[nodiscard]] bool read_times(const ChunkHead& head) {
        const std::uint64_t unit = reader_.varint();
        std::vector<std::uint64_t> firsts(head.customers);
        unpack_numbers(reader_, std::span(firsts));
        numbers_.resize(head.rows - head.customers);
        unpack_numbers(reader_, std::span(numbers_));
        const auto offsets = array<std::uint32_t>(head.offsets_at, std::size_t{head.customers} + 1);
        const auto times = array<std::uint64_t>(head.times_at, head.rows);
        const auto least = static_cast<std::uint64_t>(head.time_min);
        times_.resize(head.rows);
        const std::uint64_t* gap = numbers_.data();
        for (std::uint32_t i = 0; i < head.customers && reader_.ok(); ++i) {
            std::uint64_t time = firsts[i];
            for (std::uint32_t row = offsets[i]; row < offsets[i + 1]; ++row) {
                time += row == offsets[i] ? 0 : *gap++;
                times_[row] = time;
                times[row] = least + time * unit;
            }
        }
        return reader_.ok();
    }

    [[nodiscard]] bool read_arrivals(const ChunkHead& head) {
        if (head.arrival_bytes == 8) {
            unpack_numbers(reader_, array<std::uint64_t>(head.arrivals_at, head.rows));
            return reader_.ok();
        }
        const auto arrivals = array<std::uint32_t>(head.arrivals_at, head.rows);
        if (reader_.u8() == static_cast<std::uint8_t>(Arrivals::plain)) {
            unpack_numbers(reader_, arrivals);
            return reader_.ok();
        }
        const auto latest = times_.empty() ? 0 : *std::max_element(times_.begin(), times_.end());
        ArrivalGuide guide(latest, times_.size());
        unpack_numbers(reader_, guide.knots());
        const std::int64_t least = reader_.signed_varint();
        numbers_.resize(head.rows);
        unpack_numbers(reader_, std::span(numbers_));
        if (!reader_.ok()) {
            return false;
        }
        for (std::uint32_t row = 0; row < head.rows; ++row) {
            arrivals[row] =
                static_cast<std::uint32_t>(numbers_[row] + static_cast<std::uint64_t>(least) +
                                           static_cast<std::uint64_t>(guide.guess(times_[row])));
        }
        return true;
    }

    void read_column(const ColumnHead& column, std::uint32_t rows) {
        switch (column.encoding) {
            case Encoding::boolean:
            case Encoding::code8:
                unpack_numbers(reader_, array<std::uint8_t>(column.at, rows));
                return;
            case Encoding::code16:
                unpack_numbers(reader_, array<std::uint16_t>(column.at, rows));
                return;
            case Encoding::code32:
                unpack_numbers(reader_, array<std::uint32_t>(column.at, rows));
                return;
            case Encoding::number: read_numbers(array<std::uint64_t>(column.at, rows)); return;
            case Encoding::timestamp:
                read_integers(array<std::uint64_t>(column.at, rows),
                              static_cast<std::uint64_t>(timestamp_absent),
                              static_cast<std::uint64_t>(timestamp_null));
                return;
            case Encoding::mixed:
                unpack_numbers(reader_, array<std::uint64_t>(column.at, rows));
                unpack_numbers(reader_,
                               array<std::uint8_t>(column.at + std::uint64_t{rows} * 8, rows));
                return;
        }
    }

    void read_integers(std::span<std::uint64_t> cells, std::uint64_t absent, std::uint64_t null) {
        const auto least = static_cast<std::uint64_t>(reader_.signed_varint());
        const std::uint64_t unit = reader_.varint();
        unpack_numbers(reader_, cells);
        for (std::uint64_t& cell : cells) {
            cell = cell >= packed_values ? least + (cell - packed_values) * unit
                   : cell == packed_null ? null
                                         : absent;
        }
    }

    void read_numbers(std::span<std::uint64_t> cells) {
        const std::uint8_t digits = reader_.u8();
        if (digits >= powers.size()) {
            unpack_numbers(reader_, cells);
            return;
        }
        // No whole number that is packed is that small.
        constexpr auto absent = static_cast<std::uint64_t>(timestamp_absent);
        constexpr auto null = static_cast<std::uint64_t>(timestamp_null);
        read_integers(cells, absent, null);
        for (std::uint64_t& cell : cells) {
            cell = cell == absent ? number_absent
                   : cell == null
                       ? number_null
                       : std::bit_cast<std::uint64_t>(
                             static_cast<double>(static_cast<std::int64_t>(cell)) / powers[digits]);
        }
    }

    ByteReader reader_;
    std::span<std::byte> target_;
    std::vector<std::uint64_t> times_;  ///< in units above the least, row by row
    std::vector<std::uint64_t> numbers_;
};

}  // namespace

bool unpack_chunk(std::string_view packed, std::span<std::byte> target) {
    return ChunkUnpacker(packed, target).run();
}

}  // namespace fineline::columns
