#include "columns/checkpoint.h"

#include "columns/checkpoint_format.h"
#include "columns/log_for_tests.h"
#include "columns/scrub.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace fineline::columns {
namespace {

namespace fs = std::filesystem;

constexpr StoreOptions tiny{.range_size = 4, .delta_rows_min = 3, .delta_divisor = 2};

class Checkpoint : public testing::Test {
  protected:
    Checkpoint()
        : directory_(fs::temp_directory_path() /
                     ("fineline-columns-" + std::to_string(::getpid()))) {
        fs::create_directories(directory_);
    }

    void TearDown() override { fs::remove_all(directory_); }

    [[nodiscard]] std::string path() const { return (directory_ / "columns.checkpoint").string(); }

    static void fill(Log& log) {
        for (int i = 0; i < 200; ++i) {
            const std::string who = "c" + std::to_string(i % 17);
            log.event(who,
                      day((i * 37) % 90),
                      i % 3 == 0 ? "buy" : "view",
                      {{"s", Value("v" + std::to_string(i % 11))},
                       {"n", Value(i * 0.25)},
                       {"b", Value(i % 2 == 0)}});
        }
        log.traits("c1", std::nullopt, {{"country", Value(std::string("FR"))}});
        log.account_traits("acme", day(4), {{"size", Value(12.0)}});
        log.join("c2", day(3), "acme");
        log.consent("c3", "mail", false);
        log.merge("c4", "c5");
        log.merge("c6", "never seen");
        log.event("gone", day(1), "vanishes");
        log.erasure("gone");
        log.define("segment", "vip", "did buy");
        log.definition("segment",
                       "vip",
                       {{"text", Value(std::string("did view"))},
                        {"change", Value(2.0)},
                        {"because", Value(std::string("they look"))}});
        log.clock(day(100));
        log.fold();
    }

