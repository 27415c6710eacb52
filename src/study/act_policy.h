#pragma once

#include "study/statistics/policy_value.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace fineline::study {

/// Customers who were each given one action by chance. Columns of one length; more is better (an
/// outcome of which less is better comes negated).
struct Trial {
    std::size_t actions = 0;
    std::size_t segments = 0;
    std::vector<std::uint32_t> action{};  ///< below `actions`
    std::vector<double> propensity{};     ///< of that action, in (0, 1]
    std::vector<double> outcome{};
    std::vector<std::uint32_t> segment{};  ///< below `segments`: a partition

    [[nodiscard]] std::size_t rows() const { return action.size(); }
};

/// Sums over customers given one action, each counting 1 / propensity; mergeable.
struct ArmSums {
    double n = 0;
    double weight = 0;
    double weight_squares = 0;
    double outcome = 0;  ///< Σ w y
    double squares = 0;  ///< Σ w y²

    void add(double value, double propensity);
    void add(const ArmSums& other);

    [[nodiscard]] bool seen() const { return n > 0; }

    /// 0 where nobody was given the action.
    [[nodiscard]] double mean() const { return weight > 0 ? outcome / weight : 0; }

    [[nodiscard]] double variance() const;

    /// (Σ w)² / Σ w².
    [[nodiscard]] double effective_size() const {
        return weight_squares > 0 ? weight * weight / weight_squares : 0;
    }
};

/// What each action came to in each segment, over some customers. Immutable once summed.
class SegmentArms {
  public:
    SegmentArms(const Trial& trial, std::span<const std::uint32_t> rows);

    [[nodiscard]] std::size_t segments() const { return segments_; }

    [[nodiscard]] std::size_t actions() const { return whole_.size(); }

    [[nodiscard]] const ArmSums& at(std::size_t segment, std::size_t action) const {
        return cells_[segment * whole_.size() + action];
    }

    [[nodiscard]] const ArmSums& of_all(std::size_t action) const { return whole_[action]; }

    /// Customers of a segment, whatever they were given.
    [[nodiscard]] double size(std::size_t segment) const;

    /// The action whose mean over all is greatest; of equal ones the first.
    [[nodiscard]] std::uint32_t best_for_all() const;

    /// The same with segments joined: `group_of[s]` < `groups`.
    [[nodiscard]] SegmentArms joined(std::span<const std::uint32_t> group_of,
                                     std::size_t groups) const;

  private:
    explicit SegmentArms(std::size_t segments) : segments_(segments) {}

    std::size_t segments_;
    std::vector<ArmSums> whole_;
    std::vector<ArmSums> cells_;
};

/// What an action is worth beyond the best single action, in a segment, for choosing between them.
enum class Contrasts : std::uint8_t {
    /// As seen: the difference of the segment's own means.
    raw,
    /// Drawn towards the difference among all customers by how little the segment's own is known:
    /// normal-normal, the variance between segments by DerSimonian & Laird (1986).
    shrunk,
};

/// A value per segment and action: its contrast to the best single action, which is 0. An action
/// that was not seen in a segment is −infinity there; where the best single one was not, the others
/// are compared by what they do to everybody. In a segment of nobody only the best single action
/// stands.
[[nodiscard]] std::vector<double> contrasts(const SegmentArms& arms, Contrasts kind);

/// One action per segment.
struct Policy {
    std::vector<std::uint32_t> action_of_segment{};

    friend bool operator==(const Policy&, const Policy&) = default;
};

/// The action of the greatest contrast in each segment; of equal ones the best single action, then
/// the first.
[[nodiscard]] Policy choose_actions(const SegmentArms& arms, Contrasts kind);

/// The same action for everybody.
[[nodiscard]] Policy single_action(std::size_t segments, std::uint32_t action);

/// The doubly robust score of each of some rows under a policy: q(s, π) + w (y − q(s, a)), where
/// w = [a = π(s)] / propensity and q is the mean of an action in a segment among `fitted`
/// customers, drawn towards its mean among all by 20 customers' worth. Their mean is the policy's
/// value. `fitted` rests on other customers than `rows`.
[[nodiscard]] std::vector<double> robust_scores(const Trial& trial,
                                                std::span<const std::uint32_t> rows,
                                                const SegmentArms& fitted,
                                                const Policy& policy);

/// The policy's value over some rows in all four ways. Errors: those of policy_value.
[[nodiscard]] Result<PolicyValue> value_of_policy(const Trial& trial,
                                                  std::span<const std::uint32_t> rows,
                                                  const SegmentArms& fitted,
                                                  const Policy& policy);

}  // namespace fineline::study
