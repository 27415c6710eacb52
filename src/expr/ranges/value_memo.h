#pragma once

#include "columns/column.h"
#include "columns/table.h"
#include "expr/evaluation.h"
#include "expr/ranges/bound_walk.h"
#include "expr/ranges/range_evaluator.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace fineline::expr {

/// Evaluates a condition that reads one value, or one moment, and nothing else of a customer: by
/// showing it a customer (or an event) that has just that. One thread at a time.
class Probe {
  public:
    explicit Probe(const RangeQuestion& question);

    /// As if every trait of the customer were that since always.
    [[nodiscard]] Truth of_trait(const BoundNode& condition, const Datum& value);

    /// As if every property of the event had that value.
    [[nodiscard]] Truth of_property(const BoundNode& condition, const Datum& value);

    /// As if an event happened then.
    [[nodiscard]] Truth of_moment(const BoundNode& condition, Instant at);

  private:
    /// One row with one value.
    class OneValue final : public columns::ValueSource {
      public:
        [[nodiscard]] Datum value(PropertyId /*property*/, std::uint32_t /*row*/) const override {
            return datum;
        }

        Datum datum;
    };

    /// A customer with nothing but traits of one value.
    class OneTrait final : public Subject {
      public:
        explicit OneTrait(const OneValue& value);
        [[nodiscard]] columns::EventRows events(EventNameId name) override;
        [[nodiscard]] columns::EventRows trait(TraitId trait) override;
        [[nodiscard]] columns::EventRows consent(PurposeId purpose) override;
        [[nodiscard]] columns::EventRows account_joins() override;
        [[nodiscard]] columns::EventRows account_trait(std::string_view account,
                                                       AccountTraitId trait) override;

      private:
        columns::EventRows row_;
    };

    [[nodiscard]] Truth of_event(const BoundNode& condition, Instant at);

    RangeQuestion question_;
    OneValue value_;
    OneTrait subject_;
    Scratch scratch_;
};

/// The truth of a condition by the value it reads, evaluated once for each value of a dictionary
/// and for each stretch of numbers between two literals. One thread at a time.
class ValueMemo {
  public:
    enum class Of : std::uint8_t { trait, property };

    ValueMemo(const BoundNode& condition, const RangeQuestion& question, Of of);

    /// The truth for the value of a row of a column.
    [[nodiscard]] Truth of_row(const columns::TableView& table,
                               const columns::Column& column,
                               std::uint32_t row);

    /// The truths by stored code (u8, as code8 and boolean columns hold it) up to `last`.
    [[nodiscard]] std::span<const Truth> of_codes(const columns::TableView& table,
                                                  const columns::Column& column,
                                                  std::uint8_t last);

    [[nodiscard]] Truth of_missing();

  private:
    static constexpr std::uint8_t unasked = 0xff;
    static constexpr std::size_t bounds_max = 8;

    [[nodiscard]] Truth ask(const Datum& value);
    [[nodiscard]] Truth of_code(const columns::TableView& table,
                                const columns::Column& column,
                                std::uint32_t stored,
                                std::uint32_t row);
    [[nodiscard]] Truth of_number(double number);
    void learn_bounds();

    const BoundNode& condition_;
    Of of_;
    Probe probe_;
    std::vector<std::uint8_t> by_code_;  ///< by stored code
    std::array<std::uint8_t, 4> by_boolean_{unasked, unasked, unasked, unasked};
    std::vector<Truth> truths_;  ///< what of_codes() hands out
    std::uint8_t missing_ = unasked;
    /// Where the condition only compares the value with literals: those that are numbers,
    /// ascending, and the truth below, at and between them.
    bool by_bounds_ = false;
    std::vector<double> bounds_;
    std::vector<std::uint8_t> by_stretch_;
};

/// The truth of a condition that reads calendar fields of an event's time, evaluated once for each
/// day, hour or minute. One thread at a time.
class MomentMemo {
  public:
    /// `reads` says what the condition reads.
    MomentMemo(const BoundNode& condition, const RangeQuestion& question, const Reads& reads);

    [[nodiscard]] Truth at(Instant time);

    /// Makes room for the times of a table.
    void prepare(const columns::TableView& table);

  private:
    enum class Unit : std::uint8_t { none, day, hour, minute };

    [[nodiscard]] std::int64_t unit_of(Instant time) const;
    [[nodiscard]] Instant begin_of(std::int64_t unit) const;

    const BoundNode& condition_;
    Probe probe_;
    Unit unit_;
    std::int64_t first_ = 0;
    std::vector<std::uint8_t> truths_;
};

}  // namespace fineline::expr
