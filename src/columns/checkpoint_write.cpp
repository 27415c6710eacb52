#include "base/bytes.h"
#include "base/checksum.h"
#include "columns/checkpoint.h"
#include "columns/checkpoint_chunks.h"
#include "columns/checkpoint_format.h"
#include "columns/store_snapshot.h"
#include "columns/view_state.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace fineline::columns {

namespace {

Error io_error(const std::string& what, const std::string& path) {
    return {ErrorCode::io, what + " " + path + ": " + std::system_category().message(errno), {}};
}

/// A file being written, in order, with one buffer. Remembers the first failure. One thread at a
/// time.
class OutFile {
  public:
    OutFile(const std::string& path, CheckpointRivals rivals)
        : fd_(::open(path.c_str(),
                     O_CREAT | O_WRONLY | O_CLOEXEC |
                         (rivals == CheckpointRivals::others ? O_EXCL : O_TRUNC),
                     0600)),
          failed_(fd_ < 0) {}

    ~OutFile() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }

    OutFile(const OutFile&) = delete;
    OutFile& operator=(const OutFile&) = delete;
    OutFile(OutFile&&) = delete;
    OutFile& operator=(OutFile&&) = delete;

    [[nodiscard]] bool failed() const { return failed_; }

    [[nodiscard]] std::uint64_t position() const { return written_ + buffer_.size(); }

    void add(std::string_view bytes) {
        constexpr std::size_t buffer_max = std::size_t{1} << 20U;
        if (buffer_.size() + bytes.size() > buffer_max) {
            flush();
        }
        if (bytes.size() > buffer_max) {
            put(bytes, written_);
            written_ += bytes.size();
        } else {
            buffer_.append(bytes);
        }
    }

    void align() {
        buffer_.append((block_alignment - position() % block_alignment) % block_alignment, '\0');
    }

    /// Writes the header over the room left for it and makes all durable.
    void finish(std::string_view header) {
        flush();
        put(header, 0);
        failed_ = failed_ || ::fsync(fd_) != 0;
    }

  private:
    void flush() {
        put(buffer_, written_);
        written_ += buffer_.size();
        buffer_.clear();
    }

    void put(std::string_view bytes, std::uint64_t at) {
        while (!failed_ && !bytes.empty()) {
            const ssize_t count = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(at));
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count <= 0) {
                failed_ = true;
                return;
            }
            at += static_cast<std::uint64_t>(count);
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
    }

    int fd_;
    bool failed_;
    std::uint64_t written_ = 0;
    std::string buffer_;
};

template <class T>
std::string_view bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// Writes a snapshot, all deltas joined, block by block. One thread at a time.
class CheckpointWriter {
  public:
    enum class Outcome : std::uint8_t { written, refused, damaged, given_up };

    CheckpointWriter(const StoreSnapshot& snapshot,
                     const std::string& path,
                     const CheckpointOptions& options)
        : snapshot_(snapshot),
          view_(snapshot.view->state()),
          options_(options),
          file_(path, options.rivals) {}

    /// Where the operating system refused, errno says why.
    [[nodiscard]] Outcome run() {
        if (file_.failed()) {
            return Outcome::refused;
        }
        file_.add(std::string(block_alignment, '\0'));
        write_workspace();
        write_customers();
        write_dictionary(snapshot_.accounts);
        for (std::size_t kind = 0; kind < table_kinds; ++kind) {
            const GroupSnapshot& group = snapshot_.groups[kind];
            write_dictionary(group.names);
            directory_.varint(group.tables.size());
            for (std::uint32_t id = 0; id < group.tables.size(); ++id) {
                write_table(*view_.table(static_cast<TableKind>(kind), id), group.tables[id]);
            }
        }
        if (is_damaged_ || is_given_up_) {
            return is_damaged_ ? Outcome::damaged : Outcome::given_up;
        }
        file_.align();
        CheckpointHeader header;
        header.directory_at = file_.position();
        header.directory_size = directory_bytes_.size();
        header.directory_checksum = checksum(directory_bytes_);
        header.unpacked_size = unpacked_size_;
        file_.add(directory_bytes_);
        header.header_checksum =
            checksum(bytes_of(header).substr(0, offsetof(CheckpointHeader, header_checksum)));
        file_.finish(bytes_of(header));
        return file_.failed() ? Outcome::refused : Outcome::written;
    }

