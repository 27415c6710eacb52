#pragma once

#include "base/result.h"
#include "columns/definition.h"
#include "columns/event_rows.h"
#include "model/ids.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::columns {

/// How often a property was seen with values of each kind, for the schema page and for warnings.
struct KindCounts {
    std::uint64_t missing = 0;  ///< explicit nulls
    std::uint64_t booleans = 0;
    std::uint64_t numbers = 0;
    std::uint64_t strings = 0;
    std::uint64_t timestamps = 0;
    std::uint64_t durations = 0;
    std::uint64_t lists = 0;
};

struct NameSummary {
    std::string name;
    std::uint64_t count = 0;
    Instant first_seen = instant_max;
    Instant last_seen = instant_min;
};

/// What `fineline schema` says of the whole.
struct Totals {
    std::uint64_t customers = 0;                 ///< that exist at the instant asked
    std::uint64_t customers_without_events = 0;  ///< of these
    std::uint64_t merged_identities = 0;         ///< ids beyond the first of their person
    std::uint64_t events = 0;
    std::uint64_t future_events = 0;  ///< later than the instant asked
    Instant first_event = instant_max;
    Instant last_event = instant_min;
};

struct ViewState;

/// An immutable picture of all columns at one log position, shared by pointer to all readers.
/// Immutable. Publishing one costs O(what changed). Rows are read through a Reader; a name that
/// only an erased person used reads as empty.
class View {
  public:
    explicit View(std::unique_ptr<const ViewState> state);
    ~View();
    View(const View&) = delete;
    View& operator=(const View&) = delete;
    View(View&&) = delete;
    View& operator=(View&&) = delete;

    /// The position after the last record seen.
    [[nodiscard]] Position position() const;

    /// The last advance of the clock told by the log, instant_min if none.
    [[nodiscard]] Instant clock() const;

    /// Whether all stored blocks read so far matched their checksums. After a corrupt one (its rows
    /// are missing from answers) the columns must be rebuilt from the log. Errors: corrupt.
    [[nodiscard]] Status health() const;

    // How often names were seen, and when. Undated values count, but not into first and last seen.
    [[nodiscard]] NameSummary summary(EventNameId event) const;
    [[nodiscard]] NameSummary summary(TraitId trait) const;
    [[nodiscard]] NameSummary summary(AccountTraitId trait) const;
    [[nodiscard]] NameSummary summary(PurposeId purpose) const;
    [[nodiscard]] KindCounts kinds(EventNameId event, PropertyId property) const;
    [[nodiscard]] KindCounts kinds(TraitId trait) const;
    [[nodiscard]] KindCounts kinds(AccountTraitId trait) const;

    /// Number of different texts (and lists) the property or trait was ever seen with, erased ones
    /// left out.
    [[nodiscard]] std::uint64_t distinct_texts(EventNameId event, PropertyId property) const;
    [[nodiscard]] std::uint64_t distinct_texts(TraitId trait) const;
    [[nodiscard]] std::uint64_t distinct_texts(AccountTraitId trait) const;

    /// Number of persons with an event of that name, at any time. Cost: one pass over the chunks'
    /// customers.
    [[nodiscard]] std::uint64_t customers_with(EventNameId event) const;

    /// Cost: one pass over customers and over the chunks' customer lists; the times of chunks that
    /// hold events later than `now`.
    [[nodiscard]] Totals totals(Instant now) const;

    /// Names of a kind ("segment", "setting", "purpose") whose newest version is not archived,
    /// ascending.
    [[nodiscard]] std::vector<std::string> definition_names(std::string_view kind) const;

    /// The newest version, archived or not; nullptr if there is none. Valid as long as the View.
    [[nodiscard]] const DefinitionVersion* newest_definition(std::string_view kind,
                                                             std::string_view name) const;

    /// All versions of a definition, oldest first; empty if there is none.
    [[nodiscard]] const std::vector<DefinitionVersion>& definition(std::string_view kind,
                                                                   std::string_view name) const;

    /// All definitions of a kind, archived ones too, ascending.
    [[nodiscard]] std::vector<std::string> all_definition_names(std::string_view kind) const;

