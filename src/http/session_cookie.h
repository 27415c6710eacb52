#pragma once

#include "control/sessions.h"
#include "http/message.h"

#include <optional>
#include <string>
#include <string_view>

namespace fineline::http {

/// The cookie that carries a session's secret.
inline constexpr std::string_view session_cookie_name = "fineline_session";

/// The secret in a request's cookies; empty if there is none.
[[nodiscard]] std::string_view session_secret(const RequestHead& head);

/// The session a request belongs to, as it was received.
[[nodiscard]] std::optional<control::Session> session_of(const RequestHead& head,
                                                         const control::Sessions& sessions);

/// Whether a browser may send the cookie over plain HTTP.
enum class CookieTransport : std::uint8_t { any, encrypted };

/// The header that gives a browser a session: no script can read it, no other site can send it.
[[nodiscard]] NamedText give_session_cookie(std::string_view secret, CookieTransport over);

/// The header that takes it back.
[[nodiscard]] NamedText take_session_cookie();

}  // namespace fineline::http
