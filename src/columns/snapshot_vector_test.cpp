#include "columns/snapshot_vector.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace fineline::columns {
namespace {

using Vector = SnapshotVector<std::uint32_t, 4>;
using Model = std::map<std::size_t, std::uint32_t>;

template <class Read>
void expect_equal(const Read& read, const Model& model, std::size_t end) {
    for (std::size_t index = 0; index < end; ++index) {
        const std::uint32_t* found = read.find(index);
        const auto expected = model.find(index);
        ASSERT_EQ(found == nullptr ? 0 : *found, expected == model.end() ? 0 : expected->second)
            << index;
    }
}

/// Leaf by leaf as item by item, in order and no leaf twice.
void expect_same_leaves(const Vector::Snapshot& snapshot) {
    std::size_t next = 0;
    snapshot.for_each_leaf([&](std::size_t first, const auto& items) {
        for (; next < first; next += Vector::items_per_leaf) {
            ASSERT_EQ(snapshot.find(next), nullptr) << next;
        }
        ASSERT_EQ(next, first);
        for (std::size_t i = 0; i < items.size(); ++i) {
            ASSERT_EQ(&items[i], snapshot.find(first + i));
        }
        next += Vector::items_per_leaf;
    });
    for (; next < snapshot.extent(); next += Vector::items_per_leaf) {
        ASSERT_EQ(snapshot.find(next), nullptr) << next;
    }
}

TEST(SnapshotVector, IsEmptyAtFirst) {
    Vector vector;
    EXPECT_EQ(vector.find(0), nullptr);
    EXPECT_EQ(vector.extent(), 0U);
    EXPECT_EQ(vector.bytes(), 0U);
    const Vector::Snapshot snapshot = vector.snapshot();
    EXPECT_EQ(snapshot.find(3), nullptr);
    expect_same_leaves(snapshot);
    vector.edit(3) = 7;
    expect_same_leaves(vector.snapshot());
    EXPECT_EQ(snapshot.find(3), nullptr);
    EXPECT_EQ(*vector.find(3), 7U);
    EXPECT_EQ(*vector.find(0), 0U) << "of the same leaf";
    EXPECT_EQ(vector.find(4), nullptr);
    EXPECT_EQ(vector.extent(), 4U);
}

TEST(SnapshotVector, SnapshotsKeepWhatTheySawInWhateverOrderTheyGo) {
    constexpr std::size_t end = 70'000;  // three levels of nodes
    const auto seed = std::random_device()();
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Vector vector;
    Model model;
    std::vector<std::pair<Vector::Snapshot, Model>> kept;
    for (int step = 0; step < 400; ++step) {
        for (int i = 0; i < 20; ++i) {
            const std::size_t index = random() % (step < 100 ? 500U : end);
            const auto value = static_cast<std::uint32_t>(random() % 1000);
            vector.edit(index) = value;
            model[index] = value;
        }
        if (random() % 2 == 0) {
            kept.emplace_back(vector.snapshot(), model);
        }
        if (random() % 3 == 0 && !kept.empty()) {
            const std::size_t one = random() % kept.size();
            expect_equal(kept[one].first, kept[one].second, end);
            if (random() % 2 == 0) {
                kept.push_back(kept[one]);
            }
            kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(one));
        }
    }
    for (const auto& [snapshot, of] : kept) {
        expect_equal(snapshot, of, end);
        expect_same_leaves(snapshot);
    }
    expect_equal(vector, model, end);
}

TEST(SnapshotVector, FreesWhatNobodySeesAnyMore) {
    Vector vector;
    for (std::size_t index = 0; index < 4000; ++index) {
        vector.edit(index) = 1;
    }
    static_cast<void>(vector.snapshot());
    const std::size_t bytes = vector.bytes();
    {
        const Vector::Snapshot long_held = vector.snapshot();
        for (int round = 0; round < 50; ++round) {
            const Vector::Snapshot passing = vector.snapshot();
            for (std::size_t index = 0; index < 4000; ++index) {
                ++vector.edit(index);
            }
        }
        EXPECT_LE(vector.bytes(), 3 * bytes + Vector::spare_bytes_max)
            << "the one held, the last one and now";
        EXPECT_EQ(*long_held.find(17), 1U);
    }
    vector.collect();
    EXPECT_LE(vector.bytes(), bytes + Vector::spare_bytes_max)
        << "the last snapshot saw no other parts";
}

TEST(SnapshotVector, TheSameSnapshotIsGivenUntilSomethingChanges) {
    Vector vector;
    vector.edit(1) = 1;
    const Vector::Snapshot first = vector.snapshot();
    const Vector::Snapshot second = vector.snapshot();
    EXPECT_EQ(first.find(1), second.find(1));
    vector.edit(1) = 2;
    EXPECT_EQ(*second.find(1), 1U);
    EXPECT_EQ(*vector.snapshot().find(1), 2U);
}

TEST(SnapshotVector, SnapshotsOutliveTheVector) {
    Vector::Snapshot before;
    Vector::Snapshot after;
    {
        Vector vector;
        vector.edit(5) = 5;
        before = vector.snapshot();
        vector.edit(5) = 6;
        vector.edit(3000) = 1;
        after = vector.snapshot();
        Vector moved = std::move(vector);
        moved.edit(5) = 7;
        Vector assigned;
        assigned.edit(1) = 1;
        assigned = std::move(moved);
        EXPECT_EQ(*assigned.find(5), 7U);
    }
    EXPECT_EQ(*before.find(5), 5U);
    EXPECT_EQ(*after.find(5), 6U);
    before = after;
    EXPECT_EQ(*before.find(3000), 1U);
}

TEST(SnapshotVector, ManyReadWhileOneEdits) {
    constexpr std::size_t end = 3000;
    Vector vector;
    for (std::size_t index = 0; index < end; ++index) {
        vector.edit(index) = 0;
    }
    auto shared = std::make_shared<const Vector::Snapshot>(vector.snapshot());
    std::atomic<bool> is_over = false;
    constexpr std::size_t reader_count = 3;
    std::vector<std::thread> readers;
    readers.reserve(reader_count);
    for (std::size_t reader = 0; reader < reader_count; ++reader) {
        readers.emplace_back([&] {
            while (!is_over) {
                const auto snapshot = std::atomic_load(&shared);
                const std::uint32_t value = *snapshot->find(0);
                for (std::size_t index = 0; index < end; ++index) {
                    EXPECT_EQ(*snapshot->find(index), value);
                }
            }
        });
    }
    for (int round = 1; round < 300; ++round) {
        for (std::size_t index = 0; index < end; ++index) {
            ++vector.edit(index);
        }
        std::atomic_store(&shared, std::make_shared<const Vector::Snapshot>(vector.snapshot()));
    }
    is_over = true;
    for (std::thread& reader : readers) {
        reader.join();
    }
}

}  // namespace
}  // namespace fineline::columns
