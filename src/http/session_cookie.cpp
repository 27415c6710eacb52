#include "http/session_cookie.h"

#include <algorithm>

namespace fineline::http {

namespace {

constexpr std::string_view attributes = "; HttpOnly; SameSite=Strict; Path=/; Max-Age=";

}  // namespace

std::string_view session_secret(const RequestHead& head) {
    std::string_view rest = head.header("cookie").value_or("");
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        std::string_view pair = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        pair.remove_prefix(std::min(pair.find_first_not_of(' '), pair.size()));
        const std::size_t equals = std::min(pair.find('='), pair.size());
        if (pair.substr(0, equals) == session_cookie_name && equals < pair.size()) {
            return pair.substr(equals + 1);
        }
    }
    return {};
}

std::optional<control::Session> session_of(const RequestHead& head,
                                           const control::Sessions& sessions) {
    const std::string_view secret = session_secret(head);
    return secret.empty() ? std::nullopt : sessions.find(secret, head.received_at);
}

NamedText give_session_cookie(std::string_view secret, CookieTransport over) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(control::session_time);
    std::string text = std::string(session_cookie_name) + "=" + std::string(secret) +
                       std::string(attributes) + std::to_string(seconds.count());
    text += over == CookieTransport::encrypted ? "; Secure" : "";
    return {"Set-Cookie", text};
}

NamedText take_session_cookie() {
    return {"Set-Cookie",
            std::string(session_cookie_name) + "=" + std::string(attributes) + std::string("0")};
}

}  // namespace fineline::http
