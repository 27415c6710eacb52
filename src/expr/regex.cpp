#include "expr/regex.h"

#include <re2/re2.h>

#include <string>

namespace fineline::expr {

struct Regex::Compiled {
    explicit Compiled(const re2::StringPiece& pattern) : regex(pattern, RE2::Quiet) {}

    RE2 regex;
};

Result<Regex> Regex::compile(std::string_view pattern) {
    auto compiled =
        std::make_shared<const Compiled>(re2::StringPiece(pattern.data(), pattern.size()));
    if (!compiled->regex.ok()) {
        return Error{ErrorCode::invalid_argument,
                     "not a regular expression: " + compiled->regex.error() + " '" +
                         std::string(pattern) + "'",
                     {}};
    }
    return Regex(std::move(compiled));
}

bool Regex::found_in(std::string_view text) const {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), compiled_->regex);
}

}  // namespace fineline::expr
