#pragma once

#include "base/result.h"
#include "ingest/input_stream.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace fineline::ingest {

/// A window over a text stream that begins at the current record and grows as far as a record
/// needs. One thread at a time; views into it die with the next more() or drop().
class TextBuffer {
  public:
    explicit TextBuffer(InputStream& input);

    /// The text read and not yet dropped.
    [[nodiscard]] std::string_view text() const { return {bytes_.data() + begin_, end_ - begin_}; }

    /// Reads on behind text(); false at the end of the input. Errors: of the stream.
    [[nodiscard]] Result<bool> more();

    /// Reads on until text() has a byte at `at`; false where the input ends before.
    [[nodiscard]] Result<bool> reaches(std::size_t at);

    static constexpr std::size_t nowhere = std::string_view::npos;

    /// Finds the end of the first line of text(): the place of `line_end`, or text().size() at the
    /// end of the input; `nowhere` if the line is longer than `bytes_max`.
    [[nodiscard]] Result<std::size_t> find_line_end(char line_end, std::size_t bytes_max);

    /// Lets go of the first `size` bytes of text().
    void drop(std::size_t size) {
        begin_ += size;
        offset_ += size;
    }

    /// Lets go of the first line of text(), however long, its end included.
    [[nodiscard]] Status drop_line(char line_end);

    /// Where text() begins in the stream.
    [[nodiscard]] std::uint64_t offset() const { return offset_; }

  private:
    InputStream& input_;
    std::vector<char> bytes_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t offset_ = 0;
    bool input_ended_ = false;
};

}  // namespace fineline::ingest
