#pragma once

#include "expr/evaluate.h"
#include "model/ids.h"
#include "model/value.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace fineline::mapping {

/// The columns of an input as the names that expressions use: a column is a trait of the row.
/// Immutable.
class ColumnNames final : public expr::Symbols {
  public:
    explicit ColumnNames(std::vector<std::string> names);

    [[nodiscard]] std::size_t size() const { return names_.size(); }

    [[nodiscard]] const std::string& name(std::uint32_t column) const { return names_[column]; }

    [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

    [[nodiscard]] std::optional<std::uint32_t> find(std::string_view name) const;

    [[nodiscard]] std::optional<EventNameId> event(std::string_view name) const override;
    [[nodiscard]] std::uint32_t event_count() const override;
    [[nodiscard]] std::optional<PropertyId> property(EventNameId event,
                                                     std::string_view name) const override;
    [[nodiscard]] std::optional<TraitId> trait(std::string_view name) const override;
    [[nodiscard]] std::optional<AccountTraitId> account_trait(std::string_view name) const override;
    [[nodiscard]] std::optional<PurposeId> purpose(std::string_view name) const override;

  private:
    std::vector<std::string> names_;
    std::unordered_map<std::string, std::uint32_t> places_;
};

/// One row's values as the evaluator reads them: each column is a trait set once, before
/// everything. One thread at a time.
class RowValues final : public expr::Subject {
  public:
    explicit RowValues(std::size_t columns) : source_(columns) {}

    void set(std::uint32_t column, const Datum& value) { source_.values[column] = value; }

    [[nodiscard]] const Datum& value(std::uint32_t column) const { return source_.values[column]; }

    [[nodiscard]] columns::EventRows events(EventNameId name) override;
    [[nodiscard]] columns::EventRows trait(TraitId trait) override;
    [[nodiscard]] columns::EventRows consent(PurposeId purpose) override;
    [[nodiscard]] columns::EventRows account_joins() override;
    [[nodiscard]] columns::EventRows account_trait(std::string_view account,
                                                   AccountTraitId trait) override;

  private:
    struct Source final : columns::ValueSource {
        explicit Source(std::size_t columns) : values(columns) {}

        [[nodiscard]] Datum value(PropertyId property, std::uint32_t row) const override;

        std::vector<Datum> values;
    };

    Source source_;
};

}  // namespace fineline::mapping
