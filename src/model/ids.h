#pragma once

#include "base/id.h"

#include <cstdint>

namespace fineline {

/// A dense row number of a customer (or account) in the columns; it never leaves the process.
using CustomerOrdinal = Id<struct CustomerOrdinalTag, std::uint32_t>;
using AccountOrdinal = Id<struct AccountOrdinalTag, std::uint32_t>;

/// A table of the columns: an event name, a trait, a purpose of consent, an account trait.
using EventNameId = Id<struct EventNameTag, std::uint32_t>;
using TraitId = Id<struct TraitTag, std::uint32_t>;
using AccountTraitId = Id<struct AccountTraitTag, std::uint32_t>;
using PurposeId = Id<struct PurposeTag, std::uint32_t>;

/// A property within its event name; meaningless for another event.
using PropertyId = Id<struct PropertyTag, std::uint32_t>;

/// A record's place in the log: 0, 1, 2 …, without gaps; also its arrival order.
using Position = Id<struct PositionTag, std::uint64_t>;

}  // namespace fineline
