#pragma once

#include "model/record_batch.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace fineline {

/// Which names are counted against one limit.
enum class NameKind : std::uint8_t { event, trait, account_trait, purpose };
inline constexpr std::size_t name_kinds = 4;

/// Knows the names of a workspace (events, their properties, traits, purposes) and refuses, before
/// it is logged, a record that would bring one more than model/limits.h allows. One thread at a
/// time, one batch at a time.
///
///     if (auto refused = names.admit(batch, draft)) … names.take_back(), set the row aside
///     else … names.keep(), batch.add(draft)
class NameLimits {
  public:
    /// Notes a name that is there already; an empty one (of an erased person) still takes its
    /// place.
    void know(NameKind kind, std::string_view name);
    void know_property(std::string_view event, std::string_view property);

    /// Returns why the record must not be logged, or notes its names. A draft's names must be of
    /// `batch`. Amortised O(properties), without looking at texts met before in the same batch.
    [[nodiscard]] std::optional<std::string> admit(const RecordBatchBuilder& batch,
                                                   const RecordDraft& draft);

    /// Forgets what admit() noted since the last keep(): the records were not taken after all.
    void take_back();

    void keep() { noted_.clear(); }

  private:
    /// Names counted together, and how many may be.
    struct Names {
        std::size_t count = 0;
        std::unordered_set<std::string> known;
    };

    struct Noted {
        Names* in = nullptr;
        std::string name;
    };

    [[nodiscard]] bool admit_name(Names& names, std::string_view name, std::size_t most);
    [[nodiscard]] std::optional<std::string> admit_properties(const RecordBatchBuilder& batch,
                                                              const RecordDraft& draft,
                                                              std::size_t place);
    [[nodiscard]] bool met_before(std::size_t place, BatchName name) const;
    void note_met(std::size_t place, BatchName name);

    std::array<Names, name_kinds> names_;
    std::unordered_map<std::string, Names> properties_;  ///< by event
    std::vector<Noted> noted_;
    /// Of the batch at hand: which names were admitted, by place (a kind, or an event).
    std::vector<std::vector<bool>> met_;
};

}  // namespace fineline
