#include "columns/checkpoint_chunks.h"

#include "base/checksum.h"
#include "base/require.h"

#include <utility>

namespace fineline::columns {

namespace {

constexpr std::size_t ahead_per_thread = 4;

std::string_view text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

CheckpointChunks::CheckpointChunks(std::vector<const ChunkEntry*> entries, const Options& options)
    : entries_(std::move(entries)),
      options_(options),
      own_{.compactor = Compactor(options.range_size), .packer = {}},
      slots_(options.threads * ahead_per_thread) {
    for (unsigned i = 0; options.threads > 1 && i < options.threads; ++i) {
        threads_.emplace_back([this] { work(); });
    }
}

CheckpointChunks::~CheckpointChunks() {
    {
        const std::lock_guard lock(mutex_);
        is_over_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

PackedChunk CheckpointChunks::next() {
    require(given_ < entries_.size(), "there is another entry");
    if (threads_.empty()) {
        return prepare(entries_[given_++], own_);
    }
    std::unique_lock lock(mutex_);
    Slot& slot = slots_[given_ % slots_.size()];
    changed_.wait(lock, [&] { return slot.is_done; });
    PackedChunk chunk = std::exchange(slot, {}).chunk;
    ++given_;
    lock.unlock();
    changed_.notify_all();
    return chunk;
}

void CheckpointChunks::work() {
    Tools tools{.compactor = Compactor(options_.range_size), .packer = {}};
    std::unique_lock lock(mutex_);
    while (true) {
        changed_.wait(lock, [this] { return is_over_ || begun_ < given_ + slots_.size(); });
        if (is_over_ || begun_ == entries_.size()) {
            return;
        }
        const std::size_t mine = begun_++;
        lock.unlock();
        PackedChunk chunk = prepare(entries_[mine], tools);
        lock.lock();
        slots_[mine % slots_.size()] = {.chunk = std::move(chunk), .is_done = true};
        changed_.notify_all();
    }
}

PackedChunk CheckpointChunks::prepare(const ChunkEntry* entry, Tools& tools) const {
    PackedChunk packed;
    if (entry == nullptr || (entry->base == nullptr && entry->delta == nullptr)) {
        return packed;
    }
    std::shared_ptr<const Chunk> chunk = entry->base;
    if (entry->delta != nullptr) {
        chunk = tools.compactor.join(
            entry->base.get(), entry->delta.get(), {.arrived_from = options_.arrived_from});
    }
    if (tools.compactor.met_corrupt_chunk() || (chunk != nullptr && !chunk->is_intact())) {
        packed.content = PackedChunk::Content::damaged;
        return packed;
    }
    if (chunk == nullptr) {
        return packed;
    }
    packed.content = PackedChunk::Content::rows;
    packed.outline = chunk->outline();
    packed.bytes_there = text_of(chunk->packed());
    if (packed.bytes_there.empty()) {
        tools.packer.pack(*chunk, packed.packed);
    }
    packed.checksum = checksum(packed.bytes());
    return packed;
}

}  // namespace fineline::columns
