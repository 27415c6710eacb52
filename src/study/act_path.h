#pragma once

#include "study/act_policy.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fineline::study {

/// One step of joining: the group numbered `gone` is taken into `kept`.
struct ActMerge {
    std::uint32_t kept = 0;
    std::uint32_t gone = 0;
    double loss = 0;  ///< policy value per customer of all that it costs, on the fitting rows
};

/// The way from a portfolio down to one segment by policy value. Segments that get the same action
/// are one as far as acting goes: joining them costs nothing and comes first. What is left is at
/// most a group per action, and of those the pair is joined whose union loses least. Immutable.
class ActPath {
  public:
    /// `arms` and `kind` decide the actions; segments nobody of the fitting rows is in get the best
    /// single action. Cost: segments · actions, then actions to the third.
    ActPath(const SegmentArms& arms, Contrasts kind);

    [[nodiscard]] std::size_t segments() const { return policy_.action_of_segment.size(); }

    /// In the order they are made: after m of them segments() − m groups are left.
    [[nodiscard]] const std::vector<ActMerge>& merges() const { return merges_; }

    /// The group of each segment when `groups` are left, numbered from 0 by their first segment.
    [[nodiscard]] std::vector<std::uint32_t> groups_at(std::size_t groups) const;

    /// One action per segment when `groups` are left.
    [[nodiscard]] const Policy& policy_at(std::size_t groups) const;

    /// The fewest groups that still act as the whole portfolio does.
    [[nodiscard]] std::size_t distinct_actions() const { return shortened_.size() + 1; }

  private:
    void join_equal_actions();
    void join_by_value(const SegmentArms& arms);

    Policy policy_;                  ///< of the portfolio as it stands
    std::vector<Policy> shortened_;  ///< with distinct_actions() − 1, … 1 groups
    std::vector<ActMerge> merges_;
};

}  // namespace fineline::study