    [[nodiscard]] std::string read_file() const {
        std::ifstream in(path(), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    void write_file(const std::string& bytes) const {
        std::ofstream(path(), std::ios::binary) << bytes;
    }

  private:
    fs::path directory_;
};

TEST_F(Checkpoint, OpensWithTheSameContentAndGoesOn) {
    Log log(tiny);
    fill(log);
    const std::string digest = log.store.digest();
    ASSERT_TRUE(write_checkpoint(log.store, path()).has_value());
    EXPECT_EQ(log.store.digest(), digest);
    auto opened = open_checkpoint(path(), tiny);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    Store& store = *opened->store;
    EXPECT_EQ(store.digest(), digest);
    EXPECT_EQ(store.position(), log.store.position());
    EXPECT_TRUE(store.verify().has_value());
    RecordBatchBuilder builder;
    std::vector<NamedDatum> values{{builder.name("s"), Datum::of(std::string_view("new"))}};
    RecordDraft draft;
    draft.customer = "c1";
    draft.time = day(2);
    draft.name = builder.name("buy");
    draft.properties = values;
    builder.add(draft);
    draft.kind = RecordKind::erasure;
    draft.customer = "c7";
    draft.properties = {};
    builder.add(draft);
    auto batch = RecordBatch::open(builder.finish({}));
    ASSERT_TRUE(store.apply(*batch, store.position()).has_value());
    ASSERT_TRUE(log.store.apply(*batch, log.store.position()).has_value());
    EXPECT_EQ(store.digest(), log.store.digest());
    EXPECT_NE(store.digest(), digest);
    ASSERT_TRUE(write_checkpoint(store, path()).has_value()) << "over the file it is mapped from";
    auto again = open_checkpoint(path(), tiny);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->store->digest(), log.store.digest());
}

TEST_F(Checkpoint, HoldsWhatASnapshotHeldThoughTheStoreGoesOn) {
    Log log(tiny);
    fill(log);
    for (unsigned round = 0; round < 20; ++round) {
        const std::string digest = log.store.digest();
        const Position position = log.store.position();
        const StoreSnapshot snapshot = log.store.snapshot();
        Status written = done;
        std::thread beside([&] {
            written = write_unfinished_checkpoint(
                snapshot, path(), {.log_digest = 7, .threads = 1U + round % 3U});
        });
        for (int i = 0; i < 300; ++i) {
            const std::string new_one = std::to_string(round) + "-" + std::to_string(i);
            log.event("c" + (i % 3 == 0 ? new_one : std::to_string(i % 17)),
                      day((i * 31) % 90),
                      i % 50 == 0 ? "event " + new_one : "buy",
                      {{"s", Value("v" + new_one)}, {"p" + std::to_string(i % 5), Value(1.0)}});
            log.fold();
        }
        log.merge("c1", "c" + std::to_string(round));
        log.fold();
        beside.join();
        ASSERT_TRUE(written.has_value()) << written.error().message;
        ASSERT_TRUE(place_checkpoint(path()).has_value());
        auto opened = open_checkpoint(path(), tiny);
        ASSERT_TRUE(opened.has_value()) << opened.error().message;
        EXPECT_EQ(opened->store->position(), position);
        EXPECT_EQ(opened->store->digest(), digest) << "round " << round;
        const Reader reader(opened->store->publish());
        EXPECT_TRUE(reader.find_customer("c0").has_value()) << "the index is whole";
        EXPECT_FALSE(reader.find_customer("c" + std::to_string(round) + "-3").has_value());
    }
}

TEST_F(Checkpoint, IsTheSameFileHoweverManyThreadsPack) {
    Log log(tiny);
    fill(log);
    ASSERT_TRUE(write_checkpoint(log.store, path()).has_value());
    const std::string alone = read_file();
    ASSERT_TRUE(write_checkpoint(log.store, path(), {.threads = 3}).has_value());
    EXPECT_EQ(read_file(), alone);
    auto opened = open_checkpoint(path(), tiny);
    ASSERT_TRUE(opened.has_value());
    ASSERT_TRUE(write_checkpoint(*opened->store, path(), {.threads = 2}).has_value());
    EXPECT_EQ(read_file(), alone) << "and what nobody changed is written as it lay there";
}

TEST_F(Checkpoint, LeavesNothingWhenItIsGivenUp) {
    Log log(tiny);
    fill(log);
    ASSERT_TRUE(write_checkpoint(log.store, path()).has_value());
    const std::string before = read_file();
    int asked = 0;
    const auto refused = write_unfinished_checkpoint(
        log.store.snapshot(), path(), {.threads = 2, .is_given_up = [&] { return ++asked > 5; }});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_FALSE(fs::exists(unfinished_checkpoint(path())));
    EXPECT_EQ(read_file(), before);
}

TEST_F(Checkpoint, SaysWhatIsMissingOrCutOtherwise) {
    EXPECT_EQ(open_checkpoint(path(), tiny).error().code, ErrorCode::not_found);
    Log log(tiny);
    fill(log);
    ASSERT_TRUE(write_checkpoint(log.store, path()).has_value());
    EXPECT_EQ(open_checkpoint(path(), StoreOptions{}).error().code, ErrorCode::conflict);
    const std::string whole = read_file();
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{10}, std::size_t{64}, whole.size() / 2, whole.size() - 1}) {
        write_file(whole.substr(0, size));
        EXPECT_EQ(open_checkpoint(path(), tiny).error().code, ErrorCode::corrupt) << size;
    }
}

TEST_F(Checkpoint, NeverBelievesAFlippedByte) {
    Log log(tiny);
    fill(log);
    const std::string digest = log.store.digest();
    ASSERT_TRUE(write_checkpoint(log.store, path()).has_value());
    const std::string whole = read_file();
    std::size_t noticed = 0;
    for (std::size_t at = 0; at < whole.size(); at += 23) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
        write_file(damaged);
        auto opened = open_checkpoint(path(), tiny);
        if (!opened || !opened->store->verify()) {
            ++noticed;
            continue;
        }
        EXPECT_EQ(opened->store->digest(), digest) << "padding at byte " << at;
    }
    EXPECT_GT(noticed, whole.size() / 23 / 3);
}

/// Reads every event of everybody, so that every chunk of events is touched.
void read_all_events(Reader& reader) {
    for (std::uint32_t who = 0; who < reader.ordinal_count(); ++who) {
        for (std::uint32_t event = 0; event < reader.event_count(); ++event) {
            (void)reader.events(CustomerOrdinal(who), EventNameId(event)).size();
        }
    }
}

