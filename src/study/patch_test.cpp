#include "study/patch.h"

#include "base/random.h"

#include <gtest/gtest.h>

namespace fineline::study {
namespace {

/// Applies a unified diff by its signs and line numbers alone.
std::string patched(std::string_view text, std::string_view diff) {
    std::vector<std::string> lines;
    std::string out;
    const auto next_line = [](std::string_view& from) {
        const std::size_t end = from.find('\n') + 1;
        const std::string line(from.substr(0, end));
        from.remove_prefix(end);
        return line;
    };
    while (!text.empty()) {
        lines.push_back(next_line(text));
    }
    std::size_t at = 0;
    while (!diff.empty()) {
        const std::string line = next_line(diff);
        if (line.starts_with("---") || line.starts_with("+++")) {
            continue;
        }
        if (line.starts_with("@@ -")) {
            const std::size_t first = std::stoul(line.substr(4));
            const bool empty = line.find(",0 +") != std::string::npos;
            while (at < first - (empty ? 0 : 1)) {
                out += lines[at++];
            }
        } else if (line[0] == '+') {
            out += line.substr(1);
        } else {
            EXPECT_EQ(lines[at], line.substr(1));
            out += line[0] == ' ' ? lines[at] : "";
            ++at;
        }
    }
    while (at < lines.size()) {
        out += lines[at++];
    }
    return out;
}

TEST(Patch, IsWhatAReaderOfDiffsExpects) {
    EXPECT_EQ(unified_diff("a\nb\nc\n", "a\nb\nc\n"), "");
    EXPECT_EQ(unified_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
              "--- portfolio.yaml\n+++ portfolio.yaml\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n "
              "6\n 7\n 8\n");
}

TEST(Patch, AppliedToTheOldTextGivesTheNewOne) {
    Random random(31);
    for (int round = 0; round < 300; ++round) {
        std::string before;
        std::string after;
        for (std::uint64_t i = random.below(40) + 1; i > 0; --i) {
            const std::string line = "line " + std::to_string(random.below(6)) + "\n";
            before += random.below(5) != 0 ? line : "";
            after += random.below(5) != 0 ? line : "";
        }
        if (before != after) {
            ASSERT_EQ(patched(before, unified_diff(before, after)), after) << before << "->\n"
                                                                           << after;
        }
    }
}

TEST(Patch, JoinsSegmentsWhereTheFirstStands) {
    mapping::Portfolio portfolio;
    Purpose purpose;
    for (const std::string name : {"a", "b", "c"}) {
        mapping::SegmentDefinition segment{.name = name};
        segment.when.text = "did " + name;
        portfolio.segments.push_back(segment);
        purpose.segments.push_back({.name = name, .when = "did " + name});
    }
    purpose.portfolio = portfolio;
    const auto joined = with_parts(purpose, parts_joined(3, 2, 0));
    ASSERT_EQ(joined.segments.size(), 2U);
    EXPECT_EQ(joined.segments[0].name, "a_or_c");
    EXPECT_EQ(joined.segments[0].when.text, "(did a) or (did c)");
    EXPECT_EQ(joined.segments[1].name, "b");
    EXPECT_EQ(with_parts(purpose, parts_without(3, 1)).segments.size(), 2U);
}

}  // namespace
}  // namespace fineline::study
