#pragma once

#include "eventlog/event_log.h"
#include "model/record_batch.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// What the tests of the log share.
namespace fineline::eventlog::testing {

/// An empty directory that is deleted with all that is in it. One thread at a time.
class TemporaryDirectory {
  public:
    TemporaryDirectory() {
        std::string pattern =
            (std::filesystem::temp_directory_path() / "fineline-log-XXXXXX").string();
        require(mkdtemp(pattern.data()) != nullptr, "cannot make a temporary directory");
        path_ = pattern;
    }

    ~TemporaryDirectory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    TemporaryDirectory(TemporaryDirectory&&) = delete;
    TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
};

/// One event, as tests write it.
struct TestEvent {
    std::string customer;
    std::string name = "purchase";
    std::string message_id = {};
    std::string property = {};
};

inline std::string encode(const std::vector<TestEvent>& events, const BatchHeader& header) {
    RecordBatchBuilder builder;
    for (const TestEvent& event : events) {
        std::vector<NamedDatum> properties;
        if (!event.property.empty()) {
            properties.push_back(
                {builder.name("note"), Datum::of(std::string_view(event.property))});
        }
        RecordDraft draft;
        draft.customer = event.customer;
        draft.time = Instant(std::chrono::seconds(1'700'000'000));
        draft.name = builder.name(event.name);
        draft.message_id = event.message_id;
        draft.properties = properties;
        builder.add(draft);
    }
    return builder.finish(header);
}

inline BatchHeader header_at(std::int64_t day, std::string source = "test") {
    BatchHeader header;
    header.source = std::move(source);
    header.received_at = Instant(std::chrono::hours(24 * day));
    return header;
}

inline BatchHeader rows_of(std::string sequence, std::uint64_t first, std::uint64_t last) {
    BatchHeader header = header_at(1, "orders.csv");
    header.sequence = std::move(sequence);
    header.first_row = first;
    header.last_row = last;
    return header;
}

inline std::unique_ptr<EventLog> open_log(const std::string& directory) {
    auto log = open_sqlite_log(directory, {.synchronous = false});
    require(log.has_value(), log ? "" : log.error().message.c_str());
    return std::move(*log);
}

/// The customers of a batch in order; a tombstone as "-".
inline std::vector<std::string> customers(const std::string& bytes) {
    const auto batch = RecordBatch::open(bytes);
    require(batch.has_value(), "no batch");
    std::vector<std::string> found;
    batch->for_each([&](const RecordView& record) {
        found.emplace_back(record.kind == RecordKind::tombstone ? "-" : record.customer);
    });
    return found;
}

/// Reads the whole log, batch after batch.
inline Result<std::vector<StoredBatch>> read_all(EventLog& log) {
    std::vector<StoredBatch> batches;
    Position at(0);
    while (at < log.end()) {
        auto stored = log.read(at);
        if (!stored) {
            return stored.error();
        }
        const auto batch = RecordBatch::open(stored->bytes);
        if (!batch) {
            return batch.error();
        }
        at = Position(stored->first.value() + batch->count());
        batches.push_back(std::move(*stored));
    }
    return batches;
}

inline std::string file_content(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Every file of a directory, its content by its name.
inline std::map<std::string, std::string> directory_content(const std::string& directory) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        files[entry.path().filename().string()] = file_content(entry.path());
    }
    return files;
}

/// Makes a directory hold exactly these files.
inline void restore(const std::string& directory, const std::map<std::string, std::string>& files) {
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        std::filesystem::remove_all(entry.path());
    }
    for (const auto& [name, content] : files) {
        std::ofstream(std::filesystem::path(directory) / name, std::ios::binary) << content;
    }
}

/// The seed of a random test: FINELINE_SEED, or one that changes from run to run.
inline std::uint64_t seed_of_run() {
    const char* given = std::getenv("FINELINE_SEED");  // NOLINT(concurrency-mt-unsafe)
    const auto now =
        static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    return given == nullptr ? now % 1'000'000 : std::strtoull(given, nullptr, 10);
}

}  // namespace fineline::eventlog::testing
