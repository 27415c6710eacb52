#include "engine/live.h"
#include "engine/live_for_tests.h"
#include "engine/question.h"
#include "retail_replay.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

// A year of a British retailer, message by message under a simulated clock. At the end of days the
// membership of more than forty segments is what a question asked from scratch answers, and the
// feed adds up to it. FINELINE_SCALE=full plays all days and looks at each.

namespace fineline::live {
namespace {

using engine::Change;
using engine::LiveDirectory;
using Ids = std::set<std::string>;

/// A retailer's year lived through. One thread at a time.
class Retail {
  public:
    Retail(const std::vector<RetailRecord>& records, Order order)
        : records_(records),
          arrivals_(arrivals(records, order)),
          there_(order == Order::in_time ? "retail" : "retail_shuffled", Instant(first_day)) {}

    void begin() {
        there_.open();
        ASSERT_TRUE(there_.live->define_setting("time_zone", "Europe/London"));
        std::vector<engine::PortfolioEdit> edits;
        for (std::size_t i = 0; i < questions.size(); ++i) {
            edits.push_back({engine::PortfolioEdit::Kind::segment, name(i), questions[i]});
        }
        edits.push_back({engine::PortfolioEdit::Kind::segment, "of", "segment q0 and segment q16"});
        edits.push_back(
            {engine::PortfolioEdit::Kind::segment, "of_of", "segment of and not segment q8"});
        const auto defined = there_.live->edit(edits, std::nullopt);
        ASSERT_TRUE(defined) << defined.error().message;
        ASSERT_TRUE(there_.live->settle());
    }

    /// Plays what arrives up to the end of a day, and lets the clock reach it.
    void play_until(Instant end) {
        constexpr std::uint32_t at_once = 150;
        RecordBatchBuilder builder;
        while (next_ < arrivals_.size() && arrivals_[next_].at < end) {
            const Arrival& arrival = arrivals_[next_++];
            add(builder, records_[arrival.record], "r" + std::to_string(arrival.record));
            const bool is_last = next_ == arrivals_.size() || arrivals_[next_].at >= end;
            if (builder.count() == at_once || is_last) {
                there_.clock.set(arrival.at);
                const auto appended = there_.live->append_and_wait(
                    builder.finish({.source = "till", .received_at = arrival.at, .sequence = {}}));
                ASSERT_TRUE(appended) << appended.error().message;
            }
        }
        there_.go_to(end);
        ASSERT_TRUE(there_.live->settle());
    }

    void expect_exact() {
        const auto checked = there_.live->check_memberships();
        ASSERT_TRUE(checked);
        ASSERT_EQ(checked->differences, std::vector<std::string>{});
        ASSERT_GE(checked->segments, 40U);
        const auto view = there_.live->view();
        count_changes();
        for (const engine::LiveSegment& segment : view->segments()) {
            const auto question = engine::PreparedQuestion::prepare(
                view->columns(), {.text = segment.text, .at = view->as_of(), .purpose = {}});
            ASSERT_TRUE(question) << question.error().message;
            const bool is_fresh =
                segment.thresholds_at == instant_min || segment.thresholds_at == view->as_of();
            const auto held = *view->member_ordinals(segment.name);
            if (is_fresh) {
                ASSERT_EQ(held, engine::ask(*question, 2)->members) << segment.text;
                ++compared_;
            }
            const auto ids = engine::customer_ids(view->columns(), held);
            ASSERT_EQ(Ids(ids.begin(), ids.end()), told_[segment.name])
                << segment.text << ": the feed adds up";
        }
    }

    /// How many memberships were compared with a question from scratch.
    [[nodiscard]] std::uint64_t compared() const { return compared_; }

    [[nodiscard]] std::uint64_t heard() const { return heard_; }

    [[nodiscard]] engine::Live& live() { return *there_.live; }

  private:
    static std::string name(std::size_t question) { return "q" + std::to_string(question); }

    void count_changes() {
        for (const Change& change : there_.changes(heard_)) {
            ASSERT_EQ(change.number, ++heard_);
            Ids& members = told_[change.segment];
            const bool entered = change.direction == membership::Direction::entered;
            ASSERT_TRUE(entered ? members.insert(change.customer).second
                                : members.erase(change.customer) == 1)
                << engine::line(change);
        }
    }

    const std::vector<RetailRecord>& records_;
    std::vector<Arrival> arrivals_;
    std::size_t next_ = 0;
    LiveDirectory there_;
    std::map<std::string, Ids> told_;
    std::uint64_t heard_ = 0;
    std::uint64_t compared_ = 0;
};

void live_through(Order order) {
    const auto [days, looked_at_every] = stretch_of({.days = 45, .looked_at_every = 5});
    const auto records = read_retail(Instant(first_day + std::chrono::days(days)));
    ASSERT_TRUE(records) << records.error().message;
    Retail retail(*records, order);
    ASSERT_NO_FATAL_FAILURE(retail.begin());
    for (int day = 1; day <= days + 1; ++day) {
        ASSERT_NO_FATAL_FAILURE(retail.play_until(Instant(first_day + std::chrono::days(day))));
        if (day % looked_at_every == 0 || day == days + 1) {
            ASSERT_NO_FATAL_FAILURE(retail.expect_exact()) << "day " << day;
        }
    }
    const auto verification = retail.live().verify();
    ASSERT_TRUE(verification);
    EXPECT_TRUE(verification->agrees());
    std::uint64_t events = 0;
    for (const engine::SourceCounts& source : retail.live().status().sources) {
        events += source.source == "till" ? source.kept : 0;
    }
    EXPECT_EQ(events, records->size()) << "every message is there once";
    std::cout << "measured: " << days << " days, " << records->size() << " records, "
              << retail.heard() << " changes, " << retail.compared()
              << " memberships compared with a question from scratch\n";
}

TEST(Retail, InOrder) {
    live_through(Order::in_time);
}

TEST(Retail, ShuffledByUpToADayAndEachMessageTwice) {
    live_through(Order::shuffled_and_twice);
}

}  // namespace
}  // namespace fineline::live
