#pragma once

#include "columns/snapshot_tree.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

// The memory of snapshot_vector.h.

namespace fineline::columns {

/// The leaves and nodes of a SnapshotVector, the replaced ones too, for as long as anybody can see
/// one. Of the editing thread while there is one.
template <class T, std::size_t leaf_size, std::size_t fan>
class SnapshotParts {
  public:
    using Tree = SnapshotTree<T, leaf_size, fan>;
    using Part = typename Tree::Part;
    using Leaf = typename Tree::Leaf;
    using Node = typename Tree::Node;

    /// Leaves, and nodes, that are kept to be used again.
    static constexpr std::size_t spare_bytes_max = 16'384;

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
        for (const Leaf* const leaf : spare_leaves_) {
            delete leaf;
        }
        for (const Node* const node : spare_nodes_) {
            delete node;
        }
    }

    SnapshotParts(const SnapshotParts&) = delete;
    SnapshotParts& operator=(const SnapshotParts&) = delete;
    SnapshotParts(SnapshotParts&&) = delete;
    SnapshotParts& operator=(SnapshotParts&&) = delete;

    template <class Kind>
    [[nodiscard]] Kind* make(const Kind& from, std::uint64_t born) {
        std::vector<Kind*>& spares = spares_of<Kind>();
        Kind* made = nullptr;
        if (spares.empty()) {
            made = new Kind(from);
            bytes_ += sizeof(Kind);
        } else {
            made = spares.back();
            spares.pop_back();
            *made = from;
        }
        made->born = born;
        made->is_leaf = std::is_same_v<Kind, Leaf>;
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
            free_as<Leaf>(part);
        } else {
            free_as<Node>(part);
        }
    }

    /// What is freed is what the next step makes again: some of it is kept for that.
    template <class Kind>
    void free_as(Part* part) {
        std::vector<Kind*>& spares = spares_of<Kind>();
        if (spares.size() < spare_bytes_max / sizeof(Kind)) {
            spares.push_back(static_cast<Kind*>(part));
        } else {
            bytes_ -= sizeof(Kind);
            delete static_cast<Kind*>(part);
        }
    }

    template <class Kind>
    [[nodiscard]] std::vector<Kind*>& spares_of() {
        if constexpr (std::is_same_v<Kind, Leaf>) {
            return spare_leaves_;
        } else {
            return spare_nodes_;
        }
    }

    void free_all(Part* part, unsigned height) {
        if (part == nullptr) {
            return;
        }
        for (std::size_t i = 0; height > 0 && i < fan; ++i) {
            free_all(static_cast<Node*>(part)->below[i], height - 1);
        }
        free(part);
    }

    std::vector<std::unique_ptr<Given>> given_;  ///< oldest first
    std::vector<Leaf*> spare_leaves_;
    std::vector<Node*> spare_nodes_;
    std::size_t bytes_ = 0;
    Tree last_;  ///< of a vector that is gone
};

}  // namespace fineline::columns
