#include "ingest/decoder.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace fineline::ingest {

namespace {

constexpr int gzip_only = 15 + 16;  // largest window, gzip wrapping

/// One thread at a time.
class GzipDecoder final : public Decoder {
  public:
    GzipDecoder() = default;
    GzipDecoder(const GzipDecoder&) = delete;
    GzipDecoder& operator=(const GzipDecoder&) = delete;
    GzipDecoder(GzipDecoder&&) = delete;
    GzipDecoder& operator=(GzipDecoder&&) = delete;

    ~GzipDecoder() override { inflateEnd(&stream_); }

    [[nodiscard]] bool start() { return inflateInit2(&stream_, gzip_only) == Z_OK; }

    [[nodiscard]] Result<Step> decode(std::string_view in, std::span<char> out) override {
        if (complete_ && in.empty()) {
            return Step{};
        }
        if (complete_) {
            inflateReset(&stream_);
            complete_ = false;
        }
        constexpr std::size_t piece_max = std::numeric_limits<uInt>::max();
        const std::size_t in_size = std::min(in.size(), piece_max);
        const std::size_t out_size = std::min(out.size(), piece_max);
        // zlib's interface is not const-correct without ZLIB_CONST; it does not write to its input.
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));  // NOLINT
        stream_.avail_in = static_cast<uInt>(in_size);
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out_size);
        const int code = inflate(&stream_, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
            const char* why = stream_.msg != nullptr ? stream_.msg : "not gzip";
            return Error{ErrorCode::corrupt, std::string("broken gzip data: ") + why, {}};
        }
        complete_ = code == Z_STREAM_END;
        return Step{.consumed = in_size - stream_.avail_in,
                    .produced = out_size - stream_.avail_out};
    }

    [[nodiscard]] bool complete() const override { return complete_; }

  private:
    z_stream stream_{};
    bool complete_ = false;
};

}  // namespace

Result<std::unique_ptr<Decoder>> make_gzip_decoder() {
    auto decoder = std::make_unique<GzipDecoder>();
    if (!decoder->start()) {
        return Error{ErrorCode::internal, "zlib cannot start: no memory", {}};
    }
    return std::unique_ptr<Decoder>(std::move(decoder));
}

}  // namespace fineline::ingest
