#pragma once

#include "mapping/portfolio.h"
#include "study/merge_path.h"
#include "study/purpose.h"

#include <string>
#include <string_view>

namespace fineline::study {

/// The difference of two texts as a unified diff with three lines around each change; empty where
/// they are equal. Cost: quadratic in the lines between the first and the last change.
[[nodiscard]] std::string unified_diff(std::string_view before, std::string_view after);

/// The change from one portfolio to another, as a diff of the files that to_yaml() prints.
[[nodiscard]] std::string portfolio_patch(const mapping::Portfolio& before,
                                          const mapping::Portfolio& after);

/// The portfolio of a purpose with its segments joined as the parts say, in their order.
[[nodiscard]] mapping::Portfolio with_parts(const Purpose& purpose, const Parts& parts);

/// The parts without one segment, and the parts with two segments joined where the first stands.
[[nodiscard]] Parts parts_without(std::size_t segments, std::size_t gone);
[[nodiscard]] Parts parts_joined(std::size_t segments, std::size_t first, std::size_t second);

/// A name that a segment may have: letters, digits and underscores of the text.
[[nodiscard]] std::string segment_name(std::string_view text);

}  // namespace fineline::study
