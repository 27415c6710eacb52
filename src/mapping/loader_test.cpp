#include "mapping/loader.h"

#include "base/json.h"
#include "base/path_for_tests.h"
#include "mapping/mapping_file.h"
#include "model/limits.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace fineline::mapping {
namespace {

/// Prints records as an eye reads them: kind customer @time [name] text=… property=value ….
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

class LoaderTest : public testing::Test {
  protected:
    LoaderTest() : directory_(path_for_tests("loader").string()) {
        std::filesystem::remove_all(directory_);
        std::filesystem::create_directories(directory_);
    }

    void TearDown() override { std::filesystem::remove_all(directory_); }

    std::string write(const std::string& name, std::string_view text) const {
        std::string path = directory_ + "/" + name;
        std::ofstream(path, std::ios::binary) << text;
        return path;
    }

    static Mapping mapping_of(std::string_view yaml) {
        auto mapping = parse_mapping(yaml, "test.yaml");
        EXPECT_TRUE(mapping) << mapping.error().message;
        return mapping ? *mapping : Mapping{};
    }

    struct Loaded {
        std::string records;
        std::string error;
        LoadReport report;
        std::vector<BatchHeader> batches;
        std::string sequence;
        std::vector<ingest::Column> columns;
    };

    Loaded load(const std::string& path,
                const Mapping& mapping,
                std::uint64_t after_row = 0) const {
        LoadRequest request{
            .file = path, .mapping = mapping, .rejects_directory = directory_ + "/rejects"};
        return load(std::move(request), after_row);
    }

    static Loaded load(LoadRequest request, std::uint64_t after_row) {
        Loaded loaded;
        auto loader = Loader::open(std::move(request), {});
        if (!loader) {
            loaded.error = loader.error().message;
            return loaded;
        }
        loaded.sequence = (*loader)->sequence();
        loaded.columns = (*loader)->columns();
        const BatchSink sink = [&](std::string bytes) -> Status {
            auto batch = RecordBatch::open(std::move(bytes));
            EXPECT_TRUE(batch);
            loaded.batches.push_back(batch->header());
            loaded.records += print(*batch);
            return done;
        };
        auto report = (*loader)->run({.after_row = after_row, .sink = sink});
        if (!report) {
            loaded.error = report.error().message;
            return loaded;
        }
        loaded.report = *report;
        return loaded;
    }

    /// Loads a text under a mapping and returns the records, or the error.
    std::string records(std::string_view yaml, std::string_view csv) const {
        const Loaded loaded = load(write("data.csv", csv), mapping_of(yaml));
        return loaded.error.empty() ? loaded.records : "error: " + loaded.error;
    }

    std::vector<Json> rejects(const Loaded& loaded) const {
        std::vector<Json> entries;
        std::ifstream in(loaded.report.rejects_file);
        for (std::string line; std::getline(in, line);) {
            auto entry = parse_json(line);
            EXPECT_TRUE(entry);
            entries.push_back(*entry);
        }
        return entries;
    }

    std::string directory_;
};

constexpr std::string_view retail = R"(
customer: "`Customer ID`"
time: InvoiceDate
skip: "`Customer ID` is missing"
events:
  - name: case when Invoice like 'C%' then 'refund' else 'purchase' end
    properties: {invoice: Invoice, product: StockCode, quantity: Quantity, amount: Quantity * Price}
traits: {country: Country}
)";

TEST_F(LoaderTest, MapsRowsByExpressions) {
    EXPECT_EQ(records(retail,
                      "Invoice,StockCode,Quantity,InvoiceDate,Price,Customer ID,Country\n"
                      "536365,85123A,6,2010-12-01 08:26:00,2.5,17850,France\n"
                      "C536379,22752,-1,2010-12-01 09:41,27.5,14527,Spain\n"
                      "536414,22139,56,2010-12-01 11:52:00,0,,Spain\n"),
              "event 17850 @2010-12-01T08:26:00Z [purchase] invoice=\"536365\" product=\"85123A\" "
              "quantity=6 amount=15\n"
              "traits 17850 @2010-12-01T08:26:00Z country=\"France\"\n"
              "event 14527 @2010-12-01T09:41:00Z [refund] invoice=\"C536379\" product=\"22752\" "
              "quantity=-1 amount=-27.5\n"
              "traits 14527 @2010-12-01T09:41:00Z country=\"Spain\"\n");
}

