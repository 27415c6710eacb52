#include "base/checksum.h"

#include "base/require.h"

#include <xxhash.h>

namespace fineline {

struct Digester::State {
    XXH3_state_t* xxh = XXH3_createState();

    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    State(State&&) = delete;
    State& operator=(State&&) = delete;

    ~State() { XXH3_freeState(xxh); }
};

std::uint64_t checksum(std::string_view bytes) {
    return XXH3_64bits(bytes.data(), bytes.size());
}

std::string to_hex(const Digest128& digest) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::uint64_t half : {digest.high, digest.low}) {
        for (int shift = 60; shift >= 0; shift -= 4) {
            text.push_back(digits[(half >> static_cast<unsigned>(shift)) & 0xfU]);
        }
    }
    return text;
}

Digest128 digest128(std::string_view bytes) {
    const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
    return {.low = hash.low64, .high = hash.high64};
}

Digester::Digester() : state_(std::make_unique<State>()) {
    require(state_->xxh != nullptr && XXH3_128bits_reset(state_->xxh) == XXH_OK,
            "no memory for a digest");
}

Digester::~Digester() = default;

void Digester::add(std::string_view bytes) {
    require(XXH3_128bits_update(state_->xxh, bytes.data(), bytes.size()) == XXH_OK,
            "digest update failed");
}

Digest128 Digester::finish() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_->xxh);
    return {.low = hash.low64, .high = hash.high64};
}

}  // namespace fineline
