#include "model/record_batch.h"

#include "base/random.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace fineline {
namespace {

const BatchHeader header{.source = "orders.csv",
                         .received_at = Instant(std::chrono::seconds(1000)),
                         .sequence = "digest",
                         .first_row = 3,
                         .last_row = 5};

/// Three records: an event with two properties, undated traits, a merge.
std::string example_batch() {
    RecordBatchBuilder builder;
    const std::array event_properties{
        NamedDatum{.name = builder.name("amount"), .value = Datum::of(12.5)},
        NamedDatum{.name = builder.name("product"), .value = Datum::of(std::string_view("tea"))}};
    builder.add({.kind = RecordKind::event,
                 .customer = "ada",
                 .time = Instant(std::chrono::seconds(7)),
                 .name = builder.name("purchase"),
                 .message_id = "m1",
                 .properties = event_properties});
    const std::array traits{
        NamedDatum{.name = builder.name("country"), .value = Datum::of(std::string_view("DE"))}};
    builder.add({.kind = RecordKind::traits, .customer = "ben", .properties = traits});
    builder.add({.kind = RecordKind::merge, .customer = "ada", .text = "ada@example.org"});
    EXPECT_EQ(builder.count(), 3U);
    return builder.finish(header);
}

/// Prints a batch's records, a line each.
std::string described(const RecordBatch& batch) {
    std::string text;
    batch.for_each([&](const RecordView& record) {
        text += std::to_string(record.index) + " " + to_string(record.kind) + " " +
                std::string(record.customer);
        text += record.time ? " " + to_iso(*record.time) : "";
        text += record.kind == RecordKind::event ? " " + batch.names()[record.name] : "";
        text += record.text.empty() ? "" : " " + std::string(record.text);
        text += record.message_id.empty() ? "" : " #" + std::string(record.message_id);
        auto properties = record.properties();
        std::uint32_t name = 0;
        Datum value;
        while (properties.next(name, value)) {
            text += " " + batch.names()[name] + "=" + to_display(value);
        }
        text += "\n";
    });
    return text;
}

TEST(RecordBatch, ReadsBackWhatWasBuilt) {
    const auto batch = RecordBatch::open(example_batch());
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->header(), header);
    EXPECT_EQ(batch->count(), 3U);
    EXPECT_EQ(described(*batch),
              "0 event ada 1970-01-01T00:00:07Z purchase #m1 amount=12.5 product=tea\n"
              "1 traits ben country=DE\n"
              "2 merge ada ada@example.org\n");
}

TEST(RecordBatch, ErasedRecordsKeepTheirPlaceAndNothingElse) {
    const auto batch = RecordBatch::open(example_batch());
    ASSERT_TRUE(batch);
    const std::string bytes = batch->without({true, false, false});
    for (const char* trace : {"purchase", "tea", "product", "m1"}) {
        EXPECT_EQ(bytes.find(trace), std::string::npos) << trace;
    }
    const auto erased = RecordBatch::open(bytes);
    ASSERT_TRUE(erased);
    EXPECT_EQ(erased->header(), header);
    EXPECT_EQ(described(*erased),
              "0 tombstone \n1 traits ben country=DE\n2 merge ada ada@example.org\n");
}

TEST(RecordBatch, DroppedRecordsLetTheOthersMoveUp) {
    const auto batch = RecordBatch::open(example_batch());
    ASSERT_TRUE(batch);
    const auto dropped = RecordBatch::open(batch->dropping({false, true, false}));
    ASSERT_TRUE(dropped);
    EXPECT_EQ(dropped->count(), 2U);
    EXPECT_NE(described(*dropped).find("1 merge ada"), std::string::npos);
}

TEST(RecordBatch, RefusesEveryTruncation) {
    const std::string whole = example_batch();
    for (std::size_t size = 0; size < whole.size(); ++size) {
        const auto batch = RecordBatch::open(whole.substr(0, size));
        ASSERT_FALSE(batch) << size;
        EXPECT_EQ(batch.error().code, ErrorCode::corrupt);
    }
    EXPECT_FALSE(RecordBatch::open(whole + "x"));
}

TEST(RecordBatch, SurvivesAnyDamage) {
    const std::string whole = example_batch();
    Random random(11);
    for (int round = 0; round < 20'000; ++round) {
        std::string damaged = whole;
        for (std::uint64_t flips = 1 + random.below(3); flips > 0; --flips) {
            damaged[random.below(damaged.size())] = static_cast<char>(random.below(256));
        }
        if (const auto batch = RecordBatch::open(damaged)) {
            EXPECT_GE(described(*batch).size(), batch->count());
        }
    }
}

TEST(RecordBatchBuilder, StartsAnewAfterFinish) {
    RecordBatchBuilder builder;
    builder.add({.kind = RecordKind::erasure, .customer = "ada"});
    EXPECT_FALSE(builder.finish({}).empty());
    EXPECT_TRUE(builder.empty());
    const auto empty = RecordBatch::open(builder.finish({}));
    ASSERT_TRUE(empty);
    EXPECT_EQ(empty->count(), 0U);
    EXPECT_TRUE(empty->names().empty());
}

}  // namespace
}  // namespace fineline
