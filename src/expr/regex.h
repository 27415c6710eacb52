#pragma once

#include "base/result.h"

#include <memory>
#include <string_view>

namespace fineline::expr {

/// A compiled regular expression in RE2's syntax. Immutable, safe to share, cheap to copy.
class Regex {
  public:
    /// Errors: invalid_argument, with what is wrong in the pattern.
    [[nodiscard]] static Result<Regex> compile(std::string_view pattern);

    /// Says whether the pattern matches anywhere in the text. Cost: linear in the text.
    [[nodiscard]] bool found_in(std::string_view text) const;

  private:
    struct Compiled;

    explicit Regex(std::shared_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}

    std::shared_ptr<const Compiled> compiled_;
};

}  // namespace fineline::expr
