#pragma once

#include "expr/check.h"

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::membership {

/// What a segment reads, by way of the segments it refers to as well: which records can change it.
struct Reads {
    using Names = std::set<std::string, std::less<>>;

    Names events;
    Names traits;
    Names account_traits;
    Names purposes;
    Names segments;  ///< referred to, directly or not
    bool any_event = false;
    bool population = false;
    bool clock = false;  ///< verdicts can run out without a record

    void add(const expr::Dependencies& direct);
    void add(const Reads& others);
};

/// Which segments a record can change. Immutable once built.
class DependencyIndex {
  public:
    using Places = std::vector<std::uint32_t>;  ///< ascending places in the order of evaluation

    void add(std::uint32_t place, const Reads& reads, bool reads_customer_zone);

    [[nodiscard]] const Places& event(std::string_view name) const;
    [[nodiscard]] const Places& trait(std::string_view name) const;
    [[nodiscard]] const Places& account_trait(std::string_view name) const;
    [[nodiscard]] const Places& consent(std::string_view purpose) const;

    /// Of joining or leaving an account.
    [[nodiscard]] const Places& account_join() const { return joins_; }

  private:
    using Index = std::map<std::string, Places, std::less<>>;

    static const Places& find(const Index& index, std::string_view name, const Places& otherwise);

    Index events_;
    Index traits_;
    Index account_traits_;
    Index consents_;
    Places any_event_;
    Places joins_;
    Places none_;
};

}  // namespace fineline::membership
