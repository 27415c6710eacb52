#include "columns/fold.h"

#include "columns/log_for_tests.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fineline::columns {
namespace {

TEST(Store, ReadsEventsInTimeThenArrivalOrder) {
    Log log;
    log.event("ada", day(3), "buy", {{"n", Value(3.0)}});
    log.event("ada", day(1), "buy", {{"n", Value(1.0)}});
    log.event("ben", day(2), "buy", {{"n", Value(9.0)}, {"shop", Value(std::string("web"))}});
    log.event("ada", day(3), "buy", {{"n", Value(4.0)}});
    Reader reader(log.view());
    const auto ada = reader.find_customer("ada");
    const auto buy = reader.find_event("buy");
    ASSERT_TRUE(ada && buy);
    const auto n = reader.find_property(*buy, "n");
    ASSERT_TRUE(n);
    const EventRows rows = reader.events(*ada, *buy);
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows.value(*n, 0).number(), 1);
    EXPECT_EQ(rows.value(*n, 1).number(), 3);
    EXPECT_EQ(rows.value(*n, 2).number(), 4);
    EXPECT_EQ(rows.arrival(2), 3U);
    EXPECT_EQ(rows.count_until(day(3)), 3U);
    EXPECT_EQ(rows.count_before(day(3)), 1U);
    const auto shop = reader.find_property(*buy, "shop");
    EXPECT_TRUE(rows.value(*shop, 0).is_missing());
    EXPECT_EQ(reader.events(*reader.find_customer("ben"), *buy).value(*shop, 0).string(), "web");
    EXPECT_FALSE(reader.find_customer("cid"));
    EXPECT_TRUE(reader.exists(*ada, day(1)));
    EXPECT_FALSE(reader.exists(*ada, day(0)));
}

TEST(Store, AnOldViewStaysAsItWas) {
    Log log;
    log.event("ada", day(1), "buy");
    Reader old(log.view());
    log.event("ada", day(0), "buy");
    log.event("new", day(0), "sell");
    Reader now(log.view());
    log.store.compact_all();
    const EventNameId buy = *old.find_event("buy");
    EXPECT_EQ(old.events(*old.find_customer("ada"), buy).size(), 1U);
    EXPECT_EQ(now.events(*now.find_customer("ada"), buy).size(), 2U);
    EXPECT_FALSE(old.find_customer("new"));
    EXPECT_FALSE(old.find_event("sell"));
    EXPECT_FALSE(old.exists(*old.find_customer("ada"), day(0)));
    EXPECT_TRUE(now.exists(*now.find_customer("ada"), day(0)));
}

TEST(Store, MergedIdentitiesReadAsOnePersonWithTheLeastId) {
    Log log;
    log.event("zoe", day(2), "buy");
    log.merge("zoe", "anonymous-7");
    log.merge("mid", "zoe");
    log.event("anonymous-7", day(1), "buy");
    log.traits("mid", std::nullopt, {{"country", Value(std::string("FR"))}});
    Reader reader(log.view());
    const CustomerOrdinal who = *reader.find_customer("mid");
    EXPECT_EQ(reader.customer_id(who), "anonymous-7");
    EXPECT_EQ(reader.identities(who), (std::vector<std::string_view>{"anonymous-7", "mid", "zoe"}));
    const EventRows rows = reader.events(who, *reader.find_event("buy"));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows.time(0), day(1));
    EXPECT_EQ(reader.trait(who, *reader.find_trait("country")).value(PropertyId(0), 0).string(),
              "FR");
    std::uint32_t existing = 0;
    for (std::uint32_t i = 0; i < reader.ordinal_count(); ++i) {
        existing += reader.exists(CustomerOrdinal(i), day(-100)) ? 1U : 0U;
    }
    EXPECT_EQ(existing, 1U) << "the undated trait makes the person exist since always, once";
    EXPECT_EQ(reader.view().totals(day(9)).merged_identities, 2U);
    EXPECT_EQ(reader.merged_by(who), 3U) << "the third record was the last merge";
}

