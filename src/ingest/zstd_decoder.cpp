#include "ingest/decoder.h"

#include <zstd.h>

#include <string>

namespace fineline::ingest {

namespace {

struct FreeContext {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

/// One thread at a time.
class ZstdDecoder final : public Decoder {
  public:
    ZstdDecoder() : context_(ZSTD_createDCtx()) {}

    [[nodiscard]] bool started() const { return context_ != nullptr; }

    [[nodiscard]] Result<Step> decode(std::string_view in, std::span<char> out) override {
        if (complete_ && in.empty()) {
            return Step{};
        }
        ZSTD_inBuffer input{in.data(), in.size(), 0};
        ZSTD_outBuffer output{out.data(), out.size(), 0};
        const std::size_t code = ZSTD_decompressStream(context_.get(), &output, &input);
        if (ZSTD_isError(code) != 0) {
            return Error{ErrorCode::corrupt,
                         std::string("broken zstd data: ") + ZSTD_getErrorName(code),
                         {}};
        }
        complete_ = code == 0;
        return Step{.consumed = input.pos, .produced = output.pos};
    }

    [[nodiscard]] bool complete() const override { return complete_; }

  private:
    std::unique_ptr<ZSTD_DCtx, FreeContext> context_;
    bool complete_ = false;
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_zstd_decoder() {
    auto decoder = std::make_unique<ZstdDecoder>();
    if (!decoder->started()) {
        return Error{ErrorCode::internal, "zstd cannot start: no memory", {}};
    }
    return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace fineline::ingest
