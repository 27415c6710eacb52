#pragma once

#include "base/result.h"

#include <string>
#include <string_view>

namespace fineline::engine {

/// A file that is written piece by piece and then takes the place of another as a whole: it lies
/// beside it until finish(). Without one it is removed again. One thread at a time.
class DurableFile {
  public:
    explicit DurableFile(std::string path);
    ~DurableFile();
    DurableFile(const DurableFile&) = delete;
    DurableFile& operator=(const DurableFile&) = delete;
    DurableFile(DurableFile&&) = delete;
    DurableFile& operator=(DurableFile&&) = delete;

    /// False: it cannot be written; finish() says why.
    bool add(std::string_view bytes);

    /// Flushes it to disk, renames it, flushes the directory. After a crash the name stands for
    /// either the old or the new file. Errors: io, unavailable (disk full).
    [[nodiscard]] Status finish();

  private:
    std::string path_;
    std::string beside_;
    int descriptor_;
    int failed_ = 0;  ///< errno of the first failure
};

/// As DurableFile, of one piece.
[[nodiscard]] Status write_durably(const std::string& path, std::string_view bytes);

/// Overwrites a file with zeros, flushes, removes it and flushes its directory. A missing file is
/// fine.
[[nodiscard]] Status remove_durably(const std::string& path);

}  // namespace fineline::engine
