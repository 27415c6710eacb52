#include "ingest/text_buffer.h"

#include <cstring>
#include <span>

namespace fineline::ingest {

namespace {

constexpr std::size_t read_bytes = std::size_t{256} * 1024;

std::size_t find_byte(std::string_view text, char byte, std::size_t from) {
    const void* found = std::memchr(text.data() + from, byte, text.size() - from);
    return found == nullptr
               ? std::string_view::npos
               : static_cast<std::size_t>(static_cast<const char*>(found) - text.data());
}

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

Result<bool> TextBuffer::reaches(std::size_t at) {
    while (text().size() <= at) {
        auto grown = more();
        if (!grown || !*grown) {
            return grown;
        }
    }
    return true;
}

Result<std::size_t> TextBuffer::find_line_end(char line_end, std::size_t bytes_max) {
    std::size_t from = 0;
    while (true) {
        const std::size_t found = find_byte(text(), line_end, from);
        const std::size_t end = found == nowhere ? text().size() : found;
        if (end > bytes_max) {
            return nowhere;
        }
        if (found != nowhere) {
            return found;
        }
        from = end;
        auto grown = more();
        if (!grown) {
            return grown.error();
        }
        if (!*grown) {
            return end;
        }
    }
}

Status TextBuffer::drop_line(char line_end) {
    while (true) {
        const std::size_t end = find_byte(text(), line_end, 0);
        if (end != nowhere) {
            drop(end + 1);
            return done;
        }
        drop(text().size());
        auto grown = more();
        if (!grown) {
            return grown.error();
        }
        if (!*grown) {
            return done;
        }
    }
}

}  // namespace fineline::ingest
