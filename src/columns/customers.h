#pragma once

#include "base/instant.h"
#include "columns/dictionary.h"
#include "columns/snapshot_vector.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace fineline::columns {

/// Whom an ordinal belongs to. Persons of several ids form a ring; one of them is the root that
/// stands for all. Numbers are plus one, so that zero stands for "itself alone".
struct PersonLink {
    std::uint32_t root = 0;
    std::uint32_t next = 0;
    /// The position after the merge by which the ordinal's person became part of another one. Each
    /// id of a person but its root has one of its own.
    std::uint64_t joined = 0;
};

/// The earliest time at which something is known of a person, kept at its root. instant_max:
/// nothing.
struct Earliest {
    Instant at = instant_max;
};

using LinkVector = SnapshotVector<PersonLink, 32>;
using EarliestVector = SnapshotVector<Earliest, 64>;

/// Who is one person with whom, and since when each exists; as it is, or as it was.
template <class Links, class Times>
struct Persons {
    Links links;
    Times earliest;
    std::uint64_t merged = 0;  ///< ids beyond the first of their person

    static constexpr std::uint32_t erased = 0xffff'fffeU;

    /// The root of the ordinal's person, `erased` if it is gone.
    [[nodiscard]] std::uint32_t root(std::uint32_t ordinal) const {
        const PersonLink* link = links.find(ordinal);
        return link == nullptr || link->root == 0 ? ordinal : link->root - 1;
    }

    /// The next id of the person, round and round.
    [[nodiscard]] std::uint32_t next(std::uint32_t ordinal) const {
        const PersonLink* link = links.find(ordinal);
        return link == nullptr || link->next == 0 ? ordinal : link->next - 1;
    }

    [[nodiscard]] Instant earliest_of(std::uint32_t root) const {
        const Earliest* found = earliest.find(root);
        return found == nullptr ? instant_max : found->at;
    }

    /// Brings what is known of a person into the cache.
    void read_ahead(std::uint32_t root) const {
        __builtin_prefetch(links.find(root));
        __builtin_prefetch(earliest.find(root));
    }

    /// All ordinals of the person, ascending.
    [[nodiscard]] std::vector<std::uint32_t> members(std::uint32_t root) const {
        std::vector<std::uint32_t> all;
        std::uint32_t member = root;
        do {
            all.push_back(member);
            member = next(member);
        } while (member != root);
        std::sort(all.begin(), all.end());
        return all;
    }
};

/// Customers of a View: ids and persons. Immutable.
struct CustomersView : Persons<LinkVector::Snapshot, EarliestVector::Snapshot> {
    std::shared_ptr<const Dictionary> ids;
    std::shared_ptr<const DictionarySlots> slots;
    std::uint32_t size = 0;

    /// The position after the newest merge of two of the person's ids; 0: there was none.
    [[nodiscard]] std::uint64_t merged_by(std::uint32_t root) const;

    /// The bytewise least id of the person.
    [[nodiscard]] std::string_view least_id(std::uint32_t root) const;
};

/// Customers while they are written. One thread at a time.
class Customers {
  public:
    Customers();

    /// The id's ordinal, a new one for a new id.
    [[nodiscard]] std::uint32_t ordinal(std::string_view id, std::uint32_t hash) {
        return ids_->intern_hashed(id, TextKind::string, hash);
    }

    [[nodiscard]] const Dictionary& ids() const { return *ids_; }

    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view id) const {
        return ids_->find(id);
    }

    /// Reads what note() will read, so that it is in the cache then.
    [[nodiscard]] std::uint64_t touch_note(std::uint32_t ordinal) const {
        const std::uint32_t root = current_.root(ordinal);
        return static_cast<std::uint64_t>(current_.earliest_of(root).time_since_epoch().count());
    }

    /// Notes that something happened to the customer at that time.
    void note(std::uint32_t ordinal, Instant time);

    /// Makes two ordinals one person, by the record at that position. O(the smaller person's ids).
    void merge(std::uint32_t a, std::uint32_t b, std::uint64_t position);

    /// All ordinals of the ordinal's person, ascending.
    [[nodiscard]] std::vector<std::uint32_t> members(std::uint32_t ordinal) const {
        return current_.members(current_.root(ordinal));
    }

    /// Takes the ordinals out for good; their ids may come again, as new customers. O(capacity of
    /// the index).
    void erase(const std::vector<std::uint32_t>& ordinals);

    [[nodiscard]] const std::shared_ptr<Dictionary>& dictionary() const { return ids_; }

    [[nodiscard]] CustomersView publish();

    [[nodiscard]] std::size_t bytes() const;

  private:
    friend class CheckpointReader;

    std::shared_ptr<Dictionary> ids_;
    Persons<LinkVector, EarliestVector> current_;
};

}  // namespace fineline::columns
