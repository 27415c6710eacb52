#pragma once

#include "columns/memory_block.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace fineline::columns {

/// What the bytes of a dictionary entry are.
enum class TextKind : std::uint8_t { string, list };

/// The hash index of a dictionary at one size: hash and code per slot, insert only. One thread
/// inserts while others search; when it is full the dictionary starts a larger one and leaves this
/// to those who hold it.
class DictionarySlots {
  public:
    /// `capacity` is a power of two.
    explicit DictionarySlots(std::size_t capacity);

    [[nodiscard]] std::size_t capacity() const { return mask_ + 1; }

    [[nodiscard]] std::uint64_t slot(std::size_t at) const {
        return slots_[at & mask_].load(std::memory_order_acquire);
    }

    /// The code in a slot that is not free.
    [[nodiscard]] static std::uint32_t code(std::uint64_t slot) {
        return static_cast<std::uint32_t>(slot) - 1;
    }

    /// Puts the code at the first free slot from its hash on.
    void insert(std::uint32_t hash, std::uint32_t code);

    /// Fills it with slots of another one of this capacity.
    void restore(const std::uint64_t* slots);

    /// Brings the first slot of a hash into the cache.
    void prefetch(std::uint32_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }

  private:
    MemoryBlock memory_;
    std::atomic<std::uint64_t>* slots_;
    std::size_t mask_;
};

/// Interned strings and list encodings: text ↔ dense code. Texts never move. One thread interns;
/// any thread may read texts of codes it learned through a published View, and search a `slots()`
/// it got from there.
class Dictionary {
  public:
    Dictionary();
    ~Dictionary() = default;
    Dictionary(const Dictionary&) = delete;
    Dictionary& operator=(const Dictionary&) = delete;
    Dictionary(Dictionary&&) = delete;
    Dictionary& operator=(Dictionary&&) = delete;

    [[nodiscard]] static std::uint32_t hash(std::string_view text,
                                            TextKind kind = TextKind::string);

    /// Returns the text's code, a new one if it was not there, and counts one use of it. Amortised
    /// O(1).
    std::uint32_t intern(std::string_view text, TextKind kind = TextKind::string);
    std::uint32_t intern_hashed(std::string_view text, TextKind kind, std::uint32_t hash);

    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view text,
                                                    TextKind kind = TextKind::string) const {
        return find_in(*slots_, text, kind, size_);
    }

    /// Searches an index taken earlier, among the codes below `size`.
    [[nodiscard]] std::optional<std::uint32_t> find_in(const DictionarySlots& slots,
                                                       std::string_view text,
                                                       TextKind kind,
                                                       std::uint32_t size) const {
        return find_hashed(slots, text, kind, {.hash = hash(text, kind), .size = size});
    }

    [[nodiscard]] std::string_view text(std::uint32_t code) const {
        const Entry& found = entry(code);
        return {found.bytes, found.size_and_kind & size_mask};
    }

    [[nodiscard]] bool is_list(std::uint32_t code) const {
        return (entry(code).size_and_kind & list_flag) != 0;
    }

    /// Number of codes given out; those of dropped texts are not used again.
    [[nodiscard]] std::uint32_t size() const { return size_; }

    /// Number of texts that find() finds.
    [[nodiscard]] std::uint32_t linked() const { return linked_; }

    [[nodiscard]] std::shared_ptr<const DictionarySlots> slots() const { return slots_; }

    // Bring what looking up a text of that hash will read into the cache: each step needs what the
    // one before has fetched. The last returns some of it, see Store::State::fold_group.
    void prefetch_slot(std::uint32_t hash) const { slots_->prefetch(hash); }

    void prefetch_entry(std::uint32_t hash) const;
    [[nodiscard]] std::uint64_t touch_text(std::uint32_t hash) const;

    /// Takes back uses; true if none is left. Uses beyond 2³² − 1 are not counted, such a text
    /// stays.
    bool release(std::uint32_t code, std::uint32_t uses = 1);

    [[nodiscard]] std::uint32_t uses(std::uint32_t code) const { return entry(code).uses; }

    /// Takes codes out of the index, into a new one: O(capacity). Their texts stay until wiped.
    void unlink(const std::vector<std::uint32_t>& codes);

    /// Overwrites the text with zeros and makes it empty. Only when no reader can ask for the code.
    void wipe(std::uint32_t code);

    /// Fills an empty dictionary with texts that lie in memory which `owner` keeps alive and
    /// writable.
    struct Loaded {
        char* bytes = nullptr;
        std::uint32_t size_and_kind = 0;
        std::uint32_t uses = 0;
    };

    void load(const std::vector<Loaded>& entries, std::shared_ptr<void> owner);
    void load_slots(std::shared_ptr<DictionarySlots> slots);

    [[nodiscard]] std::uint32_t size_and_kind(std::uint32_t code) const {
        return entry(code).size_and_kind;
    }

    [[nodiscard]] std::size_t bytes() const;

  private:
    struct Entry {
        char* bytes = nullptr;
        std::uint32_t size_and_kind = 0;
        std::uint32_t uses = 0;
    };

    struct Probe {
        std::uint32_t hash;
        std::uint32_t size;
    };

    static constexpr std::uint32_t list_flag = 0x8000'0000U;
    static constexpr std::uint32_t size_mask = 0x7fff'ffffU;
    static constexpr std::uint32_t first_page = 16;

    [[nodiscard]] std::optional<std::uint32_t> find_hashed(const DictionarySlots& slots,
                                                           std::string_view text,
                                                           TextKind kind,
                                                           Probe probe) const;
    [[nodiscard]] Entry& entry(std::uint32_t code) const;
    [[nodiscard]] const Entry* first_entry(std::uint32_t hash) const;
    Entry& new_entry();
    char* store(std::string_view text);
    void grow_slots();

    std::array<std::atomic<Entry*>, 29> pages_{};  ///< page k holds 16 · 2^k entries
    std::array<MemoryBlock, 29> page_memory_;
    std::vector<MemoryBlock> blocks_;
    std::size_t used_of_last_block_ = 0;
    std::shared_ptr<void> mapped_;
    std::shared_ptr<DictionarySlots> slots_;
    std::uint32_t size_ = 0;
    std::uint32_t linked_ = 0;
    std::size_t text_bytes_ = 0;
};

}  // namespace fineline::columns
