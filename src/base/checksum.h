#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace fineline {

/// Returns the 64-bit XXH3 of the bytes. Not cryptographic: it finds damage, not forgery.
[[nodiscard]] std::uint64_t checksum(std::string_view bytes);

/// A 128-bit digest, for identifying files and messages.
struct Digest128 {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    friend auto operator<=>(const Digest128&, const Digest128&) = default;
};

/// Prints a digest as 32 lower-case hexadecimal digits, high half first.
[[nodiscard]] std::string to_hex(const Digest128& digest);

/// Returns the 128-bit XXH3 of the bytes.
[[nodiscard]] Digest128 digest128(std::string_view bytes);

/// Digests a stream piece by piece; the result equals digest128 of the whole. One thread at a time.
class Digester {
  public:
    Digester();
    ~Digester();
    Digester(const Digester&) = delete;
    Digester& operator=(const Digester&) = delete;
    Digester(Digester&&) = delete;
    Digester& operator=(Digester&&) = delete;

    void add(std::string_view bytes);
    [[nodiscard]] Digest128 finish() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fineline
