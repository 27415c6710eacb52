#include "base/bytes.h"
#include "base/checksum.h"
#include "columns/checkpoint.h"
#include "columns/checkpoint_format.h"
#include "columns/store_state.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <span>
#include <string>
#include <system_error>

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

}  // namespace

/// Writes a Store, all deltas joined, block by block. One thread at a time.
class CheckpointWriter {
  public:
    CheckpointWriter(Store::State& store, const std::string& path, const CheckpointOptions& options)
        : store_(store), options_(options), file_(path, options.rivals) {}

    /// False if the operating system refused; errno says why.
    [[nodiscard]] bool run() {
        if (file_.failed()) {
            return false;
        }
        file_.add(std::string(block_alignment, '\0'));
        write_workspace();
        write_customers();
        write_dictionary(*store_.account_ids);
        for (const TableGroup& group : store_.groups) {
            write_dictionary(*group.names);
            directory_.varint(group.tables.size());
            for (const std::unique_ptr<Table>& table : group.tables) {
                write_table(*table);
            }
        }
        file_.align();
        CheckpointHeader header;
        header.directory_at = file_.position();
        header.directory_size = directory_bytes_.size();
        header.directory_checksum = checksum(directory_bytes_);
        file_.add(directory_bytes_);
        header.header_checksum =
            checksum(bytes_of(header).substr(0, offsetof(CheckpointHeader, header_checksum)));
        file_.finish(bytes_of(header));
        return !file_.failed();
    }

  private:
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
        directory_.u32(store_.options.range_size);
        directory_.u64(store_.position);
        directory_.u64(options_.log_digest);
        directory_.signed_varint(store_.clock.time_since_epoch().count());
        directory_.varint(store_.definitions->size());
        for (const auto& [key, versions] : *store_.definitions) {
            directory_.text(key.first);
            directory_.text(key.second);
            directory_.varint(versions.size());
            for (const DefinitionVersion& version : versions) {
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
        }
    }

    void write_dictionary(const Dictionary& dictionary) {
        directory_.u32(dictionary.size());
        begin_block();
        for (std::uint32_t code = 0; code < dictionary.size(); ++code) {
            add(dictionary.text(code));
        }
        end_block();
        begin_block();
        for (std::uint32_t code = 0; code < dictionary.size(); ++code) {
            add(bytes_of(StoredEntry{.size_and_kind = dictionary.size_and_kind(code),
                                     .uses = dictionary.uses(code)}));
        }
        end_block();
        begin_block();
        const std::shared_ptr<const DictionarySlots> slots = dictionary.slots();
        for (std::size_t at = 0; at < slots->capacity(); ++at) {
            const std::uint64_t slot = slots->slot(at);
            add(bytes_of(slot));
        }
        end_block();
    }

    void write_customers() {
        const Customers& customers = store_.customers;
        write_dictionary(*customers.ids_);
        directory_.u64(customers.current_.merged);
        begin_block();
        for (std::uint32_t who = 0; who < customers.ids_->size(); ++who) {
            add(bytes_of(customers.current_.earliest_of(who)));
        }
        end_block();
        begin_block();
        for (std::uint32_t who = 0; who < customers.ids_->size(); ++who) {
            const PersonLink* link = customers.current_.links.find(who);
            if (link != nullptr && (link->root != 0 || link->next != 0)) {
                add(bytes_of(StoredLink{.ordinal = who,
                                        .root = link->root,
                                        .next = link->next,
                                        .joined = link->joined}));
            }
        }
        end_block();
    }

    void write_table(const Table& table) {
        directory_.u64(table.counts_.rows);
        directory_.signed_varint(table.counts_.time_min);
        directory_.signed_varint(table.counts_.time_max);
        write_dictionary(*table.property_names_);
        for (const Table::Property& property : table.properties_) {
            write_dictionary(*property.dictionary);
            const KindCounts& kinds = property.kinds;
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
        directory_.varint(table.open_.size());
        for (std::uint32_t range = 0; range < table.open_.size(); ++range) {
            const ChunkEntry* entry = table.chunks_.find(range);
            write_chunk(entry == nullptr ? nullptr : entry->base.get());
        }
    }

    void write_chunk(const Chunk* chunk) {
        if (chunk == nullptr) {
            directory_.varint(0);
            return;
        }
        const std::string_view bytes(reinterpret_cast<const char*>(chunk->bytes().data()),
                                     chunk->bytes().size());
        file_.align();
        directory_.varint(bytes.size());
        directory_.u64(file_.position());
        directory_.u64(checksum(bytes));
        file_.add(bytes);
    }

    Store::State& store_;
    CheckpointOptions options_;
    OutFile file_;
    std::string directory_bytes_;
    ByteWriter directory_{directory_bytes_};
    std::uint64_t block_at_ = 0;
    std::unique_ptr<Digester> digester_;
};

std::string unfinished_checkpoint(const std::string& path) {
    return path + ".new";
}

Status write_checkpoint(Store& store, const std::string& path, const CheckpointOptions& options) {
    store.compact_all();
    if (auto sound = store.verify(); !sound) {
        return sound;
    }
    const std::string temporary = unfinished_checkpoint(path);
    {
        CheckpointWriter writer(store.state(), temporary, options);
        if (!writer.run()) {
            if (errno == EEXIST && options.rivals == CheckpointRivals::others) {
                return Error{ErrorCode::conflict,
                             "somebody else is writing the columns' checkpoint: " + temporary,
                             {}};
            }
            return io_error("cannot write", temporary);
        }
    }
    if (std::rename(temporary.c_str(), path.c_str()) != 0) {
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

}  // namespace fineline::columns
