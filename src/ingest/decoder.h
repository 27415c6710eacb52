#pragma once

#include "base/result.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace fineline::ingest {

/// Undoes one kind of compression, piece by piece. One thread at a time.
class Decoder {
  public:
    Decoder() = default;
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;
    Decoder(Decoder&&) = delete;
    Decoder& operator=(Decoder&&) = delete;
    virtual ~Decoder() = default;

    struct Step {
        std::size_t consumed = 0;
        std::size_t produced = 0;
    };

    /// Decodes some of `in` into the front of `out`; neither 0 and 0 means: more input is needed.
    /// Errors: corrupt.
    [[nodiscard]] virtual Result<Step> decode(std::string_view in, std::span<char> out) = 0;

    /// True where the input may end: between members or frames.
    [[nodiscard]] virtual bool complete() const = 0;
};

/// Errors: internal (no memory).
[[nodiscard]] Result<std::unique_ptr<Decoder>> make_gzip_decoder();
[[nodiscard]] Result<std::unique_ptr<Decoder>> make_zstd_decoder();

}  // namespace fineline::ingest
