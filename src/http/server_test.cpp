#include "http/server.h"

#include "http/client.h"
#include "http/metrics.h"
#include "http/raw_connection_for_tests.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace fineline::http {
namespace {

/// Says back what it was sent; `/slow` waits until it is let go, `/none` drops the request, `/now`
/// and `/large` are answered at once, the latter with more than a socket takes.
class Echo final : public Application {
  public:
    static constexpr std::size_t large_bytes = 32'000'000;

    Admission admit(RequestHead& head) override {
        if (head.path == "/refused") {
            return try_again(429, "later", 2);
        }
        const Lane lane =
            head.path == "/now" || head.path == "/large" ? Lane::immediate : Lane::quick;
        return Admitted{.body_bytes_max = 1000, .lane = lane};
    }

    void answer(Request request, Reply reply) override {
        if (request.head.path == "/none") {
            return;
        }
        while (request.head.path == "/slow" && !let_go) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        reply(said_back(request));
    }

    Response answer_now(Request& request) override {
        if (request.body == "throw") {
            static_cast<void>(request.body.at(request.body.size()));
        }
        answered_by = std::this_thread::get_id();
        Response response = said_back(request);
        if (request.head.path == "/large") {
            response.body.append(large_bytes, '.').append("end");
        }
        return response;
    }

    void answered(const RequestNote&, std::string_view, unsigned status) override {
        noted_by = std::this_thread::get_id();
        last_status = status;
    }

    std::atomic<bool> let_go{false};
    std::atomic<unsigned> last_status{0};
    std::atomic<std::thread::id> answered_by;
    std::atomic<std::thread::id> noted_by;

  private:
    static Response said_back(const Request& request) {
        Response response;
        response.body = std::string(to_string(request.head.method)) + " " + request.head.path +
                        " " + request.body +
                        std::string(request.head.header("x-late").value_or(""));
        return response;
    }
};

class ServerTest : public testing::Test {
  protected:
    void SetUp() override {
        ServerOptions options;
        options.port = 0;
        auto started = Server::start(options, echo, clock);
        ASSERT_TRUE(started) << started.error().message;
        server = std::move(*started);
    }

    [[nodiscard]] Result<Answered> send(const std::string& target, Outgoing request = {}) const {
        auto url = parse_url("http://127.0.0.1:" + std::to_string(server->port()) + target);
        return url ? send_request(*url, request) : Result<Answered>(url.error());
    }