TEST_F(Checkpoint, AReaderReportsADamagedChunkItTouches) {
    Log log(tiny);
    fill(log);
    ASSERT_TRUE(write_checkpoint(log.store, path()).has_value());
    const std::string whole = read_file();
    std::size_t events = 0;
    for (std::size_t at = sizeof(CheckpointHeader); at < whole.size(); ++at) {
        std::string damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        write_file(damaged);
        auto opened = open_checkpoint(path(), tiny);
        if (!opened) {
            continue;  // a block that is read whole at opening
        }
        Reader reader(opened->store->publish());
        EXPECT_TRUE(reader.view().health().has_value()) << "nothing is touched yet";
        read_all_events(reader);
        const Status seen = reader.view().health();
        const Status verified = opened->store->verify();
        EXPECT_TRUE(!verified || whole[at] == 0) << "between blocks lie zeros only: byte " << at;
        if (seen) {
            EXPECT_TRUE(verified || verified.error().code == ErrorCode::corrupt);
            continue;  // a chunk of something else, or between blocks
        }
        EXPECT_EQ(seen.error().code, ErrorCode::corrupt) << "byte " << at;
        EXPECT_EQ(verified.error().code, ErrorCode::corrupt) << "byte " << at;
        auto again = open_checkpoint(path(), tiny);
        const std::shared_ptr<const View> counted = again->store->publish();
        (void)counted->totals(day(5));
        EXPECT_FALSE(counted->health().has_value()) << "totals touch every chunk of events";
        ++events;
    }
    EXPECT_GE(events, 100U);
}

TEST_F(Checkpoint, ManyReadWhatNobodyHasReadYet) {
    Log log(tiny);
    fill(log);
    const std::string digest = log.store.digest();
    ASSERT_TRUE(write_checkpoint(log.store, path()).has_value());
    for (int round = 0; round < 20; ++round) {
        const auto opened = open_checkpoint(path(), tiny);
        ASSERT_TRUE(opened.has_value());
        Store& store = *opened->store;
        const std::shared_ptr<const View> view = store.publish();
        constexpr std::size_t readers_at_once = 4;
        std::vector<std::thread> readers;
        readers.reserve(readers_at_once);
        for (std::size_t i = 0; i < readers_at_once; ++i) {
            readers.emplace_back([&view] {
                Reader reader(view);
                read_all_events(reader);
            });
        }
        EXPECT_TRUE(scrub(*view, [] { return false; }).has_value());
        EXPECT_GT(store.bytes_in_memory(), 0U);
        for (std::thread& reader : readers) {
            reader.join();
        }
        EXPECT_TRUE(view->health().has_value());
        EXPECT_EQ(store.digest(), digest);
    }
}

TEST_F(Checkpoint, KeepsTheDigestOfItsLogAndWhatADefinitionSays) {
    Log log(tiny);
    fill(log);
    ASSERT_TRUE(write_checkpoint(log.store, path(), {.log_digest = 0xfedcba9876543210U}));
    const auto opened = open_checkpoint(path(), tiny);
    ASSERT_TRUE(opened.has_value());
    EXPECT_EQ(opened->log_digest, 0xfedcba9876543210U);
    const auto view = opened->store->publish();
    const DefinitionVersion* vip = view->newest_definition("segment", "vip");
    ASSERT_NE(vip, nullptr);
    EXPECT_EQ(vip->version, 2U);
    EXPECT_EQ(vip->change, 2U);
    EXPECT_EQ(vip->detail("because"), "they look");
    EXPECT_EQ(vip->detail("action"), "");
}

TEST_F(Checkpoint, LeavesAnUnfinishedOneToItsRival) {
    Log log(tiny);
    fill(log);
    std::ofstream(unfinished_checkpoint(path())) << "somebody else is writing this";
    const auto refused = write_checkpoint(log.store, path(), {.rivals = CheckpointRivals::others});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::conflict);
    EXPECT_TRUE(write_checkpoint(log.store, path()).has_value()) << "alone, it is a leftover";
    EXPECT_TRUE(open_checkpoint(path(), tiny).has_value());
}

}  // namespace
}  // namespace fineline::columns
