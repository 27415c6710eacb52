#pragma once

#include "columns/view.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::engine {

/// What became of one definition in a change.
enum class HistoryWhat : std::uint8_t { added, changed, archived, restored };

/// Returns the word: "added", "changed" …
[[nodiscard]] const char* to_string(HistoryWhat what);

struct HistoryEntry {
    std::string kind;
    std::string name;
    HistoryWhat what = HistoryWhat::added;
    std::uint64_t version = 0;  ///< of this definition: 1, 2 …
    std::string text;           ///< a segment's expression, a purpose as YAML
};

/// One change of segments and purposes: what one command stored, all of it or nothing.
struct HistoryChange {
    std::uint64_t change = 0;  ///< its number, from 1; what a rollback names
    Instant at{};
    std::string note;  ///< "define", "apply second-order", "rollback to 3"
    std::vector<HistoryEntry> entries;
};

/// All changes, oldest first. O(versions of definitions).
[[nodiscard]] std::vector<HistoryChange> portfolio_history(const columns::View& view);

}  // namespace fineline::engine
