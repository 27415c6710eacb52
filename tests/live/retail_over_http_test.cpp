#include "base/path_for_tests.h"
#include "engine/live_for_tests.h"
#include "http/client.h"
#include "http/serving.h"
#include "retail_replay.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <thread>

// The retailer's year once more, message by message over HTTP, as an SDK would send it, under a
// clock that the test sets. At the end of days the members of each segment, read page by page, are
// what the same expression answers when asked, and the feed adds up to them.

namespace fineline::live {
namespace {

using engine::SharedClock;
using Ids = std::set<std::string>;

/// A server of this process over a directory of its own. One thread at a time.
class RetailServer {
  public:
    RetailServer() : clock(Instant(first_day)), path_(path_for_tests("retail_over_http")) {
        std::filesystem::remove_all(path_);
        http::ServingOptions options;
        options.directory = path_.string();
        options.live.open.log.synchronous = false;
        options.tracking.messages = {.per_second = 1e9, .burst = 1e9};
        EXPECT_TRUE(http::listen_on("127.0.0.1:0", options));
        auto started = http::Serving::start(std::move(options), clock, log_);
        EXPECT_TRUE(started) << started.error().message;
        serving_ = std::move(*started);
        for (const control::NewKey& key : serving_->new_keys()) {
            keys_[key.key.kind] = key.secret;
        }
    }

    ~RetailServer() {
        EXPECT_TRUE(serving_->stop());
        serving_.reset();
        std::filesystem::remove_all(path_);
    }

    RetailServer(const RetailServer&) = delete;
    RetailServer& operator=(const RetailServer&) = delete;
    RetailServer(RetailServer&&) = delete;
    RetailServer& operator=(RetailServer&&) = delete;

    /// The answer to a request that must succeed.
    Json call(http::Method method,
              const std::string& target,
              const Json& body,
              control::KeyKind key = control::KeyKind::admin) {
        const auto url =
            http::parse_url("http://127.0.0.1:" + std::to_string(serving_->port()) + target);
        http::Outgoing request{.method = method,
                               .body = body.is_null() ? "" : body.text(),
                               .headers = {{"Authorization", "Bearer " + keys_[key]}},
                               .time_max = std::chrono::minutes(5)};
        const auto answered = http::send_request(*url, request);
        EXPECT_TRUE(answered) << target << ": " << answered.error().message;
        EXPECT_EQ(answered->status, 200U) << target << ": " << answered->body.substr(0, 500);
        return *parse_json(answered->body);
    }

    SharedClock clock;

  private:
    std::filesystem::path path_;
    Log log_{LogLevel::error};
    std::map<control::KeyKind, std::string> keys_;
    std::unique_ptr<http::Serving> serving_;
};

Json message_of(const RetailRecord& record, const std::string& id) {
    const bool is_event = record.kind == RecordKind::event;
    Json properties{Json::Object{}};
    for (const auto& [name, value] : record.properties) {
        std::string storage;
        properties.set(name, to_json(borrow(value, storage)));
    }
    Json message;
    message.set("type", is_event ? "track" : "identify")
        .set("userId", record.customer)
        .set("messageId", id)
        .set("timestamp", to_iso(record.time))
        .set(is_event ? "properties" : "traits", std::move(properties));
    if (is_event) {
        message.set("event", record.name);
    }
    return message;
}

/// A year lived through over HTTP. One thread at a time.
class RetailOverHttp {
  public:
    RetailOverHttp(const std::vector<RetailRecord>& records, Order order)
        : records_(records), arrivals_(arrivals(records, order)) {
        server_.call(
            http::Method::put, "/v1/settings/time_zone", Json().set("value", "Europe/London"));
        for (std::size_t i = 0; i < questions.size(); ++i) {
            define("q" + std::to_string(i), questions[i]);
        }
        define("of", "segment q0 and segment q16");
        define("of_of", "segment of and not segment q8");
    }

    void play_until(Instant end) {
        constexpr std::size_t at_once = 150;
        Json::Array batch;
        while (next_ < arrivals_.size() && arrivals_[next_].at < end) {
            const Arrival& arrival = arrivals_[next_++];
            batch.push_back(
                message_of(records_[arrival.record], "r" + std::to_string(arrival.record)));
            const bool is_last = next_ == arrivals_.size() || arrivals_[next_].at >= end;
            if (batch.size() == at_once || is_last) {
                server_.clock.set(arrival.at);
                send(std::exchange(batch, {}));
            }
        }
        // A message that arrives at midnight is a step there: all that is due by then is done.
        server_.clock.set(end);
        send({Json()
                  .set("type", "identify")
                  .set("userId", "day")
                  .set("messageId", "day " + to_iso(end))
                  .set("traits", Json().set("days", static_cast<double>(++days_)))});
    }

    void expect_exact(Instant now) {
        const Json all = segments_when_ready();
        ASSERT_GE(all.find("segments")->array()->size(), 40U);
        for (const Json& segment : *all.find("segments")->array()) {
            const std::string name = *segment.find("name")->string();
            ASSERT_EQ(*segment.find("state")->string(), "ready") << name;
            const Ids held = members_with_feed(name);
            ASSERT_EQ(held, told_[name]) << name << ": the feed adds up";
            const Json* thresholds = segment.find("thresholds_at");
            if (thresholds->is_null() || *thresholds->string() == to_iso(now)) {
                ASSERT_EQ(held, ids_asked(*segment.find("expression")->string(), now)) << name;
                ++compared_;
            }
        }
    }

