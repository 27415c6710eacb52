#pragma once

#include "expr/functions/datum_order.h"
#include "expr/functions/function.h"

namespace fineline::expr::functions {

/// Keeps the best value of the best kind there is: numbers if any, else timestamps, else strings;
/// other kinds have no extremum here. One thread at a time.
class Extremum {
  public:
    /// `better(a, b)` says whether `a` beats `b`, both of one kind.
    explicit Extremum(bool (*better)(const Datum& a, const Datum& b)) : better_(better) {}

    void add(const Datum& value) {
        const int rank = rank_of(value.kind());
        if (rank > best_rank_ || (rank == best_rank_ && rank > 0 && better_(value, best_))) {
            best_rank_ = rank;
            best_ = value;
        }
    }

    /// The best so far, missing if there was none.
    [[nodiscard]] const Datum& value() const { return best_; }

  private:
    static int rank_of(ValueKind kind) {
        switch (kind) {
            case ValueKind::number: return 3;
            case ValueKind::timestamp: return 2;
            case ValueKind::string: return 1;
            case ValueKind::missing:
            case ValueKind::boolean:
            case ValueKind::duration:
            case ValueKind::list:
            case ValueKind::withheld: break;
        }
        return 0;
    }

    bool (*better_)(const Datum& a, const Datum& b);
    Datum best_;
    int best_rank_ = 0;
};

/// The best value of the events selected, or of the rows.
inline Datum extremum_of(const AggregateInput& input, bool (*better)(const Datum&, const Datum&)) {
    Extremum extremum(better);
    for (const SelectedEvent& event : input.events) {
        extremum.add(event.value);
    }
    return extremum.value();
}

inline Datum extremum_of(const AggregateRows& input, bool (*better)(const Datum&, const Datum&)) {
    Extremum extremum(better);
    if (input.property) {
        for (std::uint32_t row = input.begin; row < input.end; ++row) {
            extremum.add(input.rows.value(*input.property, row));
        }
    }
    return extremum.value();
}

}  // namespace fineline::expr::functions
