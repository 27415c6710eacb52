#include "columns/dictionary.h"

#include "base/checksum.h"
#include "base/require.h"
#include "columns/store_snapshot.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fineline::columns {

namespace {

constexpr std::size_t slots_min = 16;
constexpr std::size_t block_bytes_min = 256;
constexpr std::size_t block_bytes_max = std::size_t{2} << 20U;
constexpr std::uint32_t uses_max = 0xffff'ffffU;

std::uint32_t hash_of_slot(std::uint64_t slot) {
    return static_cast<std::uint32_t>(slot >> 32U);
}

}  // namespace

DictionarySlots::DictionarySlots(std::size_t capacity)
    : memory_(capacity * sizeof(std::atomic<std::uint64_t>)),
      slots_(reinterpret_cast<std::atomic<std::uint64_t>*>(memory_.data())),
      mask_(capacity - 1) {
    std::uninitialized_default_construct_n(slots_, capacity);
    require(std::has_single_bit(capacity), "the capacity of dictionary slots is a power of two");
}

void DictionarySlots::insert(std::uint32_t hash, std::uint32_t code) {
    std::size_t at = hash;
    while (slots_[at & mask_].load(std::memory_order_relaxed) != 0) {
        ++at;
    }
    const std::uint64_t slot = (std::uint64_t{hash} << 32U) | (std::uint64_t{code} + 1);
    slots_[at & mask_].store(slot, std::memory_order_release);
}

void DictionarySlots::restore(const std::uint64_t* slots) {
    for (std::size_t at = 0; at <= mask_; ++at) {
        slots_[at].store(slots[at], std::memory_order_relaxed);
    }
}

Dictionary::Dictionary() : slots_(std::make_shared<DictionarySlots>(slots_min)) {}

std::uint32_t Dictionary::hash(std::string_view text, TextKind kind) {
    const std::uint64_t sum = checksum(text);
    const auto folded = static_cast<std::uint32_t>(sum ^ (sum >> 32U));
    return kind == TextKind::list ? ~folded : folded;
}

Dictionary::Entry& Dictionary::entry(std::uint32_t code) const {
    const std::uint32_t shifted = code + first_page;
    const std::uint32_t page = std::bit_width(shifted) - 5U;
    return pages_[page].load(std::memory_order_acquire)[shifted - (first_page << page)];
}

Dictionary::Entry& Dictionary::new_entry() {
    const std::uint32_t shifted = size_ + first_page;
    const std::uint32_t page = std::bit_width(shifted) - 5U;
    require(page < pages_.size(), "a dictionary holds at most 2^32 texts");
    if (pages_[page].load(std::memory_order_relaxed) == nullptr) {
        const std::size_t entries = std::size_t{first_page} << page;
        page_memory_[page] = MemoryBlock(entries * sizeof(Entry));
        auto* const begin = reinterpret_cast<Entry*>(page_memory_[page].data());
        std::uninitialized_value_construct_n(begin, entries);
        pages_[page].store(begin, std::memory_order_release);
    }
    ++size_;
    return entry(size_ - 1);
}

char* Dictionary::store(std::string_view text) {
    if (blocks_.empty() || used_of_last_block_ + text.size() > blocks_.back().bytes()) {
        const std::size_t wanted = blocks_.empty() ? block_bytes_min : blocks_.back().bytes() * 2;
        const std::size_t capacity = std::max(std::min(wanted, block_bytes_max), text.size());
        blocks_.emplace_back(capacity);
        used_of_last_block_ = 0;
    }
    char* const at = reinterpret_cast<char*>(blocks_.back().data()) + used_of_last_block_;
    if (!text.empty()) {
        std::memcpy(at, text.data(), text.size());
    }
    used_of_last_block_ += text.size();
    text_bytes_ += text.size();
    return at;
}

std::optional<std::uint32_t> Dictionary::find_hashed(const DictionarySlots& slots,
                                                     std::string_view text,
                                                     TextKind kind,
                                                     Probe probe) const {
    const std::uint32_t wanted =
        static_cast<std::uint32_t>(text.size()) | (kind == TextKind::list ? list_flag : 0U);
    for (std::size_t at = probe.hash;; ++at) {
        const std::uint64_t slot = slots.slot(at);
        if (slot == 0) {
            return std::nullopt;
        }
        if (hash_of_slot(slot) != probe.hash || DictionarySlots::code(slot) >= probe.size) {
            continue;
        }
        const Entry& found = entry(DictionarySlots::code(slot));
        if (found.size_and_kind == wanted && std::string_view(found.bytes, text.size()) == text) {
            return DictionarySlots::code(slot);
        }
    }
}

std::uint32_t Dictionary::intern(std::string_view text, TextKind kind) {
    return intern_hashed(text, kind, hash(text, kind));
}

