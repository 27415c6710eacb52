// Reading CSV and JSON Lines from memory: MB/s and rows/s of each step on the way to a record
// batch.
//
//   ingest_bench [MILLIONS OF ROWS]      default 1
#include "base/random.h"
#include "ingest/csv_reader.h"
#include "ingest/csv_types.h"
#include "ingest/json_lines.h"
#include "ingest/message_reader.h"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace fineline::ingest {
namespace {

/// What a step has worked through.
struct Work {
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
};

std::string two_digits(std::uint64_t number) {
    return {static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
}

/// Draws rows like SegBench's: an event, its time, and one to three properties.
class RowDraw {
  public:
    std::string customer, time, event, amount, category, device;

    void next() {
        customer = "c" + std::to_string(random_.below(50'000));
        time = "2024-" + two_digits(1 + random_.below(12)) + "-" +
               two_digits(1 + random_.below(28)) + "T" + two_digits(random_.below(24)) + ":" +
               two_digits(random_.below(60)) + ":" + two_digits(random_.below(60)) + ".123Z";
        const std::uint64_t share = random_.below(100);
        event = share < 60 ? "page_view" : share < 92 ? "purchase" : "app_open";
        amount = event == "purchase" ? std::to_string(random_.below(20'000)) + ".25" : "";
        category = share < 92 ? "cat" + std::to_string(random_.below(20)) : "";
        device = random_.below(3) == 0 ? "ios" : "web";
    }

  private:
    Random random_{1};
};

/// `quote` stands around the texts: a quote, or nothing.
std::string csv_text(std::uint64_t rows, const std::string& quote) {
    RowDraw draw;
    std::string text = "customer_id,timestamp,event,amount,category,device\n";
    for (std::uint64_t i = 0; i < rows; ++i) {
        draw.next();
        text += quote + draw.customer + quote + "," + draw.time + "," + quote + draw.event + quote +
                "," + draw.amount + "," + quote + draw.category + quote + "," + draw.device + "\n";
    }
    return text;
}

std::string json_text(std::uint64_t rows) {
    RowDraw draw;
    std::string text;
    for (std::uint64_t i = 0; i < rows; ++i) {
        draw.next();
        text += R"({"type":"track","messageId":"m)" + std::to_string(i) + R"(","userId":")" +
                draw.customer + R"(","timestamp":")" + draw.time + R"(","event":")" + draw.event +
                R"(","properties":{"device":")" + draw.device + "\"";
        text += draw.category.empty() ? "" : R"(,"category":")" + draw.category + "\"";
        text += draw.amount.empty() ? "" : R"(,"amount":)" + draw.amount;
        text += "}}\n";
    }
    return text;
}

[[noreturn]] void stop(const std::string& why) {
    std::fprintf(stderr, "ingest_bench: %s\n", why.c_str());
    std::exit(1);
}

std::unique_ptr<InputStream> stream_of(const std::string& text) {
    auto input = InputStream::open(memory_source(text, "bench"));
    if (!input) {
        stop(input.error().message);
    }
    return std::move(*input);
}

/// How far the rows are followed.
enum class Depth : std::uint8_t { split, whole };

/// Splits and judges rows; the whole: infers the types of columns, as the first scan does.
Work read_csv(const std::string& text, Depth depth) {
    const auto input = stream_of(text);
    const auto reader = CsvReader::open(*input, {});
    if (!reader) {
        stop(reader.error().message);
    }
    TypeInference types((*reader)->columns());
    Work work{.bytes = text.size()};
    while (true) {
        const auto outcome = (*reader)->next();
        if (!outcome || *outcome == CsvReader::Outcome::reject) {
            stop("a good row was not read");
        }
        if (*outcome == CsvReader::Outcome::end) {
            break;
        }
        ++work.rows;
        if (depth == Depth::whole) {
            types.add((*reader)->row().cells, (*reader)->row().line);
        }
    }
    return work;
}

/// Reads lines; the whole: makes them record batches of 10,000.
Work read_json(const std::string& text, Depth depth) {
    const auto input = stream_of(text);
    const auto reader = JsonLinesReader::open(*input);
    if (!reader) {
        stop(reader.error().message);
    }
    MessageReader messages({});
    RecordBatchBuilder batch;
    RowRecords records;
    RecordTally tally;
    Work work{.bytes = text.size()};
    while (true) {
        const auto outcome = (*reader)->next();
        if (!outcome || *outcome == JsonLinesReader::Outcome::reject) {
            stop("a good line was not read");
        }
        if (*outcome == JsonLinesReader::Outcome::end) {
            break;
        }
        ++work.rows;
        if (depth == Depth::split) {
            continue;
        }
        const auto flaw = messages.read((*reader)->line().value, {}, batch, records);
        if (!flaw || *flaw) {
            stop("a good message was not read");
        }
        records.commit(batch, tally);
        if (batch.count() >= 10'000) {
            const std::string encoded = batch.finish({});
        }
    }
    return work;
}

/// CPU time of this thread, which a busy machine does not stretch.
double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

template <class Step>
void measure(const char* name, const std::string& text, Step step) {
    const double start = cpu_seconds();
    const Work work = step(text);
    const double seconds = cpu_seconds() - start;
    std::printf("| %s | %.0f | %.2f |\n",
                name,
                static_cast<double>(work.bytes) / seconds / 1e6,
                static_cast<double>(work.rows) / seconds / 1e6);
    std::fflush(stdout);
}

void run(std::uint64_t rows) {
    const std::string plain = csv_text(rows, "");
    std::printf("%llu rows:\n\n| step | MB a second | million rows a second |\n|---|---:|---:|\n",
                static_cast<unsigned long long>(rows));
    measure("bytes and digest alone", plain, [](const std::string& text) {
        const auto input = stream_of(text);
        std::vector<char> buffer(1 << 20);
        while (*input->read(buffer) > 0) {
        }
        return Work{.bytes = text.size()};
    });
    measure(
        "CSV, rows", plain, [](const std::string& text) { return read_csv(text, Depth::split); });
    measure("CSV, rows and types of columns", plain, [](const std::string& text) {
        return read_csv(text, Depth::whole);
    });
    measure("CSV with quoted texts, rows", csv_text(rows, "\""), [](const std::string& text) {
        return read_csv(text, Depth::split);
    });
    const std::string json = json_text(rows);
    measure("JSON Lines, values", json, [](const std::string& text) {
        return read_json(text, Depth::split);
    });
    measure("JSON Lines, messages to batches", json, [](const std::string& text) {
        return read_json(text, Depth::whole);
    });
}

}  // namespace
}  // namespace fineline::ingest

int main(int argc, char** argv) {
    const int millions = argc > 1 ? std::atoi(argv[1]) : 1;
    fineline::ingest::run(static_cast<std::uint64_t>(std::max(1, millions)) * 1'000'000);
    return 0;
}
