#include "control/secrets.h"

#include "base/require.h"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace fineline::control {

namespace {

void prepare_library() {
    // Once: the library takes a lock each time, to see that it was done.
    static const bool is_ready = sodium_init() >= 0;
    require(is_ready, "libsodium cannot be used on this machine");
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

template <std::size_t N>
std::string hex_of(const std::array<unsigned char, N>& bytes) {
    std::string hex(N * 2 + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), bytes.data(), bytes.size());
    hex.resize(N * 2);
    return hex;
}

template <std::size_t N>
std::string random_text() {
    prepare_library();
    std::array<unsigned char, N> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_encoded_len(N, variant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
    text.resize(text.size() - 1);
    return text;
}

}  // namespace

std::string random_secret() {
    return random_text<32>();
}

std::string random_id() {
    return random_text<12>();
}

SecretDigest digest_of(std::string_view secret) {
    prepare_library();
    SecretDigest digest{};
    crypto_generichash(digest.data(), digest.size(), bytes_of(secret), secret.size(), nullptr, 0);
    return digest;
}

SecretTag tag_of(std::string_view secret) {
    static const auto key = [] {
        prepare_library();
        std::array<unsigned char, crypto_shorthash_siphashx24_KEYBYTES> drawn{};
        randombytes_buf(drawn.data(), drawn.size());
        return drawn;
    }();
    SecretTag tag{};
    static_assert(sizeof tag == crypto_shorthash_siphashx24_BYTES);
    crypto_shorthash_siphashx24(tag.data(), bytes_of(secret), secret.size(), key.data());
    return tag;
}

std::string secret_digest(std::string_view secret) {
    return hex_of(digest_of(secret));
}

std::string signature(std::string_view secret, std::string_view text) {
    prepare_library();
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(secret), secret.size());
    crypto_auth_hmacsha256_update(&state, bytes_of(text), text.size());
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> code{};
    crypto_auth_hmacsha256_final(&state, code.data());
    return hex_of(code);
}

bool decode_base64(std::string_view text, std::string& bytes) {
    std::string plain(text);
    std::replace(plain.begin(), plain.end(), '-', '+');
    std::replace(plain.begin(), plain.end(), '_', '/');
    while (!plain.empty() && plain.back() == '=') {
        plain.pop_back();
    }
    bytes.resize(plain.size() * 3 / 4 + 3);
    std::size_t size = 0;
    const char* end = nullptr;
    const int failed = sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()),
                                         bytes.size(),
                                         plain.data(),
                                         plain.size(),
                                         nullptr,
                                         &size,
                                         &end,
                                         sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    bytes.resize(size);
    return failed == 0 && end == plain.data() + plain.size();
}

}  // namespace fineline::control
