#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

// The inside of snapshot_vector.h.

namespace fineline::columns {

/// The tree of a SnapshotVector: nodes of `fan` places over leaves of `leaf_size` items. Owns
/// nothing.
template <class T, std::size_t leaf_size, std::size_t fan>
struct SnapshotTree {
    static_assert(std::is_trivially_copyable_v<T>, "items are copied byte by byte");
    static constexpr auto fan_bits = static_cast<unsigned>(std::countr_zero(fan));
    static_assert(std::has_single_bit(fan));

    struct Part {
        std::uint64_t born = 0;  ///< the number of snapshots before it: later ones see it
        bool is_leaf = false;
    };

    struct Leaf : Part {
        std::array<T, leaf_size> items{};
    };

    struct Node : Part {
        std::array<Part*, fan> below{};
    };

    /// Where a leaf lies in the node of that level above it; leaves are level 0.
    [[nodiscard]] static constexpr std::size_t place(std::size_t leaf, unsigned level) {
        return (leaf >> (fan_bits * (level - 1))) % fan;
    }

    /// Calls `visit(index of its first item, its items)` for the leaves that are there, in order.
    template <class Visit>
    void for_each_leaf(Visit visit) const {
        visit_leaves(root, height, 0, visit);
    }

    Part* root = nullptr;
    std::size_t leaves = 0;  ///< one past the last leaf
    unsigned height = 0;     ///< levels of nodes

    [[nodiscard]] const T* find(std::size_t index) const {
        const std::size_t leaf = index / leaf_size;
        if (leaf >= leaves) {
            return nullptr;
        }
        const Part* part = root;
        for (unsigned level = height; level > 0 && part != nullptr; --level) {
            part = static_cast<const Node*>(part)->below[place(leaf, level)];
        }
        return part == nullptr ? nullptr
                               : &static_cast<const Leaf*>(part)->items[index % leaf_size];
    }

  private:
    template <class Visit>
    static void visit_leaves(const Part* part, unsigned level, std::size_t place, Visit& visit) {
        if (part == nullptr) {
            return;
        }
        if (level == 0) {
            visit(place * leaf_size, static_cast<const Leaf*>(part)->items);
            return;
        }
        for (std::size_t i = 0; i < fan; ++i) {
            visit_leaves(
                static_cast<const Node*>(part)->below[i], level - 1, place * fan + i, visit);
        }
    }
};

}  // namespace fineline::columns
