#pragma once

#include "base/instant.h"
#include "control/keys.h"

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace fineline::control {

class ControlStore;

/// How long a session lasts, used or not.
inline constexpr Duration session_time = std::chrono::hours(12);

/// A session that is open, as the one who opened it sees it.
struct Session {
    Key key;                 ///< the admin key it was opened with
    std::string csrf_token;  ///< must come with every request that changes something
    Instant expires_at{};
};

/// A session just opened, with the secret that travels in a cookie and is nowhere else.
struct NewSession {
    Session session;
    std::string secret;
};

/// The sessions of people who showed an admin key. Kept in memory, by the digest of their secret:
/// a restart ends them all, and nothing on disk opens anything (see decision 53). A session ends
/// with its key. Safe to share.
class Sessions {
  public:
    /// `keys` must outlive it.
    explicit Sessions(const ControlStore& keys) : keys_(keys) {}

    /// Opens a session for a key's secret; nothing unless it is an admin key that was not revoked.
    /// Beyond limits::sessions_max the one that expires first ends.
    [[nodiscard]] std::optional<NewSession> open(std::string_view key_secret, Instant now);

    /// The session of a secret, unless it expired, was closed, or its key was revoked. Cost: two
    /// digests and a look-up in memory.
    [[nodiscard]] std::optional<Session> find(std::string_view secret, Instant now) const;

    /// Ends one session; nothing happens if there is none.
    void close(std::string_view secret);

    /// Ends all of them.
    void close_all();

    [[nodiscard]] std::size_t count() const;

  private:
    struct Held {
        std::string key_id;
        Instant expires_at{};
    };

    void make_room(Instant now);

    const ControlStore& keys_;
    mutable std::mutex lock_;
    std::map<std::string, Held, std::less<>> by_digest_;
};

/// Compares two secrets in a time that tells nothing about where they differ.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);

}  // namespace fineline::control
