#include "expr/sql/dialect.h"

#include <array>

namespace fineline::expr::sql {

std::span<const Dialect* const> dialects() {
    static constexpr std::array<const Dialect*, 1> all{&duckdb};
    return all;
}

const Dialect* find_dialect(std::string_view name) {
    for (const Dialect* dialect : dialects()) {
        if (dialect->name == name) {
            return dialect;
        }
    }
    return nullptr;
}

}  // namespace fineline::expr::sql
