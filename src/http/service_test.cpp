#include "http/service.h"

#include "base/path_for_tests.h"
#include "http/client.h"
#include "http/raw_connection_for_tests.h"
#include "http/serving.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

namespace fineline::http {
namespace {

/// A server over an empty directory, whose clock stands still: what a key has spent is not filled
/// up again.
class ServiceTest : public testing::Test {
  protected:
    void TearDown() override {
        serving_.reset();
        std::filesystem::remove_all(path_);
    }

    void serve(Rate requests) {
        std::filesystem::remove_all(path_);
        ServingOptions options;
        options.directory = path_.string();
        options.server.port = 0;
        options.service.requests = requests;
        auto started = Serving::start(std::move(options), clock_, log_);
        ASSERT_TRUE(started) << started.error().message;
        serving_ = std::move(*started);
    }

    /// The first line of the answer to these headers.
    [[nodiscard]] std::string look_up(const std::string& headers) const {
        RawConnection client(serving_->port());
        client.send("GET /v1/customers/nobody/segments HTTP/1.1\r\nConnection: close\r\n" +
                    headers + "\r\n");
        const std::string answer = client.read_all();
        return answer.substr(0, answer.find("\r\n"));
    }

    [[nodiscard]] std::string authorization(control::KeyKind kind) const {
        const auto& keys = serving_->new_keys();
        const auto key = std::ranges::find_if(
            keys, [&](const control::NewKey& made) { return made.key.kind == kind; });
        return "Authorization: Bearer " + (key == keys.end() ? "" : key->secret) + "\r\n";
    }

    /// The status of the answer to an admin.
    [[nodiscard]] unsigned get(const std::string& target) const {
        const auto url = parse_url("http://127.0.0.1:" + std::to_string(serving_->port()) + target);
        const std::string key = serving_->new_keys().front().secret;
        const auto answered = send_request(
            *url,
            {.method = Method::get, .body = {}, .headers = {{"Authorization", "Bearer " + key}}});
        EXPECT_TRUE(answered);
        return answered ? answered->status : 0;
    }

  private:
    FixedClock clock_{Instant(std::chrono::hours(24 * 20'000))};
    Log log_{LogLevel::error};
    std::filesystem::path path_ = path_for_tests("service");
    std::unique_ptr<Serving> serving_;
};

TEST_F(ServiceTest, FiftyLookUpsCountAsOneRequestAgainstTheRate) {
    // A hundredth more than two, so that no sum of fiftieths decides by its last digit.
    ASSERT_NO_FATAL_FAILURE(serve({.per_second = 0.001, .burst = 2.01}));
    const std::string look_up = "/v1/customers/nobody/segments";
    EXPECT_EQ(get("/v1/segments"), 200U);
    for (int i = 0; i < 50; ++i) {
        ASSERT_EQ(get(look_up), 404U) << "look-up " << i << " is let through";
    }
    EXPECT_EQ(get(look_up), 429U);
    EXPECT_EQ(get("/v1/segments"), 429U);
}

TEST_F(ServiceTest, LooksUpOnlyForAnAdminWhoMeansThisServer) {
    ASSERT_NO_FATAL_FAILURE(serve({.per_second = 1000, .burst = 1000}));
    const std::string host = "Host: localhost\r\n";
    const std::string admin = authorization(control::KeyKind::admin);
    EXPECT_EQ(look_up(host + admin), "HTTP/1.1 404 Not Found");
    EXPECT_EQ(look_up(host), "HTTP/1.1 401 Unauthorized");
    EXPECT_EQ(look_up(host + "Authorization: Bearer fla_no\r\n"), "HTTP/1.1 401 Unauthorized");
    EXPECT_EQ(look_up(host + authorization(control::KeyKind::write)), "HTTP/1.1 403 Forbidden");
    EXPECT_EQ(look_up(admin), "HTTP/1.1 403 Forbidden");
    EXPECT_EQ(look_up("Host: evil.example\r\n" + admin), "HTTP/1.1 403 Forbidden");
    EXPECT_EQ(look_up(host + admin + "Origin: https://evil.example\r\n"), "HTTP/1.1 403 Forbidden");
    EXPECT_EQ(look_up(host + admin + "Origin: http://localhost\r\n"), "HTTP/1.1 404 Not Found");
}

}  // namespace
}  // namespace fineline::http
