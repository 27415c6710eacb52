#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace fineline::columns {

/// A sparse vector whose copies share what neither has changed: three levels (top, nodes of 128
/// leaves, leaves of `leaf_size` items). `freeze()` costs one pointer per 128 leaves; the first
/// edit of a leaf after it copies that leaf and its node. A frozen copy is immutable and safe to
/// share while the original, owned by one thread at a time, goes on.
template <class T, std::size_t leaf_size>
class CowVector {
    static constexpr std::size_t fan = 128;

    struct Leaf {
        std::uint64_t epoch = 0;
        std::array<T, leaf_size> items{};
    };

    struct Node {
        std::uint64_t epoch = 0;
        std::array<std::shared_ptr<Leaf>, fan> leaves;
    };

  public:
    static constexpr std::size_t items_per_leaf = leaf_size;

    /// The item, or nullptr where its leaf was never edited. O(1).
    [[nodiscard]] const T* find(std::size_t index) const {
        const std::size_t leaf = index / leaf_size;
        if (leaf / fan >= nodes_.size() || nodes_[leaf / fan] == nullptr) {
            return nullptr;
        }
        const Leaf* found = nodes_[leaf / fan]->leaves[leaf % fan].get();
        return found == nullptr ? nullptr : &found->items[index % leaf_size];
    }

    /// The item to be changed; made if it is not there. O(1), or a copy of the leaf.
    [[nodiscard]] T& edit(std::size_t index) {
        const std::size_t leaf = index / leaf_size;
        if (leaf / fan >= nodes_.size()) {
            nodes_.resize(leaf / fan + 1);
        }
        std::shared_ptr<Node>& node = nodes_[leaf / fan];
        own(node);
        std::shared_ptr<Leaf>& page = node->leaves[leaf % fan];
        own(page);
        return page->items[index % leaf_size];
    }

    /// A copy that later edits of this object do not reach.
    [[nodiscard]] CowVector freeze() {
        ++epoch_;
        return *this;
    }

    /// One past the highest index that may have been edited.
    [[nodiscard]] std::size_t extent() const { return nodes_.size() * fan * leaf_size; }

    /// Memory of leaves and nodes reachable from here, in bytes.
    [[nodiscard]] std::size_t bytes() const {
        std::size_t sum = nodes_.capacity() * sizeof(nodes_[0]);
        for (const std::shared_ptr<Node>& node : nodes_) {
            sum += node == nullptr ? 0 : sizeof(Node);
            for (std::size_t i = 0; node != nullptr && i < fan; ++i) {
                sum += node->leaves[i] == nullptr ? 0 : sizeof(Leaf);
            }
        }
        return sum;
    }

  private:
    /// A part made or copied since the last freeze is ours alone; others may be seen by frozen
    /// copies.
    template <class Part>
    void own(std::shared_ptr<Part>& part) {
        if (part == nullptr) {
            part = std::make_shared<Part>();
        } else if (part->epoch != epoch_) {
            part = std::make_shared<Part>(*part);
        } else {
            return;
        }
        part->epoch = epoch_;
    }

    std::vector<std::shared_ptr<Node>> nodes_;
    std::uint64_t epoch_ = 1;
};

}  // namespace fineline::columns