std::uint32_t Dictionary::intern_hashed(std::string_view text, TextKind kind, std::uint32_t hash) {
    if (const auto code = find_hashed(*slots_, text, kind, {.hash = hash, .size = size_})) {
        Entry& known = entry(*code);
        known.uses += known.uses == uses_max ? 0U : 1U;
        return *code;
    }
    require(text.size() <= size_mask, "a text of a dictionary is shorter than 2 GiB");
    Entry& added = new_entry();
    added.bytes = store(text);
    added.size_and_kind =
        static_cast<std::uint32_t>(text.size()) | (kind == TextKind::list ? list_flag : 0U);
    added.uses = 1;
    if ((std::size_t{linked_} + 1) * 3 > slots_->capacity() * 2) {
        grow_slots();
    }
    slots_->insert(hash, size_ - 1);
    ++linked_;
    return size_ - 1;
}

void Dictionary::grow_slots() {
    auto larger = std::make_shared<DictionarySlots>(slots_->capacity() * 2);
    for (std::size_t at = 0; at < slots_->capacity(); ++at) {
        if (const std::uint64_t slot = slots_->slot(at); slot != 0) {
            larger->insert(hash_of_slot(slot), DictionarySlots::code(slot));
        }
    }
    slots_ = std::move(larger);
}

/// The entry that a search for the hash meets first, nullptr if there is none.
const Dictionary::Entry* Dictionary::first_entry(std::uint32_t hash) const {
    for (std::size_t at = hash;; ++at) {
        const std::uint64_t slot = slots_->slot(at);
        if (slot == 0) {
            return nullptr;
        }
        if (hash_of_slot(slot) == hash) {
            return &entry(DictionarySlots::code(slot));
        }
    }
}

void Dictionary::prefetch_entry(std::uint32_t hash) const {
    __builtin_prefetch(first_entry(hash));
}

std::uint64_t Dictionary::touch_text(std::uint32_t hash) const {
    const Entry* const found = first_entry(hash);
    const bool has_text = found != nullptr && (found->size_and_kind & size_mask) > 0;
    return has_text ? static_cast<std::uint8_t>(found->bytes[0]) : 0;
}

bool Dictionary::release(std::uint32_t code, std::uint32_t uses) {
    Entry& known = entry(code);
    if (known.uses == uses_max) {
        return false;
    }
    require(known.uses >= uses, "a text was released more often than used");
    known.uses -= uses;
    return known.uses == 0;
}

void Dictionary::unlink(const std::vector<std::uint32_t>& codes) {
    std::vector<std::uint32_t> sorted = codes;
    std::sort(sorted.begin(), sorted.end());
    auto without = std::make_shared<DictionarySlots>(slots_->capacity());
    linked_ = 0;
    for (std::size_t at = 0; at < slots_->capacity(); ++at) {
        const std::uint64_t slot = slots_->slot(at);
        if (slot != 0 &&
            !std::binary_search(sorted.begin(), sorted.end(), DictionarySlots::code(slot))) {
            without->insert(hash_of_slot(slot), DictionarySlots::code(slot));
            ++linked_;
        }
    }
    slots_ = std::move(without);
}

void Dictionary::wipe(std::uint32_t code) {
    Entry& known = entry(code);
    const std::uint32_t size = known.size_and_kind & size_mask;
    if (size != 0) {
        std::memset(known.bytes, 0, size);
    }
    known.size_and_kind = 0;
}

void Dictionary::load(const std::vector<Loaded>& entries, std::shared_ptr<void> owner) {
    require(size_ == 0, "only an empty dictionary can be loaded");
    mapped_ = std::move(owner);
    for (const Loaded& loaded : entries) {
        Entry& added = new_entry();
        added.bytes = loaded.bytes;
        added.size_and_kind = loaded.size_and_kind;
        added.uses = loaded.uses;
        text_bytes_ += loaded.size_and_kind & size_mask;
    }
}

void Dictionary::load_slots(std::shared_ptr<DictionarySlots> slots) {
    slots_ = std::move(slots);
    linked_ = 0;
    for (std::size_t at = 0; at < slots_->capacity(); ++at) {
        linked_ += slots_->slot(at) == 0 ? 0U : 1U;
    }
}

DictionarySnapshot snapshot(const std::shared_ptr<const Dictionary>& dictionary) {
    DictionarySnapshot taken{.dictionary = dictionary, .slots = dictionary->slots(), .uses = {}};
    taken.uses.reserve(dictionary->size());
    for (std::uint32_t code = 0; code < dictionary->size(); ++code) {
        taken.uses.push_back(dictionary->uses(code));
    }
    return taken;
}

std::size_t Dictionary::bytes() const {
    std::size_t sum = sizeof *this + slots_->capacity() * sizeof(std::uint64_t);
    for (std::size_t page = 0; page < pages_.size(); ++page) {
        sum += pages_[page].load(std::memory_order_relaxed) == nullptr
                   ? 0
                   : (std::size_t{first_page} << page) * sizeof(Entry);
    }
    for (const MemoryBlock& block : blocks_) {
        sum += block.bytes();
    }
    return sum;
}

}  // namespace fineline::columns
