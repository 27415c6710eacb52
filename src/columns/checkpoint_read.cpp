#include "base/bytes.h"
#include "base/checksum.h"
#include "columns/checkpoint.h"
#include "columns/checkpoint_format.h"
#include "columns/memory_block.h"
#include "columns/store_state.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

namespace fineline::columns {

namespace {

Error corrupt(const std::string& what) {
    return {ErrorCode::corrupt, "the columns' checkpoint is damaged: " + what, {}};
}

/// A file in memory; what is written to it stays there. And room for its chunks unpacked: it lies
/// together, on huge pages, for what a question reads would be scattered over thousands of pages
/// else. Safe to share.
struct Mapping {
    Mapping(std::byte* at, std::size_t bytes) : data(at), size(bytes) {}

    ~Mapping() { ::munmap(data, size); }

    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    Mapping(Mapping&&) = delete;
    Mapping& operator=(Mapping&&) = delete;

    std::byte* data;
    std::size_t size;
    MemoryBlock room;
};

Result<std::shared_ptr<Mapping>> map_file(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return Error{errno == ENOENT ? ErrorCode::not_found : ErrorCode::io,
                     "cannot open " + path + ": " + std::system_category().message(errno),
                     {}};
    }

    struct stat status {};

    const bool known = ::fstat(fd, &status) == 0;
    const auto size = static_cast<std::size_t>(status.st_size);
    void* at = MAP_FAILED;
    if (known && size >= sizeof(CheckpointHeader)) {
        at = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    }
    ::close(fd);
    if (known && size < sizeof(CheckpointHeader)) {
        return corrupt("it is too short");
    }
    if (at == MAP_FAILED) {
        return Error{ErrorCode::io, "cannot map " + path, {}};
    }
    return std::make_shared<Mapping>(static_cast<std::byte*>(at), size);
}

}  // namespace

/// Builds a Store over a mapped checkpoint. After the first failure it only fails. One thread at a
/// time.
class CheckpointReader {
  public:
    CheckpointReader(std::shared_ptr<Mapping> mapping, const StoreOptions& options)
        : mapping_(std::move(mapping)),
          store_(std::make_unique<Store>(options)),
          directory_(std::string_view()) {}

    [[nodiscard]] Result<OpenedCheckpoint> run() {
        CheckpointHeader header;
        std::memcpy(&header, mapping_->data, sizeof header);
        const std::string_view head(reinterpret_cast<const char*>(mapping_->data),
                                    offsetof(CheckpointHeader, header_checksum));
        if (header.magic != CheckpointHeader::magic_number ||
            checksum(head) != header.header_checksum ||
            !fits(header.directory_at, header.directory_size)) {
            return corrupt("its header does not match its checksum");
        }
        const std::string_view directory = text_at(header.directory_at, header.directory_size);
        if (checksum(directory) != header.directory_checksum) {
            return corrupt("its directory does not match its checksum");
        }
        mapping_->room = MemoryBlock(header.unpacked_size);
        directory_ = ByteReader(directory);
        Store::State& state = store_->state();
        if (directory_.u32() != state.options.range_size) {
            return Error{ErrorCode::conflict,
                         "the columns' checkpoint was cut into ranges of another size",
                         {}};
        }
        read_workspace(state);
        read_customers(state.customers);
        read_dictionary(*state.account_ids);
        for (TableGroup& group : state.groups) {
            read_group(group, state);
        }
        if (failed_ || !directory_.ok() || !directory_.at_end()) {
            return corrupt("a block does not match its checksum");
        }
        return OpenedCheckpoint{.store = std::move(store_), .log_digest = log_digest_};
    }

  private:
    [[nodiscard]] bool fits(std::uint64_t at, std::uint64_t size) const {
        return at <= mapping_->size && size <= mapping_->size - at;
    }

    [[nodiscard]] std::string_view text_at(std::uint64_t at, std::uint64_t size) const {
        return {reinterpret_cast<const char*>(mapping_->data) + at, size};
    }

    /// The next block of the directory, verified; empty after a failure.
    [[nodiscard]] std::span<std::byte> block() {
        const BlockRef ref{
            .at = directory_.u64(), .size = directory_.u64(), .checksum = directory_.u64()};
        if (failed_ || !directory_.ok() || !fits(ref.at, ref.size) ||
            digest128(text_at(ref.at, ref.size)).low != ref.checksum) {
            failed_ = true;
            return {};
        }
        return {mapping_->data + ref.at, ref.size};
    }

    void read_workspace(Store::State& state) {
        state.position = directory_.u64();
        log_digest_ = directory_.u64();
        state.clock = Instant(Duration(directory_.signed_varint()));
        const std::uint64_t definitions = directory_.varint();
        for (std::uint64_t i = 0; i < definitions && directory_.ok(); ++i) {
            const std::string kind(directory_.text());
            const std::string name(directory_.text());
            auto& versions = (*state.definitions)[{kind, name}];
            const std::uint64_t count = directory_.varint();
            for (std::uint64_t v = 1; v <= count && directory_.ok(); ++v) {
                DefinitionVersion version;
                version.version = v;
                version.text = directory_.text();
                version.defined_at = Instant(Duration(directory_.signed_varint()));
                version.archived = directory_.u8() != 0;
                version.change = directory_.varint();
                const std::uint64_t details = directory_.varint();
                for (std::uint64_t d = 0; d < details && directory_.ok(); ++d) {
                    std::string key(directory_.text());
                    version.details.emplace_back(std::move(key), directory_.text());
                }
                const std::uint64_t warnings = directory_.varint();
                for (std::uint64_t w = 0; w < warnings && directory_.ok(); ++w) {
                    version.warnings.emplace_back(directory_.text());
                }
                versions.push_back(std::move(version));
            }
        }
    }

