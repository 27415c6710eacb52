#pragma once

#include "base/instant.h"
#include "columns/event_rows.h"
#include "columns/view.h"
#include "expr/check.h"
#include "expr/distribution.h"
#include "model/calendar.h"
#include "model/value.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::expr {

enum class Truth : std::uint8_t { no, yes, unknown };

/// The answer for one customer at one instant, and until when (exclusive) it stands if nothing new
/// arrives.
struct Verdict {
    Truth truth = Truth::unknown;
    Instant holds_until = instant_max;  ///< instant_max: never changes by itself
};

/// What evaluation reads of one customer (or of one CSV row). Ids come from `Symbols` of the same
/// world.
class Subject {
  public:
    Subject() = default;
    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;
    Subject(Subject&&) = delete;
    Subject& operator=(Subject&&) = delete;
    virtual ~Subject() = default;

    [[nodiscard]] virtual columns::EventRows events(EventNameId name) = 0;
    [[nodiscard]] virtual columns::EventRows trait(TraitId trait) = 0;
    [[nodiscard]] virtual columns::EventRows consent(PurposeId purpose) = 0;
    [[nodiscard]] virtual columns::EventRows account_joins() = 0;
    /// Values of an account trait of the account with that id.
    [[nodiscard]] virtual columns::EventRows account_trait(std::string_view account,
                                                           AccountTraitId trait) = 0;
};

/// Resolves names to the ids that Subject understands.
class Symbols {
  public:
    Symbols() = default;
    Symbols(const Symbols&) = delete;
    Symbols& operator=(const Symbols&) = delete;
    Symbols(Symbols&&) = delete;
    Symbols& operator=(Symbols&&) = delete;
    virtual ~Symbols() = default;

    [[nodiscard]] virtual std::optional<EventNameId> event(std::string_view name) const = 0;
    [[nodiscard]] virtual std::uint32_t event_count() const = 0;
    [[nodiscard]] virtual std::optional<PropertyId> property(EventNameId event,
                                                             std::string_view name) const = 0;
    [[nodiscard]] virtual std::optional<TraitId> trait(std::string_view name) const = 0;
    [[nodiscard]] virtual std::optional<AccountTraitId> account_trait(
        std::string_view name) const = 0;
    [[nodiscard]] virtual std::optional<PurposeId> purpose(std::string_view name) const = 0;
};

/// The workspace settings that evaluation needs.
struct Settings {
    TimeZone zone;
    bool customer_zone = false;  ///< use the customer's `timezone` trait where it names a zone
    HolidayCalendar holidays;
    std::string purchase_event = "purchase";
    std::string amount_property = "amount";
};

/// A field of the moment of decision, sent by the caller: context.hour, context.device …
using Context = std::map<std::string, Value, std::less<>>;

/// A checked expression bound to the ids of one world, with the segments it refers to. Immutable,
/// safe to share; evaluation state lives in an Evaluator.
class Program;

/// Everything around the customer: immutable, shared by all evaluations of a pass.
struct World {
    const Settings* settings = nullptr;
    const Thresholds* thresholds = nullptr;  ///< required if the program reads the population
    const Context* context = nullptr;        ///< required if it reads context.…
    /// Evaluating for a purpose: leaves of customers without consent at `now` are withheld.
    std::optional<PurposeId> purpose;
    bool no_record_is_granted = false;
};

/// Binds a checked expression. `segment` returns the checked current definition of a referenced
/// segment; of `settings` it reads the purchase event and its amount, for rfm. Errors: not_found (a
/// segment), invalid_argument (cycle).
[[nodiscard]] Result<std::shared_ptr<const Program>> bind(
    const CheckedExpression& expression,
    const Symbols& symbols,
    const std::function<Result<CheckedExpression>(std::string_view)>& segment,
    const Settings& settings = {});

/// Runs programs. Keeps scratch memory between calls. One thread at a time.
class Evaluator {
  public:
    Evaluator();
    ~Evaluator();
    Evaluator(const Evaluator&) = delete;
    Evaluator& operator=(const Evaluator&) = delete;
    Evaluator(Evaluator&&) = delete;
    Evaluator& operator=(Evaluator&&) = delete;

    /// The boolean answer alone; cheaper than verdict().
    [[nodiscard]] Truth truth(const Program& program,
                              Subject& subject,
                              const World& world,
                              Instant now);

    /// The boolean answer and until when it holds.
    [[nodiscard]] Verdict verdict(const Program& program,
                                  Subject& subject,
                                  const World& world,
                                  Instant now);

    /// The value of any expression; strings live until the next call.
    [[nodiscard]] Datum value(const Program& program,
                              Subject& subject,
                              const World& world,
                              Instant now);

    /// `E on EVENT [where c]`: for each occasion at or before `now`, its time and the answer.
    struct OccasionAnswer {
        Instant at;
        std::uint64_t arrival = 0;
        Truth truth = Truth::unknown;
    };

    [[nodiscard]] std::vector<OccasionAnswer> occasions(const Program& program,
                                                        Subject& subject,
                                                        const World& world,
                                                        Instant now);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The population operands whose Distributions a program needs, in dependency order (an operand may
/// itself read the population), as canonical texts with their bound programs.
struct PopulationOperand {
    std::string text;
    std::shared_ptr<const Program> program;
};

[[nodiscard]] std::vector<PopulationOperand> population_operands(const Program& program);

/// Why the answer is what it is: a tree that mirrors the expression.
struct Explanation {
    std::string text;   ///< canonical text of this part
    std::string value;  ///< display form of its value
    Truth truth = Truth::unknown;
    std::string reason;  ///< one sentence: "2 events in the window, needs at least 3"
    std::vector<std::string>
        evidence;  ///< events and trait values that count, newest last, at most 20
    Instant holds_until = instant_max;
    std::vector<Explanation> parts;
};

[[nodiscard]] Explanation explain(const Program& program,
                                  Subject& subject,
                                  const World& world,
                                  Instant now);

}  // namespace fineline::expr
