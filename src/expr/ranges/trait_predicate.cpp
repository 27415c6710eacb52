#include "expr/ranges/range_predicate.h"
#include "expr/ranges/value_memo.h"

#include <algorithm>

// Conditions that read one trait and nothing else of a customer.

namespace fineline::expr {

namespace {

/// Traits hold their value as property 0.
constexpr std::uint32_t the_value = 0;

/// A condition on one trait's value at now. One thread at a time.
class TraitPredicate final : public RangePredicate {
  public:
    TraitPredicate(const BoundNode& node, TraitId trait, const RangeQuestion& question)
        : node_(node), trait_(trait), memo_(node, question, ValueMemo::Of::trait) {}

    void evaluate(RangeStand& stand, Asked asked, std::span<Truth> truths) override {
        std::fill(truths.begin(), truths.end(), memo_.of_missing());
        const columns::RangeRows rows = stand.rows(columns::TableKind::trait, trait_.value());
        if (rows.chunk != nullptr) {
            read_chunk(stand, rows, asked, truths);
        }
        stand.each_elsewhere(
            rows, asked, [&](std::uint32_t lane) { truths[lane] = stand.truth(node_, lane); });
    }

    [[nodiscard]] int cost() const override { return 1; }

  private:
    void read_chunk(RangeStand& stand,
                    const columns::RangeRows& rows,
                    Asked asked,
                    std::span<Truth> truths) {
        const columns::Chunk& chunk = *rows.chunk;
        const columns::Column column = chunk.column_of(the_value);
        const std::span<const std::uint16_t> locals = chunk.locals();
        const std::uint32_t* offsets = chunk.offsets();
        const Instant* times = chunk.times();
        const std::span<const Truth> by_code = truths_by_code(*rows.table, column);
        const auto* codes = column.as<std::uint8_t>();
        const bool all_known = chunk.head().time_max <= stand.now().time_since_epoch().count();
        for (std::uint32_t i = 0; i < locals.size(); ++i) {
            if (asked[locals[i]] == 0) {
                continue;
            }
            const std::uint32_t begin = offsets[i];
            std::uint32_t known = offsets[i + 1];
            if (!all_known) {
                known = static_cast<std::uint32_t>(
                    std::upper_bound(times + begin, times + known, stand.now()) - times);
            }
            if (known > begin) {
                truths[locals[i]] = by_code.empty() ? memo_.of_row(*rows.table, column, known - 1)
                                                    : by_code[codes[known - 1]];
            }
        }
    }

    /// The truth of each stored code where codes are bytes; empty elsewhere.
    std::span<const Truth> truths_by_code(const columns::TableView& table,
                                          const columns::Column& column) {
        if (column.bytes == nullptr || column.encoding != columns::Encoding::code8) {
            return {};
        }
        const auto* codes = column.as<std::uint8_t>();
        return memo_.of_codes(table, column, *std::max_element(codes, codes + column.rows));
    }

    const BoundNode& node_;
    TraitId trait_;
    ValueMemo memo_;
};

}  // namespace

RangePredicatePtr plan_trait(const BoundNode& node, const RangeQuestion& question) {
    const Reads reads = reads_of(node);
    const bool one_trait =
        reads.traits.size() == 1 && !reads.elsewhere && !reads.moment && reads.properties.empty();
    return one_trait ? std::make_unique<TraitPredicate>(node, reads.traits.front(), question)
                     : nullptr;
}

}  // namespace fineline::expr
