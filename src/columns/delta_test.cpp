#include "columns/delta.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <thread>
#include <vector>

namespace fineline::columns {
namespace {

std::vector<DeltaCell> cells_of(std::uint64_t arrival, std::size_t count) {
    std::vector<DeltaCell> cells;
    for (std::uint32_t i = 0; i < count; ++i) {
        cells.push_back(
            {.payload = arrival * 1000 + i, .property = i, .kind = ValueKind::timestamp});
    }
    return cells;
}

/// Cells of the row that arrives so: mostly few, now and then more than the blocks so far can hold.
std::size_t cells_in(std::uint64_t arrival) {
    return arrival % 97 == 96 ? 4000 : arrival % 5;
}

std::uint16_t local_of(std::uint64_t arrival) {
    return static_cast<std::uint16_t>(arrival * 7919 % 101);
}

void append(Delta& delta, std::uint64_t arrival) {
    delta.append({.time = -static_cast<std::int64_t>(arrival),
                  .arrival = arrival,
                  .local = local_of(arrival)},
                 cells_of(arrival, cells_in(arrival)));
}

/// Arrivals of a customer's rows, latest first, along the chain of its bucket.
std::vector<std::uint64_t> chain(const Delta& delta, std::uint16_t local) {
    std::vector<std::uint64_t> arrivals;
    for (std::uint32_t at = delta.latest(local); at != Delta::none; at = delta.before(at)) {
        if (delta.row(at).local == local) {
            arrivals.push_back(delta.row(at).arrival);
        }
    }
    return arrivals;
}

TEST(Delta, KeepsEachRowInOrderOfArrivalAndInItsCustomersChain) {
    Delta delta(128, std::make_shared<MemoryPool>());
    EXPECT_TRUE(delta.is_empty());
    EXPECT_EQ(delta.latest(5), Delta::none);
    std::map<std::uint16_t, std::vector<std::uint64_t>> expected;
    constexpr std::uint64_t rows = 3000;
    for (std::uint64_t arrival = 0; arrival < rows; ++arrival) {
        append(delta, arrival);
        expected[local_of(arrival)].insert(expected[local_of(arrival)].begin(), arrival);
    }
    std::uint64_t next = 0;
    delta.for_each([&](std::uint32_t place, const DeltaRow& row) {
        ASSERT_EQ(row.arrival, next);
        EXPECT_EQ(row.time, -static_cast<std::int64_t>(next));
        EXPECT_EQ(&delta.row(place), &row);
        const auto cells = cells_of(next, cells_in(next));
        const auto stored = delta.cells(place);
        EXPECT_TRUE(std::equal(
            cells.begin(), cells.end(), stored.begin(), stored.end(), [](auto& a, auto& b) {
                return a.payload == b.payload && a.property == b.property && a.kind == b.kind;
            }));
        EXPECT_EQ(delta.cell(99'999, place).kind, absent);
        ++next;
    });
    EXPECT_EQ(next, rows);
    EXPECT_EQ(delta.row_count(), rows);
    for (const auto& [local, arrivals] : expected) {
        EXPECT_EQ(chain(delta, local), arrivals) << local;
    }
}

TEST(Delta, GrowsWithoutMovingAnything) {
    Delta delta(4096, std::make_shared<MemoryPool>());
    append(delta, 0);
    const DeltaRow* const first = &delta.row(delta.latest(local_of(0)));
    const std::uint32_t place = delta.latest(local_of(0));
    for (std::uint64_t arrival = 1; arrival < 20'000; ++arrival) {
        append(delta, arrival);
    }
    EXPECT_EQ(&delta.row(place), first);
    EXPECT_EQ(first->arrival, 0U);
}

TEST(Delta, IsReadWhileItGrows) {
    Delta delta(128, std::make_shared<MemoryPool>());
    constexpr std::uint64_t rows = 20'000;
    std::jthread writer([&] {
        for (std::uint64_t arrival = 0; arrival < rows; ++arrival) {
            append(delta, arrival);
        }
    });
    std::uint64_t seen = 0;
    while (seen < rows) {
        std::uint64_t next = 0;
        delta.for_each([&](std::uint32_t place, const DeltaRow& row) {
            ASSERT_EQ(row.arrival, next);
            ASSERT_EQ(delta.cells(place).size(), cells_in(next));
            ++next;
        });
        ASSERT_GE(next, seen);
        seen = next;
        const std::vector<std::uint64_t> arrivals = chain(delta, local_of(1));
        EXPECT_TRUE(std::is_sorted(arrivals.rbegin(), arrivals.rend()));
    }
}

}  // namespace
}  // namespace fineline::columns
