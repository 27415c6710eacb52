#pragma once

#include "base/bytes.h"
#include "base/checksum.h"

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace fineline::eventlog {

/// Identifies a message for ever without saying anything about it: the XXH3-128 of its source and
/// id.
struct MessageDigest {
    static constexpr std::size_t size = 16;

    std::array<char, size> bytes{};

    [[nodiscard]] static MessageDigest of(std::string_view source, std::string_view message_id) {
        std::string text;
        ByteWriter(text).text(source);
        text += message_id;
        const Digest128 digest = digest128(text);
        MessageDigest message;
        std::memcpy(message.bytes.data(), &digest.low, sizeof digest.low);
        std::memcpy(message.bytes.data() + sizeof digest.low, &digest.high, sizeof digest.high);
        return message;
    }

    /// Takes the digest at the start of `bytes`, which must hold one.
    [[nodiscard]] static MessageDigest at(std::string_view bytes) {
        MessageDigest message;
        std::memcpy(message.bytes.data(), bytes.substr(0, size).data(), size);
        return message;
    }

    [[nodiscard]] std::string_view view() const { return {bytes.data(), bytes.size()}; }

    /// Half of the digest: tells almost all messages apart.
    [[nodiscard]] std::uint64_t fingerprint() const {
        std::uint64_t half = 0;
        std::memcpy(&half, bytes.data(), sizeof half);
        return half;
    }

    friend bool operator==(const MessageDigest&, const MessageDigest&) = default;

    friend bool operator<(const MessageDigest& a, const MessageDigest& b) {
        return a.view() < b.view();
    }
};

}  // namespace fineline::eventlog
