#pragma once

#include "columns/view_state.h"

#include <cstdint>

namespace fineline::membership {

/// The row of the identity that is a person's printed id: of several the bytewise least.
/// Cost: O(identities).
[[nodiscard]] inline std::uint32_t printed_row(const columns::CustomersView& customers,
                                               std::uint32_t root) {
    std::uint32_t least = root;
    for (std::uint32_t row = customers.next(root); row != root; row = customers.next(row)) {
        least = customers.ids->text(row) < customers.ids->text(least) ? row : least;
    }
    return least;
}

}  // namespace fineline::membership
