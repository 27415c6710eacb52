#include "http/openapi.h"
#include "http/rate_limit.h"
#include "http/router.h"
#include "http/routes/table.h"
#include "http/schemas.h"
#include "http/webhooks.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

namespace fineline::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Router, FindsBracesAndPrefersWhatIsWrittenOut) {
    const std::vector<Route> rows{{.path = "/v1/a/{id}"},
                                  {.path = "/v1/a/fixed"},
                                  {.method = Method::put, .path = "/v1/a/{id}"},
                                  {.path = "/v1/a/{id}/b/{other}"}};
    const Router router(rows);
    const Found found = router.find(Method::get, "/v1/a/x%2Fy%20z");
    ASSERT_EQ(found.route, rows.data());
    EXPECT_EQ(found.path_values, (std::vector<NamedText>{{"id", "x/y z"}}));
    EXPECT_EQ(router.find(Method::get, "/v1/a/fixed").route, &rows[1]);
    EXPECT_EQ(router.find(Method::get, "/v1/a/fixed/").route, &rows[1]);
    const Found two = router.find(Method::get, "/v1/a/1/b/2");
    ASSERT_EQ(two.route, &rows[3]);
    EXPECT_EQ(two.path_values, (std::vector<NamedText>{{"id", "1"}, {"other", "2"}}));
    const Found wrong_method = router.find(Method::post, "/v1/a/x");
    EXPECT_EQ(wrong_method.route, nullptr);
    EXPECT_EQ(wrong_method.allowed, "GET, PUT");
    for (const char* nowhere : {"/",
                                "/v1",
                                "/v1/a",
                                "/v1/a/",
                                "/v1/a//b/2",
                                "/v1/a/x/b",
                                "/v1/a/x/c/y",
                                "/1/2/3/4/5/6/7"}) {
        const Found none = router.find(Method::get, nowhere);
        EXPECT_EQ(none.route, nullptr) << nowhere;
        EXPECT_EQ(none.allowed, "") << nowhere;
    }
}

TEST(RateLimit, FillsWithTimeAndSaysWhenToComeAgain) {
    RateLimit limit({.per_second = 10, .burst = 20});
    const Instant start(seconds(1'000'000));
    EXPECT_EQ(limit.take("a", 20, start), 0U);
    EXPECT_EQ(limit.take("a", 5, start), 1U) << "half a second is rounded up";
    EXPECT_EQ(limit.take("b", 5, start), 0U) << "another name has its own bucket";
    EXPECT_EQ(limit.take("a", 5, start + milliseconds(400)), 1U);
    EXPECT_EQ(limit.take("a", 5, start + milliseconds(500)), 0U);
    EXPECT_EQ(limit.take("a", 15, start + milliseconds(500)), 2U);
    // More than a burst is let through once the bucket is full, and paid back: 80 are owed then.
    EXPECT_EQ(limit.take("a", 100, start + seconds(100)), 0U);
    EXPECT_EQ(limit.take("a", 1, start + seconds(100)), 9U);
    EXPECT_EQ(limit.take("a", 1, start + seconds(109)), 0U);
}

TEST(Routes, AreWholeAndNamedOnce) {
    std::set<std::string> seen;
    std::set<std::string_view> shapes;
    for (const Schema& schema : schemas()) {
        EXPECT_TRUE(shapes.insert(schema.name).second) << schema.name;
        EXPECT_TRUE(parse_json(schema.text)) << schema.name;
    }
    for (const Route& route : routes()) {
        const std::string name =
            std::string(to_string(route.method)) + " " + std::string(route.path);
        EXPECT_TRUE(seen.insert(name).second) << name << " stands twice";
        EXPECT_NE(route.answer == nullptr, route.begin == nullptr) << name;
        EXPECT_FALSE(route.summary.empty() || route.answers.empty()) << name;
        EXPECT_TRUE(route.body_schema.empty() || shapes.contains(route.body_schema)) << name;
        EXPECT_TRUE(route.body_schema.empty() || parse_json(route.body_example)) << name;
        EXPECT_TRUE(route.body_schema.empty() || route.body_bytes_max > 0) << name;
        for (const Answer& answer : route.answers) {
            EXPECT_TRUE(answer.schema.empty() || shapes.contains(answer.schema)) << name;
        }
    }
}

/// docs/api.md is what the table prints. With FINELINE_WRITE_API_PAGE set it is written anew.
TEST(Routes, AreWhatTheApiPageSays) {
    const std::string path = std::string(FINELINE_SOURCE_DIR) + "/docs/api.md";
    if (std::getenv("FINELINE_WRITE_API_PAGE") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
        std::ofstream(path) << api_page();
    }
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    EXPECT_TRUE(text.str() == api_page())
        << "docs/api.md is out of date: run this test with FINELINE_WRITE_API_PAGE=1";
}

TEST(Webhooks, PausesDoubleUpToTheLongest) {
    const WebhookPolicy policy;
    EXPECT_EQ(pause_after(1, policy), seconds(1));
    EXPECT_EQ(pause_after(2, policy), seconds(2));
    EXPECT_EQ(pause_after(4, policy), seconds(8));
    EXPECT_EQ(pause_after(10, policy), seconds(512));
    EXPECT_EQ(pause_after(11, policy), minutes(10));
    EXPECT_EQ(pause_after(1'000'000, policy), minutes(10));
}

// By `printf '1700000000.{}' | openssl dgst -sha256 -hmac secret`.
TEST(Webhooks, SignTimeAndBody) {
    EXPECT_EQ(signature_header("secret", Instant(seconds(1'700'000'000)), "{}"),
              "t=1700000000,v1=b8569b78799ff9e3cbff0fc2d63a33a2b57f3282abd07c37ae5e8e7d79a5f163");
}

}  // namespace
}  // namespace fineline::http
