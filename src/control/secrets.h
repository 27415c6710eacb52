#pragma once

#include "base/result.h"

#include <array>
#include <string>
#include <string_view>

namespace fineline::control {

/// Draws 256 random bits from the operating system, as 43 letters of base64url.
[[nodiscard]] std::string random_secret();

/// A shorter random name for a row, 16 letters of base64url (96 bits).
[[nodiscard]] std::string random_id();

/// The BLAKE2b-256 digest of a secret.
using SecretDigest = std::array<unsigned char, 32>;

[[nodiscard]] SecretDigest digest_of(std::string_view secret);

/// The same in hex: what is stored. A secret of 256 random bits needs no
/// slow hash, and every request pays for this one (see decision 51).
[[nodiscard]] std::string secret_digest(std::string_view secret);

/// A tag of a secret under a key that was drawn when the process started (SipHash-2-4 of 128 bits):
/// a fraction of a digest's cost, and worth nothing outside this process.
using SecretTag = std::array<unsigned char, 16>;

[[nodiscard]] SecretTag tag_of(std::string_view secret);

/// HMAC-SHA-256 in hex. Source: RFC 2104.
[[nodiscard]] std::string signature(std::string_view secret, std::string_view text);

/// Undoes base64, in either alphabet, with or without padding; false if the text is none.
[[nodiscard]] bool decode_base64(std::string_view text, std::string& bytes);

}  // namespace fineline::control
