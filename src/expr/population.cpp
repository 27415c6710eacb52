#include "expr/population.h"

#include "expr/program.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>

namespace fineline::expr {

namespace {

/// A value as a double, for ordering; false for kinds that distributions do not hold.
bool as_double(const Datum& value, double& number) {
    switch (value.kind()) {
        case ValueKind::number: number = value.number(); return true;
        case ValueKind::timestamp:
            number = static_cast<double>(value.timestamp().time_since_epoch().count());
            return true;
        case ValueKind::duration:
            number = static_cast<double>(value.duration().count());
            return true;
        case ValueKind::missing:
        case ValueKind::boolean:
        case ValueKind::string:
        case ValueKind::list:
        case ValueKind::withheld: break;
    }
    return false;
}

/// Of several kinds of values numbers make the distribution, else timestamps, else durations.
int precedence(ValueKind kind) {
    switch (kind) {
        case ValueKind::number: return 3;
        case ValueKind::timestamp: return 2;
        case ValueKind::duration: return 1;
        case ValueKind::missing:
        case ValueKind::boolean:
        case ValueKind::string:
        case ValueKind::list:
        case ValueKind::withheld: break;
    }
    return 0;
}

/// A double's bits, turned so that they order as unsigned numbers do.
std::uint64_t order_bits(double number) {
    const auto bits = std::bit_cast<std::uint64_t>(number);
    constexpr std::uint64_t sign = std::uint64_t{1} << 63U;
    return (bits & sign) != 0 ? ~bits : bits | sign;
}

/// Sorts by one byte after the other, the least first, and passes over bytes in which all agree.
/// O(values).
void sort_doubles(std::vector<double>& values) {
    constexpr std::size_t bytes = sizeof(double);
    constexpr unsigned byte_bits = 8;
    constexpr std::uint64_t byte_mask = 0xff;
    std::array<std::array<std::size_t, byte_mask + 1>, bytes> counts{};
    for (const double value : values) {
        const std::uint64_t order = order_bits(value);
        for (unsigned byte = 0; byte < bytes; ++byte) {
            ++counts[byte][(order >> (byte * byte_bits)) & byte_mask];
        }
    }
    std::vector<double> spare(values.size());
    for (unsigned byte = 0; byte < bytes; ++byte) {
        std::array<std::size_t, byte_mask + 1>& places = counts[byte];
        if (std::find(places.begin(), places.end(), values.size()) != places.end()) {
            continue;
        }
        std::size_t place = 0;
        for (std::size_t& count : places) {
            place += std::exchange(count, place);
        }
        for (const double value : values) {
            spare[places[(order_bits(value) >> (byte * byte_bits)) & byte_mask]++] = value;
        }
        values.swap(spare);
    }
}

double rank_of(std::uint64_t present, std::uint64_t smaller_or_equal) {
    return static_cast<double>(present - smaller_or_equal + 1);
}

double percentile_of(std::uint64_t present, std::uint64_t smaller) {
    if (present <= 1) {
        return 0;
    }
    const std::uint64_t others = present - 1;
    return 100.0 * static_cast<double>(std::min(smaller, others)) / static_cast<double>(others);
}

double tile_of(std::uint64_t present, std::uint64_t smaller, std::uint64_t tiles) {
    if (present <= 1) {
        return 1;
    }
    return static_cast<double>(std::min(tiles, tiles * smaller / (present - 1) + 1));
}

void collect(const BoundNode& node, std::vector<PopulationOperand>& operands);

void collect(const BoundPtr& node, std::vector<PopulationOperand>& operands) {
    if (node) {
        collect(*node, operands);
    }
}

void collect(const Program& program, std::vector<PopulationOperand>& operands) {
    collect(program.root, operands);
}

/// Calls `collect` for whatever a bound node holds that may read the population. Conditions of
/// events and steps cannot.
struct Collector {
    std::vector<PopulationOperand>& operands;

    void operator()(const BoundNot& node) const { collect(node.operand, operands); }

    void operator()(const BoundMinus& node) const { collect(node.operand, operands); }

    void operator()(const BoundJunction& node) const { all(node.operands); }

    void operator()(const BoundCompare& node) const { both(node.left, node.right); }

    void operator()(const BoundCompareMonths& node) const { collect(node.since, operands); }

    void operator()(const BoundBetween& node) const {
        collect(node.operand, operands);
        both(node.low, node.high);
    }

    void operator()(const BoundIn& node) const {
        collect(node.operand, operands);
        all(node.items);
    }

    void operator()(const BoundTextTest& node) const { both(node.text, node.pattern); }

