#include "ingest/tracking_body.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <chrono>
#include <string>
#include <vector>

namespace fineline::ingest {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

const Instant noon = Instant(hours(24 * 365 * 50 + 12));

std::string gzip(const std::string& text) {
    std::string out(text.size() + 256, '\0');
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string in = text;
    stream.next_in = reinterpret_cast<Bytef*>(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

struct Seen {
    std::string customer;
    std::optional<Instant> time;
    std::string name;
};

std::vector<Seen> events_of(const TrackedRecords& tracked) {
    std::vector<Seen> seen;
    if (tracked.batch.empty()) {
        return seen;
    }
    const auto batch = RecordBatch::open(tracked.batch);
    EXPECT_TRUE(batch);
    batch->for_each([&](const RecordView& record) {
        if (record.kind == RecordKind::event) {
            seen.push_back(
                {std::string(record.customer), record.time, batch->names()[record.name]});
        }
    });
    return seen;
}

TrackedRecords track(const std::string& body,
                     TrackingShape shape,
                     TrackingLimits limits = {5'000'000, 500'000, 10'000},
                     const std::string& type = {}) {
    auto read = read_tracking_body(body, shape);
    EXPECT_TRUE(read);
    auto tracked =
        to_records(std::move(*read),
                   limits,
                   {.implied_type = type, .source = "web", .received_at = noon, .policy = {}});
    EXPECT_TRUE(tracked);
    return std::move(*tracked);
}

TEST(TrackingBody, TakesTheTypeFromTheRoute) {
    const auto tracked = track(R"({"userId":"ada","event":"Signed Up"})",
                               TrackingShape::message,
                               {5'000'000, 500'000, 10'000},
                               "track");
    const auto events = events_of(tracked);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].customer, "ada");
    EXPECT_EQ(events[0].name, "Signed Up");
    EXPECT_EQ(events[0].time, noon);
}

TEST(TrackingBody, CorrectsAClockThreeHoursAhead) {
    const Instant truth = noon - seconds(30);
    const std::string body =
        R"({"sentAt":")" + to_iso(noon + hours(3)) +
        R"(","batch":[{"type":"track","userId":"ada","event":"x","timestamp":")" +
        to_iso(truth + hours(3)) + R"("}]})";
    const auto events = events_of(track(body, TrackingShape::batch));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].time, truth);
}

TEST(TrackingBody, LetsNobodySendFromTheFuture) {
    const std::string body = R"({"type":"track","userId":"ada","event":"x","timestamp":")" +
                             to_iso(noon + hours(24 * 365)) + R"("})";
    const auto events = events_of(track(body, TrackingShape::message));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].time, noon);
}

TEST(TrackingBody, MergesTheBatchsContextAndTheMessageWins) {
    const auto read = read_tracking_body(
        R"({"context":{"ip":"1.1.1.1","app":"shop"},"integrations":{"All":true},)"
        R"("batch":[{"context":{"ip":"2.2.2.2"}},{}]})",
        TrackingShape::batch);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->items[0].find("context")->text(), R"({"ip":"2.2.2.2","app":"shop"})");
    EXPECT_EQ(read->items[1].find("context")->text(), R"({"ip":"1.1.1.1","app":"shop"})");
    EXPECT_EQ(read->items[1].find("integrations")->text(), R"({"All":true})");
}

TEST(TrackingBody, SetsBadMessagesAsideAndKeepsTheRest) {
    const auto tracked = track(R"({"batch":[{"type":"track","event":"x"},)"
                               R"({"type":"track","userId":7,"event":"x"},)"
                               R"({"type":"track","userId":"","event":"x"},5,)"
                               R"({"type":"dance","userId":"ada"}]})",
                               TrackingShape::batch);
    const auto events = events_of(tracked);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].customer, "7");
    ASSERT_EQ(tracked.rejected.size(), 4U);
    EXPECT_EQ(tracked.rejected[0].reason, "missing_customer");
    EXPECT_EQ(tracked.rejected[1].reason, "missing_customer");
    EXPECT_EQ(tracked.rejected[2].reason, "bad_message");
    EXPECT_EQ(tracked.rejected[3].reason, "bad_message");
    EXPECT_EQ(tracked.rejected[0].text, R"({"type":"track","event":"x"})");
}

TEST(TrackingBody, SetsAsideWhatIsTooLargeOrTooMuch) {
    const std::string large = std::string(400, 'x');
    const std::string body =
        R"({"batch":[{"type":"track","userId":"ada","event":"a","properties":{"p":")" + large +
        R"("}},{"type":"track","userId":"ada","event":"b"},)" +
        R"({"type":"track","userId":"ada","event":"c"}]})";
    const auto tracked = track(body, TrackingShape::batch, {5'000, 200, 2});
    ASSERT_EQ(tracked.rejected.size(), 2U);
    EXPECT_EQ(tracked.rejected[0].reason, "item_too_large");
    EXPECT_EQ(tracked.rejected[1].reason, "too_many_items");
    EXPECT_EQ(tracked.oversized, 1U);
    ASSERT_EQ(events_of(tracked).size(), 1U);
}

TEST(TrackingBody, RefusesWhatIsNoBody) {
    for (const char* wrong : {"", "{", "[]", "5", R"({"batch":{}})", R"({"type":"track"})"}) {
        const auto read = read_tracking_body(wrong, TrackingShape::batch);
        ASSERT_FALSE(read) << wrong;
        EXPECT_EQ(read.error().code, ErrorCode::invalid_argument);
    }
}

TEST(InflateGzip, InflatesWholeBodiesWithinTheLimit) {
    const std::string text(100'000, 'a');
    const std::string packed = gzip(text);
    const auto whole = inflate_gzip(packed, 100'000);
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_EQ(*whole, text);
    const auto too_large = inflate_gzip(packed, 99'999);
    ASSERT_FALSE(too_large);
    EXPECT_EQ(too_large.error().code, ErrorCode::limit_exceeded);
    EXPECT_FALSE(inflate_gzip(packed.substr(0, packed.size() - 5), 1'000'000));
    EXPECT_FALSE(inflate_gzip("not gzip at all", 1'000'000));
}

}  // namespace
}  // namespace fineline::ingest
