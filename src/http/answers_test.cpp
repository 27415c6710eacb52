#include "http/answers.h"

#include "base/random.h"
#include "engine/live_for_tests.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace fineline::http {
namespace {

using engine::day;

/// The answer as a tree, member by member.
std::string tree_text(const engine::CustomerSegments& found,
                      const engine::LiveView& view,
                      Instant now) {
    Json segments{Json::Array{}};
    for (const engine::CustomerSegment& in : found.segments) {
        segments.push(Json()
                          .set("segment", in.segment)
                          .set("version", static_cast<double>(in.version))
                          .set("since", to_iso(in.since)));
    }
    return Json()
        .set("customer", found.customer)
        .set("segments", std::move(segments))
        .set("as_of", to_iso(found.as_of))
        .set("holds_until", to_iso(found.holds_until))
        .set("freshness", freshness_json(view, now))
        .text();
}

constexpr std::array<std::string_view, 6> ids{
    "ada", "b\"e\\n", "tab\there", "zo\xc3\xab", "line\nbreak", "x1"};

TEST(LookUp, PrintsWhatATreeOfItWouldPrint) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        SCOPED_TRACE(seed);
        Random random(seed);
        engine::LiveDirectory there("lookup_text", day(20'000));
        there.open();
        const std::uint64_t segments = 1 + random.below(5);
        for (std::uint64_t i = 0; i < segments; ++i) {
            there.define("a_segment_with_a_long_name_" + std::to_string(random.below(100)),
                         "count(buy, last " + std::to_string(1 + random.below(20)) +
                             " days) >= " + std::to_string(random.below(3)));
        }
        std::size_t compared = 0;
        for (std::uint64_t step = 0; step < 30; ++step) {
            const Instant now = there.clock.now();
            if (random.below(3) > 0) {
                const Duration ago(static_cast<std::int64_t>(random.below(86'400'000'000)));
                there.event(ids[random.below(ids.size())], now - ago, "buy");
                there.append();
            }
            const auto view = there.live->view();
            const Instant asked = now + Duration(static_cast<std::int64_t>(
                                            random.below(2) * random.below(3'000'000'000'000)));
            for (const std::string_view id : ids) {
                if (const auto found = view->lookup(id, asked)) {
                    ASSERT_EQ(lookup_text(*found, *view, asked), tree_text(*found, *view, asked));
                    ++compared;
                }
            }
            there.clock.set(now + Duration(static_cast<std::int64_t>(random.below(1 << 30))));
        }
        EXPECT_GT(compared, 0U);
    }
}

TEST(LookUp, PrintsInstantsThatNeverComeAndAlwaysWere) {
    engine::LiveDirectory there("lookup_text", day(1));
    there.open();
    const auto view = there.live->view();
    const engine::CustomerSegments found{.customer = "ada",
                                         .segments = {{.segment = "s", .version = 3, .since = {}}},
                                         .as_of = instant_min,
                                         .holds_until = instant_max};
    EXPECT_EQ(lookup_text(found, *view, day(1)), tree_text(found, *view, day(1)));
}

TEST(Change, PrintsWhatItsTreeIs) {
    Random random(17);
    const std::array<std::string, 4> texts{"ada", "", "Zoë \"\\\n\x01", "日本"};
    for (int i = 0; i < 1'000; ++i) {
        const engine::Change change{
            .number = random.below(std::uint64_t{1} << 53U),
            .customer = texts[random.below(4)],
            .segment = texts[random.below(4)],
            .version = static_cast<std::uint32_t>(random.below(100'000)),
            .direction =
                random.below(2) == 0 ? membership::Direction::entered : membership::Direction::left,
            .at = i == 0   ? instant_max
                  : i == 1 ? instant_min
                           : Instant(Duration(random.below(std::uint64_t{1} << 52U))),
            .cause = random.below(2) == 0 ? membership::Cause::event : membership::Cause::clock};
        std::string printed = "before";
        append_change(printed, change);
        ASSERT_EQ(printed, "before" + change_json(change).text());
    }
}

}  // namespace
}  // namespace fineline::http