  private:
    /// Whether what follows is of no use any more.
    [[nodiscard]] bool is_over() {
        is_given_up_ = is_given_up_ || (options_.is_given_up && options_.is_given_up());
        return is_given_up_ || is_damaged_ || file_.failed();
    }

    void begin_block() {
        file_.align();
        block_at_ = file_.position();
        digester_ = std::make_unique<Digester>();
    }

    void add(std::string_view bytes) {
        file_.add(bytes);
        digester_->add(bytes);
    }

    void end_block() {
        directory_.u64(block_at_);
        directory_.u64(file_.position() - block_at_);
        directory_.u64(digester_->finish().low);
    }

    void write_workspace() {
        directory_.u32(snapshot_.options.range_size);
        directory_.u64(view_.position);
        directory_.u64(options_.log_digest);
        directory_.signed_varint(view_.clock.time_since_epoch().count());
        directory_.varint(view_.definitions->size());
        for (const auto& [key, versions] : *view_.definitions) {
            directory_.text(key.first);
            directory_.text(key.second);
            directory_.varint(versions.size());
            for (const DefinitionVersion& version : versions) {
                write_definition(version);
            }
        }
    }

    void write_definition(const DefinitionVersion& version) {
        directory_.text(version.text);
        directory_.signed_varint(version.defined_at.time_since_epoch().count());
        directory_.u8(version.archived ? 1 : 0);
        directory_.varint(version.change);
        directory_.varint(version.details.size());
        for (const auto& [name, text] : version.details) {
            directory_.text(name);
            directory_.text(text);
        }
        directory_.varint(version.warnings.size());
        for (const std::string& warning : version.warnings) {
            directory_.text(warning);
        }
    }

    void write_dictionary(const DictionarySnapshot& of) {
        if (is_over()) {
            return;
        }
        const auto size = static_cast<std::uint32_t>(of.uses.size());
        directory_.u32(size);
        begin_block();
        for (std::uint32_t code = 0; code < size; ++code) {
            add(of.dictionary->text(code));
        }
        end_block();
        begin_block();
        for (std::uint32_t code = 0; code < size; ++code) {
            add(bytes_of(StoredEntry{.size_and_kind = of.dictionary->size_and_kind(code),
                                     .uses = of.uses[code]}));
        }
        end_block();
        begin_block();
        for (std::size_t at = 0; at < of.slots->capacity(); ++at) {
            const std::uint64_t slot = of.slots->slot(at);
            const bool is_later = slot != 0 && DictionarySlots::code(slot) >= size;
            add(bytes_of(is_later ? std::uint64_t{0} : slot));
        }
        end_block();
    }

    void write_customers() {
        const CustomersView& customers = view_.customers;
        write_dictionary(snapshot_.customers);
        directory_.u64(customers.merged);
        begin_block();
        for (std::uint32_t who = 0; who < customers.size; ++who) {
            add(bytes_of(customers.earliest_of(who)));
        }
        end_block();
        begin_block();
        for (std::uint32_t who = 0; who < customers.size; ++who) {
            const PersonLink* link = customers.links.find(who);
            if (link != nullptr && (link->root != 0 || link->next != 0)) {
                add(bytes_of(StoredLink{.ordinal = who,
                                        .root = link->root,
                                        .next = link->next,
                                        .joined = link->joined}));
            }
        }
        end_block();
    }

    void write_table(const TableView& table, const TableSnapshot& dictionaries) {
        if (is_over()) {
            return;
        }
        directory_.u64(table.counts.rows);
        directory_.signed_varint(table.counts.time_min);
        directory_.signed_varint(table.counts.time_max);
        write_dictionary(dictionaries.property_names);
        for (std::size_t property = 0; property < dictionaries.properties.size(); ++property) {
            write_dictionary(dictionaries.properties[property]);
            const KindCounts& kinds = table.kinds[property];
            for (const std::uint64_t count : {kinds.missing,
                                              kinds.booleans,
                                              kinds.numbers,
                                              kinds.strings,
                                              kinds.timestamps,
                                              kinds.durations,
                                              kinds.lists}) {
                directory_.varint(count);
            }
        }
        std::vector<const ChunkEntry*> entries(ranges_of(table));
        for (std::size_t range = 0; range < entries.size(); ++range) {
            entries[range] = table.chunks.find(range);
        }
        const std::size_t ranges = entries.size();
        directory_.varint(ranges);
        CheckpointChunks chunks(std::move(entries),
                                {.range_size = snapshot_.options.range_size,
                                 .arrived_from = view_.position,
                                 .threads = options_.threads});
        for (std::size_t range = 0; range < ranges && !is_over(); ++range) {
            write_chunk(chunks.next());
        }
    }

