#pragma once

#include "base/result.h"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

struct sqlite3;

namespace fineline::control {

/// What a parameter or a column holds; null is the first.
using Cell = std::variant<std::monostate, std::int64_t, std::string>;
using Row = std::vector<Cell>;

/// A cell's number; 0 for null.
[[nodiscard]] std::int64_t number_in(const Row& row, std::size_t column);

/// A cell's text; "" for null.
[[nodiscard]] std::string text_in(const Row& row, std::size_t column);

/// One SQLite file, in write-ahead mode; each statement outside a transaction is durable when it
/// returns. One thread at a time.
/// Errors of every operation: unavailable (disk full, locked), corrupt, io, internal.
class Database {
  public:
    /// Opens or creates the file, readable by its owner only. Deleted content is overwritten.
    [[nodiscard]] static Result<Database> open(const std::string& path);

    /// Runs one statement; returns its rows. Parameters stand in the order of the `?`.
    [[nodiscard]] Result<std::vector<Row>> run(const std::string& sql,
                                               const std::vector<Cell>& parameters = {});

    /// Runs `work` within one transaction: all of it is stored, or nothing.
    [[nodiscard]] Status together(const std::function<Status()>& work);

  private:
    struct Close {
        void operator()(sqlite3* database) const;
    };

    explicit Database(sqlite3* database) : database_(database) {}

    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace fineline::control
