#pragma once

#include "expr/evaluate.h"
#include "expr/program.h"
#include "expr/test_table.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

/// One customer made by hand, for tests: lists in memory instead of columns.
namespace fineline::expr::test {

/// A customer, the names of the world, and its settings. One thread at a time.
class TestWorld final : public Subject, public Symbols {
  public:
    TestWorld& event(std::string_view name, std::string_view time, Fields fields = {}) {
        TestTable& table = tables_[std::string(name)];
        for (const auto& [property, value] : fields) {
            table.name_property(property);
        }
        table.add(at(time), arrival_++, std::move(fields));
        return *this;
    }

    TestWorld& trait(std::string_view name, std::string_view time, Value value) {
        add_value(traits_[std::string(name)], time, std::move(value));
        return *this;
    }

    TestWorld& consent(std::string_view purpose, std::string_view time, bool granted) {
        add_value(consents_[std::string(purpose)], time, Value(granted));
        return *this;
    }

    TestWorld& join(std::string_view account, std::string_view time) {
        add_value(joins_, time, Value(std::string(account)));
        return *this;
    }

    TestWorld& account(std::string_view id, std::string_view trait, Value value) {
        add_value(accounts_[{std::string(id), std::string(trait)}], "", std::move(value));
        return *this;
    }

    Settings settings;
    Thresholds thresholds;
    std::map<std::string, std::string, std::less<>> segments;
    std::optional<std::string> for_purpose;

    [[nodiscard]] std::shared_ptr<const Program> program(std::string_view text,
                                                         Use use = Use::segment) const {
        Catalog catalog;
        for (const auto& [name, definition] : segments) {
            catalog.segment_names.push_back(name);
        }
        catalog.segment = [this](std::string_view name) -> std::optional<std::string> {
            const auto found = segments.find(name);
            return found == segments.end() ? std::nullopt : std::optional(found->second);
        };
        const auto checked = compile(text, use, catalog);
        require(checked.has_value(), checked ? "" : checked.error().message.c_str());
        auto program = bind(
            *checked,
            *this,
            [&](std::string_view name) {
                return compile(*catalog.segment(name), Use::segment, catalog);
            },
            settings);
        require(program.has_value(), program ? "" : program.error().message.c_str());
        return *program;
    }

    [[nodiscard]] World world() const {
        World world;
        world.settings = &settings;
        world.thresholds = &thresholds;
        world.purpose = for_purpose ? purpose(*for_purpose) : std::nullopt;
        return world;
    }

    Truth truth(std::string_view text, std::string_view now) {
        return evaluator_.truth(*program(text), *this, world(), at(now));
    }

    /// The value's display form: numbers, durations in words, "missing" …
    std::string value(std::string_view text, std::string_view now) {
        return to_display(evaluator_.value(*program(text, Use::value), *this, world(), at(now)));
    }

    /// Until when the answer holds, as ISO text or "never".
    std::string holds(std::string_view text, std::string_view now) {
        return to_iso(evaluator_.verdict(*program(text), *this, world(), at(now)).holds_until);
    }

    Evaluator& evaluator() { return evaluator_; }

    // Subject
    columns::EventRows events(EventNameId name) override {
        return nth(tables_, name.value()).rows();
    }

    columns::EventRows trait(TraitId trait) override { return nth(traits_, trait.value()).rows(); }

    columns::EventRows consent(PurposeId purpose_id) override {
        return nth(consents_, purpose_id.value()).rows();
    }

    columns::EventRows account_joins() override { return joins_.rows(); }

    columns::EventRows account_trait(std::string_view account, AccountTraitId trait) override {
        const auto found =
            accounts_.find({std::string(account), account_trait_names()[trait.value()]});
        return found == accounts_.end() ? columns::EventRows() : found->second.rows();
    }

    // Symbols
    [[nodiscard]] std::optional<EventNameId> event(std::string_view name) const override {
        return place<EventNameId>(tables_, name);
    }

    [[nodiscard]] std::uint32_t event_count() const override {
        return static_cast<std::uint32_t>(tables_.size());
    }

    [[nodiscard]] std::optional<PropertyId> property(EventNameId event_id,
                                                     std::string_view name) const override {
        return std::next(tables_.begin(), event_id.value())->second.find(name);
    }

    [[nodiscard]] std::optional<TraitId> trait(std::string_view name) const override {
        return place<TraitId>(traits_, name);
    }

    [[nodiscard]] std::optional<AccountTraitId> account_trait(
        std::string_view name) const override {
        const auto names = account_trait_names();
        const auto found = std::find(names.begin(), names.end(), name);
        return found == names.end() ? std::nullopt
                                    : std::optional(AccountTraitId{
                                          static_cast<std::uint32_t>(found - names.begin())});
    }

    [[nodiscard]] std::optional<PurposeId> purpose(std::string_view name) const override {
        return place<PurposeId>(consents_, name);
    }

  private:
    using Tables = std::map<std::string, TestTable, std::less<>>;

    void add_value(TestTable& table, std::string_view time, Value value) {
        table.name_property("value");
        table.add(time.empty() ? instant_min : at(time), arrival_++, {{"value", std::move(value)}});
    }

    template <class Id>
    static std::optional<Id> place(const Tables& tables, std::string_view name) {
        const auto found = tables.find(name);
        return found == tables.end()
                   ? std::nullopt
                   : std::optional(
                         Id{static_cast<std::uint32_t>(std::distance(tables.begin(), found))});
    }

    static const TestTable& nth(const Tables& tables, std::uint32_t index) {
        return std::next(tables.begin(), index)->second;
    }

    [[nodiscard]] std::vector<std::string> account_trait_names() const {
        std::vector<std::string> names;
        for (const auto& [key, table] : accounts_) {
            if (std::find(names.begin(), names.end(), key.second) == names.end()) {
                names.push_back(key.second);
            }
        }
        return names;
    }

    Tables tables_;
    Tables traits_;
    Tables consents_;
    TestTable joins_;
    std::map<std::pair<std::string, std::string>, TestTable> accounts_;
    std::uint64_t arrival_ = 0;
    Evaluator evaluator_;
};

}  // namespace fineline::expr::test