TEST_F(LoaderTest, ReadsTimesInTheMappingsZone) {
    // British summer time: 2010-07-01 12:00 in London is 11:00 UTC; an offset of its own goes
    // first.
    EXPECT_EQ(records("customer: id\ntime: at\ntime_zone: Europe/London\nevents: {name: \"'e'\"}",
                      "id,at\n1,2010-07-01 12:00\n2,2010-07-01T12:00:00+02:00\n3,2010-12-01\n"),
              "event 1 @2010-07-01T11:00:00Z [e]\n"
              "event 2 @2010-07-01T10:00:00Z [e]\n"
              "event 3 @2010-12-01T00:00:00Z [e]\n");
    EXPECT_EQ(records("customer: id\ntime: at\ntime_format: '%d-%m-%Y'\nevents: {name: visit}",
                      "id,at\n1,31-12-2010\n"),
              "event 1 @2010-12-31T00:00:00Z [visit]\n");
}

TEST_F(LoaderTest, AnIdStaysAsItIsWritten) {
    EXPECT_EQ(records("customer: id\ntime: at\nevents: {name: e, properties: {id: id}}",
                      "id,at\n1e3,2010-01-01\n12,2010-01-01\n"),
              "event 1e3 @2010-01-01T00:00:00Z [e] id=1000\n"
              "event 12 @2010-01-01T00:00:00Z [e] id=12\n");
}

TEST_F(LoaderTest, ARowMayYieldSeveralEvents) {
    EXPECT_EQ(records(R"(
customer: row_number
time: date '2008-03-01'
events:
  - {name: exposure, properties: {action: segment, propensity: 1 / 4}}
  - {name: "'visit'", when: visit = 1, time: date '2008-03-02'}
)",
                      "segment,visit\nMens,1\nNone,0\n"),
              "event 1 @2008-03-01T00:00:00Z [exposure] action=\"Mens\" propensity=0.25\n"
              "event 1 @2008-03-02T00:00:00Z [visit]\n"
              "event 2 @2008-03-01T00:00:00Z [exposure] action=\"None\" propensity=0.25\n");
}

TEST_F(LoaderTest, MapsAccountsConsentsAndMerges) {
    EXPECT_EQ(records(R"(
customer: id
accounts: {account: company}
account_traits: {account: company, traits: {industry: industry}}
consents: {purpose: marketing, granted: opted, source: "'form'"}
merges: {other: old}
)",
                      "id,company,industry,opted,old\na,acme,tools,yes,b\nc,,,no,c\n"),
              "account_join a text=acme\n"
              "account_traits  text=acme industry=\"tools\"\n"
              "consent a [marketing] text=form granted=true\n"
              "merge a text=b\n"
              "consent c [marketing] text=form granted=false\n");
}

TEST_F(LoaderTest, TraitsSayMissingButDoNotRepeatThemselves) {
    EXPECT_EQ(
        records("customer: id\ntime: at\ntraits: {plan: plan}",
                "id,at,plan\n1,2010-01-01,a\n1,2010-01-01,a\n1,2010-01-02,a\n1,2010-01-02,\n"),
        "traits 1 @2010-01-01T00:00:00Z plan=\"a\"\n"
        "traits 1 @2010-01-02T00:00:00Z plan=\"a\"\n"
        "traits 1 @2010-01-02T00:00:00Z plan=missing\n");
}