    [[nodiscard]] std::uint64_t events() {
        return static_cast<std::uint64_t>(
            *server_.call(http::Method::get, "/v1/schema", {}).find("events")->number());
    }

    [[nodiscard]] std::uint64_t compared() const { return compared_; }

    [[nodiscard]] std::uint64_t heard() const { return heard_; }

  private:
    void define(const std::string& name, const std::string& expression) {
        server_.call(
            http::Method::put, "/v1/segments/" + name, Json().set("expression", expression));
    }

    /// Waits for what is computed in the background: thresholds that are renewed once a day.
    Json segments_when_ready() {
        constexpr int patience = 600;
        constexpr std::chrono::milliseconds pause{100};
        for (int waited = 0;; ++waited) {
            Json all = server_.call(http::Method::get, "/v1/segments", {});
            const Json::Array& segments = *all.find("segments")->array();
            const bool is_ready = std::ranges::all_of(segments, [](const Json& segment) {
                return *segment.find("state")->string() == "ready";
            });
            if (is_ready || waited == patience) {
                return all;
            }
            std::this_thread::sleep_for(pause);
        }
    }

    void send(Json::Array batch) {
        server_.call(http::Method::post,
                     "/v1/batch",
                     Json().set("batch", Json(std::move(batch))),
                     control::KeyKind::write);
    }

    /// Reads what the feed has told since.
    void hear() {
        for (bool more = true; more;) {
            const Json page = server_.call(
                http::Method::get, "/v1/changes?limit=10000&after=" + std::to_string(heard_), {});
            const Json::Array& changes = *page.find("changes")->array();
            more = !changes.empty();
            for (const Json& change : changes) {
                ASSERT_EQ(static_cast<std::uint64_t>(*change.find("number")->number()), ++heard_);
                Ids& members = told_[*change.find("segment")->string()];
                const std::string& who = *change.find("customer")->string();
                const bool entered = *change.find("direction")->string() == "entered";
                ASSERT_TRUE(entered ? members.insert(who).second : members.erase(who) == 1)
                    << change.text();
            }
        }
    }

    /// The members of one moment, with the feed heard up to that moment: thresholds may be renewed
    /// in between.
    Ids members_with_feed(const std::string& name) {
        while (true) {
            const Json page = server_.call(
                http::Method::get, "/v1/segments/" + name + "/members?limit=10000", {});
            EXPECT_TRUE(page.find("next")->is_null()) << "one page holds them all";
            hear();
            const double of = *page.find("freshness")->find("last_change")->number();
            if (static_cast<std::uint64_t>(of) == heard_) {
                Ids ids;
                for (const Json& member : *page.find("members")->array()) {
                    ids.insert(*member.find("customer")->string());
                }
                return ids;
            }
        }
    }

    Ids ids_asked(const std::string& expression, Instant now) {
        const Json answer = server_.call(
            http::Method::post,
            "/v1/ask",
            Json().set("expression", expression).set("at", to_iso(now)).set("limit", 100'000));
        Ids ids;
        for (const Json& member : *answer.find("members")->array()) {
            ids.insert(*member.string());
        }
        return ids;
    }

    const std::vector<RetailRecord>& records_;
    std::vector<Arrival> arrivals_;
    std::size_t next_ = 0;
    int days_ = 0;
    RetailServer server_;
    std::map<std::string, Ids> told_;
    std::uint64_t heard_ = 0;
    std::uint64_t compared_ = 0;
};

void live_through(Order order) {
    const auto [days, looked_at_every] = stretch_of({.days = 20, .looked_at_every = 4});
    const auto records = read_retail(Instant(first_day + std::chrono::days(days)));
    ASSERT_TRUE(records) << records.error().message;
    RetailOverHttp retail(*records, order);
    constexpr int told_every = 30;
    for (int day = 1; day <= days + 1; ++day) {
        const Instant end(first_day + std::chrono::days(day));
        ASSERT_NO_FATAL_FAILURE(retail.play_until(end));
        if (day % looked_at_every == 0 || day == days + 1) {
            ASSERT_NO_FATAL_FAILURE(retail.expect_exact(end)) << "day " << day;
        }
        if (day % told_every == 0) {
            std::cout << "so far " << day << " days, " << retail.compared()
                      << " memberships compared" << std::endl;
        }
    }
    const auto events = static_cast<std::uint64_t>(std::ranges::count(
        *records, RecordKind::event, [](const RetailRecord& record) { return record.kind; }));
    EXPECT_EQ(retail.events(), events) << "every event is there once";
    std::cout << "measured: " << days << " days, " << records->size() << " records, "
              << retail.heard() << " changes, " << retail.compared()
              << " memberships compared with a question from scratch\n";
}

TEST(RetailOverHttp, InOrder) {
    live_through(Order::in_time);
}

TEST(RetailOverHttp, ShuffledByUpToADayAndEachMessageTwice) {
    live_through(Order::shuffled_and_twice);
}

}  // namespace
}  // namespace fineline::live
