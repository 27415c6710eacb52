// What the columns cost: folding, appending, compacting, scanning, writing and opening.
//
//   columns_bench [MILLIONS]             each step once, at that many events (2)
//   columns_bench growth MILLIONS…       appending and compacting at each size, as a table
#include "base/random.h"
#include "columns/checkpoint.h"
#include "columns/fold.h"

#include <time.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace fineline::columns {
namespace {

constexpr std::uint32_t batch_records = 10'000;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Makes batches like SegBench's events: skewed customers, in order of time, seven names.
class Generator {
  public:
    explicit Generator(std::uint32_t customers) : customers_(customers) {}

    [[nodiscard]] std::string batch(std::uint32_t records) {
        RecordBatchBuilder builder;
        for (std::uint32_t i = 0; i < records; ++i) {
            add(builder);
        }
        return builder.finish({});
    }

  private:
    void add(RecordBatchBuilder& builder) {
        const double skewed = std::pow(random_.uniform(), 2.2) * customers_;
        const std::string who = "c" + std::to_string(static_cast<std::uint32_t>(skewed));
        const std::uint64_t share = random_.below(100);
        const char* const name = share < 60   ? "page_view"
                                 : share < 80 ? "product_view"
                                 : share < 88 ? "add_to_cart"
                                 : share < 92 ? "purchase"
                                 : share < 97 ? "email_open"
                                 : share < 99 ? "app_open"
                                              : "support_ticket";
        static const char* const devices[] = {"web", "ios", "android"};
        const std::string category = "cat" + std::to_string(random_.below(20));
        std::vector<NamedDatum> values{
            {builder.name("device"), Datum::of(std::string_view(devices[random_.below(3)]))}};
        if (share < 92) {
            values.push_back({builder.name("category"), Datum::of(std::string_view(category))});
        }
        if (share >= 88 && share < 92) {
            values.push_back({builder.name("amount"),
                              Datum::of(static_cast<double>(random_.below(20000)) / 100)});
        }
        RecordDraft draft;
        draft.customer = who;
        at_ += Duration(static_cast<std::int64_t>(random_.below(1'000'000)));
        draft.time = at_;
        draft.name = builder.name(name);
        draft.properties = values;
        builder.add(draft);
    }

    std::uint32_t customers_;
    Random random_{1};
    Instant at_{std::chrono::hours(24 * 365 * 54)};
};

void measure_scan(const std::shared_ptr<const View>& view) {
    Reader reader(view);
    const EventNameId purchase = *reader.find_event("purchase");
    const Instant since = view->summary(purchase).last_seen - std::chrono::hours(24 * 30);
    const auto start = std::chrono::steady_clock::now();
    std::uint64_t members = 0;
    for (std::uint32_t i = 0; i < reader.ordinal_count(); ++i) {
        const EventRows rows = reader.events(CustomerOrdinal(i), purchase);
        members += rows.empty() || rows.time(rows.size() - 1) <= since ? 0U : 1U;
    }
    const double seconds = seconds_since(start);
    std::printf("scan     %9.1f ns/customer (%llu members)\n",
                seconds * 1e9 / reader.ordinal_count(),
                static_cast<unsigned long long>(members));
}

/// CPU time of this thread, which a busy machine does not stretch.
double cpu_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// CPU time, in microseconds, of appending that many batches of 1,000 records, publishing after
/// each.
double append_microseconds(Store& store, Generator& generator, int batches) {
    double seconds = 0;
    for (int i = 0; i < batches; ++i) {
        const auto batch = RecordBatch::open(generator.batch(1000));
        const double start = cpu_seconds();
        if (!store.apply(*batch, store.position())) {
            std::exit(1);
        }
        const auto view = store.publish();
        seconds += cpu_seconds() - start;
    }
    return seconds * 1e6;
}

void fill(Store& store, Generator& generator, std::uint64_t events) {
    while (store.position().value() < events) {
        const auto batch = RecordBatch::open(generator.batch(batch_records));
        if (!store.apply(*batch, store.position())) {
            std::exit(1);
        }
    }
}

/// A line of /proc/self/status, in MB.
double status_megabytes(const std::string& name) {
    std::ifstream status("/proc/self/status");
    std::string word;
    double kibibytes = 0;
    while (status >> word) {
        if (word == name) {
            status >> kibibytes;
        }
    }
    return kibibytes * 1024 / 1e6;
}

struct Compaction {
    double seconds = 0;
    double peak_megabytes = 0;  ///< beyond what was resident before
};

Compaction compact(Store& store) {
    // 5: forget the highest memory so far, so that the next reading is that of the compaction.
    std::ofstream("/proc/self/clear_refs") << "5";
    const double before = status_megabytes("VmRSS:");
    const double start = cpu_seconds();
    store.compact_all();
    return {.seconds = cpu_seconds() - start,
            .peak_megabytes = status_megabytes("VmHWM:") - before};
}

/// A store of one size, with 20,000 customers a million events, and a view of it that a reader
/// holds.
struct Grown {
    explicit Grown(std::uint32_t of) : millions(of), generator(of * 20'000) {
        fill(store, generator, std::uint64_t{of} * 1'000'000);
        old = store.publish();
    }

