#pragma once

#include "columns/view.h"
#include "expr/evaluate.h"

namespace fineline::expr {

/// The names of a view, as binding asks for them. Immutable; the Reader must outlive it.
class ViewSymbols final : public Symbols {
  public:
    explicit ViewSymbols(const columns::Reader& reader) : reader_(reader) {}

    [[nodiscard]] std::optional<EventNameId> event(std::string_view name) const override;
    [[nodiscard]] std::uint32_t event_count() const override;
    [[nodiscard]] std::optional<PropertyId> property(EventNameId event,
                                                     std::string_view name) const override;
    [[nodiscard]] std::optional<TraitId> trait(std::string_view name) const override;
    [[nodiscard]] std::optional<AccountTraitId> account_trait(std::string_view name) const override;
    [[nodiscard]] std::optional<PurposeId> purpose(std::string_view name) const override;

  private:
    const columns::Reader& reader_;
};

/// One customer of a view after another, as evaluation reads them. One thread at a time; the Reader
/// must outlive it and must not be moved to another customer by anybody else meanwhile.
///
///     ViewSubject subject(reader);
///     for (std::uint32_t i = 0; i < reader.ordinal_count(); ++i) {
///         const CustomerOrdinal who{i};
///         if (!reader.exists(who, now)) continue;
///         subject.move_to(who);
///         const Truth truth = evaluator.truth(program, subject, world, now);
///     }
class ViewSubject final : public Subject {
  public:
    explicit ViewSubject(columns::Reader& reader) : reader_(reader) {}

    /// Turns to another customer: rows handed out before are no longer valid.
    void move_to(CustomerOrdinal who) { who_ = who; }

    [[nodiscard]] columns::EventRows events(EventNameId name) override;
    [[nodiscard]] columns::EventRows trait(TraitId trait) override;
    [[nodiscard]] columns::EventRows consent(PurposeId purpose) override;
    [[nodiscard]] columns::EventRows account_joins() override;
    [[nodiscard]] columns::EventRows account_trait(std::string_view account,
                                                   AccountTraitId trait) override;

  private:
    columns::Reader& reader_;
    CustomerOrdinal who_;
};

}  // namespace fineline::expr
