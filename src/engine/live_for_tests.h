#pragma once

#include "base/path_for_tests.h"
#include "engine/live.h"
#include "engine/question.h"
#include "model/record_batch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace fineline::engine {

inline Instant day(std::int64_t number) {
    return Instant(std::chrono::hours(24) * number);
}

/// A clock that stands where it is put; safe to share.
class SharedClock final : public Clock {
  public:
    explicit SharedClock(Instant at) : at_(at) {}

    [[nodiscard]] Instant now() const override { return at_; }

    void set(Instant at) { at_ = at; }

  private:
    std::atomic<Instant> at_;
};

/// A living directory of its own, removed at the end.
class LiveDirectory {
  public:
    explicit LiveDirectory(const std::string& name, Instant now = day(0))
        : clock(now), path_(path_for_tests("live_" + name)) {
        std::filesystem::remove_all(path_);
        options.open.create = true;
        options.open.log.synchronous = false;
        options.ticking = Ticking::by_hand;
        options.backfill_threads = 1;
    }

    ~LiveDirectory() {
        live.reset();
        std::filesystem::remove_all(path_);
    }

    LiveDirectory(const LiveDirectory&) = delete;
    LiveDirectory& operator=(const LiveDirectory&) = delete;
    LiveDirectory(LiveDirectory&&) = delete;
    LiveDirectory& operator=(LiveDirectory&&) = delete;

    void open() {
        live.reset();
        auto opened = Live::open(path_.string(), options, clock);
        ASSERT_TRUE(opened) << opened.error().message;
        live = std::move(*opened);
    }

    /// Takes over the files of another as they lie on the disk: what a kill would leave. A
    /// checkpoint that is being written may get its name meanwhile: the columns' last, so they are
    /// copied first, or they would be newer than the memberships, as no kill leaves them.
    void copy_from(const LiveDirectory& other) {
        namespace fs = std::filesystem;
        fs::create_directories(path_);
        std::vector<fs::path> files;
        for (const fs::directory_entry& entry : fs::directory_iterator(other.path_)) {
            files.push_back(entry.path());
        }
        std::stable_partition(files.begin(), files.end(), [](const fs::path& file) {
            return file.filename() == "columns.checkpoint";
        });
        for (const fs::path& file : files) {
            std::error_code failed;
            fs::copy(file, path_ / file.filename(), fs::copy_options::recursive, failed);
            EXPECT_TRUE(!failed || file.extension() == ".new") << file;
        }
        clock.set(other.clock.now());
    }

    [[nodiscard]] std::string path() const { return path_.string(); }

    RecordBatchBuilder& builder() { return builder_; }

    void event(std::string_view who,
               Instant at,
               std::string_view name,
               double amount = 1,
               std::string_view message_id = {}) {
        const std::vector<NamedDatum> properties = {
            {.name = builder_.name("amount"), .value = Datum::of(amount)}};
        builder_.add({.kind = RecordKind::event,
                      .customer = who,
                      .time = at,
                      .name = builder_.name(name),
                      .message_id = message_id,
                      .properties = properties});
    }

    void trait(std::string_view who, Instant at, std::string_view name, std::string_view value) {
        const std::vector<NamedDatum> properties = {
            {.name = builder_.name(name), .value = Datum::of(value)}};
        builder_.add(
            {.kind = RecordKind::traits, .customer = who, .time = at, .properties = properties});
    }

    [[nodiscard]] std::string batch() {
        return builder_.finish({.source = "test", .received_at = clock.now(), .sequence = {}});
    }

    /// Appends what was built since, at the clock.
    void append() {
        auto appended = live->append_and_wait(batch());
        ASSERT_TRUE(appended) << appended.error().message;
    }

    void define(const std::string& name, const std::string& text) {
        auto defined = live->define_segment(name, text);
        ASSERT_TRUE(defined) << text << ": " << defined.error().message;
        ASSERT_TRUE(live->settle());
    }

    /// Moves the clock on and lets it be felt.
    void go_to(Instant now) {
        clock.set(now);
        ASSERT_TRUE(live->advance());
    }

    [[nodiscard]] std::set<std::string> members(const std::string& segment) const {
        std::set<std::string> ids;
        std::string cursor;
        do {
            auto page = live->view()->members(segment, cursor, 3);
            EXPECT_TRUE(page) << page.error().message;
            for (const Member& member : page->members) {
                ids.insert(member.customer);
            }
            cursor = page->next;
        } while (!cursor.empty());
        EXPECT_EQ(ids.size(), live->view()->segment(segment)->members);
        return ids;
    }

    [[nodiscard]] std::vector<Change> changes(std::uint64_t after = 0) const {
        auto found = live->changes_after(after, 1'000'000);
        EXPECT_TRUE(found) << found.error().message;
        return found ? found->changes : std::vector<Change>();
    }

    SharedClock clock;
    LiveOptions options;
    std::unique_ptr<Live> live;

  private:
    std::filesystem::path path_;
    RecordBatchBuilder builder_;
};

/// A change as one line, for comparing feeds.
inline std::string line(const Change& change) {
    return std::to_string(change.number) + " " + change.customer + " " +
           membership::to_string(change.direction) + " " + change.segment + " v" +
           std::to_string(change.version) + " " + to_iso(change.at) + " " +
           membership::to_string(change.cause);
}

inline std::vector<std::string> lines(const std::vector<Change>& changes) {
    std::vector<std::string> texts;
    texts.reserve(changes.size());
    for (const Change& change : changes) {
        texts.push_back(line(change));
    }
    return texts;
}

/// Where two feeds differ first; empty if they do not.
inline std::string first_difference(const std::vector<std::string>& a,
                                    const std::vector<std::string>& b) {
    for (std::size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
        std::string left = i < a.size() ? a[i] : "(nothing)";
        const std::string right = i < b.size() ? b[i] : "(nothing)";
        if (left != right) {
            return left.append(" / ").append(right);
        }
    }
    return {};
}

}  // namespace fineline::engine