    void read_dictionary(Dictionary& dictionary) {
        const std::uint32_t size = directory_.u32();
        const std::span<std::byte> texts = block();
        const std::span<std::byte> entries = block();
        const std::span<std::byte> slots = block();
        const std::size_t capacity = slots.size() / sizeof(std::uint64_t);
        if (failed_ || entries.size() != size * sizeof(StoredEntry) ||
            !std::has_single_bit(capacity)) {
            failed_ = true;
            return;
        }
        const auto* stored = reinterpret_cast<const StoredEntry*>(entries.data());
        auto* text = reinterpret_cast<char*>(texts.data());
        std::vector<Dictionary::Loaded> loaded;
        loaded.reserve(size);
        for (std::uint32_t code = 0; code < size; ++code) {
            loaded.push_back({.bytes = text,
                              .size_and_kind = stored[code].size_and_kind,
                              .uses = stored[code].uses});
            text += stored[code].size_and_kind & 0x7fff'ffffU;
        }
        dictionary.load(loaded, mapping_);
        auto restored = std::make_shared<DictionarySlots>(capacity);
        restored->restore(reinterpret_cast<const std::uint64_t*>(slots.data()));
        dictionary.load_slots(std::move(restored));
    }

    void read_customers(Customers& customers) {
        read_dictionary(*customers.ids_);
        customers.current_.merged = directory_.u64();
        const std::span<std::byte> earliest = block();
        const std::span<std::byte> links = block();
        if (failed_ || earliest.size() != customers.ids_->size() * sizeof(Instant)) {
            failed_ = true;
            return;
        }
        const auto* times = reinterpret_cast<const Instant*>(earliest.data());
        for (std::uint32_t who = 0; who < customers.ids_->size(); ++who) {
            customers.note(who, times[who]);
        }
        const auto* stored = reinterpret_cast<const StoredLink*>(links.data());
        for (std::size_t i = 0; i < links.size() / sizeof(StoredLink); ++i) {
            customers.current_.links.edit(stored[i].ordinal) = {
                .root = stored[i].root, .next = stored[i].next, .joined = stored[i].joined};
        }
    }

    void read_group(TableGroup& group, const Store::State& state) {
        read_dictionary(*group.names);
        const std::uint64_t tables = directory_.varint();
        if (failed_ || tables != group.names->size()) {
            failed_ = true;
            return;
        }
        for (std::uint32_t id = 0; id < tables && !failed_; ++id) {
            const bool alive = group.names->uses(id) > 0;
            group.tables.push_back(std::make_unique<Table>(
                alive ? group.names->text(id) : std::string_view(), state.options, state.pool));
            read_table(*group.tables.back());
        }
        group.symbols = nullptr;
    }

    void read_table(Table& table) {
        table.counts_.rows = directory_.u64();
        table.counts_.time_min = directory_.signed_varint();
        table.counts_.time_max = directory_.signed_varint();
        read_dictionary(*table.property_names_);
        table.symbols_ = nullptr;
        for (std::uint32_t id = 0; id < table.property_names_->size() && !failed_; ++id) {
            Table::Property property{.dictionary = std::make_shared<Dictionary>(), .kinds = {}};
            read_dictionary(*property.dictionary);
            KindCounts& kinds = property.kinds;
            for (std::uint64_t* count : {&kinds.missing,
                                         &kinds.booleans,
                                         &kinds.numbers,
                                         &kinds.strings,
                                         &kinds.timestamps,
                                         &kinds.durations,
                                         &kinds.lists}) {
                *count = directory_.varint();
            }
            table.properties_.push_back(std::move(property));
        }
        const std::uint64_t ranges = directory_.varint();
        for (std::uint32_t range = 0; range < ranges && directory_.ok() && !failed_; ++range) {
            table.open_.emplace_back();
            const std::uint64_t size = directory_.varint();
            if (size > 0) {
                table.chunks_.edit(range).base = chunk(size);
            }
        }
    }

    /// A chunk whose packed bytes are so many.
    [[nodiscard]] std::shared_ptr<const Chunk> chunk(std::uint64_t size) {
        const std::uint64_t at = directory_.u64();
        StoredChunk stored;
        stored.checksum = directory_.u64();
        stored.outline.rows = static_cast<std::uint32_t>(directory_.varint());
        stored.outline.time_min = directory_.signed_varint();
        stored.outline.time_max = directory_.signed_varint();
        stored.outline.size = directory_.varint();
        const std::uint64_t left = mapping_->room.bytes() - room_used_;
        const std::uint64_t taken = aligned_to_block(stored.outline.size);
        failed_ = failed_ || !directory_.ok() || !fits(at, size) ||
                  stored.outline.size < sizeof(ChunkHead) || stored.outline.size > left ||
                  taken > left;
        if (failed_) {
            return nullptr;
        }
        stored.packed = {mapping_->data + at, size};
        stored.room = {mapping_->room.data() + room_used_, stored.outline.size};
        room_used_ += taken;
        return std::make_shared<const Chunk>(mapping_, stored);
    }

    std::shared_ptr<Mapping> mapping_;
    std::unique_ptr<Store> store_;
    ByteReader directory_;
    std::uint64_t log_digest_ = 0;
    std::uint64_t room_used_ = 0;
    bool failed_ = false;
};

Result<OpenedCheckpoint> open_checkpoint(const std::string& path, const StoreOptions& options) {
    auto mapping = map_file(path);
    if (!mapping) {
        return mapping.error();
    }
    return CheckpointReader(std::move(*mapping), options).run();
}

}  // namespace fineline::columns