TEST_F(LoaderTest, DefaultMappings) {
    const auto by_default = [&](DefaultKind kind, std::string_view csv) {
        const Loaded loaded = load(write("data.csv", csv), default_mapping(kind));
        return loaded.error.empty() ? loaded.records : "error: " + loaded.error;
    };
    EXPECT_EQ(by_default(DefaultKind::events,
                         "customer_id,event,timestamp,amount,zip\n7,buy,2024-01-01,2.5,01067\n"),
              "event 7 @2024-01-01T00:00:00Z [buy] amount=2.5 zip=\"01067\"\n");
    EXPECT_EQ(by_default(DefaultKind::traits, "customer_id,plan\n7,pro\n8,\n"),
              "traits 7 plan=\"pro\"\ntraits 8 plan=missing\n");
    EXPECT_EQ(by_default(DefaultKind::traits, "customer_id,plan,timestamp\n7,pro,2024-01-01\n"),
              "traits 7 @2024-01-01T00:00:00Z plan=\"pro\"\n");
    EXPECT_EQ(by_default(DefaultKind::accounts, "customer_id,account_id,size\n7,acme,9\n"),
              "account_join 7 text=acme\naccount_traits  text=acme size=9\n");
    EXPECT_EQ(
        by_default(DefaultKind::consents,
                   "customer_id,purpose,granted,source,timestamp\n7,ads,true,web,2024-01-01\n"),
        "consent 7 @2024-01-01T00:00:00Z [ads] text=web granted=true\n");
    EXPECT_EQ(by_default(DefaultKind::merges, "customer_id,other_id\n7,8\n"), "merge 7 text=8\n");
    EXPECT_NE(by_default(DefaultKind::events, "customer,event,timestamp\n")
                  .find("did you mean 'customer'?"),
              std::string::npos);
}

TEST_F(LoaderTest, InfersTypesFromTheWholeFile) {
    const Loaded loaded =
        load(write("data.csv",
                   "id,at,zip,amount,code\n"
                   "1,2024-01-01,10115,5,7\n"
                   "2,2024-01-01,01067,,7\n"
                   "3,not a time,10115,many,7\n"
                   "4,2024-01-01,10115,2.5,C7\n"),
             mapping_of("customer: id\ntime: at\nevents: {name: e, properties: rest}"));
    EXPECT_EQ(loaded.columns[2].type, ingest::ColumnType::string);
    EXPECT_EQ(loaded.columns[2].first_text, "01067");
    EXPECT_EQ(loaded.columns[3].type, ingest::ColumnType::number)
        << "a rejected row must not decide";
    EXPECT_EQ(loaded.columns[4].first_text_line, 5U);
    EXPECT_EQ(loaded.report.rejected.total(), 1U);
    EXPECT_EQ(loaded.records,
              "event 1 @2024-01-01T00:00:00Z [e] zip=\"10115\" amount=5 code=\"7\"\n"
              "event 2 @2024-01-01T00:00:00Z [e] zip=\"01067\" code=\"7\"\n"
              "event 4 @2024-01-01T00:00:00Z [e] zip=\"10115\" amount=2.5 code=\"C7\"\n");
}

TEST_F(LoaderTest, TypesMayBeDeclared) {
    const Loaded loaded =
        load(write("data.csv", "id,zip,n,b\n1,10115,007,yes\n2,10117,x,no\n3,10119,8,maybe\n"),
             mapping_of("customer: id\ntypes: {zip: string, n: number, b: boolean}\ntraits: rest"));
    EXPECT_EQ(loaded.records, "traits 1 zip=\"10115\" n=7 b=true\n");
    EXPECT_EQ(loaded.report.rejected.of(ingest::RejectReason::bad_number), 1U);
    EXPECT_EQ(loaded.report.rejected.of(ingest::RejectReason::bad_boolean), 1U);
}

TEST_F(LoaderTest, NumbersThatCannotBeHeldAreRejected) {
    const Loaded loaded = load(write("data.csv", "customer_id,n\n1,5\n2,NaN\n3,inf\n4,-0\n"),
                               default_mapping(DefaultKind::traits));
    EXPECT_EQ(loaded.records, "traits 1 n=5\ntraits 4 n=0\n");
    EXPECT_EQ(loaded.report.rejected.of(ingest::RejectReason::bad_number), 2U);
}

