#pragma once

#include "study/merge_path.h"

#include <cstdint>
#include <vector>

namespace fineline::study {

/// How well the merge path tells customers it was not laid on, at each of its sizes: element i is
/// that of i + 1 parts; of sizes that are not measured it has no draws. The customers of some rows,
/// those before the judged ones, are dealt into ten folds; on nine of them a path is laid
/// and its means are taken, and the tenth is told by it. `cells` keeps sets of segments apart.
/// Source: Breiman, Friedman, Olshen & Stone (1984), 3.4: the size of a tree by cross-validation.
[[nodiscard]] std::vector<Skill> cross_validated(const Groundwork& ground,
                                                 const std::vector<std::uint32_t>& rows,
                                                 const Cells& cells);

}  // namespace fineline::study
