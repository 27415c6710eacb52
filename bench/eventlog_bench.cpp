#include "base/random.h"
#include "eventlog/event_log.h"
#include "eventlog/grouping_log.h"
#include "model/record_batch.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

// Measures the log: encode, append durably, append with message ids, replay, erase.
// Usage: eventlog_bench [EVENTS] [DIRECTORY]   (default 2,000,000 events, the system's temporary
// directory)

namespace fineline {

namespace {

/// Time since its making: on the wall, and of this process on a processor, which neighbours disturb
/// less.
class Stopwatch {
  public:
    [[nodiscard]] double wall() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
    }

    [[nodiscard]] double processor() const {
        return static_cast<double>(std::clock() - processor_) / CLOCKS_PER_SEC;
    }

  private:
    std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
    std::clock_t processor_ = std::clock();
};

/// What one run took for so many events.
struct Run {
    double events = 0;
    double wall = 0;
    double processor = 0;
};

constexpr int runs = 3;

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

Run append_all(eventlog::EventLog& log, std::vector<std::string> batches, std::size_t events) {
    const Stopwatch watch;
    for (std::string& batch : batches) {
        value_of(log.append(std::move(batch)));
    }
    return {static_cast<double>(events), watch.wall(), watch.processor()};
}

/// As a server's writer does when several requests wait: so many batches become durable together.
Run append_grouped(eventlog::EventLog& log,
                   std::vector<std::string> batches,
                   std::size_t events,
                   std::size_t at_once) {
    const Stopwatch watch;
    for (std::size_t first = 0; first < batches.size(); first += at_once) {
        const std::size_t end = std::min(batches.size(), first + at_once);
        std::vector<std::string> group(
            std::make_move_iterator(batches.begin() + static_cast<std::ptrdiff_t>(first)),
            std::make_move_iterator(batches.begin() + static_cast<std::ptrdiff_t>(end)));
        for (auto& appended : eventlog::append_all(log, std::move(group))) {
            value_of(std::move(appended));
        }
    }
    return {static_cast<double>(events), watch.wall(), watch.processor()};
}

/// Walks over every property of every record, as the fold does.
Run replay(eventlog::EventLog& log) {
    const Stopwatch watch;
    std::uint64_t missing = 0;
    for (Position at(0); at < log.end();) {
        auto stored = value_of(log.read(at));
        const RecordBatch batch = value_of(RecordBatch::open(std::move(stored.bytes)));
        batch.for_each([&](const RecordView& record) {
            auto properties = record.properties();
            std::uint32_t name = 0;
            Datum value;
            while (properties.next(name, value)) {
                missing += value.is_missing() ? 1U : 0U;
            }
        });
        at = Position(stored.first.value() + batch.count());
    }
    if (missing > 0) {
        fail({ErrorCode::internal, "the events have no missing values", {}});
    }
    return {static_cast<double>(log.end().value()), watch.wall(), watch.processor()};
}

/// Prints the run of median wall time.
void report(const std::string& what, std::vector<Run> measured) {
    std::sort(measured.begin(), measured.end(), [](const Run& a, const Run& b) {
        return a.wall < b.wall;
    });
    const Run& run = measured[measured.size() / 2];
    std::printf("%-44s %8.3f M events/s  (%.3f to %.3f; %.3f per processor second)\n",
                what.c_str(),
                run.events / run.wall / 1e6,
                run.events / measured.back().wall / 1e6,
                run.events / measured.front().wall / 1e6,
                run.events / run.processor / 1e6);
    std::fflush(stdout);
}

void bench_appending(const std::string& directory, const Load& load) {
    std::vector<Run> measured;
    for (int run = 0; run < runs; ++run) {
        std::filesystem::remove_all(directory);
        const auto log = value_of(eventlog::open_sqlite_log(directory, {}));
        measured.push_back(append_all(*log, make_batches(load, 1), load.events));
    }
    report("append, batches of " + std::to_string(load.events_per_batch) +
               (load.has_message_ids ? ", message ids" : ""),
           measured);
}

/// Small requests that wait together, stored one by one and as groups; by turns, so that what else
/// the machine does hits all alike.
void bench_grouping(const std::string& directory, std::size_t events) {
    constexpr std::array<std::size_t, 3> groups{1, 8, 64};
    constexpr std::size_t events_per_batch = 10;
    std::array<std::vector<Run>, groups.size()> measured;
    for (int run = 0; run < runs; ++run) {
        for (std::size_t i = 0; i < groups.size(); ++i) {
            std::filesystem::remove_all(directory);
            const auto log = value_of(eventlog::open_sqlite_log(directory, {}));
            const Load load{
                .events = events, .events_per_batch = events_per_batch, .has_message_ids = true};
            measured[i].push_back(append_grouped(*log, make_batches(load, 1), events, groups[i]));
        }
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
        report("append, batches of 10, ids, " + std::to_string(groups[i]) + " together",
               measured[i]);
    }
}

void bench_replay_and_erasure(const std::string& directory) {
    auto log = value_of(eventlog::open_sqlite_log(directory, {}));
    const auto events = static_cast<double>(log->end().value());
    replay(*log);
    std::vector<Run> measured;
    for (int run = 0; run < runs; ++run) {
        measured.push_back(replay(*log));
    }
    report("replay, every property read", measured);
    const Stopwatch verifying;
    if (const Status verified = log->verify(); !verified) {
        fail(verified.error());
    }
    report("verify", {{events, verifying.wall(), verifying.processor()}});
    const Stopwatch erasing;
    value_of(log->erase([](const RecordBatch& /*batch*/, const RecordView& record) {
        return record.customer == "customer-17";
    }));
    report("erase one customer", {{events, erasing.wall(), erasing.processor()}});
    log.reset();
    std::printf("%-44s %8.1f bytes\n",
                "an event on disk",
                static_cast<double>(file_bytes(directory)) / events);
}

/// Measures whether an append costs as much at the end as at the start of a growing log.
void bench_growth(const std::string& directory, std::size_t events) {
    std::filesystem::remove_all(directory);
    const auto log = value_of(eventlog::open_sqlite_log(directory, {}));
    const std::size_t step = std::max<std::size_t>(events / 4, 1);
    for (std::size_t held = 0; held < events; held += step) {
        const Load load{.events = step, .events_per_batch = 1000, .has_message_ids = true};
        const Run run = append_all(*log, make_batches(load, held), step);
        const double batches = static_cast<double>(step) / 1000;
        std::printf("%-44s %8.3f ms a batch  (%.3f ms of a processor)\n",
                    ("append 1000 with ids, " + std::to_string(held) + " held").c_str(),
                    run.wall * 1e3 / batches,
                    run.processor * 1e3 / batches);
        std::fflush(stdout);
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
    fineline::bench_grouping(directory, std::max<std::size_t>(events / 50, 1));
    fineline::bench_growth(directory, events);
    fineline::bench_appending(
        directory, {.events = events / 4, .events_per_batch = 1000, .has_message_ids = true});
    fineline::bench_appending(directory, {.events = events, .events_per_batch = 1000});
    fineline::bench_appending(directory, {.events = events, .events_per_batch = 10'000});
    fineline::bench_replay_and_erasure(directory);
    std::filesystem::remove_all(directory);
    return 0;
}
