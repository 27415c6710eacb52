#include "base/random.h"
#include "eventlog/testing.h"

#include <gtest/gtest.h>

#include <iostream>

namespace fineline::eventlog {

namespace {

using testing::directory_content;
using testing::encode;
using testing::header_at;
using testing::open_log;
using testing::read_all;
using testing::rows_of;
using testing::TemporaryDirectory;
using testing::TestEvent;

using Files = std::map<std::string, std::string>;

/// A text that does not compress, so that every byte of the payload counts.
std::string noise(Random& random, std::size_t size) {
    std::string text;
    while (text.size() < size) {
        text += static_cast<char>('0' + random.below(75));
    }
    return text;
}

void append_batches(EventLog& log, Random& random, int from, int to) {
    for (int i = from; i < to; ++i) {
        std::vector<TestEvent> events;
        for (int j = 0; j < 12; ++j) {
            const std::string id = std::to_string(i) + "-" + std::to_string(j);
            events.push_back({"c" + id, "purchase", "m" + id, noise(random, random.below(300))});
        }
        ASSERT_TRUE(log.append(encode(events, header_at(i))));
        const auto row = static_cast<std::uint64_t>(i) + 1;
        ASSERT_TRUE(log.append(encode({{"row"}}, rows_of("file", row, row))));
    }
}

/// The files of a log as a killed writer leaves them: part in the database, part in the write-ahead
/// log.
Files killed_log(Random& random) {
    const TemporaryDirectory directory;
    {
        const auto log = open_log(directory.path());
        append_batches(*log, random, 0, 8);
    }
    const auto log = open_log(directory.path());
    append_batches(*log, random, 8, 16);
    return directory_content(directory.path());
}

Files closed_log(Random& random) {
    const TemporaryDirectory directory;
    {
        const auto log = open_log(directory.path());
        append_batches(*log, random, 0, 16);
    }
    return directory_content(directory.path());
}

/// Everything a log can be asked, as one text; or the error.
Result<std::string> everything(EventLog& log) {
    const Status verified = log.verify();
    if (!verified) {
        return verified.error();
    }
    std::string told;
    const auto batches = read_all(log);
    if (!batches) {
        return batches.error();
    }
    for (const StoredBatch& batch : *batches) {
        told += std::to_string(batch.first.value()) + ":" + batch.bytes;
    }
    const auto row = log.last_row("file");
    if (!row) {
        return row.error();
    }
    const auto late =
        log.append(encode({{"x", "purchase", "m7-3"}, {"x", "purchase", "m15-11"}}, header_at(16)));
    if (!late) {
        return late.error();
    }
    return told + "/" + std::to_string(*row) + "/" + std::to_string(late->kept);
}

Result<std::string> everything(const std::string& directory, const Files& files) {
    testing::restore(directory, files);
    auto log = open_sqlite_log(directory, {.synchronous = false});
    if (!log) {
        return log.error();
    }
    return everything(**log);
}

/// Flips a bit at each place given by `next` and expects an error or the same answers.
class Flipper {
  public:
    Flipper(Files files, Random& random) : files_(std::move(files)), random_(random) {
        const auto whole = everything(directory_.path(), files_);
        EXPECT_TRUE(whole) << (whole ? "" : whole.error().message);
        expected_ = *whole;
    }

    void flip(const std::string& name, std::size_t at) {
        Files damaged = files_;
        char& byte = damaged.at(name).at(at);
        byte = static_cast<char>(byte ^ static_cast<char>(1U << random_.below(8)));
        const auto found = everything(directory_.path(), damaged);
        if (found) {
            EXPECT_TRUE(*found == expected_) << name << " byte " << at << " was believed";
            ++unnoticed_;
            return;
        }
        EXPECT_EQ(found.error().code, ErrorCode::corrupt)
            << name << " byte " << at << ": " << found.error().message;
        ++reported_;
    }

    void flip_anywhere(const std::string& name, int times) {
        for (int i = 0; i < times; ++i) {
            flip(name, random_.below(files_.at(name).size()));
        }
    }

