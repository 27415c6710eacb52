#include "ingest/json_lines.h"

#include "model/limits.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace fineline::ingest {
namespace {

using Strings = std::vector<std::string>;

Strings read_all(std::string text) {
    Strings found;
    auto stream = InputStream::open(memory_source(std::move(text), "test.jsonl"));
    EXPECT_TRUE(stream);
    auto reader = JsonLinesReader::open(**stream);
    if (!reader) {
        return {reader.error().message};
    }
    while (true) {
        auto outcome = (*reader)->next();
        EXPECT_TRUE(outcome);
        if (*outcome == JsonLinesReader::Outcome::end) {
            return found;
        }
        if (*outcome == JsonLinesReader::Outcome::reject) {
            const Reject& reject = (*reader)->reject();
            found.push_back("!" + std::to_string(reject.line) + "+" +
                            std::to_string(reject.byte_offset) + ":" + to_string(reject.reason));
            continue;
        }
        const JsonLine& line = (*reader)->line();
        found.push_back(std::to_string(line.number) + "@" + std::to_string(line.line) + ":" +
                        line.value.text());
    }
}

TEST(JsonLines, ReadsOneValueALine) {
    EXPECT_EQ(read_all("{\"a\":1}\n\n  {\"b\":2}\r\n{\"c\":3}"),
              (Strings{"1@1:{\"a\":1}", "2@3:{\"b\":2}", "3@4:{\"c\":3}"}));
    EXPECT_EQ(read_all("\xef\xbb\xbf{}\n"), (Strings{"1@1:{}"}));
    EXPECT_EQ(read_all(""), Strings{});
}

TEST(JsonLines, SetsAsideWhatIsNoJson) {
    using namespace std::string_literals;
    EXPECT_EQ(read_all("{\"a\":1\n{\"b\":2}\n{\"x\":\"\0\"}\n{\"x\":\"\xff\"}\n{} {}\n"s),
              (Strings{"!1+0:bad_json",
                       "2@2:{\"b\":2}",
                       "!3+15:nul_byte",
                       "!4+25:not_utf8",
                       "!5+35:bad_json"}));
}

TEST(JsonLines, SetsAsideLinesThatAreTooLong) {
    const std::string monster = "{\"x\":\"" + std::string(limits::json_line_bytes_max, 'x') + "\"}";
    EXPECT_EQ(read_all(monster + "\n{}\n" + monster),
              (Strings{"!1+0:row_too_long",
                       "2@2:{}",
                       "!3+" + std::to_string(monster.size() + 4) + ":row_too_long"}));
}

TEST(JsonLines, RefusesAnArray) {
    EXPECT_NE(read_all("[{}]")[0].find("one message a line"), std::string::npos);
}

}  // namespace
}  // namespace fineline::ingest
