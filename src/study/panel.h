#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "study/features.h"
#include "study/purpose.h"
#include "study/snapshots.h"

#include <bit>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace fineline::study {

/// The distinct sets of segments that rows are in. A portfolio in any order, with segments merged
/// or gone, is a function of these alone.
class MembershipSets {
  public:
    explicit MembershipSets(std::size_t segments) : words_per_set_((segments + 63) / 64) {}

    /// Returns the number of the set with these bits, adding it where it is new. Length: words().
    [[nodiscard]] std::uint32_t intern(const std::vector<std::uint64_t>& bits);

    [[nodiscard]] std::size_t size() const { return sets_.size(); }

    [[nodiscard]] std::size_t words() const { return words_per_set_; }

    [[nodiscard]] bool holds(std::uint32_t set, std::size_t segment) const {
        return (sets_[set][segment / 64] >> (segment % 64) & 1U) != 0;
    }

    /// Calls `visit(segment)` for each segment of a set, ascending.
    template <class Visit>
    void for_each_segment(std::uint32_t set, Visit visit) const {
        for (std::size_t word = 0; word < words_per_set_; ++word) {
            for (std::uint64_t bits = sets_[set][word]; bits != 0; bits &= bits - 1) {
                visit(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
            }
        }
    }

  private:
    [[nodiscard]] static std::uint64_t hash_of(const std::vector<std::uint64_t>& bits);

    std::size_t words_per_set_;
    std::vector<std::vector<std::uint64_t>> sets_;
    std::vector<std::uint32_t> slots_{};  ///< open addressing, set number + 1
};

/// Every eligible, reachable customer at every snapshot with what is known of them then and what
/// came after. Rows stand by snapshot, then by customer. Immutable once built.
struct Panel {
    std::vector<CustomerOrdinal> who{};
    std::vector<std::uint32_t> snapshot{};
    std::vector<Role> role{};          ///< in the first rotation
    std::vector<double> outcome{};     ///< the metric over (T, T + horizon]; a rate is 0 or 1
    std::vector<std::uint32_t> set{};  ///< number in `sets`: the segments the row is in
    std::vector<std::vector<double>> features{};  ///< a column per feature; NaN: missing
    MembershipSets sets{0};

    /// Who could not be used, per snapshot.
    struct Excluded {
        std::uint64_t unreachable = 0;     ///< eligible, but without consent
        std::uint64_t no_record = 0;       ///< never asked, whether that counts as consent or not
        std::uint64_t without_metric = 0;  ///< the metric has no value for them
        // Only where customers are looked at as they were known:
        std::uint64_t unknown_then = 0;  ///< heard of later
        std::uint64_t merged_since = 0;  ///< two or more persons then
    };

    std::vector<Excluded> excluded{};
    /// Members of each segment at the last snapshot, reachable or not; a count and nothing else.
    std::vector<std::uint64_t> members_reachable{};
    std::vector<std::uint64_t> members_unreachable{};

    [[nodiscard]] std::size_t rows() const { return who.size(); }

    /// Row numbers of one role in a rotation, ascending.
    [[nodiscard]] std::vector<std::uint32_t> rows_of(Role wanted, std::size_t rotation = 0) const;
};

/// The columns as they stood at an instant. Errors: of whoever keeps the log.
using AsKnown = std::function<Result<std::shared_ptr<const columns::View>>(Instant at)>;

/// What a panel is made of.
struct PanelRequest {
    const Purpose* purpose = nullptr;
    const Protocol* protocol = nullptr;
    std::vector<std::string> features{};  ///< expressions
    std::vector<std::string> segments{};  ///< expressions, in order of priority
    unsigned threads = 2;
    AsKnown as_known{};  ///< set: all but the metric is read from the columns as they stood
    /// Called before each snapshot: how many are done, how many there are. False stops the work.
    std::function<bool(std::size_t done, std::size_t total)> progress{};
};

/// Evaluates everything at every snapshot: one pass over the customers each. Where customers are
/// looked at as they were known, those are left out who were not heard of yet, or are several
/// persons since made one. Customers without the
/// purpose's consent are read for nothing but the counts of `members_unreachable`.
/// Errors: invalid_argument (an expression), not_found (a consent never recorded), corrupt,
/// unavailable (stopped). Memory: 8 bytes per row and feature.
[[nodiscard]] Result<Panel> build_panel(const std::shared_ptr<const columns::View>& view,
                                        const PanelRequest& request);

}  // namespace fineline::study
