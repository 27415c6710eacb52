#pragma once

#include "planted_worlds.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace fineline::study_tests {

/// What an audit says of a made world.
struct AuditedWorld {
    std::size_t recommended = 0;                 ///< segments of the recommended portfolio
    std::vector<std::set<std::string>> codes{};  ///< per drawn segment: of findings that name it
    /// Per sound segment: findings that name it and no faulty one beside it.
    std::vector<std::set<std::string>> blamed{};
    std::string error{};  ///< empty: the audit ran
};

/// What the ceiling of an audit is made of. The tree alone takes a fifth of the time, and nothing
/// that is counted here divides by the ceiling but `redundant`.
enum class CeilingOf : std::uint8_t { boosted_trees, tree };

/// Loads a world into a workspace of its own, by the path that any data take, and audits it.
[[nodiscard]] AuditedWorld audit_world(const PlantedWorld& world,
                                       std::uint64_t seed,
                                       CeilingOf ceiling);

}  // namespace fineline::study_tests
