#include "expr/ranges/range_predicate.h"
#include "expr/ranges/row_span.h"

#include <algorithm>
#include <span>
#include <vector>

// Chains of events: who lacks an event that every chain needs, or two that follow close enough, is
// passed over; for the others the tree is walked.

namespace fineline::expr {

namespace {

/// How many events of one name every chain takes.
struct Need {
    EventNameId name;
    std::uint32_t events = 0;
};

std::vector<Need> needs_of(const BoundSequence& sequence) {
    std::vector<Need> needs;
    for (const BoundStep& step : sequence.steps) {
        if (step.events.any || !step.events.name) {
            continue;
        }
        const auto known = std::find_if(needs.begin(), needs.end(), [&](const Need& need) {
            return need.name == *step.events.name;
        });
        if (known == needs.end()) {
            needs.push_back({.name = *step.events.name, .events = 1});
        } else {
            ++known->events;
        }
    }
    return needs;
}

/// Two steps in a row: an event of the second name must follow one of the first by at most
/// `within`.
struct Follow {
    EventNameId first;
    EventNameId second;
    Duration within{};
};

std::vector<Follow> follows_of(const BoundSequence& sequence) {
    std::vector<Follow> follows;
    for (std::size_t i = 1; i < sequence.steps.size(); ++i) {
        const BoundStep& before = sequence.steps[i - 1];
        const BoundStep& step = sequence.steps[i];
        const bool named =
            before.events.name && step.events.name && !before.events.any && !step.events.any;
        if (named && step.within && !step.within->is_calendar()) {
            follows.push_back({.first = *before.events.name,
                               .second = *step.events.name,
                               .within = step.within->exact});
        }
    }
    return follows;
}

/// Times of one customer's rows in the window, ascending.
using Times = std::span<const Instant>;

bool has_close_neighbours(Times times, Duration within) {
    bool found = false;
    for (std::size_t i = 1; i < times.size(); ++i) {
        found = found || times[i] - times[i - 1] <= within;
    }
    return found;
}

bool has_close_pair(Times first, Times second, Duration within) {
    std::size_t next = 0;
    for (const Instant before : first) {
        while (next < second.size() && second[next] < before) {
            ++next;
        }
        if (next == second.size()) {
            return false;
        }
        if (second[next] - before <= within) {
            return true;
        }
    }
    return false;
}

/// One thread at a time.
class SequencePredicate final : public RangePredicate {
  public:
    SequencePredicate(const BoundSequence& sequence, const BoundNode& node, const RowSpan& span)
        : node_(node), span_(span), needs_(needs_of(sequence)), follows_(follows_of(sequence)) {}

    void evaluate(RangeStand& stand, Asked asked, std::span<Truth> truths) override {
        std::fill(truths.begin(), truths.end(), Truth::no);
        candidates_.assign(asked.begin(), asked.end());
        // The rarest first: the others are then looked for among few.
        const auto rows_of = [&](const Need& need) {
            const auto rows = stand.rows(columns::TableKind::event, need.name.value());
            return rows.chunk == nullptr ? 0 : rows.chunk->rows();
        };
        std::sort(needs_.begin(), needs_.end(), [&](const Need& a, const Need& b) {
            return rows_of(a) < rows_of(b);
        });
        for (const Need& need : needs_) {
            keep_those_with(need, stand, asked);
        }
        for (const Follow& follow : follows_) {
            keep_those_with(follow, stand, asked);
        }
        for (std::uint32_t lane = 0; lane < truths.size(); ++lane) {
            if (candidates_[lane] != 0) {
                truths[lane] = stand.truth(node_, lane);
            }
        }
    }

    [[nodiscard]] int cost() const override { return 10; }

  private:
    void keep_those_with(const Need& need, RangeStand& stand, Asked asked) {
        enough_.assign(candidates_.size(), 0);
        const columns::RangeRows rows = stand.rows(columns::TableKind::event, need.name.value());
        if (rows.chunk != nullptr) {
            const std::span<const std::uint16_t> locals = rows.chunk->locals();
            span_.each_customer(*rows.chunk,
                                candidates_,
                                [&](std::uint32_t i, std::uint32_t begin, std::uint32_t end) {
                                    enough_[locals[i]] = end - begin >= need.events ? 1 : 0;
                                });
        }
        keep_enough(rows, stand, asked);
        join();
    }

    void keep_those_with(const Follow& follow, RangeStand& stand, Asked asked) {
        enough_.assign(candidates_.size(), 0);
        const auto rows_of = [&](EventNameId name) {
            return stand.rows(columns::TableKind::event, name.value());
        };
        const columns::RangeRows first = rows_of(follow.first);
        const columns::RangeRows second = rows_of(follow.second);
        if (follow.first == follow.second && first.chunk != nullptr) {
            mark_neighbours(*first.chunk, follow.within);
        } else if (first.chunk != nullptr && second.chunk != nullptr) {
            mark_pairs(*first.chunk, *second.chunk, follow.within);
        }
        keep_enough(first, stand, asked);
        keep_enough(second, stand, asked);
        join();
    }

    void mark_neighbours(const columns::Chunk& chunk, Duration within) {
        span_.each_customer(
            chunk, candidates_, [&](std::uint32_t i, std::uint32_t begin, std::uint32_t end) {
                const std::uint16_t lane = chunk.locals()[i];
                enough_[lane] =
                    has_close_neighbours({chunk.times() + begin, end - begin}, within) ? 1 : 0;
            });
    }

    void mark_pairs(const columns::Chunk& first, const columns::Chunk& second, Duration within) {
        second_of_.assign(candidates_.size(), Times());
        span_.each_customer(
            second, candidates_, [&](std::uint32_t i, std::uint32_t begin, std::uint32_t end) {
                second_of_[second.locals()[i]] = {second.times() + begin, end - begin};
            });
        span_.each_customer(
            first, candidates_, [&](std::uint32_t i, std::uint32_t begin, std::uint32_t end) {
                const std::uint16_t lane = first.locals()[i];
                enough_[lane] =
                    has_close_pair({first.times() + begin, end - begin}, second_of_[lane], within)
                        ? 1
                        : 0;
            });
    }

    /// Who has rows outside of the chunk is not passed over.
    void keep_enough(const columns::RangeRows& rows, RangeStand& stand, Asked asked) {
        stand.each_elsewhere(rows, asked, [&](std::uint32_t lane) { enough_[lane] = 1; });
    }

    void join() {
        for (std::size_t lane = 0; lane < candidates_.size(); ++lane) {
            candidates_[lane] = static_cast<std::uint8_t>(candidates_[lane] & enough_[lane]);
        }
    }

    const BoundNode& node_;
    RowSpan span_;
    std::vector<Need> needs_;
    std::vector<Follow> follows_;
    std::vector<Times> second_of_;  ///< by lane
    std::vector<std::uint8_t> candidates_;
    std::vector<std::uint8_t> enough_;
};

}  // namespace

RangePredicatePtr plan_sequence(const BoundSequence& sequence,
                                const BoundNode& node,
                                const RangeQuestion& question) {
    const auto span = RowSpan::of(sequence.window, question.world->settings->zone, question.now);
    if (!span || sequence.counting) {
        return nullptr;
    }
    return std::make_unique<SequencePredicate>(sequence, node, *span);
}

}  // namespace fineline::expr
