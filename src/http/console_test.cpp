#include "http/console.h"

#include "http/session_cookie.h"

#include <gtest/gtest.h>

#include <array>

namespace fineline::http {
namespace {

// `printf 'hi\n' | gzip -n`, by gzip 1.12.
constexpr std::string_view hi_gzip(
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xcb\xc8\xe4\x02\x00\x7a\x7a\x6f\xed\x03\x00\x00\x00",
    23);

constexpr std::array files{
    ConsoleFile{"/assets/app-1a.js", "text/javascript", hi_gzip},
    ConsoleFile{"/index.html", "text/html", hi_gzip},
};

RequestHead get(std::string path) {
    RequestHead head;
    head.method = Method::get;
    head.path = std::move(path);
    return head;
}

std::string header_of(const Response& response, std::string_view name) {
    for (const auto& [known, value] : response.headers) {
        if (known == name) {
            return value;
        }
    }
    return "";
}

TEST(Console, AnswersItsFilesAndThePageForEveryPathOfItsOwn) {
    const auto script = console_file(get("/assets/app-1a.js"), files);
    ASSERT_TRUE(script);
    EXPECT_EQ(script->body, "hi\n") << "the client said nothing of gzip";
    EXPECT_EQ(script->content_type, "text/javascript");
    EXPECT_NE(header_of(*script, "Cache-Control").find("immutable"), std::string::npos);
    for (const char* page : {"/", "/segments/lapsed", "/purposes", "/index.html"}) {
        const auto answer = console_file(get(page), files);
        ASSERT_TRUE(answer) << page;
        EXPECT_EQ(answer->content_type, "text/html");
        EXPECT_EQ(header_of(*answer, "Cache-Control"), "no-cache");
        const std::string policy = header_of(*answer, "Content-Security-Policy");
        EXPECT_NE(policy.find("default-src 'self'"), std::string::npos);
        EXPECT_EQ(policy.find("unsafe"), std::string::npos);
    }
    RequestHead takes_gzip = get("/");
    takes_gzip.headers.add("accept-encoding", "gzip, br");
    const auto packed = console_file(takes_gzip, files);
    ASSERT_TRUE(packed);
    EXPECT_EQ(packed->body, hi_gzip);
    EXPECT_EQ(header_of(*packed, "Content-Encoding"), "gzip");
}

TEST(Console, LeavesToProgramsWhatIsTheirs) {
    for (const char* path : {"/v1", "/v1/nothing", "/health", "/metrics", "/assets/app-old.js"}) {
        EXPECT_FALSE(console_file(get(path), files)) << path;
    }
    RequestHead post = get("/");
    post.method = Method::post;
    EXPECT_FALSE(console_file(post, files));
    const auto none = console_file(get("/"), {});
    ASSERT_TRUE(none);
    EXPECT_NE(none->body.find("without its console"), std::string::npos);
}

TEST(SessionCookie, IsFoundAmongOthersAndKeptFromScripts) {
    RequestHead head;
    EXPECT_EQ(session_secret(head), "");
    head.headers.add("cookie", "a=b; xfineline_session=no; fineline_session=s=3;c");
    EXPECT_EQ(session_secret(head), "s=3");
    head.headers = {{"cookie", "fineline_session"}};
    EXPECT_EQ(session_secret(head), "");
    head.headers = {{"cookie", ";;; =; fineline_session=;"}};
    EXPECT_EQ(session_secret(head), "");
    EXPECT_EQ(give_session_cookie("s", CookieTransport::any).second,
              "fineline_session=s; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200");
    EXPECT_EQ(give_session_cookie("s", CookieTransport::encrypted).second,
              "fineline_session=s; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200; Secure");
}

}  // namespace
}  // namespace fineline::http