    /// One past the last range that holds something.
    [[nodiscard]] static std::size_t ranges_of(const TableView& table) {
        std::size_t ranges = table.chunks.extent();
        for (; ranges > 0; --ranges) {
            const ChunkEntry* const last = table.chunks.find(ranges - 1);
            if (last != nullptr && (last->base != nullptr || last->delta != nullptr)) {
                break;
            }
        }
        return ranges;
    }

    void write_chunk(const PackedChunk& chunk) {
        is_damaged_ = chunk.content == PackedChunk::Content::damaged;
        if (chunk.content != PackedChunk::Content::rows) {
            directory_.varint(0);
            return;
        }
        file_.align();
        directory_.varint(chunk.bytes().size());
        directory_.u64(file_.position());
        directory_.u64(chunk.checksum);
        directory_.varint(chunk.outline.rows);
        directory_.signed_varint(chunk.outline.time_min);
        directory_.signed_varint(chunk.outline.time_max);
        directory_.varint(chunk.outline.size);
        unpacked_size_ += aligned_to_block(chunk.outline.size);
        file_.add(chunk.bytes());
    }

    const StoreSnapshot& snapshot_;
    const ViewState& view_;
    const CheckpointOptions& options_;
    OutFile file_;
    bool is_damaged_ = false;
    bool is_given_up_ = false;
    std::string directory_bytes_;
    ByteWriter directory_{directory_bytes_};
    std::uint64_t block_at_ = 0;
    std::uint64_t unpacked_size_ = 0;
    std::unique_ptr<Digester> digester_;
};

Error failure_of(CheckpointWriter::Outcome outcome,
                 const std::string& temporary,
                 const CheckpointOptions& options) {
    switch (outcome) {
        case CheckpointWriter::Outcome::given_up:
            return {ErrorCode::unavailable, "writing the columns' checkpoint was given up", {}};
        case CheckpointWriter::Outcome::damaged:
            return {ErrorCode::corrupt,
                    "a block of the columns' checkpoint does not match its checksum",
                    {}};
        case CheckpointWriter::Outcome::written:
        case CheckpointWriter::Outcome::refused: break;
    }
    if (errno == EEXIST && options.rivals == CheckpointRivals::others) {
        return {ErrorCode::conflict,
                "somebody else is writing the columns' checkpoint: " + temporary,
                {}};
    }
    return io_error("cannot write", temporary);
}

}  // namespace

std::string unfinished_checkpoint(const std::string& path) {
    return path + ".new";
}

Status write_unfinished_checkpoint(const StoreSnapshot& snapshot,
                                   const std::string& path,
                                   const CheckpointOptions& options) {
    const std::string temporary = unfinished_checkpoint(path);
    const CheckpointWriter::Outcome outcome = CheckpointWriter(snapshot, temporary, options).run();
    if (outcome == CheckpointWriter::Outcome::written) {
        return done;
    }
    Error failure = failure_of(outcome, temporary, options);
    if (failure.code == ErrorCode::corrupt) {
        snapshot.view->state().health->corrupt.store(true, std::memory_order_relaxed);
    }
    if (failure.code != ErrorCode::conflict) {
        ::unlink(temporary.c_str());
    }
    return failure;
}

Status place_checkpoint(const std::string& path) {
    if (std::rename(unfinished_checkpoint(path).c_str(), path.c_str()) != 0) {
        return io_error("cannot rename to", path);
    }
    const std::string directory = std::filesystem::path(path).parent_path().string();
    const int fd =
        ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = fd >= 0 && ::fsync(fd) == 0;
    if (fd >= 0) {
        ::close(fd);
    }
    return synced ? Status(done) : Status(io_error("cannot sync the directory of", path));
}

Status write_checkpoint(Store& store, const std::string& path, const CheckpointOptions& options) {
    if (auto written = write_unfinished_checkpoint(store.snapshot(), path, options); !written) {
        return written;
    }
    return place_checkpoint(path);
}

}  // namespace fineline::columns
