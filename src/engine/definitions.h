#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "engine/workspace.h"
#include "expr/check.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::engine {

/// What checking an expression may know: every name seen so far, and the stored segments.
/// The catalog keeps the view alive. Cost: the number of names.
[[nodiscard]] expr::Catalog make_catalog(const std::shared_ptr<const columns::View>& view);

/// Returns the checked current definition of a stored segment. Errors: not_found, with the nearest
/// name.
[[nodiscard]] Result<expr::CheckedExpression> stored_segment(const columns::View& view,
                                                             const expr::Catalog& catalog,
                                                             std::string_view name);

/// The error of a segment that is not stored, with the nearest name.
[[nodiscard]] Error unknown_segment(std::string_view name, const std::vector<std::string>& known);

/// A definition as it was stored.
struct Defined {
    std::string name;
    std::uint64_t version = 0;
    std::string text;
    std::vector<std::string> warnings;
    bool unchanged = false;  ///< the newest version already said the same; nothing was stored
};

/// Checks and stores a segment as its next version; durable and published when it returns.
/// Errors: invalid_argument (name or expression; spans point into `text`).
[[nodiscard]] Result<Defined> define_segment(Workspace& workspace,
                                             std::string_view name,
                                             std::string_view text);

/// Checks and stores a setting as its next version. Errors: invalid_argument.
[[nodiscard]] Result<Defined> define_setting(Workspace& workspace,
                                             std::string_view name,
                                             std::string_view value);

}  // namespace fineline::engine