TEST_F(LoaderTest, SetsRowsAsideWithLineReasonAndText) {
    const Loaded loaded = load(write("data.csv",
                                     "customer_id,timestamp,event\n"
                                     "1,2024-02-30,buy\n"
                                     ",2024-01-01,buy\n"
                                     "2,2024-01-01,\n"
                                     "3,2024-01-01\n"
                                     "4,2024-01-01,buy\n"),
                               default_mapping(DefaultKind::events));
    EXPECT_EQ(loaded.records, "event 4 @2024-01-01T00:00:00Z [buy]\n");
    EXPECT_EQ(loaded.report.rows, 5U);
    const std::vector<Json> entries = rejects(loaded);
    ASSERT_EQ(entries.size(), 4U);
    EXPECT_EQ(
        entries[0].text(),
        R"({"line":2,"offset":28,"reason":"bad_time","message":"this is no time: '2024-02-30'","text":"1,2024-02-30,buy"})");
    EXPECT_EQ(*entries[1].find("reason")->string(), "missing_customer");
    EXPECT_EQ(*entries[2].find("reason")->string(), "missing_name");
    EXPECT_EQ(*entries[3].find("reason")->string(), "wrong_column_count");
}

TEST_F(LoaderTest, TellsLoadsApartByContentAndMeaning) {
    const std::string csv = "customer_id,plan\n1,a\n";
    const std::string path = write("one.csv", csv);
    const std::string first = load(path, default_mapping(DefaultKind::traits)).sequence;
    EXPECT_EQ(load(write("other name.csv", csv), default_mapping(DefaultKind::traits)).sequence,
              first);
    EXPECT_NE(load(write("two.csv", csv + "2,b\n"), default_mapping(DefaultKind::traits)).sequence,
              first);
    const std::string mapped =
        load(path, mapping_of("customer: customer_id\ntraits: {p: plan}")).sequence;
    EXPECT_NE(mapped, first);
    // A comment and the layout of the mapping file change nothing.
    EXPECT_EQ(
        load(path, mapping_of("# who\ncustomer: 'customer_id'\ntraits:\n  p:   plan\n")).sequence,
        mapped);
}

