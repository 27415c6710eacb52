// What living costs, in process, log and fsync included.
//
//   engine_bench stream [SECONDS]     batches of 100 with 100 segments: events/s, and how long
//   after the
//                                   acknowledgement the feed has a change
//   engine_bench wave [MILLIONS]      that many customers leave at one instant: seconds until
//   drained,
//                                   and what a batch and a look-up cost meanwhile
//   engine_bench backfill [MILLIONS]  a new segment over that many events: seconds until it serves
#include "base/random.h"
#include "engine/live.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace fineline::engine {
namespace {

using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point start) {
    return std::chrono::duration<double>(Steady::now() - start).count();
}

/// A clock that can be put forward while others look at it.
class BenchClock final : public Clock {
  public:
    [[nodiscard]] Instant now() const override {
        return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()) +
               Duration(ahead_.load());
    }

    void put_forward(Duration by) { ahead_ += by.count(); }

  private:
    std::atomic<std::int64_t> ahead_ = 0;
};

/// Events of seven names by skewed customers, about now.
class Generator {
  public:
    explicit Generator(std::uint32_t customers, std::uint64_t seed = 1)
        : customers_(customers), random_(seed) {}

    [[nodiscard]] std::string batch(std::uint32_t records, Instant received, Duration back) {
        for (std::uint32_t i = 0; i < records; ++i) {
            const double skewed = std::pow(random_.uniform(), 2.2) * customers_;
            const Duration ago(
                static_cast<std::int64_t>(random_.uniform() * static_cast<double>(back.count())));
            add(static_cast<std::uint32_t>(skewed), received - ago);
        }
        return builder_.finish({.source = "bench", .received_at = received, .sequence = {}});
    }

    /// One purchase each of the customers from `first` on.
    [[nodiscard]] std::string purchases(std::uint32_t first, std::uint32_t count, Instant at) {
        for (std::uint32_t i = 0; i < count; ++i) {
            const std::string who = "c" + std::to_string(first + i);
            builder_.add({.kind = RecordKind::event,
                          .customer = who,
                          .time = at,
                          .name = builder_.name("purchase")});
        }
        return builder_.finish({.source = "bench", .received_at = at, .sequence = {}});
    }

  private:
    void add(std::uint32_t customer, Instant at) {
        const std::string who = "c" + std::to_string(customer);
        const std::uint64_t share = random_.below(100);
        const char* const name = share < 60   ? "page_view"
                                 : share < 80 ? "product_view"
                                 : share < 88 ? "add_to_cart"
                                 : share < 92 ? "purchase"
                                 : share < 97 ? "email_open"
                                 : share < 99 ? "app_open"
                                              : "support_ticket";
        const std::string category = "cat" + std::to_string(random_.below(20));
        const std::vector<NamedDatum> values{
            {builder_.name("category"), Datum::of(std::string_view(category))},
            {builder_.name("amount"), Datum::of(static_cast<double>(random_.below(20000)) / 100)}};
        const std::string id = std::to_string(++messages_);
        builder_.add({.kind = RecordKind::event,
                      .customer = who,
                      .time = at,
                      .name = builder_.name(name),
                      .message_id = id,
                      .properties = values});
    }

    std::uint32_t customers_;
    Random random_;
    std::uint64_t messages_ = 0;
    RecordBatchBuilder builder_;
};

/// A hundred segments: twenty questions, each asked in five sizes.
std::vector<PortfolioEdit> hundred_segments() {
    const std::vector<std::string> templates = {
        "count(page_view, last # days) >= 3",
        "count(product_view, last # days) >= 2",
        "did purchase last # days",
        "did add_to_cart last # days and did not purchase last # days",
        "since_last(purchase) > # days",
        "since_last(page_view) > # days",
        "sum(purchase.amount, last # days) > 100",
        "avg(purchase.amount) > #",
        "count(purchase) >= #",
        "distinct(product_view.category, last # days) >= 3",
        "did email_open and did not app_open last # days",
        "sequence(add_to_cart -> no purchase within # hours)",
        "sequence(product_view -> purchase within # hours)",
        "days(page_view, last # days) >= 2",
        "count(any, today) >= #",
        "count(page_view, this week) >= #",
        "did support_ticket last # days",
        "count(app_open, # to 1 days ago) >= 1",
        "last(product_view.category) = 'cat#'",
        "did purchase where amount > # last 30 days"};
    std::vector<PortfolioEdit> edits;
    for (const char* const size : {"2", "4", "7", "11", "17"}) {
        for (std::size_t i = 0; i < templates.size(); ++i) {
            std::string text = templates[i];
            for (std::size_t at = text.find('#'); at != std::string::npos; at = text.find('#')) {
                text.replace(at, 1, size);
            }
            edits.push_back({.kind = PortfolioEdit::Kind::segment,
                             .name = "s" + std::to_string(i) + "_" + size,
                             .text = text});
        }
    }
    return edits;
}