    [[nodiscard]] const ViewState& state() const { return *state_; }

  private:
    std::unique_ptr<const ViewState> state_;
};

/// The same picture, had these definitions been stored: for asking before anything changes. Keeps
/// `view` alive. O(definitions + tables).
[[nodiscard]] std::shared_ptr<const View> with_definitions(std::shared_ptr<const View> view,
                                                           std::vector<DefinitionEdit> edits);

/// Reads one View; keeps cursors so that ascending ordinals are cheap. One thread at a time; one
/// per thread.
///
///     Reader reader(view);
///     for (std::uint32_t i = 0; i < reader.ordinal_count(); ++i) {
///         const CustomerOrdinal who{i};
///         if (!reader.exists(who, now)) continue;
///         const EventRows purchases = reader.events(who, purchase);
///     }
class Reader {
  public:
    explicit Reader(std::shared_ptr<const View> view);
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    Reader(Reader&&) = delete;
    Reader& operator=(Reader&&) = delete;

    /// Turns to another View, keeping the memory that reading needs. Rows handed out before are no
    /// longer valid.
    void look_at(std::shared_ptr<const View> view);

    [[nodiscard]] const View& view() const;

    /// Ordinals run from 0 to this − 1; some are free (erased) or merged into another.
    [[nodiscard]] std::uint32_t ordinal_count() const;

    /// The person an id belongs to (after merges), if known and not erased.
    [[nodiscard]] std::optional<CustomerOrdinal> find_customer(std::string_view id) const;

    /// The person's printed id: of several the bytewise least.
    [[nodiscard]] std::string_view customer_id(CustomerOrdinal who) const;

    /// All ids of the person, ascending.
    [[nodiscard]] std::vector<std::string_view> identities(CustomerOrdinal who) const;

    /// The position after the newest merge of two of the person's ids; 0: there was none. Cost: the
    /// person's ids.
    [[nodiscard]] std::uint64_t merged_by(CustomerOrdinal who) const;

    /// Whether the ordinal is a customer at `now`: canonical, not erased, with an event or trait of
    /// time ≤ now or an undated trait.
    [[nodiscard]] bool exists(CustomerOrdinal who, Instant now);

    [[nodiscard]] EventRows events(CustomerOrdinal who, EventNameId name);
    [[nodiscard]] EventRows trait(CustomerOrdinal who, TraitId trait);
    /// Property 0 is the state, property 1 the source as text.
    [[nodiscard]] EventRows consent(CustomerOrdinal who, PurposeId purpose);
    /// Rows of joining an account; the value is the account's id as text ("" is leaving).
    [[nodiscard]] EventRows account_joins(CustomerOrdinal who);
    [[nodiscard]] std::optional<AccountOrdinal> find_account(std::string_view id) const;
    [[nodiscard]] EventRows account_trait(AccountOrdinal account, AccountTraitId trait);

    // Names. Ids are dense from 0 and stable for the life of the process.
    [[nodiscard]] std::optional<EventNameId> find_event(std::string_view name) const;
    [[nodiscard]] std::optional<PropertyId> find_property(EventNameId event,
                                                          std::string_view name) const;
    [[nodiscard]] std::optional<TraitId> find_trait(std::string_view name) const;
    [[nodiscard]] std::optional<AccountTraitId> find_account_trait(std::string_view name) const;
    [[nodiscard]] std::optional<PurposeId> find_purpose(std::string_view name) const;
    [[nodiscard]] std::uint32_t event_count() const;  ///< number of event names
    [[nodiscard]] std::uint32_t property_count(EventNameId event) const;
    [[nodiscard]] std::uint32_t trait_count() const;
    [[nodiscard]] std::uint32_t account_trait_count() const;
    [[nodiscard]] std::uint32_t purpose_count() const;
    [[nodiscard]] std::string_view event_name(EventNameId event) const;
    [[nodiscard]] std::string_view property_name(EventNameId event, PropertyId property) const;
    [[nodiscard]] std::string_view trait_name(TraitId trait) const;
    [[nodiscard]] std::string_view account_trait_name(AccountTraitId trait) const;
    [[nodiscard]] std::string_view purpose_name(PurposeId purpose) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fineline::columns
