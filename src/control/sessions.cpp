#include "control/sessions.h"

#include "control/control_store.h"
#include "control/secrets.h"
#include "model/limits.h"

#include <algorithm>

namespace fineline::control {

namespace {

/// Follows from the secret, so that nothing more is kept; who has the token cannot go back to it.
std::string csrf_token_of(std::string_view secret) {
    return signature(secret, "csrf");
}

}  // namespace

std::optional<NewSession> Sessions::open(std::string_view key_secret, Instant now) {
    const auto key = keys_.find_key(key_secret);
    if (!key || key->kind != KeyKind::admin) {
        return std::nullopt;
    }
    NewSession made{.session = {.key = *key, .csrf_token = {}, .expires_at = now + session_time},
                    .secret = random_secret()};
    made.session.csrf_token = csrf_token_of(made.secret);
    const std::lock_guard lock(lock_);
    make_room(now);
    by_digest_.emplace(secret_digest(made.secret), Held{key->id, made.session.expires_at});
    return made;
}

void Sessions::make_room(Instant now) {
    std::erase_if(by_digest_, [&](const auto& held) { return held.second.expires_at <= now; });
    if (by_digest_.size() >= limits::sessions_max) {
        by_digest_.erase(
            std::min_element(by_digest_.begin(), by_digest_.end(), [](auto& a, auto& b) {
                return a.second.expires_at < b.second.expires_at;
            }));
    }
}

std::optional<Session> Sessions::find(std::string_view secret, Instant now) const {
    Held held;
    {
        const std::lock_guard lock(lock_);
        const auto found = by_digest_.find(secret_digest(secret));
        if (found == by_digest_.end() || found->second.expires_at <= now) {
            return std::nullopt;
        }
        held = found->second;
    }
    auto key = keys_.key(held.key_id);
    if (!key || key->revoked_at) {
        return std::nullopt;
    }
    return Session{
        .key = std::move(*key), .csrf_token = csrf_token_of(secret), .expires_at = held.expires_at};
}

void Sessions::close(std::string_view secret) {
    const std::lock_guard lock(lock_);
    by_digest_.erase(secret_digest(secret));
}

void Sessions::close_all() {
    const std::lock_guard lock(lock_);
    by_digest_.clear();
}

std::size_t Sessions::count() const {
    const std::lock_guard lock(lock_);
    return by_digest_.size();
}

bool same_secret(std::string_view a, std::string_view b) {
    return secret_digest(a) == secret_digest(b);
}

}  // namespace fineline::control
