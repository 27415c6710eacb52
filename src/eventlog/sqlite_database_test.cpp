#include "eventlog/sqlite_database.h"

#include "eventlog/testing.h"

#include <gtest/gtest.h>

namespace fineline::eventlog {

namespace {

using testing::TemporaryDirectory;

Database open_database(const std::string& path) {
    auto database = Database::open(path, {.synchronous = false});
    require(database.has_value(), "cannot open a database");
    return std::move(*database);
}

TEST(Database, AFullDiskIsSaidAndLeavesEverythingAsItWas) {
    const TemporaryDirectory directory;
    Database database = open_database(directory.path() + "/db");
    ASSERT_TRUE(
        database.execute("CREATE TABLE t(x BLOB); INSERT INTO t VALUES(zeroblob(100));"
                         "PRAGMA max_page_count = 20"));
    {
        auto transaction = Transaction::begin(database);
        ASSERT_TRUE(transaction);
        ASSERT_TRUE(database.execute("INSERT INTO t VALUES(zeroblob(1000))"));
        const Status full = database.execute("INSERT INTO t VALUES(zeroblob(1000000))");
        ASSERT_FALSE(full);
        EXPECT_EQ(full.error().code, ErrorCode::unavailable);
        EXPECT_EQ(full.error().message,
                  directory.path() + "/db: the disk is full; free some space and try again");
    }
    EXPECT_EQ(*database.query_integer("SELECT count(*) FROM t"), 1);
    ASSERT_TRUE(database.execute("INSERT INTO t VALUES(zeroblob(1000))")) << "it goes on";
}

TEST(Database, ATransactionThatIsNotCommittedNeverWas) {
    const TemporaryDirectory directory;
    Database database = open_database(directory.path() + "/db");
    ASSERT_TRUE(database.execute("CREATE TABLE t(x INTEGER)"));
    {
        auto transaction = Transaction::begin(database);
        ASSERT_TRUE(database.execute("INSERT INTO t VALUES(1)"));
    }
    EXPECT_EQ(*database.query_integer("SELECT count(*) FROM t"), 0);
    {
        auto transaction = Transaction::begin(database);
        ASSERT_TRUE(database.execute("INSERT INTO t VALUES(1)"));
        ASSERT_TRUE(transaction->commit());
    }
    EXPECT_EQ(*database.query_integer("SELECT count(*) FROM t"), 1);
}

TEST(Database, BindsAndReadsNumbersAndBytes) {
    const TemporaryDirectory directory;
    Database database = open_database(directory.path() + "/db");
    ASSERT_TRUE(database.execute("CREATE TABLE t(a INTEGER, b BLOB)"));
    const std::string bytes("a\0b", 3);
    {
        auto insert = database.prepare("INSERT INTO t VALUES(?1, ?2)");
        ASSERT_TRUE(insert->bind(1, -5).bind_blob(2, bytes).run());
        ASSERT_TRUE(insert->bind(1, 6).bind_blob(2, {}).run());
        auto select = database.prepare("SELECT a, b FROM t ORDER BY a");
        ASSERT_TRUE(*select->step());
        EXPECT_EQ(select->integer(0), -5);
        EXPECT_EQ(select->blob(1), bytes);
        ASSERT_TRUE(*select->step());
        EXPECT_EQ(select->blob(1), "");
        EXPECT_FALSE(*select->step());
    }
    EXPECT_EQ(*database.query_integer("SELECT typeof(b) = 'blob' FROM t WHERE a = 6"), 1)
        << "empty, not null";
    EXPECT_FALSE(database.prepare("SELEKT"));
    ASSERT_TRUE(database.close());
    EXPECT_FALSE(std::filesystem::exists(directory.path() + "/db-wal")) << "merged and deleted";
}

TEST(Database, ReadsAFileWhoseNameLooksLikeAUri) {
    const TemporaryDirectory directory;
    const std::string path = directory.path() + "/a?b#c%41 d";
    {
        Database database = open_database(path);
        ASSERT_TRUE(database.execute("CREATE TABLE t(x INTEGER); INSERT INTO t VALUES(7)"));
        ASSERT_TRUE(database.close());
    }
    auto reader = Database::open(path, {.use = Use::reading});
    ASSERT_TRUE(reader) << reader.error().message;
    EXPECT_EQ(*reader->query_integer("SELECT x FROM t"), 7);
    EXPECT_FALSE(reader->execute("INSERT INTO t VALUES(8)"));
    EXPECT_EQ(Database::open(path + "none", {.use = Use::reading}).error().code, ErrorCode::io);
}

}  // namespace

}  // namespace fineline::eventlog
