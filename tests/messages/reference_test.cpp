#include "expr/reference.h"

#include "expr/check.h"
#include "expr/functions/function.h"
#include "expr/parse.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace fineline::expr {
namespace {

std::string read_file(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

TEST(Reference, functionTablesInTheDocsAreThoseOfTheProgram) {
    const std::string docs = read_file(DOCS_DIR "/language.md");
    const std::string begin = "<!-- functions: begin -->\n";
    const std::string end = "<!-- functions: end -->";
    const std::size_t from = docs.find(begin);
    const std::size_t to = docs.find(end);
    ASSERT_NE(from, std::string::npos);
    ASSERT_NE(to, std::string::npos);
    EXPECT_EQ(docs.substr(from + begin.size(), to - from - begin.size()), language_reference())
        << "put the output of language_reference() between the two comments of docs/language.md";
}

TEST(Reference, examplesOfFunctionsAreValid) {
    for (const AggregateFunction* function : aggregate_functions()) {
        EXPECT_TRUE(compile(function->example, Use::segment, Catalog{})) << function->example;
        EXPECT_FALSE(function->summary.empty()) << function->name;
    }
    for (const ScalarFunction* function : scalar_functions()) {
        const Use use = function->mapping_only ? Use::mapping : Use::segment;
        EXPECT_TRUE(compile(function->example, use, Catalog{})) << function->example;
        EXPECT_FALSE(function->summary.empty()) << function->name;
    }
}

/// Every expression in the docs stands in a block marked `segment`; each line of it must be one.
TEST(Reference, examplesInTheDocsAreValid) {
    std::istringstream docs(read_file(DOCS_DIR "/language.md"));
    bool inside = false;
    int examples = 0;
    for (std::string line; std::getline(docs, line);) {
        if (line.starts_with("```")) {
            inside = line == "```segment";
        } else if (inside && !line.empty()) {
            ++examples;
            const auto checked = compile(line, Use::segment, Catalog{});
            EXPECT_TRUE(checked) << (checked ? "" : render_error(checked.error(), line));
        }
    }
    EXPECT_GE(examples, 40);
}

}  // namespace
}  // namespace fineline::expr