TEST(Store, AMergeOfWhoIsOnePersonAlreadyIsNoMerge) {
    Log log;
    log.event("zoe", day(2), "buy");
    log.event("ada", day(2), "buy");
    log.merge("zoe", "anonymous-7");
    log.merge("anonymous-7", "zoe");
    const Reader reader(log.view());
    EXPECT_EQ(reader.merged_by(*reader.find_customer("zoe")), 3U);
    EXPECT_EQ(reader.merged_by(*reader.find_customer("ada")), 0U);
}

TEST(Store, ConsentsJoinsAndMergesDoNotMakeACustomerExist) {
    Log log;
    log.consent("ada", "marketing", true);
    log.join("ben", day(1), "acme");
    log.merge("cid", "dan");
    log.account_traits("acme", std::nullopt, {{"industry", Value(std::string("steel"))}});
    Reader reader(log.view());
    for (const char* id : {"ada", "ben", "cid", "dan"}) {
        ASSERT_TRUE(reader.find_customer(id)) << id;
        EXPECT_FALSE(reader.exists(*reader.find_customer(id), day(1000))) << id;
    }
    const EventRows consent =
        reader.consent(*reader.find_customer("ada"), *reader.find_purpose("marketing"));
    ASSERT_EQ(consent.size(), 1U);
    EXPECT_TRUE(consent.value(PropertyId(0), 0).boolean());
    EXPECT_EQ(consent.value(PropertyId(1), 0).string(), "form");
    const EventRows joins = reader.account_joins(*reader.find_customer("ben"));
    ASSERT_EQ(joins.size(), 1U);
    EXPECT_EQ(joins.value(PropertyId(0), 0).string(), "acme");
    const auto acme = reader.find_account("acme");
    ASSERT_TRUE(acme);
    EXPECT_EQ(reader.account_trait(*acme, *reader.find_account_trait("industry"))
                  .value(PropertyId(0), 0)
                  .string(),
              "steel");
}

TEST(Store, ErasesAPersonWithAllTracesOfNames) {
    Log log;
    log.event("ada", day(1), "buy", {{"note", Value(std::string("only-ada"))}, {"n", Value(1.0)}});
    log.event("ada", day(5), "secret");
    log.traits("ada", day(1), {{"nickname", Value(std::string("lace"))}});
    log.merge("ada", "countess");
    log.event("ben", day(2), "buy", {{"n", Value(2.0)}});
    auto before = log.view();
    const ErasedFromColumns erased = log.store.erase("countess");
    EXPECT_TRUE(erased.found);
    EXPECT_EQ(erased.identities, (std::vector<std::string>{"ada", "countess"}));
    EXPECT_EQ(erased.names_gone, (std::vector<std::string>{"secret", "nickname"}));
    ASSERT_EQ(erased.events.size(), 2U);
    EXPECT_EQ(erased.events[0].second, 1U);
    Reader reader(log.view());
    EXPECT_FALSE(reader.find_customer("ada"));
    EXPECT_FALSE(reader.find_event("secret"));
    EXPECT_FALSE(reader.find_trait("nickname"));
    EXPECT_FALSE(reader.find_property(*reader.find_event("buy"), "note"));
    EXPECT_EQ(reader.view().summary(*reader.find_event("buy")).first_seen, day(2));
    EXPECT_EQ(reader.view().summary(*reader.find_event("buy")).count, 1U);
    EXPECT_FALSE(log.store.scrub()) << "the older View is still alive";
    {
        Reader old(before);
        EXPECT_EQ(old.customer_id(*old.find_customer("countess")), "ada");
    }
    before = nullptr;
    EXPECT_TRUE(log.store.scrub());
    log.event("ada", day(7), "buy");
    Reader again(log.view());
    const EventRows rows = again.events(*again.find_customer("ada"), *again.find_event("buy"));
    ASSERT_EQ(rows.size(), 1U) << "the same id is a new customer";
    EXPECT_FALSE(again.find_customer("countess"));
}