    void flip_each(const std::string& name, std::size_t from, std::size_t to) {
        for (std::size_t at = from; at < to; ++at) {
            flip(name, at);
        }
    }

    [[nodiscard]] std::size_t size(const std::string& name) const { return files_.at(name).size(); }

    [[nodiscard]] int reported() const { return reported_; }

    [[nodiscard]] int unnoticed() const { return unnoticed_; }

  private:
    TemporaryDirectory directory_;
    Files files_;
    Random& random_;
    std::string expected_;
    int reported_ = 0;
    int unnoticed_ = 0;
};

TEST(LogDamage, AFlippedByteOfAClosedLogIsReportedNeverBelieved) {
    const std::uint64_t seed = testing::seed_of_run();
    std::cout << "FINELINE_SEED=" << seed << "\n";
    Random random(seed);
    Flipper flipper(closed_log(random), random);
    flipper.flip_each("log.sqlite", 0, 112);
    flipper.flip_anywhere("log.sqlite", 300);
    EXPECT_EQ(flipper.unnoticed(), 0) << "every byte of a closed log is guarded";
    flipper.flip_each("log.acknowledged", 0, 16);
    EXPECT_EQ(flipper.reported(), 112 + 300 + 16);
}

TEST(LogDamage, AFlippedByteBesideAWriteAheadLogIsReportedOrChangesNothing) {
    const std::uint64_t seed = testing::seed_of_run();
    std::cout << "FINELINE_SEED=" << seed << "\n";
    Random random(seed);
    Flipper flipper(killed_log(random), random);
    flipper.flip_each("log.sqlite-wal", 0, 32 + 24);
    flipper.flip_anywhere("log.sqlite-wal", 200);
    flipper.flip_anywhere("log.sqlite", 100);
    // What the write-ahead log has anew is not read from the database; the rest must be reported.
    EXPECT_GT(flipper.reported(), 200);
}

TEST(LogDamage, ALostWriteAheadLogIsReported) {
    Random random(7);
    Files files = killed_log(random);
    const TemporaryDirectory directory;
    files.erase("log.sqlite-wal");
    const auto found = everything(directory.path(), files);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::corrupt);
    EXPECT_EQ(found.error().message.substr(0, 43), "the log has lost acknowledged transactions ");
    files.erase("log.acknowledged");
    EXPECT_TRUE(everything(directory.path(), files)) << "the loss was accepted";
}

TEST(LogDamage, AReaderFindsWhatAKilledWriterLeft) {
    Random random(10);
    const TemporaryDirectory directory;
    testing::restore(directory.path(), killed_log(random));
    const LogOptions reading{.access = Access::reading};
    const auto one = open_sqlite_log(directory.path(), reading);
    ASSERT_TRUE(one) << one.error().message;
    const auto two = open_sqlite_log(directory.path(), reading);
    ASSERT_TRUE(two);
    EXPECT_EQ((*two)->end(), Position(std::uint64_t{16} * 13));
    EXPECT_TRUE((*two)->verify());
}

TEST(LogDamage, ACutFileIsReported) {
    Random random(8);
    Files files = closed_log(random);
    const TemporaryDirectory directory;
    for (const std::size_t cut :
         {std::size_t{1}, std::size_t{4096}, files["log.sqlite"].size() / 2}) {
        Files damaged = files;
        damaged["log.sqlite"].resize(files["log.sqlite"].size() - cut);
        const auto found = everything(directory.path(), damaged);
        ASSERT_FALSE(found) << cut;
        EXPECT_EQ(found.error().code, ErrorCode::corrupt);
    }
}

TEST(LogDamage, TwoPagesThatChangedPlacesAreReported) {
    Random random(9);
    Files files = closed_log(random);
    const TemporaryDirectory directory;
    std::string& content = files["log.sqlite"];
    constexpr std::size_t page = 4096;
    const std::string fifth = content.substr(4 * page, page);
    content.replace(4 * page, page, content.substr(8 * page, page));
    content.replace(8 * page, page, fifth);
    EXPECT_EQ(everything(directory.path(), files).error().code, ErrorCode::corrupt);
}

}  // namespace

}  // namespace fineline::eventlog