TEST_F(LoaderTest, ResumesAfterARowWithoutDoubling) {
    std::string csv = "customer_id,timestamp,event,n\n";
    const std::size_t rows = 2 * limits::load_batch_records_max + 500;
    for (std::size_t i = 1; i <= rows; ++i) {
        csv += "c" + std::to_string(i % 77) +
               (i % 1000 == 0 ? ",broken,e,\n" : ",2024-01-01,e," + std::to_string(i) + "\n");
    }
    const std::string path = write("data.csv", csv);
    const Loaded whole = load(path, default_mapping(DefaultKind::events));
    ASSERT_EQ(whole.batches.size(), 3U);
    EXPECT_EQ(whole.batches[0].first_row, 1U);
    EXPECT_EQ(whole.batches[1].first_row, whole.batches[0].last_row + 1);
    EXPECT_EQ(whole.batches[2].last_row, rows);
    for (const std::uint64_t after :
         {whole.batches[0].last_row, whole.batches[1].last_row, std::uint64_t{12'345}}) {
        const Loaded rest = load(path, default_mapping(DefaultKind::events), after);
        EXPECT_TRUE(whole.records.ends_with(rest.records));
        EXPECT_EQ(rest.batches[0].first_row, after + 1);
        EXPECT_EQ(rest.report.rejected, whole.report.rejected);
        EXPECT_EQ(rest.report.already + rest.report.records.at(RecordKind::event),
                  whole.report.records.at(RecordKind::event));
    }
}

TEST_F(LoaderTest, CanBeCancelledAndGoesOn) {
    std::string csv = "customer_id,timestamp,event,pad\n";
    const std::string pad(1000, 'x');
    for (int i = 0; i < 5000; ++i) {
        csv += std::to_string(i) + ",2024-01-01,e," + pad + "\n";
    }
    LoadRequest request{.file = write("data.csv", csv),
                        .mapping = default_mapping(DefaultKind::events)};
    auto loader = Loader::open(request, {});
    ASSERT_TRUE(loader);
    int calls = 0;
    std::uint64_t last_row = 0;
    std::uint64_t count = 0;
    const LoadWatch watch{.cancelled = [&] { return ++calls > 2; }};
    const BatchSink sink = [&](std::string bytes) -> Status {
        auto batch = RecordBatch::open(std::move(bytes));
        last_row = batch->header().last_row;
        count += batch->count();
        return done;
    };
    auto report = (*loader)->run({.sink = sink, .watch = watch});
    ASSERT_TRUE(report);
    EXPECT_FALSE(report->finished);
    EXPECT_LT(count, 5000U);
    EXPECT_EQ(count, last_row);
    auto again = Loader::open(request, {});
    ASSERT_TRUE(again);
    auto rest = (*again)->run({.after_row = last_row, .sink = sink});
    ASSERT_TRUE(rest);
    EXPECT_TRUE(rest->finished);
    EXPECT_EQ(count, 5000U);
}

TEST_F(LoaderTest, ALoadOnPurposeASecondTimeIsAnotherOne) {
    const std::string path = write("data.csv", "customer_id,timestamp,event\n1,2024-01-01,visit\n");
    auto loader = Loader::open({.file = path, .mapping = default_mapping(DefaultKind::events)}, {});
    ASSERT_TRUE(loader);
    EXPECT_EQ((*loader)->sequence(0), (*loader)->sequence());
    EXPECT_NE((*loader)->sequence(1), (*loader)->sequence());
    EXPECT_NE((*loader)->sequence(1), (*loader)->sequence(2));
    std::string logged;
    const BatchSink sink = [&](std::string bytes) -> Status {
        logged = RecordBatch::open(std::move(bytes))->header().sequence;
        return done;
    };
    ASSERT_TRUE((*loader)->run({.occurrence = 1, .sink = sink}));
    EXPECT_EQ(logged, (*loader)->sequence(1));
}

TEST_F(LoaderTest, ReportsProgress) {
    const std::string path = write("data.csv", "customer_id,plan\n1,a\n");
    std::vector<LoadProgress> told;
    const LoadWatch watch{
        .progress = [&](const LoadProgress& progress) { told.push_back(progress); }};
    auto loader =
        Loader::open({.file = path, .mapping = default_mapping(DefaultKind::traits)}, watch);
    ASSERT_TRUE(loader);
    ASSERT_TRUE((*loader)->run({.sink = [](std::string) { return Status(done); }, .watch = watch}));
    ASSERT_GE(told.size(), 2U);
    EXPECT_EQ(told.front().phase, LoadPhase::scan);
    EXPECT_EQ(told.back().phase, LoadPhase::load);
    EXPECT_EQ(told.back().bytes_done, told.back().bytes_total);
}

TEST_F(LoaderTest, AFailingSinkStopsTheLoad) {
    auto loader = Loader::open({.file = write("data.csv", "customer_id,plan\n1,a\n"),
                                .mapping = default_mapping(DefaultKind::traits)},
                               {});
    ASSERT_TRUE(loader);
    auto report = (*loader)->run({.sink = [](std::string) {
        return Status(Error{ErrorCode::io, "disk full", {}});
    }});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().message, "disk full");
}

constexpr std::string_view grouped = R"(
customer: who
time: at
skip: qty = 0
one event per: [invoice]
events:
  - name: case when sum(qty * price) < 0 then 'refund' else 'order' end
    properties:
      invoice: invoice
      lines: count()
      amount: sum(qty * price)
      first: first(product)
      all: list(product)
      priced: count(price)
      most: max(qty)
traits: {country: country}
)";

TEST_F(LoaderTest, FoldsLinesIntoOneEvent) {
    EXPECT_EQ(records(grouped,
                      "who,at,invoice,product,qty,price,country\n"
                      "a,2024-01-01,1,x,2,1.5,DE\n"
                      "a,2024-01-01,1,y,1,,DE\n"
                      "b,2024-01-02,2,x,-1,3,FR\n"
                      "a,2024-01-01,1,z,4,0.25,DE\n"
                      "a,2024-01-01,1,w,0,9,DE\n"),
              "event a @2024-01-01T00:00:00Z [order] invoice=1 lines=3 amount=4 first=\"x\" "
              "all=[\"x\",\"y\",\"z\"] "
              "priced=2 most=4\n"
              "traits a @2024-01-01T00:00:00Z country=\"DE\"\n"
              "event b @2024-01-02T00:00:00Z [refund] invoice=2 lines=1 amount=-3 first=\"x\" "
              "all=[\"x\"] priced=1 most=-1\n"
              "traits b @2024-01-02T00:00:00Z country=\"FR\"\n");
}