TEST(Store, KeepsAllVersionsOfDefinitions) {
    Log log;
    log.define("segment", "vip", "did buy");
    log.define("setting", "time_zone", "UTC");
    auto old = log.view();
    log.define("segment", "vip", "did sell", true);
    log.clock(day(40));
    const auto view = log.view();
    EXPECT_EQ(old->definition("segment", "vip").size(), 1U);
    const auto& versions = view->definition("segment", "vip");
    ASSERT_EQ(versions.size(), 2U);
    EXPECT_EQ(versions[1].version, 2U);
    EXPECT_EQ(versions[1].text, "did sell");
    EXPECT_TRUE(versions[1].archived);
    EXPECT_EQ(old->definition_names("segment"), (std::vector<std::string>{"vip"}));
    EXPECT_TRUE(view->definition_names("segment").empty()) << "archived";
    EXPECT_EQ(view->newest_definition("setting", "time_zone")->text, "UTC");
    EXPECT_EQ(view->newest_definition("setting", "calendar"), nullptr);
    EXPECT_EQ(view->clock(), day(40));
}

TEST(Store, RefusesPositionsThatGoBack) {
    Log log;
    log.event("ada", day(1), "buy");
    log.fold();
    RecordBatchBuilder builder;
    builder.add({.kind = RecordKind::clock, .time = day(1)});
    const auto batch = RecordBatch::open(builder.finish({}));
    const Status again = log.store.apply(*batch, Position(0));
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().code, ErrorCode::conflict);
}

TEST(Store, DigestsTheLogicalContentOnly) {
    const auto fill = [](Log& log, bool often) {
        for (int i = 0; i < 300; ++i) {
            const std::string who = "c" + std::to_string(i % 7);
            log.event(who,
                      day((i * 37) % 50),
                      i % 3 == 0 ? "buy" : "view",
                      {{"s", Value("v" + std::to_string(i % 11))}});
            if (often && i % 13 == 0) {
                log.fold();
            }
        }
        log.fold();
    };
    Log plain;
    fill(plain, false);
    Log tiny({.range_size = 4, .delta_rows_min = 3, .delta_divisor = 2});
    fill(tiny, true);
    const std::string digest = plain.store.digest();
    EXPECT_EQ(tiny.store.digest(), digest);
    tiny.store.compact_all();
    EXPECT_EQ(tiny.store.digest(), digest);
    tiny.event("c1", day(1), "buy");
    tiny.fold();
    EXPECT_NE(tiny.store.digest(), digest);
}

TEST(Compaction, OfRangesThatFillAlikeIsSpreadOut) {
    constexpr std::uint32_t ranges = 64;
    constexpr std::uint32_t range_size = 4;
    Table table("view",
                {.range_size = range_size, .delta_rows_min = 32, .delta_divisor = 4},
                std::make_shared<MemoryPool>());
    Compactor compactor(range_size);
    std::uint64_t arrival = 0;
    const auto bases = [&] {
        std::vector<const Chunk*> found;
        const auto view = table.publish();
        for (std::uint32_t range = 0; range < ranges; ++range) {
            found.push_back(view->chunks.find(range)->base.get());
        }
        return found;
    };
    std::vector<const Chunk*> before(ranges, nullptr);
    std::size_t at_once_max = 0;
    std::size_t compacted = 0;
    for (int round = 0; round < 300; ++round) {
        for (std::uint32_t range = 0; range < ranges; ++range) {
            table.append({.ordinal = range * range_size, .time = day(1), .arrival = arrival++},
                         {},
                         compactor);
        }
        const std::vector<const Chunk*> after = bases();
        std::size_t changed = 0;
        for (std::uint32_t range = 0; range < ranges; ++range) {
            changed += before[range] != after[range] ? 1U : 0U;
        }
        at_once_max = std::max(at_once_max, changed);
        compacted += changed;
        before = after;
    }
    EXPECT_EQ(table.counts().rows, std::uint64_t{300} * ranges);
    EXPECT_GT(compacted, 5 * ranges);
    EXPECT_LT(at_once_max, ranges / 4) << "of " << ranges << " in one round";
}

}  // namespace
}  // namespace fineline::columns
