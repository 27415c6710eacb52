#include "http/client.h"

#include <algorithm>
#include <string>

namespace fineline::http {

namespace {

Error not_a_url(std::string_view text) {
    return Error{ErrorCode::invalid_argument,
                 "expected a URL such as https://example.com/hook, not '" + std::string(text) + "'",
                 {}};
}

bool is_port(std::string_view text) {
    return !text.empty() && text.size() <= 5 &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
           std::stoul(std::string(text)) <= 65'535;
}

}  // namespace

Result<Url> parse_url(std::string_view text) {
    constexpr std::string_view plain = "http://";
    constexpr std::string_view secure = "https://";
    Url url;
    url.tls = text.substr(0, secure.size()) == secure;
    if (!url.tls && text.substr(0, plain.size()) != plain) {
        return not_a_url(text);
    }
    std::string_view rest = text.substr(url.tls ? secure.size() : plain.size());
    const bool printable =
        std::all_of(rest.begin(), rest.end(), [](char c) { return c > ' ' && c < 127; });
    const std::size_t slash = std::min(rest.find_first_of("/?#"), rest.size());
    std::string_view authority = rest.substr(0, slash);
    url.target = rest.substr(slash, rest.find('#') - slash);
    if (url.target.empty() || url.target.front() != '/') {
        url.target.insert(0, "/");
    }
    url.port = url.tls ? "443" : "80";
    const std::size_t bracket = authority.find(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    if (colon != std::string_view::npos) {
        url.port = authority.substr(colon + 1);
        authority = authority.substr(0, colon);
    }
    const bool is_v6 = authority.size() > 2 && authority.front() == '[' && authority.back() == ']';
    url.host = is_v6 ? authority.substr(1, authority.size() - 2) : authority;
    if (!printable || url.host.empty() || url.host.find('@') != std::string::npos ||
        !is_port(url.port)) {
        return not_a_url(text);
    }
    return url;
}

}  // namespace fineline::http
