#include "base/random.h"
#include "eventlog/event_log.h"
#include "model/record_batch.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

// Measures the log: encode, append durably, append with message ids, replay, erase.
// Usage: eventlog_bench [EVENTS] [DIRECTORY]   (default 2,000,000 events, the system's temporary
// directory)

namespace fineline {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int runs = 3;

double seconds_since(Clock::time_point began) {
    return std::chrono::duration<double>(Clock::now() - began).count();
}

[[noreturn]] void fail(const Error& error) {
    std::fprintf(stderr, "eventlog_bench: %s\n", error.message.c_str());
    std::exit(1);
}

template <class T>
T value_of(Result<T> result) {
    if (!result) {
        fail(result.error());
    }
    return std::move(*result);
}

/// What is appended in one measurement.
struct Load {
    std::size_t events = 0;
    std::size_t events_per_batch = 0;
    bool has_message_ids = false;
};

/// Makes batches of shop events of about 60 bytes: customer, time, product, quantity, amount.
std::vector<std::string> make_batches(const Load& load, std::uint64_t first_id) {
    Random random(load.events_per_batch + first_id);
    std::vector<std::string> batches;
    RecordBatchBuilder builder;
    for (std::size_t made = 0; made < load.events; ++made) {
        const std::string customer = "customer-" + std::to_string(random.below(200'000));
        const std::string product = "sku" + std::to_string(random.below(5'000));
        const std::string id =
            load.has_message_ids ? "message-" + std::to_string(first_id + made) : "";
        const std::array<NamedDatum, 3> properties{
            {{builder.name("product"), Datum::of(std::string_view(product))},
             {builder.name("quantity"), Datum::of(static_cast<double>(random.below(9) + 1))},
             {builder.name("amount"), Datum::of(static_cast<double>(random.below(40'000)) / 4)}}};
        RecordDraft draft;
        draft.customer = customer;
        draft.time = Instant(std::chrono::seconds(1'700'000'000 + random.below(30'000'000)));
        draft.name = builder.name(random.below(4) == 0 ? "purchase" : "view");
        draft.message_id = id;
        draft.properties = properties;
        builder.add(draft);
        if (builder.count() == load.events_per_batch || made + 1 == load.events) {
            BatchHeader header;
            header.source = "bench";
            header.received_at = Instant(std::chrono::seconds(1'700'000'000));
            batches.push_back(builder.finish(header));
        }
    }
    return batches;
}

std::uint64_t file_bytes(const std::string& directory) {
    std::uint64_t bytes = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
        bytes += entry.file_size();
    }
    return bytes;
}

/// Appends all batches; returns the seconds.
double append_all(eventlog::EventLog& log, std::vector<std::string> batches) {
    const auto began = Clock::now();
    for (std::string& batch : batches) {
        value_of(log.append(std::move(batch)));
    }
    return seconds_since(began);
}

/// Walks over every property of every record as the fold does; returns the seconds.
double replay(eventlog::EventLog& log, std::size_t& events) {
    const auto began = Clock::now();
    events = 0;
    std::uint64_t touched = 0;
    for (Position at(0); at < log.end();) {
        auto stored = value_of(log.read(at));
        const RecordBatch batch = value_of(RecordBatch::open(std::move(stored.bytes)));
        batch.for_each([&](const RecordView& record) {
            auto properties = record.properties();
            std::uint32_t name = 0;
            Datum value;
            while (properties.next(name, value)) {
                touched += name;
            }
        });
        events += batch.count();
        at = Position(stored.first.value() + batch.count());
    }
    if (touched == 1) {
        std::printf(" ");
    }
    return seconds_since(began);
}

void report(const std::string& what, std::vector<double> rates) {
    std::sort(rates.begin(), rates.end());
    std::printf("%-46s %8.2f M events/s  (%.2f to %.2f)\n",
                what.c_str(),
                rates[rates.size() / 2] / 1e6,
                rates.front() / 1e6,
                rates.back() / 1e6);
    std::fflush(stdout);
}

void bench_appending(const std::string& directory, const Load& load) {
    std::vector<double> rates;
    for (int run = 0; run < runs; ++run) {
        std::filesystem::remove_all(directory);
        const auto log = value_of(eventlog::open_sqlite_log(directory, {}));
        rates.push_back(static_cast<double>(load.events) / append_all(*log, make_batches(load, 1)));
    }
    report("append, batches of " + std::to_string(load.events_per_batch) +
               (load.has_message_ids ? ", message ids" : ""),
           rates);
}

void bench_replay_and_erasure(const std::string& directory, std::size_t events) {
    auto log = value_of(eventlog::open_sqlite_log(directory, {}));
    std::vector<double> rates;
    for (int run = 0; run <= runs; ++run) {
        std::size_t found = 0;
        const double seconds = replay(*log, found);
        if (run > 0) {
            rates.push_back(static_cast<double>(found) / seconds);
        }
    }
    report("replay, every property read", rates);
    auto began = Clock::now();
    if (const Status verified = log->verify(); !verified) {
        fail(verified.error());
    }
    report("verify", {static_cast<double>(events) / seconds_since(began)});
    began = Clock::now();
    value_of(log->erase([](const RecordBatch& /*batch*/, const RecordView& record) {
        return record.customer == "customer-17";
    }));
    report("erase one customer", {static_cast<double>(events) / seconds_since(began)});
    log.reset();
    std::printf("%-46s %8.1f bytes\n",
                "an event on disk",
                static_cast<double>(file_bytes(directory)) / static_cast<double>(events));
}

/// Measures whether an append costs as much at the end as at the start of a growing log.
void bench_growth(const std::string& directory, std::size_t events) {
    std::filesystem::remove_all(directory);
    const auto log = value_of(eventlog::open_sqlite_log(directory, {}));
    const std::size_t step = std::max<std::size_t>(events / 4, 1);
    for (std::size_t held = 0; held < events; held += step) {
        const Load load{.events = step, .events_per_batch = 1000, .has_message_ids = true};
        const double seconds = append_all(*log, make_batches(load, held));
        std::printf("%-46s %8.3f ms a batch\n",
                    ("append 1000 with ids, " + std::to_string(held) + " held").c_str(),
                    seconds * 1e3 * 1000 / static_cast<double>(step));
    }
}

void print_machine(std::size_t events) {
    utsname machine{};
    uname(&machine);
    std::string model = "unknown CPU";
    std::ifstream cpus("/proc/cpuinfo");
    for (std::string line; std::getline(cpus, line);) {
        if (line.rfind("model name", 0) == 0) {
            model = line.substr(line.find(':') + 2);
            break;
        }
    }
    std::printf(
        "eventlog_bench: %zu events, median of %d runs (least to most); %s, %u cores, %s %s, "
        "gcc-like %s\n",
        events,
        runs,
        model.c_str(),
        std::thread::hardware_concurrency(),
        machine.sysname,
        machine.release,
        __VERSION__);
#ifndef NDEBUG
    std::printf("assertions are on: these numbers are no result\n");
#endif
}

}  // namespace

}  // namespace fineline

int main(int argc, char** argv) {
    const std::size_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000;
    const std::string parent = argc > 2 ? argv[2] : std::filesystem::temp_directory_path().string();
    const std::string directory = parent + "/fineline-eventlog-bench-" + std::to_string(getpid());
    fineline::print_machine(events);
    fineline::bench_growth(directory, events);
    fineline::bench_appending(
        directory, {.events = events / 4, .events_per_batch = 1000, .has_message_ids = true});
    fineline::bench_appending(directory, {.events = events, .events_per_batch = 1000});
    fineline::bench_appending(directory, {.events = events, .events_per_batch = 10'000});
    fineline::bench_replay_and_erasure(directory, events);
    std::filesystem::remove_all(directory);
    return 0;
}