    void operator()(const BoundMatches& node) const { collect(node.text, operands); }

    void operator()(const BoundContains& node) const { both(node.array, node.element); }

    void operator()(const BoundArithmetic& node) const { both(node.left, node.right); }

    void operator()(const BoundMinusMonths& node) const { collect(node.operand, operands); }

    void operator()(const BoundIsMissing& node) const { collect(node.operand, operands); }

    void operator()(const BoundCase& node) const {
        for (const BoundCase::Branch& branch : node.branches) {
            both(branch.condition, branch.value);
        }
        collect(node.otherwise, operands);
    }

    void operator()(const BoundCall& node) const { all(node.arguments); }

    void operator()(const BoundSegment& node) const { collect(*node.program, operands); }

    void operator()(const BoundPopulation& node) const {
        collect(*node.program, operands);
        const bool known = std::any_of(operands.begin(), operands.end(), [&](const auto& operand) {
            return operand.text == node.text;
        });
        if (!known) {
            operands.push_back({.text = node.text, .program = node.program});
        }
    }

    template <class Leaf>
    void operator()(const Leaf& /*node*/) const {}

  private:
    void both(const BoundPtr& left, const BoundPtr& right) const {
        collect(left, operands);
        collect(right, operands);
    }

    void all(const std::vector<BoundPtr>& nodes) const {
        for (const BoundPtr& node : nodes) {
            collect(node, operands);
        }
    }
};

void collect(const BoundNode& node, std::vector<PopulationOperand>& operands) {
    std::visit(Collector{operands}, node.kind);
}

}  // namespace

Datum place_in(const Distribution& distribution,
               const PopulationFunction& function,
               const Datum& value) {
    double number = 0;
    if (value.kind() == ValueKind::withheld) {
        return value;
    }
    const bool of_its_kind = distribution.present == 0 || value.kind() == distribution.kind;
    if (!of_its_kind || !as_double(value, number)) {
        return {};
    }
    const auto& values = distribution.values;
    const auto found = static_cast<std::size_t>(
        std::lower_bound(values.begin(), values.end(), number) - values.begin());
    const auto below = [&](std::size_t i) {
        return i < values.size() ? distribution.below[i] : distribution.present;
    };
    const std::uint64_t smaller = below(found);
    switch (function.kind) {
        case PopulationKind::percentile:
            return Datum::of(percentile_of(distribution.present, smaller));
        case PopulationKind::rank: {
            const bool known = found < values.size() && values[found] == number;
            return Datum::of(rank_of(distribution.present, below(known ? found + 1 : found)));
        }
        case PopulationKind::ntile:
            return Datum::of(
                tile_of(distribution.present, smaller, static_cast<std::uint64_t>(function.tiles)));
    }
    return {};
}

void DistributionBuilder::add(const Datum& value) {
    double number = 0;
    if (!as_double(value, number)) {
        return;
    }
    if (precedence(value.kind()) > precedence(kind_)) {
        values_.clear();
        zeros_ = 0;
        kind_ = value.kind();
    }
    if (value.kind() != kind_) {
        return;
    }
    if (number == 0) {
        ++zeros_;
    } else {
        values_.push_back(number);
    }
}

void DistributionBuilder::merge(DistributionBuilder&& other) {
    if (precedence(other.kind_) > precedence(kind_)) {
        std::swap(*this, other);
    }
    if (other.kind_ == kind_) {
        values_.insert(values_.end(), other.values_.begin(), other.values_.end());
        zeros_ += other.zeros_;
    }
}

Distribution DistributionBuilder::finish() {
    sort_doubles(values_);
    Distribution distribution;
    distribution.kind = kind_;
    distribution.present = values_.size() + zeros_;
    std::uint64_t below = 0;
    const auto take = [&](double value, std::uint64_t count) {
        if (distribution.values.empty() || distribution.values.back() != value) {
            distribution.values.push_back(value);
            distribution.below.push_back(below);
        }
        below += count;
    };
    std::uint64_t zeros = zeros_;
    for (const double value : values_) {
        if (value > 0 && zeros > 0) {
            take(0, std::exchange(zeros, 0));
        }
        take(value, 1);
    }
    if (zeros > 0) {
        take(0, zeros);
    }
    values_.clear();
    zeros_ = 0;
    kind_ = ValueKind::missing;
    return distribution;
}

std::vector<PopulationOperand> population_operands(const Program& program) {
    std::vector<PopulationOperand> operands;
    collect(program, operands);
    return operands;
}

}  // namespace fineline::expr
