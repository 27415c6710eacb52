#include "columns/chunk_packing.h"

#include "columns/compactor.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <random>
#include <string>
#include <vector>

namespace fineline::columns {
namespace {

/// In which order the rows of a chunk arrived.
enum class Order : std::uint8_t { by_time, by_customer, any };

/// How the rows of a drawn chunk look.
struct Shape {
    std::uint32_t customers = 64;
    std::uint32_t rows = 900;
    std::int64_t unit = 1;          ///< microseconds that all times are a multiple of
    std::uint64_t span = 1;         ///< of times, in units
    std::uint64_t arrivals = 1000;  ///< from the first to the last, about
    Order order = Order::any;
};

std::vector<Delta::NewRow> draw_rows(const Shape& shape, std::mt19937_64& random) {
    std::vector<Delta::NewRow> rows(shape.rows);
    for (Delta::NewRow& row : rows) {
        row = {.time = -3'000'000 + static_cast<std::int64_t>(random() % shape.span) * shape.unit,
               .arrival = 0,
               .local = static_cast<std::uint16_t>(random() % shape.customers)};
    }
    std::sort(rows.begin(), rows.end(), [&](const Delta::NewRow& a, const Delta::NewRow& b) {
        return shape.order == Order::by_customer && a.local != b.local ? a.local < b.local
                                                                       : a.time < b.time;
    });
    if (shape.order == Order::any) {
        std::shuffle(rows.begin(), rows.end(), random);
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].arrival = 17 + i * shape.arrivals / rows.size();
    }
    return rows;
}

/// One cell of each encoding, now and then none or a null.
std::vector<DeltaCell> draw_cells(std::mt19937_64& random) {
    const auto number = [](double value) {
        return std::pair(ValueKind::number, std::bit_cast<std::uint64_t>(value));
    };
    const auto below = [&](std::uint64_t limit) { return random() % limit; };
    const std::vector<std::pair<ValueKind, std::uint64_t>> values{
        {ValueKind::boolean, below(2)},
        number(static_cast<double>(below(2'000'000)) / 100 - 4000),
        number(std::sqrt(static_cast<double>(below(1'000'000)))),
        number(below(5) == 0 ? -0.0 : 12.5),
        number(std::ldexp(1.0, static_cast<int>(below(2000)) - 1000)),
        {ValueKind::string, below(200)},
        {ValueKind::string, below(60'000)},
        {ValueKind::string, below(3'000'000)},
        {ValueKind::timestamp, below(400) * 86'400'000'000U},
        {ValueKind::timestamp, random() / 2},
        below(2) == 0 ? std::pair(ValueKind::duration, random())
                      : std::pair(ValueKind::string, below(9)),
        number(static_cast<double>(below(50))),
    };
    std::vector<DeltaCell> cells;
    for (std::uint32_t property = 0; property < values.size(); ++property) {
        const std::uint64_t luck = below(20);
        if (luck == 0) {
            continue;
        }
        const auto& [kind, payload] = values[property];
        const bool is_null = luck == 1;
        cells.push_back({.payload = is_null ? 0 : payload,
                         .property = property * 3,
                         .kind = is_null ? ValueKind::missing : kind});
    }
    return cells;
}

std::shared_ptr<const Chunk> draw_chunk(const Shape& shape, std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Delta delta(shape.customers, std::make_shared<MemoryPool>());
    for (const Delta::NewRow& row : draw_rows(shape, random)) {
        delta.append(row, draw_cells(random));
    }
    return Compactor(shape.customers).join(nullptr, &delta);
}

std::string bytes_of(const Chunk& chunk) {
    return {reinterpret_cast<const char*>(&chunk.head()), chunk.outline().size};
}

std::string packed(const Chunk& chunk) {
    std::string bytes;
    ChunkPacker().pack(chunk, bytes);
    return bytes;
}

/// What comes back of it, in memory that held something else; empty if it is refused.
std::string unpacked(std::string_view packed, std::size_t size) {
    std::string bytes(size, '\xa5');
    const std::span<std::byte> target(reinterpret_cast<std::byte*>(bytes.data()), size);
    return unpack_chunk(packed, target) ? bytes : "";
}

const std::vector<Shape>& shapes() {
    constexpr std::int64_t day = 86'400'000'000;
    static const std::vector<Shape> all{
        {.rows = 1},
        {.rows = 128, .span = 40},
        {.rows = 129, .unit = day, .span = 365, .order = Order::by_time},
        {.rows = 3000, .unit = 1000, .span = 31'536'000'000, .order = Order::by_time},
        {.rows = 3000, .unit = 1000, .span = 31'536'000'000, .order = Order::by_customer},
        {.rows = 3000, .unit = 1, .span = std::uint64_t{1} << 62U, .order = Order::by_time},
        {.rows = 2000, .span = 1'000'000, .arrivals = std::uint64_t{1} << 40U},
        {.rows = 2000, .span = 1'000'000, .arrivals = 0xffff'0000U, .order = Order::by_time},
        {.customers = 65'536, .rows = 500, .span = 9},
    };
    return all;
}

TEST(ChunkPacking, GivesBackEveryByte) {
    for (std::size_t i = 0; i < shapes().size(); ++i) {
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            const auto chunk = draw_chunk(shapes()[i], seed);
            const std::string bytes = bytes_of(*chunk);
            ASSERT_EQ(unpacked(packed(*chunk), bytes.size()), bytes)
                << "shape " << i << ", " << seed;
        }
    }
}

TEST(ChunkPacking, GivesBackRowsWithoutTimes) {
    Delta delta(4, std::make_shared<MemoryPool>());
    const std::int64_t never = instant_min.time_since_epoch().count();
    for (const std::int64_t time : {never, std::int64_t{5}, never}) {
        delta.append({.time = time, .arrival = 3, .local = 2}, {});
    }
    const auto chunk = Compactor(4).join(nullptr, &delta);
    EXPECT_EQ(unpacked(packed(*chunk), chunk->outline().size), bytes_of(*chunk));
}

TEST(ChunkPacking, TakesLittleRoomForWhatIsRegular) {
    // A year of events by time to the millisecond, as a store of fifty million would hold them
    // here.
    std::mt19937_64 random(1);
    constexpr std::uint32_t rows = 60'000;
    Delta delta(4096, std::make_shared<MemoryPool>());
    std::vector<std::int64_t> times(rows);
    for (std::int64_t& time : times) {
        time = static_cast<std::int64_t>(random() % 31'536'000'000U) * 1000;
    }
    std::sort(times.begin(), times.end());
    for (std::uint32_t i = 0; i < rows; ++i) {
        const std::array<DeltaCell, 1> cells{DeltaCell{
            .payload = std::bit_cast<std::uint64_t>(static_cast<double>(random() % 2000) / 100),
            .kind = ValueKind::number}};
        delta.append({.time = times[i],
                      .arrival = static_cast<std::uint64_t>(times[i]) / 630'000,
                      .local = static_cast<std::uint16_t>(random() % 4096)},
                     cells);
    }
    const auto chunk = Compactor(4096).join(nullptr, &delta);
    // 35 bits tell a time, 11 an amount; an arrival follows from its time but for a few.
    EXPECT_LT(static_cast<double>(packed(*chunk).size()) / rows, 7.0);
}

TEST(ChunkPacking, RefusesWhatIsNotAChunk) {
    const auto chunk = draw_chunk({.rows = 300, .span = 5000, .order = Order::by_time}, 9);
    const std::string good = packed(*chunk);
    const std::size_t size = chunk->outline().size;
    for (std::size_t kept = 0; kept < good.size(); ++kept) {
        ASSERT_EQ(unpacked(std::string_view(good).substr(0, kept), size), "") << kept;
    }
    EXPECT_EQ(unpacked(good + '\0', size), "");
    EXPECT_EQ(unpacked(good, size + 8), "");
    EXPECT_EQ(unpacked(good, size - 8), "");
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (const char flipped : {'\x01', '\x80', '\xff'}) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ flipped);
            static_cast<void>(unpacked(bad, size));  // only that nothing beyond it is touched
        }
    }
}

}  // namespace
}  // namespace fineline::columns
