#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace fineline {

/// Appends little-endian numbers, LEB128 varints and length-prefixed texts to a byte string.
/// One thread at a time; the target must outlive the writer.
class ByteWriter {
  public:
    explicit ByteWriter(std::string& target) : target_(target) {}

    void u8(std::uint8_t value) { target_.push_back(static_cast<char>(value)); }

    void u32(std::uint32_t value) { fixed(value); }

    void u64(std::uint64_t value) { fixed(value); }

    void f64(double value) { fixed(std::bit_cast<std::uint64_t>(value)); }

    void varint(std::uint64_t value) {
        while (value >= 0x80U) {
            u8(static_cast<std::uint8_t>(value | 0x80U));
            value >>= 7U;
        }
        u8(static_cast<std::uint8_t>(value));
    }

    /// Zigzag, so that small negative numbers stay short.
    void signed_varint(std::int64_t value) {
        varint((static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63));
    }

    void text(std::string_view value) {
        varint(value.size());
        target_.append(value);
    }

    void raw(std::string_view value) { target_.append(value); }

  private:
    template <class T>
    void fixed(T value) {
        static_assert(std::endian::native == std::endian::little,
                      "stored formats are little-endian");
        char bytes[sizeof value];  // NOLINT(cppcoreguidelines-pro-type-member-init)
        std::memcpy(bytes, &value, sizeof value);
        target_.append(bytes, sizeof value);
    }

    std::string& target_;
};

/// Reads what ByteWriter wrote. After the first short or malformed read `ok()` is false for good,
/// and every further read yields zero or empty; so callers check once, at the end. One thread at a
/// time.
class ByteReader {
  public:
    explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] bool ok() const { return ok_; }

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

    std::uint8_t u8() { return fixed<std::uint8_t>(); }

    std::uint32_t u32() { return fixed<std::uint32_t>(); }

    std::uint64_t u64() { return fixed<std::uint64_t>(); }

    double f64() { return std::bit_cast<double>(fixed<std::uint64_t>()); }

    std::uint64_t varint() {
        // Nearly all are lengths and indexes of one byte.
        if (!rest_.empty() && static_cast<unsigned char>(rest_.front()) < 0x80U) [[likely]] {
            const auto value = static_cast<unsigned char>(rest_.front());
            rest_.remove_prefix(1);
            return value;
        }
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t byte = u8();
            if (shift == 63 && byte > 1) {
                break;
            }
            value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if ((byte & 0x80U) == 0) {
                return value;
            }
        }
        ok_ = false;
        return 0;
    }

    std::int64_t signed_varint() {
        const std::uint64_t zigzag = varint();
        return static_cast<std::int64_t>((zigzag >> 1U) ^ (0 - (zigzag & 1U)));
    }

    /// The view points into the bytes being read.
    std::string_view text() { return raw(varint()); }

    std::string_view raw(std::uint64_t size) {
        if (!ok_ || size > rest_.size()) {
            ok_ = false;
            rest_ = {};
            return {};
        }
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

  private:
    template <class T>
    T fixed() {
        T value{};
        if (!ok_ || rest_.size() < sizeof value) {
            ok_ = false;
            rest_ = {};
            return value;
        }
        std::memcpy(&value, rest_.data(), sizeof value);
        rest_.remove_prefix(sizeof value);
        return value;
    }

    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace fineline
