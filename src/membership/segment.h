#pragma once

#include "base/instant.h"
#include "expr/check.h"
#include "expr/evaluate.h"
#include "membership/reads.h"
#include "membership/transition.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::membership {

/// One version of a segment, checked. Immutable.
struct Definition {
    std::string name;
    std::uint32_t version = 0;
    std::string text;  ///< canonical
    std::vector<std::string> warnings;
    std::shared_ptr<const expr::CheckedExpression> checked;  ///< nullptr: `error` says why
    std::string error;
};

/// What is defined in a workspace at one position: the segments that are not archived, and the
/// settings they are evaluated under. Immutable.
struct Portfolio {
    std::vector<Definition> segments;  ///< in order of first definition
    std::shared_ptr<const expr::Settings> settings;
    std::uint64_t version = 0;  ///< position after the record that changed it last

    [[nodiscard]] const Definition* find(std::string_view name) const;
};

/// The segments in an order in which each comes after those it refers to, as places in
/// `portfolio.segments`; those that cannot be evaluated are left out.
[[nodiscard]] std::vector<std::size_t> in_order_of_reference(const Portfolio& portfolio);

/// What each segment reads, by way of others as well. By name.
[[nodiscard]] std::map<std::string, Reads, std::less<>> transitive_reads(
    const Portfolio& portfolio);

/// Thresholds of the population, each with the instant it was computed at. Immutable once shared.
struct KeptThresholds {
    expr::Thresholds values;
    std::map<std::string, Instant, std::less<>> computed_at;  ///< by operand
};

/// A segment's version that serves. Immutable.
struct ActiveSegment {
    Definition definition;
    SegmentSlot slot{0};
    Instant since{};  ///< when it took over
    Reads reads;
    std::shared_ptr<const expr::Settings> settings;
    std::shared_ptr<const expr::Program> program;  ///< bound to the names known when made
    std::vector<std::string> operands;             ///< whose thresholds it reads
};

/// How evaluation sees a segment. The segment and the thresholds must outlive it.
[[nodiscard]] expr::World world_of(const ActiveSegment& segment, const KeptThresholds& thresholds);

}  // namespace fineline::membership