TEST_F(LoaderTest, GroupsResumeByTheirNumber) {
    std::string csv = "who,at,invoice,product,qty,price,country\n";
    for (int i = 0; i < 30'000; ++i) {
        // Two invoices at a time, line by line in turns.
        csv += "c,2024-01-01," + std::to_string(i / 4 * 2 + i % 2) + ",p,1,1,DE\n";
    }
    const std::string path = write("data.csv", csv);
    const Mapping mapping = mapping_of(grouped);
    const Loaded whole = load(path, mapping);
    EXPECT_EQ(whole.report.records.at(RecordKind::event), 15'000U);
    ASSERT_GE(whole.batches.size(), 2U);
    const Loaded rest = load(path, mapping, whole.batches[0].last_row);
    EXPECT_TRUE(whole.records.ends_with(rest.records));
    EXPECT_EQ(rest.report.already, whole.batches[0].last_row);
}

TEST_F(LoaderTest, LinesOfAGroupThatLieTooFarApartFailBeforeAnythingIsLogged) {
    std::string csv = "who,at,invoice,product,qty,price,country\na,2024-01-01,first,x,1,1,DE\n";
    const std::string pad(900'000, 'p');
    for (int i = 0; i < 100; ++i) {
        csv += "a,2024-01-01," + std::to_string(i) + "," + pad + ",1,1,DE\n";
    }
    const Mapping mapping = mapping_of(grouped);
    const Loaded sorted = load(write("sorted.csv", csv), mapping);
    EXPECT_EQ(sorted.error, "");
    EXPECT_EQ(sorted.report.records.at(RecordKind::event), 101U);
    const Loaded apart = load(write("apart.csv", csv + "a,2024-01-01,first,x,1,1,DE\n"), mapping);
    EXPECT_NE(apart.error.find("sort the file"), std::string::npos) << apart.error;
    EXPECT_TRUE(apart.batches.empty());
}

TEST_F(LoaderTest, ReadsMessages) {
    const Loaded loaded = load(
        write(
            "data.jsonl",
            R"({"type":"track","userId":"u","event":"e","timestamp":"2024-05-01","properties":{"n":1}})"
            "\nnot json\n"
            R"({"type":"alias","userId":"u","previousId":"v"})"
            "\n"),
        {});
    EXPECT_EQ(loaded.records, "event u @2024-05-01T00:00:00Z [e] n=1\n");
    EXPECT_EQ(loaded.report.rows, 3U);
    EXPECT_EQ(loaded.report.skipped, 1U);
    EXPECT_EQ(loaded.report.rejected.of(ingest::RejectReason::bad_json), 1U);
    EXPECT_EQ(loaded.batches.at(0).source, "messages");
}

TEST_F(LoaderTest, ExplainsMistakesOfTheMapping) {
    const std::string csv = "id,at,Country\n1,2024-01-01,DE\n";
    const auto error = [&](std::string_view yaml) { return records(yaml, csv); };
    EXPECT_NE(error("customer: id\ntraits: {c: Contry}").find("did you mean 'Country'?"),
              std::string::npos);
    EXPECT_NE(error("customer: id\ntraits: {c: Contry}").find("test.yaml:2:13"), std::string::npos);
    EXPECT_NE(error("customer: id\ntraits: {c: lower(Contry)}").find("no column 'Contry'"),
              std::string::npos);
    EXPECT_NE(error("customer: id\ntraits: {c: lower(}").find("test.yaml:2:13"), std::string::npos);
    EXPECT_NE(error("customer: id\ntypes: {Zip: string}\ntraits: {c: Country}").find("'Zip'"),
              std::string::npos);
    EXPECT_NE(
        error("customer: id\none event per: [Order]\ntime: at\nevents: {name: e}").find("'Order'"),
        std::string::npos);
}

/// One kind of row of a bad day; an empty reason: it is repaired, not rejected.
struct BrokenKind {
    std::string row;
    const char* reason;
};

std::vector<BrokenKind> broken_kinds() {
    using namespace std::string_literals;
    return {
        {"broken,yesterday noon,buy,5\n", "bad_time"},
        {",2024-01-01T00:00:00Z,buy,5\n", "missing_customer"},
        {"broken,2024-01-01T00:00:00Z,buy\n", "wrong_column_count"},
        {"broken,\"2024-01-01T00:00:00Z,buy,5\n", "broken_quotes"},
        {"broken,2024-01-01T00:00:00Z,caf\xe9,5\n", "not_utf8"},
        {"broken,2024-01-01T00:00:00Z,bu\0y,5\n"s, "nul_byte"},
        {"broken,2024-01-01T00:00:00Z," + std::string(10'000'000, 'x') + ",5\n", "field_too_long"},
        {"customer_id,timestamp,event,amount\n", "duplicate_header"},
        {"repaired,2024-01-01T00:00:00Z,buy,5\r\n", ""},
        {"\xef\xbb\xbfrepaired,2024-01-01T00:00:00Z,buy,5\n", ""}};
}

using ReasonsAtLines = std::multiset<std::pair<std::string, std::uint64_t>>;

/// Writes `good` rows with a hundred others strewn among them; returns what must be said of those.
ReasonsAtLines write_broken_file(const std::string& path, std::uint64_t good) {
    const std::vector<BrokenKind> kinds = broken_kinds();
    ReasonsAtLines expected;
    std::ofstream out(path, std::ios::binary);
    out << "customer_id,timestamp,event,amount\n";
    std::uint64_t line = 2;
    std::uint64_t strewn = 0;
    for (std::uint64_t i = 0; i < good; ++i, ++line) {
        out << 'c' << i % 1000 << ",2024-01-01T00:00:00Z,buy," << i << '\n';
        if ((i + 1) % std::max<std::uint64_t>(1, good / 100) != 0 || strewn == 100) {
            continue;
        }
        const BrokenKind& kind = kinds[strewn++ % kinds.size()];
        out << kind.row;
        ++line;
        if (*kind.reason != '\0') {
            expected.emplace(kind.reason, line);
        }
    }
    return expected;
}

TEST_F(LoaderTest, AMillionGoodRowsAndAHundredBrokenOnes) {
    const char* wanted = std::getenv("FINELINE_BROKEN_ROWS");  // NOLINT(concurrency-mt-unsafe)
    const std::uint64_t good = wanted == nullptr ? 50'000 : std::strtoull(wanted, nullptr, 10);
    const std::string path = directory_ + "/broken.csv";
    const ReasonsAtLines expected = write_broken_file(path, good);
    LoadRequest request{.file = path,
                        .mapping = default_mapping(DefaultKind::events),
                        .rejects_directory = directory_ + "/rejects"};
    auto loader = Loader::open(request, {});
    ASSERT_TRUE(loader) << loader.error().message;
    EXPECT_EQ((*loader)->columns()[3].type, ingest::ColumnType::number);
    std::uint64_t records = 0;
    double sum = 0;
    const BatchSink sink = [&](std::string bytes) -> Status {
        auto batch = RecordBatch::open(std::move(bytes));
        EXPECT_TRUE(batch);
        batch->for_each([&](const RecordView& record) {
            ++records;
            auto properties = record.properties();
            std::uint32_t name = 0;
            Datum value;
            while (properties.next(name, value)) {
                sum += record.customer == "repaired" ? 0 : value.number();
            }
        });
        return done;
    };
    auto report = (*loader)->run({.sink = sink});
    ASSERT_TRUE(report) << report.error().message;
    EXPECT_EQ(records, good + 20);
    EXPECT_DOUBLE_EQ(sum, static_cast<double>(good) * static_cast<double>(good - 1) / 2);
    EXPECT_EQ(report->rejected.total(), 80U);
    ReasonsAtLines named;
    Loaded loaded;
    loaded.report = *report;
    for (const Json& entry : rejects(loaded)) {
        named.emplace(*entry.find("reason")->string(),
                      static_cast<std::uint64_t>(*entry.find("line")->number()));
    }
    EXPECT_EQ(named, expected);
}

}  // namespace
}  // namespace fineline::mapping
