#include "eventlog/compression.h"

#include "base/require.h"

#include <zstd.h>

namespace fineline::eventlog {

namespace {

/// Level 1 packs events about as well as level 3 at twice its speed.
constexpr int level = 1;

}  // namespace

struct Compression::Contexts {
    struct Free {
        void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }

        void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
    };

    std::unique_ptr<ZSTD_CCtx, Free> compressing{ZSTD_createCCtx()};
    std::unique_ptr<ZSTD_DCtx, Free> restoring{ZSTD_createDCtx()};
};

Compression::Compression() : contexts_(std::make_unique<Contexts>()) {
    require(contexts_->compressing != nullptr && contexts_->restoring != nullptr,
            "no memory for compression");
}

Compression::~Compression() = default;

Result<std::string_view> Compression::compress(std::string_view raw) {
    const std::size_t bound = ZSTD_compressBound(raw.size());
    if (packed_.size() < bound) {
        packed_.resize(bound);
    }
    const std::size_t size = ZSTD_compressCCtx(contexts_->compressing.get(),
                                               packed_.data(),
                                               packed_.size(),
                                               raw.data(),
                                               raw.size(),
                                               level);
    if (ZSTD_isError(size) != 0U) {
        return Error{ErrorCode::unavailable,
                     std::string("a batch cannot be compressed: ") + ZSTD_getErrorName(size),
                     {}};
    }
    return std::string_view(packed_.data(), size);
}

Result<std::string> Compression::restore(std::string_view frame, std::size_t raw_bytes) {
    std::string raw(raw_bytes, '\0');
    const std::size_t size = ZSTD_decompressDCtx(
        contexts_->restoring.get(), raw.data(), raw.size(), frame.data(), frame.size());
    if (ZSTD_isError(size) != 0U || size != raw_bytes) {
        return Error{ErrorCode::corrupt, "a compressed batch is damaged", {}};
    }
    return raw;
}

}  // namespace fineline::eventlog