    FixedClock clock{Instant()};
    Echo echo;
    std::unique_ptr<Server> server;
};

TEST_F(ServerTest, AnswersWithMethodPathAndBody) {
    const auto answered =
        send("/a%20b?x=1", {.method = Method::put, .body = "hello", .headers = {}});
    ASSERT_TRUE(answered) << answered.error().message;
    EXPECT_EQ(answered->status, 200U);
    EXPECT_EQ(answered->body, "PUT /a%20b hello");
}

TEST_F(ServerTest, RefusesABodyLargerThanItsRouteTakes) {
    const auto fits =
        send("/", {.method = Method::post, .body = std::string(1000, 'x'), .headers = {}});
    const auto too_large =
        send("/", {.method = Method::post, .body = std::string(1001, 'x'), .headers = {}});
    ASSERT_TRUE(fits && too_large);
    EXPECT_EQ(fits->status, 200U);
    EXPECT_EQ(too_large->status, 413U);
    EXPECT_NE(too_large->body.find("1,000"), std::string::npos);
}

TEST_F(ServerTest, RefusesAHeaderLargerThanTheLimit) {
    const auto answered = send(
        "/",
        {.method = Method::get, .body = {}, .headers = {{"x-much", std::string(20'000, 'x')}}});
    ASSERT_TRUE(answered) << answered.error().message;
    EXPECT_EQ(answered->status, 431U);
}

TEST_F(ServerTest, LetsTheApplicationRefuseBeforeTheBody) {
    const auto answered = send(
        "/refused", {.method = Method::post, .body = std::string(100'000, 'x'), .headers = {}});
    ASSERT_TRUE(answered) << answered.error().message;
    EXPECT_EQ(answered->status, 429U);
}

TEST_F(ServerTest, RefusesATargetWithABrokenEscape) {
    const auto answered = send("/%zz");
    ASSERT_TRUE(answered) << answered.error().message;
    EXPECT_EQ(answered->status, 400U);
}

TEST_F(ServerTest, AnswersARequestThatItsHandlerDropped) {
    const auto answered = send("/none");
    ASSERT_TRUE(answered) << answered.error().message;
    EXPECT_EQ(answered->status, 500U);
    server->stop();  // The application is told after the answer is out.
    EXPECT_EQ(echo.last_status, 500U);
}

TEST_F(ServerTest, AnswersOnTheNetworkThreadWhatIsAdmittedSo) {
    const auto answered = send("/now", {.method = Method::post, .body = "hello", .headers = {}});
    ASSERT_TRUE(answered) << answered.error().message;
    EXPECT_EQ(answered->status, 200U);
    EXPECT_EQ(answered->body, "POST /now hello");
    const auto broken = send("/now", {.method = Method::post, .body = "throw", .headers = {}});
    ASSERT_TRUE(broken) << broken.error().message;
    EXPECT_EQ(broken->status, 500U);
    EXPECT_NE(broken->body.find("a bug of fineline"), std::string::npos);
    server->stop();  // The application is told after the answer is out.
    EXPECT_EQ(echo.answered_by.load(), echo.noted_by.load());
}

constexpr std::string_view get_now = "GET /now HTTP/1.1\r\nHost: localhost\r\n\r\n";
constexpr std::string_view get_and_close =
    "GET /now HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

TEST_F(ServerTest, AnswersAtOnceHoweverTheRequestIsCut) {
    for (std::size_t cut = 1; cut < get_now.size(); ++cut) {
        RawConnection client(server->port());
        client.send(get_now.substr(0, cut));
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        client.send(get_now.substr(cut));
        ASSERT_TRUE(client.read_until("GET /now ").starts_with("HTTP/1.1 200 OK\r\n")) << cut;
        client.send(get_now);
        ASSERT_EQ(count_of(client.read_until("GET /now "), "HTTP/1.1 200"), 1U) << cut;
    }
}

TEST_F(ServerTest, AnswersAtOnceEachOfManyThatCameTogether) {
    RawConnection client(server->port());
    std::string text;
    for (int i = 0; i < 100; ++i) {
        text += get_now;
    }
    client.send(text + "GET /later HTTP/1.1\r\nHost: localhost\r\n\r\n" +
                std::string(get_and_close));
    const std::string answers = client.read_all();
    EXPECT_EQ(count_of(answers, "GET /now "), 101U);
    EXPECT_EQ(count_of(answers, "GET /later "), 1U);
    EXPECT_EQ(count_of(answers, "HTTP/1.1 200"), 102U);
    EXPECT_EQ(count_of(answers, "Connection: close"), 1U);
    EXPECT_TRUE(answers.ends_with("GET /now "));
}

TEST_F(ServerTest, SendsTheRestOfAnAnswerThatASocketDoesNotTakeAtOnce) {
    RawConnection client(server->port());
    client.send("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const std::string large = client.read_until("end");
    EXPECT_GT(large.size(), Echo::large_bytes);
    EXPECT_EQ(count_of(large, "HTTP/1.1 200"), 1U);
    client.send(get_and_close);
    EXPECT_TRUE(client.read_all().ends_with("GET /now ")) << "the connection goes on";
    EXPECT_EQ(server->counts().requests_in_flight, 0U);
}

TEST_F(ServerTest, DoesNotTakeWhatStandsBehindABodyForAHeader) {
    RawConnection client(server->port());
    client.send(
        "POST /now HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
        "Connection: close\r\n\r\n2\r\nhi\r\n0\r\nX-Late: late\r\n\r\n");
    EXPECT_TRUE(client.read_all().ends_with("POST /now hi"));
}

TEST_F(ServerTest, ClosesAConnectionOfAnOldClientAndOneThatStops) {
    RawConnection old(server->port());
    old.send("GET /now HTTP/1.0\r\nHost: localhost\r\n\r\n");
    EXPECT_EQ(count_of(old.read_all(), "Connection: close"), 1U);
    RawConnection kept(server->port());
    kept.send(get_now);
    EXPECT_TRUE(kept.read_until("GET /now ").ends_with("GET /now "));
    server->stop();
    EXPECT_EQ(kept.read_all(), "");
}

TEST_F(ServerTest, FinishesWhatIsUnderWayWhenItStops) {
    std::atomic<unsigned> status{0};
    std::thread client([&] {
        const auto answered = send("/slow");
        status = answered ? answered->status : 0;
    });
    while (server->counts().requests_in_flight == 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    std::thread stopper([&] { server->stop(); });
    echo.let_go = true;
    stopper.join();
    client.join();
    EXPECT_EQ(status, 200U);
    EXPECT_FALSE(send("/")) << "nobody listens any more";
}

TEST(Urls, AreTakenApart) {
    const auto url = parse_url("https://[::1]:8443/a/b?c=d#e");
    ASSERT_TRUE(url);
    EXPECT_TRUE(url->tls);
    EXPECT_EQ(url->host, "::1");
    EXPECT_EQ(url->port, "8443");
    EXPECT_EQ(url->target, "/a/b?c=d");
    const auto plain = parse_url("http://example.com");
    ASSERT_TRUE(plain);
    EXPECT_EQ(plain->port, "80");
    EXPECT_EQ(plain->target, "/");
    for (const char* wrong :
         {"ftp://x", "http://", "http://a b/", "http://a:99999/", "http://u@h/"}) {
        EXPECT_FALSE(parse_url(wrong)) << wrong;
    }
}

TEST(Targets, AreDecodedOnce) {
    RequestHead head;
    ASSERT_TRUE(read_target("/v1/x%2Fy?a=1%262&b=c+d&e", head));
    EXPECT_EQ(head.path, "/v1/x%2Fy");
    const std::vector<NamedText> query{{"a", "1&2"}, {"b", "c d"}, {"e", ""}};
    EXPECT_EQ(head.query, query);
    EXPECT_FALSE(read_target("/%00", head));
    EXPECT_FALSE(read_target("/%ff", head)) << "answers name it, and JSON is UTF-8";
    EXPECT_FALSE(read_target("/\xff", head));
    EXPECT_FALSE(read_target("/x?a=%c3", head));
    EXPECT_TRUE(read_target("/%c3%a9?a=\xc3\xa9", head));
    EXPECT_FALSE(read_target("*", head));
}

// The format's own rules: https://prometheus.io/docs/instrumenting/exposition_formats/
TEST(MetricsText, CountsRequestsPerRouteAndBucket) {
    Metrics metrics;
    metrics.count_request("GET", "/v1/\"x", 200, std::chrono::milliseconds(2));
    metrics.count_request("GET", "/v1/\"x", 200, std::chrono::milliseconds(200));
    const std::string text = metrics.text();
    const auto has = [&](const char* line) { return text.find(line) != std::string::npos; };
    EXPECT_TRUE(
        has("fineline_http_requests_total{method=\"GET\",route=\"/v1/\\\"x\",status=\"200\"} 2\n"));
    EXPECT_TRUE(has("fineline_http_request_seconds_bucket{route=\"/v1/\\\"x\",le=\"0.001\"} 0\n"));
    EXPECT_TRUE(has("fineline_http_request_seconds_bucket{route=\"/v1/\\\"x\",le=\"0.0025\"} 1\n"));
    EXPECT_TRUE(has("fineline_http_request_seconds_bucket{route=\"/v1/\\\"x\",le=\"+Inf\"} 2\n"));
    EXPECT_TRUE(has("fineline_http_request_seconds_sum{route=\"/v1/\\\"x\"} 0.202\n"));
}

}  // namespace
}  // namespace fineline::http
