#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

// The inside of snapshot_vector.h.

namespace fineline::columns {

/// The tree of a SnapshotVector: nodes of 128 places over leaves of `leaf_size` items. Owns
/// nothing.
template <class T, std::size_t leaf_size>
struct SnapshotTree {
    static_assert(std::is_trivially_copyable_v<T>, "items are copied byte by byte");
    static constexpr std::size_t fan = 128;
    static constexpr unsigned fan_bits = 7;
    static_assert(std::size_t{1} << fan_bits == fan);

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
};

/// The leaves and nodes of a SnapshotVector, the replaced ones too, for as long as anybody can see
/// one. Of the editing thread while there is one.
template <class T, std::size_t leaf_size>
class SnapshotParts {
  public:
    using Tree = SnapshotTree<T, leaf_size>;
    using Part = typename Tree::Part;
    using Leaf = typename Tree::Leaf;
    using Node = typename Tree::Node;

    /// A snapshot as the editing thread knows it.
    struct Given {
        explicit Given(std::uint64_t of) : number(of) {}

        std::uint64_t number;
        std::atomic<std::uint32_t> holders = 0;
        std::vector<Part*> dropped;  ///< parts of which it is the newest that sees them
    };

    SnapshotParts() = default;

    ~SnapshotParts() {
        for (const std::unique_ptr<Given>& given : given_) {
            for (Part* const part : given->dropped) {
                free(part);
            }
        }
        free_all(last_.root, last_.height);
    }

    SnapshotParts(const SnapshotParts&) = delete;
    SnapshotParts& operator=(const SnapshotParts&) = delete;
    SnapshotParts(SnapshotParts&&) = delete;
    SnapshotParts& operator=(SnapshotParts&&) = delete;

    template <class Kind>
    [[nodiscard]] Kind* make(const Kind& from, std::uint64_t born) {
        auto* const made = new Kind(from);
        made->born = born;
        made->is_leaf = std::is_same_v<Kind, Leaf>;
        bytes_ += sizeof(Kind);
        return made;
    }

    /// The part is not in the tree any more.
    void drop(Part* part) {
        if (given_.empty() || given_.back()->number < part->born) {
            free(part);
        } else {
            given_.back()->dropped.push_back(part);
        }
    }

    [[nodiscard]] Given* give(std::uint64_t number) {
        collect();
        return given_.emplace_back(std::make_unique<Given>(number)).get();
    }

    /// The newest snapshot, nullptr if there is none.
    [[nodiscard]] Given* newest() const { return given_.empty() ? nullptr : given_.back().get(); }

    void keep(const Tree& last) { last_ = last; }

    [[nodiscard]] std::size_t bytes() const { return bytes_; }

    /// Forgets the snapshots that are gone. What they saw belongs to the one before from then
    /// on, if that sees it.
    void collect() {
        for (std::size_t i = given_.size(); i-- > 0;) {
            if (given_[i]->holders.load(std::memory_order_acquire) > 0) {
                continue;
            }
            for (Part* const part : std::exchange(given_[i]->dropped, {})) {
                if (i > 0 && given_[i - 1]->number >= part->born) {
                    given_[i - 1]->dropped.push_back(part);
                } else {
                    free(part);
                }
            }
            given_.erase(given_.begin() + static_cast<std::ptrdiff_t>(i));
        }
    }

  private:
    void free(Part* part) {
        if (part->is_leaf) {
            bytes_ -= sizeof(Leaf);
            delete static_cast<Leaf*>(part);
        } else {
            bytes_ -= sizeof(Node);
            delete static_cast<Node*>(part);
        }
    }

    void free_all(Part* part, unsigned height) {
        if (part == nullptr) {
            return;
        }
        for (std::size_t i = 0; height > 0 && i < Tree::fan; ++i) {
            free_all(static_cast<Node*>(part)->below[i], height - 1);
        }
        free(part);
    }

    std::vector<std::unique_ptr<Given>> given_;  ///< oldest first
    std::size_t bytes_ = 0;
    Tree last_;  ///< of a vector that is gone
};

}  // namespace fineline::columns
