#include "eventlog/page_checksums.h"

#include "base/bytes.h"
#include "base/checksum.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string_view>

namespace fineline::eventlog {

namespace {

constexpr const char* vfs_name = "fineline-page-checksums";
constexpr std::size_t content_bytes = page_bytes - page_checksum_bytes;
/// SQLite reads the start of a file alone before it knows the page size; it then reads page 1
/// whole.
constexpr int header_bytes_max = 100;

/// An open database file as SQLite sees it; the file of the system follows it in the same
/// allocation.
struct GuardedFile {
    sqlite3_file base;

    [[nodiscard]] sqlite3_file* inner() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

GuardedFile* guarded(sqlite3_file* file) {
    return reinterpret_cast<GuardedFile*>(file);
}

sqlite3_file* inner(sqlite3_file* file) {
    return guarded(file)->inner();
}

bool is_whole_page(int amount, sqlite3_int64 offset) {
    return amount == page_bytes && offset % page_bytes == 0;
}

std::uint64_t checksum_of(std::string_view content, sqlite3_int64 offset) {
    std::array<std::uint64_t, 2> place_and_content{
        static_cast<std::uint64_t>(offset / page_bytes) + 1, checksum(content)};
    return checksum(
        {reinterpret_cast<const char*>(place_and_content.data()), sizeof place_and_content});
}

bool is_intact(std::string_view page, sqlite3_int64 offset) {
    std::uint64_t stored = 0;
    std::memcpy(&stored, page.data() + content_bytes, sizeof stored);
    if (stored == checksum_of(page.substr(0, content_bytes), offset)) {
        return true;
    }
    // A file can grow past a page that was never written; such a hole holds nothing to be believed.
    return std::all_of(page.begin(), page.end(), [](char byte) { return byte == 0; });
}

int close_file(sqlite3_file* file) {
    return inner(file)->pMethods->xClose(inner(file));
}

/// Judges a read that met the end of the file: behind it there is nothing, but a page cut short is
/// damage.
int judge_short_read(sqlite3_file* file, sqlite3_int64 offset) {
    sqlite3_int64 size = 0;
    const int code = inner(file)->pMethods->xFileSize(inner(file), &size);
    if (code != SQLITE_OK) {
        return code;
    }
    return size > offset ? SQLITE_IOERR_DATA : SQLITE_IOERR_SHORT_READ;
}

int read_file(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
    const int code = inner(file)->pMethods->xRead(inner(file), buffer, amount, offset);
    if (offset + amount <= header_bytes_max) {
        return code;
    }
    if (code != SQLITE_OK) {
        return code == SQLITE_IOERR_SHORT_READ ? judge_short_read(file, offset) : code;
    }
    const std::string_view page(static_cast<const char*>(buffer), static_cast<std::size_t>(amount));
    return is_whole_page(amount, offset) && is_intact(page, offset) ? SQLITE_OK : SQLITE_IOERR_DATA;
}

int write_file(sqlite3_file* file, const void* buffer, int amount, sqlite3_int64 offset) {
    if (!is_whole_page(amount, offset)) {
        return SQLITE_IOERR_WRITE;
    }
    std::array<char, page_bytes> page;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    std::memcpy(page.data(), buffer, content_bytes);
    const std::uint64_t sum = checksum_of({page.data(), content_bytes}, offset);
    std::memcpy(page.data() + content_bytes, &sum, sizeof sum);
    return inner(file)->pMethods->xWrite(inner(file), page.data(), amount, offset);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
    return inner(file)->pMethods->xTruncate(inner(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
    return inner(file)->pMethods->xSync(inner(file), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size) {
    return inner(file)->pMethods->xFileSize(inner(file), size);
}

int lock_file(sqlite3_file* file, int level) {
    return inner(file)->pMethods->xLock(inner(file), level);
}

int unlock_file(sqlite3_file* file, int level) {
    return inner(file)->pMethods->xUnlock(inner(file), level);
}

int check_reserved_lock(sqlite3_file* file, int* held) {
    return inner(file)->pMethods->xCheckReservedLock(inner(file), held);
}

int control_file(sqlite3_file* file, int operation, void* argument) {
    return inner(file)->pMethods->xFileControl(inner(file), operation, argument);
}

int sector_size(sqlite3_file* file) {
    return inner(file)->pMethods->xSectorSize(inner(file));
}

int device_characteristics(sqlite3_file* file) {
    return inner(file)->pMethods->xDeviceCharacteristics(inner(file));
}

/// Version 1 of the methods has no memory mapping, which would go past the checks.
constexpr sqlite3_io_methods guarded_methods = {
    .iVersion = 1,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_characteristics,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* inner(sqlite3_vfs* vfs) {
    return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* flags_out) {
    if ((flags & SQLITE_OPEN_MAIN_DB) == 0) {
        return inner(vfs)->xOpen(inner(vfs), name, file, flags, flags_out);
    }
    auto* opened = new (file) GuardedFile{};
    const int code = inner(vfs)->xOpen(inner(vfs), name, opened->inner(), flags, flags_out);
    // SQLite closes exactly the files whose methods are set.
    opened->base.pMethods = opened->inner()->pMethods == nullptr ? nullptr : &guarded_methods;
    return code;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_directory) {
    return inner(vfs)->xDelete(inner(vfs), name, sync_directory);
}

int access_file(sqlite3_vfs* vfs, const char* name, int flags, int* answer) {
    return inner(vfs)->xAccess(inner(vfs), name, flags, answer);
}

int full_path(sqlite3_vfs* vfs, const char* name, int size, char* path) {
    return inner(vfs)->xFullPathname(inner(vfs), name, size, path);
}

int randomness(sqlite3_vfs* vfs, int size, char* bytes) {
    return inner(vfs)->xRandomness(inner(vfs), size, bytes);
}

int sleep(sqlite3_vfs* vfs, int micros) {
    return inner(vfs)->xSleep(inner(vfs), micros);
}

int current_time(sqlite3_vfs* vfs, double* time) {
    return inner(vfs)->xCurrentTime(inner(vfs), time);
}

int last_error(sqlite3_vfs* vfs, int size, char* text) {
    return inner(vfs)->xGetLastError(inner(vfs), size, text);
}

int current_time_ms(sqlite3_vfs* vfs, sqlite3_int64* time) {
    return inner(vfs)->xCurrentTimeInt64(inner(vfs), time);
}

bool register_vfs() {
    sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
    if (system == nullptr || system->iVersion < 2) {
        return false;
    }
    // SQLite links registered file systems into a list of its own, so this one must be writable and
    // stay.
    static sqlite3_vfs vfs{};
    vfs.iVersion = 2;
    vfs.szOsFile = static_cast<int>(sizeof(GuardedFile)) + system->szOsFile;
    vfs.mxPathname = system->mxPathname;
    vfs.zName = vfs_name;
    vfs.pAppData = system;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep;
    vfs.xCurrentTime = current_time;
    vfs.xGetLastError = last_error;
    vfs.xCurrentTimeInt64 = current_time_ms;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
}

}  // namespace

Result<const char*> page_checksum_vfs() {
    static const bool registered = register_vfs();
    if (!registered) {
        return Error{ErrorCode::internal, "SQLite refuses the file system with page checksums", {}};
    }
    return vfs_name;
}

}  // namespace fineline::eventlog
