#include "engine/overlaps.h"

#include <algorithm>

namespace fineline::engine {

GroupOverlaps overlaps_of(std::span<const std::vector<CustomerOrdinal>> groups) {
    std::size_t rows = 0;
    for (const auto& group : groups) {
        for (const CustomerOrdinal row : group) {
            rows = std::max(rows, static_cast<std::size_t>(row.value()) + 1);
        }
    }
    // Row r's groups stand at [begin[r], begin[r + 1]).
    std::vector<std::size_t> begin(rows + 1, 0);
    for (const auto& group : groups) {
        for (const CustomerOrdinal row : group) {
            ++begin[row.value() + 1];
        }
    }
    for (std::size_t row = 0; row < rows; ++row) {
        begin[row + 1] += begin[row];
    }
    std::vector<std::size_t> end = begin;
    std::vector<std::uint32_t> of_row(begin[rows]);
    for (std::size_t group = 0; group < groups.size(); ++group) {
        for (const CustomerOrdinal row : groups[group]) {
            of_row[end[row.value()]++] = static_cast<std::uint32_t>(group);
        }
    }
    GroupOverlaps found;
    std::vector<std::uint64_t> both(groups.size() * groups.size(), 0);
    for (std::size_t row = 0; row < rows; ++row) {
        found.in_some += begin[row] < begin[row + 1] ? 1U : 0U;
        for (std::size_t i = begin[row]; i < begin[row + 1]; ++i) {
            for (std::size_t j = i + 1; j < begin[row + 1]; ++j) {
                ++both[of_row[i] * groups.size() + of_row[j]];
            }
        }
    }
    for (std::size_t a = 0; a < groups.size(); ++a) {
        for (std::size_t b = a + 1; b < groups.size(); ++b) {
            if (const std::uint64_t count = both[a * groups.size() + b]) {
                found.pairs.push_back({a, b, count});
            }
        }
    }
    return found;
}

}  // namespace fineline::engine
