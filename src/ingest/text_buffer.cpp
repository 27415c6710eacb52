#include "ingest/text_buffer.h"

#include <cstring>
#include <span>

namespace fineline::ingest {

namespace {

constexpr std::size_t read_bytes = 256 * 1024;

}  // namespace

TextBuffer::TextBuffer(InputStream& input) : input_(input), bytes_(4 * read_bytes) {}

Result<bool> TextBuffer::more() {
    if (input_ended_) {
        return false;
    }
    if (bytes_.size() - end_ < read_bytes) {
        std::memmove(bytes_.data(), bytes_.data() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (bytes_.size() - end_ < read_bytes) {
        bytes_.resize(bytes_.size() * 2);
    }
    auto taken = input_.read(std::span(bytes_.data() + end_, bytes_.size() - end_));
    if (!taken) {
        return taken.error();
    }
    end_ += *taken;
    input_ended_ = *taken == 0;
    return !input_ended_;
}

}  // namespace fineline::ingest
