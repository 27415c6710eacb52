#include "ingest/reject_file.h"

#include "base/json.h"
#include "base/text.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace fineline::ingest {

namespace {

constexpr std::size_t pending_bytes_max = std::size_t{256} * 1024;
constexpr std::string_view unfinished_suffix = ".new";

Error io_error(const std::string& what, const std::string& path) {
    return {ErrorCode::io,
            what + " " + path + ": " + std::error_code(errno, std::generic_category()).message(),
            {}};
}

/// Returns the text as UTF-8, every byte that is none as \xNN.
std::string readable(std::string_view text) {
    if (is_utf8(text)) {
        return std::string(text);
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::string shown;
    std::size_t at = 0;
    while (at < text.size()) {
        std::size_t taken = 1;
        while (taken <= 4 && !is_utf8(text.substr(at, taken))) {
            ++taken;
        }
        if (taken <= 4 && at + taken <= text.size()) {
            shown += text.substr(at, taken);
            at += taken;
            continue;
        }
        const auto byte = static_cast<unsigned char>(text[at++]);
        shown += {'\\', 'x', digits[byte >> 4U], digits[byte & 15U]};
    }
    return shown;
}

Status write_all(int descriptor, std::string_view bytes, const std::string& path) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return io_error("cannot write", path);
        }
        bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return done;
}

Status sync_directory(const std::string& directory) {
    const int descriptor = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return io_error("cannot open", directory);
    }
    const bool synced = ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!synced) {
        return io_error("cannot sync", directory);
    }
    return done;
}

/// Characters that continue a word: a letter, a digit, an underscore, any byte beyond ASCII.
bool continues_word(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || c == '_' || (byte >= '0' && byte <= '9') ||
           (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

bool mentions_word(std::string_view text, std::string_view word) {
    for (std::size_t at = text.find(word); at != std::string_view::npos;
         at = text.find(word, at + 1)) {
        const std::size_t end = at + word.size();
        const bool begins =
            at == 0 || !continues_word(text[at - 1]) || !continues_word(word.front());
        const bool ends =
            end == text.size() || !continues_word(text[end]) || !continues_word(word.back());
        if (begins && ends) {
            return true;
        }
    }
    return false;
}

/// The forms in which an id may stand in a rejected row.
std::vector<std::string> written_forms(std::span<const std::string> ids) {
    std::vector<std::string> forms;
    for (const std::string& id : ids) {
        if (id.empty()) {
            continue;
        }
        forms.push_back(id);
        std::string doubled;
        for (const char c : id) {
            doubled.append(c == '"' ? 2 : 1, c);
        }
        forms.push_back(std::move(doubled));
        std::string json;
        append_json_string(json, id);
        forms.push_back(json.substr(1, json.size() - 2));
    }
    return forms;
}

Result<bool> entry_mentions(const std::string& line,
                            const std::vector<std::string>& forms,
                            const std::string& file) {
    auto entry = parse_json(line);
    if (!entry || entry->object() == nullptr) {
        return Error{
            ErrorCode::corrupt, file + " is no file of rejected rows: " + in_quotes(line), {}};
    }
    for (const auto& [name, value] : *entry->object()) {
        const std::string* text = value.string();
        if (text == nullptr || name == "reason") {
            continue;
        }
        const auto mentioned = [&](const std::string& form) { return mentions_word(*text, form); };
        if (std::any_of(forms.begin(), forms.end(), mentioned)) {
            return true;
        }
    }
    return false;
}

/// Puts `kept` in the place of a file, atomically and durably.
Status replace_file(const std::string& path, std::string_view kept) {
    const std::string fresh = path + std::string(unfinished_suffix);
    const int descriptor =
        ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) {
        return io_error("cannot create", fresh);
    }
    Status written = write_all(descriptor, kept, fresh);
    if (written && ::fsync(descriptor) != 0) {
        written = io_error("cannot sync", fresh);
    }
    ::close(descriptor);
    if (!written) {
        return written;
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) {
        return io_error("cannot replace", path);
    }
    return done;
}

/// Rewrites one file without the entries that mention a form; returns how many those were.
Result<std::uint64_t> erase_from(const std::string& path, const std::vector<std::string>& forms) {
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return io_error("cannot read", path);
    }
    std::string kept;
    std::string line;
    std::uint64_t erased = 0;
    while (std::getline(in, line)) {
        auto mentions = entry_mentions(line, forms, path);
        // A last line without its end was cut by a crash while it was written: it cannot be read,
        // so it goes.
        const bool cut = in.eof();
        if (!mentions && !cut) {
            return mentions.error();
        }
        if (!mentions || *mentions) {
            ++erased;
            continue;
        }
        kept += line + '\n';
    }
    if (in.bad()) {
        return io_error("cannot read", path);
    }
    if (erased > 0) {
        if (auto replaced = replace_file(path, kept); !replaced) {
            return replaced.error();
        }
    }
    return erased;
}

}  // namespace

