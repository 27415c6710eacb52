#pragma once

#include "base/instant.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fineline::columns {

/// A stored definition: a segment, a setting or a purpose, all versions oldest first.
struct DefinitionVersion {
    std::uint64_t version = 0;  ///< 1, 2, 3 …
    std::string text;           ///< canonical expression, setting value, purpose YAML
    std::vector<std::string> warnings;
    Instant defined_at{};
    bool archived = false;
    /// Which change of the workspace's definitions brought it, from 1; 0 where that was not stored.
    std::uint64_t change = 0;
    /// What else it says, by name, ascending: of a segment its purpose, order, because, action.
    std::vector<std::pair<std::string, std::string>> details;

    /// The detail of that name; empty if it has none.
    [[nodiscard]] std::string_view detail(std::string_view name) const;
};

/// A definition that a View shall show as its newest version.
struct DefinitionEdit {
    std::string kind;
    std::string name;
    DefinitionVersion version;
};

}  // namespace fineline::columns
