#pragma once

#include "base/result.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace fineline::eventlog {

/// Compresses and restores payloads with Zstandard, level 1; its working memory is reused from call
/// to call. One thread at a time.
class Compression {
  public:
    Compression();
    ~Compression();
    Compression(const Compression&) = delete;
    Compression& operator=(const Compression&) = delete;
    Compression(Compression&&) = delete;
    Compression& operator=(Compression&&) = delete;

    /// Returns one Zstandard frame; the view holds until the next call.
    /// Errors: unavailable, if memory is short.
    [[nodiscard]] Result<std::string_view> compress(std::string_view raw);

    /// Restores a frame of exactly `raw_bytes` bytes.
    /// Errors: corrupt, if the frame is damaged or holds another number of bytes.
    [[nodiscard]] Result<std::string> restore(std::string_view frame, std::size_t raw_bytes);

  private:
    struct Contexts;
    std::unique_ptr<Contexts> contexts_;
    std::string packed_;
};

}  // namespace fineline::eventlog
