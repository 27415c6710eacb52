#include "expr/check.h"
#include "expr/parse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace fineline::expr {
namespace {

/// One case of a file: `in segment|metric|value|mapping`, the input, a line `--->`, what is
/// printed, and a line `===`.
struct MessageCase {
    std::string file;
    std::size_t line = 0;
    Use use = Use::segment;
    std::string input;
    std::string expected;
};

Use use_named(const std::string& word) {
    return word == "metric"    ? Use::metric
           : word == "value"   ? Use::value
           : word == "mapping" ? Use::mapping
                               : Use::segment;
}

void append_line(std::string& text, const std::string& line) {
    text += (text.empty() ? "" : "\n") + line;
}

std::vector<MessageCase> read_cases(const std::filesystem::path& path) {
    std::vector<MessageCase> cases;
    std::ifstream file(path);
    MessageCase current;
    bool in_expected = false;
    std::size_t number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        if (line == "===") {
            cases.push_back(current);
            current = {};
            in_expected = false;
        } else if (line == "--->") {
            in_expected = true;
        } else if (in_expected) {
            current.expected += line + "\n";
        } else if (current.input.empty() && line.starts_with("in ")) {
            current.use = use_named(line.substr(3));
        } else if (!current.input.empty() || !(line.empty() || line.starts_with('#'))) {
            current.file = path.filename().string();
            current.line = current.input.empty() ? number : current.line;
            append_line(current.input, line);
        }
    }
    EXPECT_TRUE(current.input.empty()) << path << ": the last case is not closed with ===";
    return cases;
}

/// The world that all messages are about.
Catalog shop() {
    Catalog catalog;
    catalog.events = {"purchase", "app_open", "view", "cart", "Order Completed"};
    catalog.properties = {{"amount", "product", "category", "gift"}, {}, {"page"}, {}, {"total"}};
    catalog.traits = {"plan", "country", "age", "created_at", "products"};
    catalog.account_traits = {"industry", "size"};
    catalog.purposes = {"marketing", "analytics"};
    catalog.holidays = {"christmas", "easter"};
    catalog.segment_names = {"vip", "lapsed", "a", "b", "c"};
    catalog.segment = [](std::string_view name) -> std::optional<std::string> {
        const std::vector<std::pair<std::string_view, std::string>> texts{
            {"vip", "sum(purchase.amount) > 1000"},
            {"lapsed", "did not purchase last 90 days"},
            {"a", "segment b"},
            {"b", "did view and segment c"},
            {"c", "not segment a"}};
        for (const auto& [known, text] : texts) {
            if (known == name) {
                return text;
            }
        }
        return std::nullopt;
    };
    catalog.names_known = true;
    return catalog;
}

std::string rendering(const MessageCase& entry) {
    const auto checked = compile(entry.input, entry.use, shop());
    if (!checked) {
        return render_error(checked.error(), entry.input);
    }
    std::string text;
    for (const Warning& warning : checked->warnings()) {
        text += render_warning(warning, entry.input);
    }
    return text;
}

TEST(Messages, areWhatTheFilesSay) {
    std::size_t seen = 0;
    for (const auto& file : std::filesystem::directory_iterator(MESSAGES_DIR)) {
        if (file.path().extension() != ".txt" || file.path().filename() == "CMakeLists.txt") {
            continue;
        }
        for (const MessageCase& entry : read_cases(file.path())) {
            ++seen;
            EXPECT_EQ(rendering(entry), entry.expected) << entry.file << ":" << entry.line;
        }
    }
    EXPECT_GE(seen, 60U);
}

}  // namespace
}  // namespace fineline::expr
