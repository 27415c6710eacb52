#include "ingest/message_reader.h"

#include "model/calendar.h"

#include <gtest/gtest.h>

#include <sstream>

namespace fineline::ingest {
namespace {

/// Prints records as an eye reads them: kind customer @time name text #id {property=value …}.
std::string print(const RecordBatch& batch) {
    std::ostringstream out;
    batch.for_each([&](const RecordView& record) {
        out << to_string(record.kind) << ' ' << record.customer;
        if (record.time) {
            out << " @" << to_iso(*record.time);
        }
        if (record.kind == RecordKind::event || record.kind == RecordKind::consent) {
            out << " [" << batch.names()[record.name] << ']';
        }
        if (!record.text.empty()) {
            out << " text=" << record.text;
        }
        if (!record.message_id.empty()) {
            out << " #" << record.message_id;
        }
        auto properties = record.properties();
        std::uint32_t name = 0;
        Datum value;
        while (properties.next(name, value)) {
            out << ' ' << batch.names()[name] << '='
                << (value.is_missing() ? "missing" : to_json(value).text());
        }
        out << '\n';
    });
    return out.str();
}

/// Reads messages, one a line, and prints what they yield; a flaw prints as "!reason".
std::string read(const std::string& lines, MessagePolicy policy = {}, MessageTimes times = {}) {
    MessageReader reader(std::move(policy));
    RecordBatchBuilder builder;
    RowRecords records;
    RecordTally tally;
    std::string flaws;
    std::istringstream in(lines);
    for (std::string line; std::getline(in, line);) {
        auto message = parse_json(line);
        EXPECT_TRUE(message) << line;
        auto flaw = reader.read(*message, times, builder, records);
        EXPECT_TRUE(flaw);
        if (*flaw) {
            flaws += "!" + std::string(to_string((*flaw)->reason)) + "\n";
            continue;
        }
        records.commit(builder, tally);
    }
    auto batch = RecordBatch::open(builder.finish({}));
    EXPECT_TRUE(batch);
    return print(*batch) + flaws;
}

Instant at(const char* iso) {
    return TimeZone().resolve(*parse_iso_time(iso));
}

TEST(MessageReader, TrackIsAnEvent) {
    EXPECT_EQ(
        read(
            R"({"type":"track","userId":"u1","event":"Order Completed","timestamp":"2024-05-01T10:00:00+02:00",)"
            R"("messageId":"m1","properties":{"total":12.5,"gift":true,"note":null,"coupon":"A"}})"),
        "event u1 @2024-05-01T08:00:00Z [Order Completed] #m1 total=12.5 gift=true coupon=\"A\"\n");
}

TEST(MessageReader, FlattensObjectsAndKeepsArrays) {
    EXPECT_EQ(
        read(R"({"type":"track","userId":"u","event":"e","timestamp":"2024-05-01","properties":)"
             R"({"address":{"city":"Ulm","geo":{"lat":48}},"tags":["a",1],)"
             R"("products":[{"sku":"x","price":2},{"sku":"y"}],"none":[]}})"),
        "event u @2024-05-01T00:00:00Z [e] address.city=\"Ulm\" address.geo.lat=48 tags=[\"a\",1] "
        "products.sku=[\"x\",\"y\"] products.price=[2,null] none=[]\n");
}

TEST(MessageReader, LaterPropertyOfANameWinsAmongManyToo) {
    std::string written;
    std::string expected;
    for (int i = 0; i < 40; ++i) {
        const std::string name = "p" + std::to_string(i);
        written += "\"" + name + "\":" + std::to_string(i) + ",";
        expected += " " + name + "=" + (i == 3 || i == 30 ? "\"later\"" : std::to_string(i));
    }
    EXPECT_EQ(
        read(R"({"type":"track","userId":"u","event":"e","timestamp":"2024-05-01","properties":{)" +
             written + R"("p30":"later","p3":"later"}})"),
        "event u @2024-05-01T00:00:00Z [e]" + expected + "\n");
}

TEST(MessageReader, PageAndScreenAreEvents) {
    EXPECT_EQ(
        read(
            R"({"type":"page","userId":"u","name":"Home","category":"Docs","timestamp":"2024-05-01","properties":{"url":"/"}})"),
        "event u @2024-05-01T00:00:00Z [Page Viewed] url=\"/\" page_name=\"Home\" "
        "page_category=\"Docs\"\n");
    EXPECT_EQ(
        read(
            R"({"type":"screen","userId":"u","name":"Cart","timestamp":"2024-05-01","properties":{"screen_name":"mine"}})"),
        "event u @2024-05-01T00:00:00Z [Screen Viewed] screen_name=\"mine\"\n");
}

TEST(MessageReader, IdentifySetsTraitsAtItsTime) {
    EXPECT_EQ(
        read(
            R"({"type":"identify","userId":7,"timestamp":"2024-05-01","traits":{"plan":"pro","old":null}})"),
        "traits 7 @2024-05-01T00:00:00Z plan=\"pro\" old=missing\n");
    EXPECT_EQ(read(R"({"type":"identify","userId":"u","traits":{"plan":"pro"}})"),
              "traits u plan=\"pro\"\n");
    EXPECT_EQ(read(R"({"type":"identify","userId":"u"})"), "");
}

TEST(MessageReader, GroupJoinsAnAccount) {
    EXPECT_EQ(
        read(
            R"({"type":"group","userId":"u","groupId":"acme","messageId":"m","timestamp":"2024-05-01","traits":{"size":9}})"),
        "account_join u @2024-05-01T00:00:00Z text=acme #m\n"
        "account_traits  @2024-05-01T00:00:00Z text=acme #m#1 size=9\n");
    EXPECT_EQ(read(R"({"type":"group","userId":"u","timestamp":"2024-05-01"})"), "!missing_name\n");
}

TEST(MessageReader, AliasMergesOnlyWhereThePolicySaysSo) {
    const std::string alias = R"({"type":"alias","userId":"new","previousId":"old"})";
    EXPECT_EQ(read(alias), "");
    EXPECT_EQ(read(alias, {.alias_merges = true}), "merge new text=old\n");
    EXPECT_EQ(read(R"({"type":"alias","userId":"new"})"), "!bad_message\n");
}

TEST(MessageReader, JoinsAnAnonymousHistoryTheFirstTimeOnly) {
    // A shared device: u2 logs in where u1 did; the device's history stays with u1, u2's events are
    // his.
    EXPECT_EQ(read(R"({"type":"track","anonymousId":"a","event":"e","timestamp":"2024-05-01"}
{"type":"identify","anonymousId":"a","userId":"u1","messageId":"m"}
{"type":"track","anonymousId":"a","userId":"u1","event":"e","timestamp":"2024-05-02"}
{"type":"track","anonymousId":"a","userId":"u2","event":"e","timestamp":"2024-05-03"})"),
              "event a @2024-05-01T00:00:00Z [e]\n"
              "merge u1 text=a #m\n"
              "event u1 @2024-05-02T00:00:00Z [e]\n"
              "event u2 @2024-05-03T00:00:00Z [e]\n");
    const MessagePolicy joined_before{.is_joined = [](std::string_view id) { return id == "a"; }};
    EXPECT_EQ(read(R"({"type":"identify","anonymousId":"a","userId":"u2"})", joined_before), "");
    EXPECT_EQ(read(R"({"type":"identify","anonymousId":"b","userId":"u2"})", joined_before),
              "merge u2 text=b\n");
}

TEST(MessageReader, CorrectsTheClockOfTheSender) {
    // The client's clock is three hours ahead: sent two seconds after it happened, received at
    // 09:00:02.
    const std::string message =
        R"({"type":"track","userId":"u","event":"e","timestamp":"2024-05-01T12:00:00Z",)"
        R"("sentAt":"2024-05-01T12:00:02Z")";
    const std::string corrected = "event u @2024-05-01T09:00:00Z [e]\n";
    EXPECT_EQ(read(message + "}", {}, {.received_at = at("2024-05-01T09:00:02Z")}), corrected);
    EXPECT_EQ(read(message + R"(,"receivedAt":"2024-05-01T09:00:02Z"})"), corrected);
    // A file that does not say when it was received: as written. An export that was corrected
    // before: as it is.
    EXPECT_EQ(read(message + "}"), "event u @2024-05-01T12:00:00Z [e]\n");
    EXPECT_EQ(
        read(message +
             R"(,"receivedAt":"2024-05-01T09:00:02Z","originalTimestamp":"2024-05-01T15:00:00Z"})"),
        "event u @2024-05-01T12:00:00Z [e]\n");
    // An unreadable sentAt: as written; the batch's stands in for a missing one.
    EXPECT_EQ(
        read(
            R"({"type":"track","userId":"u","event":"e","timestamp":"2024-05-01T12:00:00Z","sentAt":"soon"})",
            {},
            {.received_at = at("2024-05-01T15:00:00Z")}),
        "event u @2024-05-01T12:00:00Z [e]\n");
    // Nobody sends from the future: later than a minute after its arrival is dated at its arrival.
    for (const auto& [written, dated] :
         {std::pair("12:01:00", "12:01:00"), std::pair("12:01:01", "12:00:00")}) {
        EXPECT_EQ(read(std::string(R"({"type":"track","userId":"u","event":"e",)") +
                           R"("timestamp":"2024-05-01T)" + written + R"(Z"})",
                       {},
                       {.received_at = at("2024-05-01T12:00:00Z")}),
                  std::string("event u @2024-05-01T") + dated + "Z [e]\n");
    }
    EXPECT_EQ(
        read(R"({"type":"track","userId":"u","event":"e","timestamp":"2024-05-01T12:00:00Z"})",
             {},
             {.received_at = at("2024-05-01T09:00:00Z"), .sent_at = at("2024-05-01T12:00:10Z")}),
        "event u @2024-05-01T08:59:50Z [e]\n");
}

TEST(MessageReader, WithoutTimestampItHappenedWhenReceived) {
    EXPECT_EQ(read(R"({"type":"track","userId":"u","event":"e","receivedAt":"2024-05-01"})"),
              "event u @2024-05-01T00:00:00Z [e]\n");
    EXPECT_EQ(read(R"({"type":"track","userId":"u","event":"e"})"), "!bad_time\n");
}

TEST(MessageReader, ReadsConsents) {
    EXPECT_EQ(
        read(
            R"({"type":"identify","userId":"u","timestamp":"2024-05-01","context":{"consent":{"categoryPreferences":{"ads":false}}}})"),
        "consent u @2024-05-01T00:00:00Z [ads] text=consent.categoryPreferences granted=false\n");
}

TEST(MessageReader, TheContextOfAnEventBecomesItsProperties) {
    const std::string context =
        R"("context":{"page":{"url":"https://a.example/x","path":"/x"},"campaign":{"source":"news"},)"
        R"("locale":"de-DE","timezone":"Europe/Berlin","device":{"id":"d-1","type":"ios"},)"
        R"("ip":"1.2.3.4","traits":{"email":"u@example.com"},"library":{"name":"js"},)"
        R"("groupId":"acme","active":true})";
    EXPECT_EQ(read(R"({"type":"page","userId":"u","timestamp":"2024-05-01","properties":)"
                   R"({"page.path":"/own"},)" +
                   context + "}"),
              "event u @2024-05-01T00:00:00Z [Page Viewed] page.path=\"/own\" "
              "page.url=\"https://a.example/x\" campaign.source=\"news\" locale=\"de-DE\" "
              "timezone=\"Europe/Berlin\" device.type=\"ios\" groupId=\"acme\"\n");
    EXPECT_EQ(read(R"({"type":"identify","userId":"u","traits":{"a":1},)" + context + "}"),
              "traits u a=1\n")
        << "of an event only";
    EXPECT_EQ(
        read(R"({"type":"track","userId":"u","event":"e","timestamp":"2024-05-01","context":[1]})"),
        "!bad_message\n");
}

TEST(MessageReader, ANameTooManyIsAFlawAndJoinsNobody) {
    MessagePolicy policy;
    policy.flaw_in_names = [](const RowRecords&, const RecordBatchBuilder&) {
        return Flaw{RejectReason::too_many_names, "one too many"};
    };
    EXPECT_EQ(read(R"({"type":"track","anonymousId":"a","userId":"u","event":"e",)"
                   R"("timestamp":"2024-05-01"})",
                   policy),
              "!too_many_names\n");
}

TEST(MessageReader, SaysWhatIsWrong) {
    EXPECT_EQ(read("[1]"), "!bad_message\n");
    EXPECT_EQ(read(R"({"userId":"u"})"), "!bad_message\n");
    EXPECT_EQ(read(R"({"type":"shout","userId":"u"})"), "!bad_message\n");
    EXPECT_EQ(read(R"({"type":"track","event":"e","timestamp":"2024-05-01"})"),
              "!missing_customer\n");
    EXPECT_EQ(read(R"({"type":"track","userId":"","event":"e","timestamp":"2024-05-01"})"),
              "!missing_customer\n");
    EXPECT_EQ(read(R"({"type":"track","userId":{},"event":"e","timestamp":"2024-05-01"})"),
              "!bad_message\n");
    EXPECT_EQ(read(R"({"type":"track","userId":"u","timestamp":"2024-05-01"})"), "!missing_name\n");
    EXPECT_EQ(read(R"({"type":"track","userId":"u","event":"e","timestamp":"yesterday"})"),
              "!bad_time\n");
    EXPECT_EQ(
        read(
            R"({"type":"track","userId":"u","event":"e","timestamp":"2024-05-01","properties":[1]})"),
        "!bad_message\n");
    EXPECT_EQ(read(R"({"type":"track","userId":")" + std::string(600, 'x') + R"(","event":"e"})"),
              "!id_too_long\n");
    EXPECT_EQ(
        read(
            R"({"type":"track","userId":"u","event":"e","timestamp":"2024-05-01","properties":{"p":")" +
            std::string(2'000'000, 'x') + R"("}})"),
        "!value_too_long\n");
}

TEST(MessageReader, ARejectedMessageJoinsNobody) {
    EXPECT_EQ(
        read(R"({"type":"track","anonymousId":"a","userId":"u1","event":"","timestamp":"2024-05-01"}
{"type":"identify","anonymousId":"a","userId":"u2"})"),
        "merge u2 text=a\n!missing_name\n");
}

}  // namespace
}  // namespace fineline::ingest
