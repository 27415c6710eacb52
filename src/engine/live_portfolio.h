#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "membership/segment.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::engine {

/// Reads what is defined at each position into a portfolio, and keeps what did not change from one
/// time to the next: a definition is compiled once. One thread at a time.
class PortfolioReader {
  public:
    /// Cost: a compilation for each definition that changed.
    [[nodiscard]] std::shared_ptr<const membership::Portfolio> read(
        const std::shared_ptr<const columns::View>& view);

    /// A version of a segment as it was defined. Errors: not_found, invalid_argument (it no longer
    /// compiles).
    [[nodiscard]] static Result<membership::Definition> version_of(
        const std::shared_ptr<const columns::View>& view,
        std::string_view name,
        std::uint32_t version);

  private:
    [[nodiscard]] std::shared_ptr<const expr::Settings> settings(const columns::View& view);

    std::shared_ptr<const membership::Portfolio> before_;
    std::vector<std::string> setting_texts_;
};

}  // namespace fineline::engine