RejectFile::RejectFile(std::string directory, std::string_view input, std::string_view load)
    : directory_(std::move(directory)) {
    std::string name = std::filesystem::path(input).filename().string();
    file_ = (name.empty() || name == "-" ? "stdin" : name) + "-" + std::string(load) + ".jsonl";
}

RejectFile::~RejectFile() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

Status RejectFile::open() {
    std::error_code failed;
    std::filesystem::create_directories(directory_, failed);
    if (failed) {
        return Error{ErrorCode::io, "cannot create " + directory_ + ": " + failed.message(), {}};
    }
    const std::string path = (std::filesystem::path(directory_) / file_).string();
    descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor_ < 0) {
        return io_error("cannot create", path);
    }
    path_ = path;
    return done;
}

Status RejectFile::write(const Reject& reject) {
    if (descriptor_ < 0) {
        if (auto opened = open(); !opened) {
            return opened;
        }
    }
    Json entry;
    entry.set("line", static_cast<std::size_t>(reject.line));
    entry.set("offset", static_cast<std::size_t>(reject.byte_offset));
    entry.set("reason", to_string(reject.reason));
    entry.set("message", readable(reject.message));
    entry.set("text", readable(reject.text));
    pending_ += entry.text();
    pending_ += '\n';
    return pending_.size() >= pending_bytes_max ? flush() : Status(done);
}

Status RejectFile::flush() {
    auto written = write_all(descriptor_, pending_, path_);
    pending_.clear();
    return written;
}

Status RejectFile::finish() {
    if (descriptor_ < 0) {
        return done;
    }
    if (auto flushed = flush(); !flushed) {
        return flushed;
    }
    if (::fsync(descriptor_) != 0) {
        return io_error("cannot sync", path_);
    }
    return done;
}

Result<ErasedRejects> erase_rejects(const std::string& directory,
                                    std::span<const std::string> ids) {
    ErasedRejects erased;
    std::error_code failed;
    if (!std::filesystem::exists(directory, failed)) {
        return erased;
    }
    const std::vector<std::string> forms = written_forms(ids);
    std::vector<std::string> files;
    for (std::filesystem::directory_iterator entry(directory, failed), end; !failed && entry != end;
         entry.increment(failed)) {
        const std::string path = entry->path().string();
        if (path.ends_with(unfinished_suffix)) {
            std::filesystem::remove(path, failed);
        } else if (entry->path().extension() == ".jsonl") {
            files.push_back(path);
        }
        if (failed) {
            break;
        }
    }
    if (failed) {
        return Error{ErrorCode::io, "cannot read " + directory + ": " + failed.message(), {}};
    }
    std::sort(files.begin(), files.end());
    for (const std::string& file : files) {
        auto entries = erase_from(file, forms);
        if (!entries) {
            return entries.error();
        }
        erased.entries += *entries;
        erased.files_rewritten += *entries > 0 ? 1U : 0U;
    }
    if (auto synced = sync_directory(directory); !synced) {
        return synced.error();
    }
    return erased;
}

}  // namespace fineline::ingest