    std::uint32_t millions;
    Generator generator;
    Store store;
    std::shared_ptr<const View> old;
    double append = 0;  ///< microseconds, of all batches
};

/// What an append and a compaction cost as the columns grow, as rows of a table. The sizes take
/// turns, a few batches each, so that whatever else the machine does meets them all; in all there
/// are enough that every step of a delta's life is in it.
void run_growth(const std::vector<std::uint32_t>& sizes) {
    constexpr int turns = 40;
    constexpr int batches_a_turn = 50;
    std::vector<std::unique_ptr<Grown>> all;
    for (const std::uint32_t millions : sizes) {
        all.push_back(std::make_unique<Grown>(millions));
    }
    for (int turn = 0; turn < turns; ++turn) {
        for (const auto& one : all) {
            one->append += append_microseconds(one->store, one->generator, batches_a_turn);
        }
    }
    std::printf(
        "| million events held | customers | µs per batch of 1,000 | against the first | all "
        "compacted in | its peak beyond | bytes an event "
        "|\n|---:|---:|---:|---:|---:|---:|---:|\n");
    for (const auto& one : all) {
        const Compaction compaction = compact(one->store);
        std::printf("| %u | %u | %.0f | %.2f | %.2f s | %.0f MB | %.1f |\n",
                    one->millions,
                    one->millions * 20'000,
                    one->append / (turns * batches_a_turn),
                    one->append / all.front()->append,
                    compaction.seconds,
                    compaction.peak_megabytes,
                    static_cast<double>(one->store.bytes_in_memory()) /
                        static_cast<double>(one->store.event_count()));
    }
}

void run(std::uint32_t customers, std::uint32_t events) {
    Store store;
    Generator generator(customers);
    double fold = 0;
    for (std::uint32_t done_events = 0; done_events < events; done_events += batch_records) {
        const auto batch = RecordBatch::open(generator.batch(batch_records));
        const auto start = std::chrono::steady_clock::now();
        if (!store.apply(*batch, store.position())) {
            std::exit(1);
        }
        fold += seconds_since(start);
    }
    std::printf("fold     %9.2f M events/s (%u events, %u customers)\n",
                events / fold / 1e6,
                events,
                customers);
    const auto old = store.publish();
    constexpr int batches = 1000;
    std::printf("append   %9.1f µs per batch of 1,000 and publish, an old view held\n",
                append_microseconds(store, generator, batches) / batches);
    auto start = std::chrono::steady_clock::now();
    store.compact_all();
    std::printf("compact  %9.2f s\n", seconds_since(start));
    std::printf(
        "memory   %9.1f bytes/event\n",
        static_cast<double>(store.bytes_in_memory()) / static_cast<double>(store.event_count()));
    measure_scan(store.publish());
    const std::string path = "columns_bench.checkpoint";
    start = std::chrono::steady_clock::now();
    if (!write_checkpoint(store, path)) {
        std::exit(1);
    }
    std::printf("write    %9.2f s\n", seconds_since(start));
    start = std::chrono::steady_clock::now();
    const auto opened = open_checkpoint(path, {});
    std::printf("open     %9.3f s, ", seconds_since(start));
    start = std::chrono::steady_clock::now();
    const auto view = opened->store->publish();
    std::printf("first publish %.3f s\n", seconds_since(start));
    measure_scan(view);
    std::remove(path.c_str());
}

}  // namespace
}  // namespace fineline::columns

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    std::vector<std::uint32_t> millions;
    for (const std::string& argument : arguments) {
        millions.push_back(static_cast<std::uint32_t>(std::atoi(argument.c_str())));
    }
    if (!arguments.empty() && arguments.front() == "growth") {
        millions.erase(millions.begin());
        fineline::columns::run_growth(millions);
        return 0;
    }
    const std::uint32_t size = millions.empty() ? 2 : millions.front();
    fineline::columns::run(size * 20'000, size * 1'000'000);
    return 0;
}
