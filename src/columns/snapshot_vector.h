#pragma once

#include "columns/snapshot_parts.h"
#include "columns/snapshot_tree.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace fineline::columns {

/// A sparse vector of plain values that gives out snapshots of itself: a tree of nodes of `fan`
/// places over leaves of `leaf_size` items. One thread at a time edits it; a Snapshot is immutable,
/// safe to share, and may outlive it. Taking one is O(1); the first edit of a leaf after it copies
/// the leaf and the nodes above it, byte by byte.
///
/// Who sees a part is not counted part by part, which would touch all places of a node that is
/// copied. A replaced part belongs to the newest snapshot that sees it; the editing thread frees it
/// at the next snapshot() or collect() after that one and all before it are gone. For items that
/// own something and must go in time there is CowVector.
template <class T, std::size_t leaf_size, std::size_t fan = 128>
class SnapshotVector {
    using Tree = SnapshotTree<T, leaf_size, fan>;
    using Parts = SnapshotParts<T, leaf_size, fan>;
    using Part = typename Tree::Part;
    using Leaf = typename Tree::Leaf;
    using Node = typename Tree::Node;
    using Given = typename Parts::Given;

  public:
    static constexpr std::size_t items_per_leaf = leaf_size;
    static constexpr std::size_t spare_bytes_max = 2 * Parts::spare_bytes_max;

    /// The vector as it was. Immutable, safe to share; a copy costs two counts.
    class Snapshot {
      public:
        Snapshot() = default;

        ~Snapshot() {
            if (given_ != nullptr) {
                // Whatever was read is read before the editing thread sees that nobody holds it.
                given_->holders.fetch_sub(1, std::memory_order_release);
            }
        }

        Snapshot(const Snapshot& other)
            : tree_(other.tree_), given_(other.given_), parts_(other.parts_) {
            if (given_ != nullptr) {
                given_->holders.fetch_add(1, std::memory_order_relaxed);
            }
        }

        Snapshot(Snapshot&& other) noexcept { swap(other); }

        Snapshot& operator=(const Snapshot& other) { return *this = Snapshot(other); }

        Snapshot& operator=(Snapshot&& other) noexcept {
            Snapshot moved(std::move(other));
            swap(moved);
            return *this;
        }

        /// The item, or nullptr where its leaf was never edited. O(log n).
        [[nodiscard]] const T* find(std::size_t index) const { return tree_.find(index); }

        /// One past the highest index that may have been edited.
        [[nodiscard]] std::size_t extent() const { return tree_.leaves * leaf_size; }

        /// Calls `visit(index of its first item, items)` for the leaves ever edited, in order.
        template <class Visit>
        void for_each_leaf(Visit visit) const {
            tree_.for_each_leaf(visit);
        }

      private:
        friend class SnapshotVector;

        Snapshot(const Tree& tree, Given* given, std::shared_ptr<const Parts> parts)
            : tree_(tree), given_(given), parts_(std::move(parts)) {
            given_->holders.fetch_add(1, std::memory_order_relaxed);
        }

        void swap(Snapshot& other) noexcept {
            std::swap(tree_, other.tree_);
            std::swap(given_, other.given_);
            std::swap(parts_, other.parts_);
        }

        Tree tree_;
        Given* given_ = nullptr;
        std::shared_ptr<const Parts> parts_;
    };

    SnapshotVector() = default;

    ~SnapshotVector() {
        if (parts_ != nullptr) {
            parts_->keep(tree_);
        }
    }

    SnapshotVector(const SnapshotVector&) = delete;
    SnapshotVector& operator=(const SnapshotVector&) = delete;

    SnapshotVector(SnapshotVector&& other) noexcept { swap(other); }

    SnapshotVector& operator=(SnapshotVector&& other) noexcept {
        SnapshotVector moved(std::move(other));
        swap(moved);
        return *this;
    }

    /// The item, or nullptr where its leaf was never edited. O(log n).
    [[nodiscard]] const T* find(std::size_t index) const { return tree_.find(index); }

    /// The item to be changed; made if it is not there. O(log n), or copies of the leaf and the
    /// nodes above it.
    [[nodiscard]] T& edit(std::size_t index) {
        if (parts_ == nullptr) {
            parts_ = std::make_shared<Parts>();
        }
        is_edited_ = true;
        const std::size_t leaf = index / leaf_size;
        grow(leaf);
        Part** part = &tree_.root;
        for (unsigned level = tree_.height; level > 0; --level) {
            part = &own<Node>(*part).below[Tree::place(leaf, level)];
        }
        return own<Leaf>(*part).items[index % leaf_size];
    }

    /// What is there now; later edits do not reach it. O(1), and what was dropped is freed.
    [[nodiscard]] Snapshot snapshot() {
        if (parts_ == nullptr) {
            return {};
        }
        if (is_edited_ || parts_->newest() == nullptr) {
            static_cast<void>(parts_->give(taken_++));
            is_edited_ = false;
        }
        return Snapshot(tree_, parts_->newest(), parts_);
    }

    /// Frees what only snapshots saw that are gone, for a vector of which one is rarely taken.
    void collect() {
        if (parts_ != nullptr) {
            parts_->collect();
        }
    }

    /// One past the highest index that may have been edited.
    [[nodiscard]] std::size_t extent() const { return tree_.leaves * leaf_size; }

    /// Memory of all leaves and nodes, in bytes: those that only snapshots see among them, and up
    /// to `spare_bytes_max` that nobody does.
    [[nodiscard]] std::size_t bytes() const { return parts_ == nullptr ? 0 : parts_->bytes(); }

  private:
    void swap(SnapshotVector& other) noexcept {
        std::swap(tree_, other.tree_);
        std::swap(taken_, other.taken_);
        std::swap(is_edited_, other.is_edited_);
        std::swap(parts_, other.parts_);
    }

    void grow(std::size_t leaf) {
        while (leaf >> (Tree::fan_bits * tree_.height) != 0) {
            if (tree_.root != nullptr) {
                Node above;
                above.below[0] = tree_.root;
                tree_.root = parts_->make(above, taken_);
            }
            ++tree_.height;
        }
        tree_.leaves = std::max(tree_.leaves, leaf + 1);
    }

    /// A part made since the last snapshot is ours alone.
    template <class Kind>
    [[nodiscard]] Kind& own(Part*& part) {
        if (part == nullptr) {
            part = parts_->make(Kind(), taken_);
        } else if (part->born != taken_) {
            Part* const before = part;
            part = parts_->make(*static_cast<const Kind*>(before), taken_);
            parts_->drop(before);
        }
        return *static_cast<Kind*>(part);
    }

    Tree tree_;
    std::uint64_t taken_ = 0;  ///< number of snapshots, and of the next
    bool is_edited_ = false;
    std::shared_ptr<Parts> parts_;
};

}  // namespace fineline::columns
