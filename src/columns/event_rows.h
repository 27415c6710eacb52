#pragma once

#include "base/instant.h"
#include "model/ids.h"
#include "model/value.h"

#include <algorithm>
#include <cstdint>

namespace fineline::columns {

/// Where the property values of some rows lie. Rows are numbered as the source likes. Immutable
/// while read.
class ValueSource {
  public:
    ValueSource() = default;
    ValueSource(const ValueSource&) = delete;
    ValueSource& operator=(const ValueSource&) = delete;
    ValueSource(ValueSource&&) = delete;
    ValueSource& operator=(ValueSource&&) = delete;
    virtual ~ValueSource() = default;

    /// The property's value in that row; missing where the row or the whole source has none.
    [[nodiscard]] virtual Datum value(PropertyId property, std::uint32_t row) const = 0;
};

/// One customer's rows of one table (events of one name, values of one trait, states of one
/// consent) in (time, arrival) order: a view into columns, valid until the Reader that made it
/// moves on to another customer. Cheap to copy. It may see clustered base columns or rows gathered
/// from base, delta and merged identities; the caller cannot tell.
class EventRows {
  public:
    EventRows() = default;

    /// `times` and `arrivals` hold `size` elements; row i is the source's row `first_row + i`.
    EventRows(const Instant* times,
              const std::uint64_t* arrivals,
              std::uint32_t size,
              const ValueSource* source,
              std::uint32_t first_row)
        : times_(times), arrivals_(arrivals), source_(source), size_(size), first_row_(first_row) {}

    /// Arrivals as offsets above the first.
    struct ShortArrivals {
        const std::uint32_t* offsets = nullptr;
        std::uint64_t first = 0;
    };

    /// Like the above.
    EventRows(const Instant* times,
              ShortArrivals arrivals,
              std::uint32_t size,
              const ValueSource* source,
              std::uint32_t first_row)
        : times_(times),
          short_arrivals_(arrivals),
          source_(source),
          size_(size),
          first_row_(first_row) {}

    [[nodiscard]] std::uint32_t size() const { return size_; }

    [[nodiscard]] bool empty() const { return size_ == 0; }

    /// instant_min for an undated trait.
    [[nodiscard]] Instant time(std::uint32_t row) const { return times_[row]; }

    /// Log position of the record that told of it.
    [[nodiscard]] std::uint64_t arrival(std::uint32_t row) const {
        return short_arrivals_.offsets != nullptr
                   ? short_arrivals_.first + short_arrivals_.offsets[row]
                   : arrivals_[row];
    }

    /// The property's value, missing where the event has none. For traits, consents and account
    /// joins property 0 is the value (for a consent a boolean, for a join the account's id).
    [[nodiscard]] Datum value(PropertyId property, std::uint32_t row) const {
        return source_->value(property, first_row_ + row);
    }

    /// Number of rows with time ≤ `at`: the index of the first later one.
    [[nodiscard]] std::uint32_t count_until(Instant at) const {
        return static_cast<std::uint32_t>(std::upper_bound(times_, times_ + size_, at) - times_);
    }

    /// Number of rows with time < `at`.
    [[nodiscard]] std::uint32_t count_before(Instant at) const {
        return static_cast<std::uint32_t>(std::lower_bound(times_, times_ + size_, at) - times_);
    }

  private:
    const Instant* times_ = nullptr;
    const std::uint64_t* arrivals_ = nullptr;
    ShortArrivals short_arrivals_;
    const ValueSource* source_ = nullptr;
    std::uint32_t size_ = 0;
    std::uint32_t first_row_ = 0;
};

}  // namespace fineline::columns