/// A directory of its own that lives, removed at the end.
class Bench {
  public:
    Bench() : directory_(std::filesystem::temp_directory_path() / "fineline_engine_bench") {
        std::filesystem::remove_all(directory_);
        LiveOptions options;
        options.open.create = true;
        auto opened = Live::open(directory_.string(), options, clock);
        require(opened.has_value(), "cannot open");
        live = std::move(*opened);
    }

    ~Bench() {
        live.reset();
        std::filesystem::remove_all(directory_);
    }

    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;
    Bench(Bench&&) = delete;
    Bench& operator=(Bench&&) = delete;

    void define(const std::vector<PortfolioEdit>& edits) {
        const auto defined = live->edit(edits, std::nullopt);
        require(defined.has_value(), defined ? "" : defined.error().message.c_str());
        require(live->settle().has_value(), "cannot settle");
    }

    BenchClock clock;
    std::unique_ptr<Live> live;

  private:
    std::filesystem::path directory_;
};

double percentile(std::vector<double> values, double share) {
    if (values.empty()) {
        return 0;
    }
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Pairs acknowledgements with the moment the feed has what their step told. Safe to share.
class FeedLag {
  public:
    void acknowledged(std::uint64_t last_change) {
        const std::lock_guard lock(mutex_);
        if (last_change > seen_) {
            waiting_.try_emplace(last_change, Steady::now());
        } else {
            lags_ms_.push_back(0);
        }
    }

    void heard(std::uint64_t number) {
        const std::lock_guard lock(mutex_);
        seen_ = number;
        while (!waiting_.empty() && waiting_.begin()->first <= number) {
            lags_ms_.push_back(seconds_since(waiting_.begin()->second) * 1000);
            waiting_.erase(waiting_.begin());
        }
    }

    [[nodiscard]] std::vector<double> lags_ms() const {
        const std::lock_guard lock(mutex_);
        return lags_ms_;
    }

  private:
    mutable std::mutex mutex_;
    std::uint64_t seen_ = 0;
    std::map<std::uint64_t, Steady::time_point> waiting_;
    std::vector<double> lags_ms_;
};

void stream(double seconds) {
    Bench bench;
    Generator generator(100'000);
    for (int i = 0; i < 50; ++i) {
        const std::string batch =
            generator.batch(10'000, bench.clock.now(), std::chrono::hours(24 * 60));
        require(bench.live->append_and_wait(batch).has_value(), "cannot append");
    }
    auto start = Steady::now();
    bench.define(hundred_segments());
    std::printf("100 segments over 500,000 events serve after %.2f s\n", seconds_since(start));
    FeedLag lag;
    std::atomic<bool> finished = false;
    std::atomic<std::uint64_t> heard = 0;
    auto subscription = bench.live->subscribe(bench.live->view()->last_change());
    require(subscription.has_value(), "cannot subscribe");
    std::thread listener([&] {
        while (!finished) {
            const Received received = subscription->next(10'000, std::chrono::milliseconds(50));
            if (!received.changes.empty()) {
                heard += received.changes.size();
                lag.heard(received.changes.back().number);
            }
        }
    });
    std::uint64_t sent = 0;
    std::uint64_t refused = 0;
    start = Steady::now();
    while (seconds_since(start) < seconds) {
        std::string batch = generator.batch(100, bench.clock.now(), std::chrono::seconds(30));
        while (bench.live->status().queue_batches > 16) {
            ++refused;
            std::this_thread::sleep_for(std::chrono::microseconds(200));
        }
        const Status taken =
            bench.live->append(std::move(batch), [&](const Result<LiveAppended>& appended) {
                lag.acknowledged(appended ? appended->last_change : 0);
            });
        sent += taken ? 100U : 0U;
    }
    const Status settled = bench.live->advance();
    const double took = seconds_since(start);
    finished = true;
    listener.join();
    const LiveStatus status = bench.live->status();
    std::printf("%.0f events/s with 100 segments, %.1f evaluations an event, %llu changes%s\n",
                static_cast<double>(sent) / took,
                static_cast<double>(status.evaluations) / static_cast<double>(sent),
                static_cast<unsigned long long>(heard.load()),
                settled ? "" : " (failed)");
    std::printf("acknowledged to feed: p50 %.2f ms, p99 %.2f ms\n",
                percentile(lag.lags_ms(), 0.5),
                percentile(lag.lags_ms(), 0.99));
}

void wave(double millions) {
    Bench bench;
    const auto customers = static_cast<std::uint32_t>(millions * 1e6);
    bench.define({{PortfolioEdit::Kind::segment, "recent", "did purchase last 1 day"},
                  {PortfolioEdit::Kind::segment, "ever", "did purchase"},
                  {PortfolioEdit::Kind::segment, "gone", "segment ever and not segment recent"}});
    Generator generator(1000, 2);
    const Instant at = bench.clock.now();
    constexpr std::uint32_t at_once = 20'000;
    auto start = Steady::now();
    for (std::uint32_t first = 0; first < customers; first += at_once) {
        const std::uint32_t count = std::min(at_once, customers - first);
        require(bench.live->append_and_wait(generator.purchases(first, count, at)).has_value(),
                "cannot append");
    }
    std::printf("%u customers entered in %.2f s\n", customers, seconds_since(start));
    bench.clock.put_forward(std::chrono::hours(24));
    start = Steady::now();
    std::vector<double> appends_ms;
    std::uint64_t wrong = 0;
    std::uint64_t looked_up = 0;
    constexpr std::uint64_t still_buying = 1000;  // the customers of the batches meanwhile
    while (bench.live->view()->segment("recent")->members > still_buying) {
        const Steady::time_point before = Steady::now();
        const std::string batch = generator.batch(100, bench.clock.now(), std::chrono::seconds(30));
        require(bench.live->append_and_wait(batch).has_value(), "cannot append");
        appends_ms.push_back(seconds_since(before) * 1000);
        for (std::uint32_t i = 0; i < 20; ++i, ++looked_up) {
            const std::string who =
                "c" + std::to_string(1000 + (looked_up * 7919) % (customers - 1000));
            const auto found = bench.live->view()->lookup(who, bench.clock.now());
            const bool is_gone =
                found && found->segments.size() == 2 && found->segments[1].segment == "gone";
            wrong += is_gone ? 0U : 1U;
        }
        if (seconds_since(start) > 120) {
            break;
        }
    }
    std::printf(
        "drained in %.2f s; a batch of 100 meanwhile: p50 %.1f ms, worst %.1f ms; "
        "%llu of %llu look-ups wrong\n",
        seconds_since(start),
        percentile(appends_ms, 0.5),
        percentile(appends_ms, 1),
        static_cast<unsigned long long>(wrong),
        static_cast<unsigned long long>(looked_up));
}

void backfill(double millions) {
    Bench bench;
    Generator generator(static_cast<std::uint32_t>(millions * 1e5), 3);
    auto start = Steady::now();
    for (int i = 0; i < static_cast<int>(millions * 100); ++i) {
        const std::string batch =
            generator.batch(10'000, bench.clock.now(), std::chrono::hours(24 * 365));
        require(bench.live->append_and_wait(batch).has_value(), "cannot append");
    }
    std::printf("%.1f million events in %.1f s\n", millions, seconds_since(start));
    const std::vector<std::string> texts = {
        "did purchase last 30 days",
        "count(page_view, last 90 days) >= 3",
        "sum(purchase.amount) > 500 and did not app_open last 30 days",
        "sequence(product_view -> purchase within 2 days, last 90 days)",
        "percentile(sum(purchase.amount)) >= 90"};
    for (const std::string& text : texts) {
        start = Steady::now();
        bench.define({{PortfolioEdit::Kind::segment, "s" + std::to_string(text.size()), text}});
        std::printf("%6.2f s until it serves: %s\n", seconds_since(start), text.c_str());
    }
    start = Steady::now();
    bench.define(hundred_segments());
    std::printf("%6.2f s until it serves: a hundred segments at once\n", seconds_since(start));
    start = Steady::now();
    require(bench.live->write_checkpoint().has_value(), "cannot write");
    std::printf("%6.2f s for a checkpoint\n", seconds_since(start));
}

int main_of(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "";
    const double size = argc > 2 ? std::atof(argv[2]) : 0;
    if (what == "stream") {
        stream(size > 0 ? size : 10);
    } else if (what == "wave") {
        wave(size > 0 ? size : 1);
    } else if (what == "backfill") {
        backfill(size > 0 ? size : 10);
    } else {
        std::puts("engine_bench stream [SECONDS] | wave [MILLIONS] | backfill [MILLIONS]");
        return 2;
    }
    return 0;
}

}  // namespace
}  // namespace fineline::engine

int main(int argc, char** argv) {
    return fineline::engine::main_of(argc, argv);
}
