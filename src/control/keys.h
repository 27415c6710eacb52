#pragma once

#include "base/instant.h"

#include <cstdint>
#include <optional>
#include <string>

namespace fineline::control {

/// What a key opens. The numbers are stored: never renumber, only add.
enum class KeyKind : std::uint8_t {
    write = 1,  ///< sends events, and nothing else; stands in web pages
    admin = 2,  ///< everything
};

/// Returns "write" or "admin".
[[nodiscard]] const char* to_string(KeyKind kind);

/// A key as it is stored. The secret itself is nowhere.
struct Key {
    std::string id;
    KeyKind kind = KeyKind::write;
    std::string name;    ///< unique
    std::string source;  ///< of what is sent with it: messages are told apart within their source
    Instant created_at{};
    std::optional<Instant> revoked_at;
};

/// A key just made, with the secret that is shown this once.
struct NewKey {
    Key key;
    std::string secret;
};

}  // namespace fineline::control
