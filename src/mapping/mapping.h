#pragma once

#include "ingest/csv_types.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fineline::mapping {

/// A right-hand side as written, and where it stands in its file (0: in no file).
struct MappingText {
    std::string text{};
    int line = 0;
    int column = 0;
    bool optional = false;  ///< the name of a column that need not be there; then it is empty

    [[nodiscard]] bool empty() const { return text.empty(); }

    /// The place is no part of the meaning.
    friend bool operator==(const MappingText& a, const MappingText& b) { return a.text == b.text; }
};

/// `name: expression`, e.g. one property.
struct NamedText {
    std::string name{};
    MappingText value{};

    friend bool operator==(const NamedText&, const NamedText&) = default;
};

/// The properties of an event or the traits of somebody: some by name, and perhaps every column
/// that nothing else in the mapping reads (`rest`).
struct FieldRules {
    std::vector<NamedText> named{};
    bool rest = false;

    [[nodiscard]] bool empty() const { return named.empty() && !rest; }

    friend bool operator==(const FieldRules&, const FieldRules&) = default;
};

/// A row yields this event where `when` is true (or empty).
struct EventRule {
    MappingText name{};
    MappingText when{};
    MappingText time{};  ///< empty: the mapping's
    FieldRules properties{};

    friend bool operator==(const EventRule&, const EventRule&) = default;
};

/// The row's customer belongs to this account from that time on; a missing account yields nothing.
struct AccountRule {
    MappingText account{};
    MappingText when{};
    MappingText time{};

    friend bool operator==(const AccountRule&, const AccountRule&) = default;
};

struct AccountTraitsRule {
    MappingText account{};
    MappingText when{};
    MappingText time{};
    FieldRules traits{};

    friend bool operator==(const AccountTraitsRule&, const AccountTraitsRule&) = default;
};

struct ConsentRule {
    MappingText purpose{};
    MappingText granted{};
    MappingText source{};
    MappingText when{};
    MappingText time{};

    friend bool operator==(const ConsentRule&, const ConsentRule&) = default;
};

/// The row's customer and `other` are one person; a missing or equal `other` yields nothing.
struct MergeRule {
    MappingText other{};
    MappingText when{};

    friend bool operator==(const MergeRule&, const MergeRule&) = default;
};

/// How to read the file where it does not tell by itself.
struct FormatRules {
    char delimiter = '\0';  ///< '\0': sniffed among , ; tab |
    bool header = true;     ///< false: the columns are called column_1, column_2 …

    friend bool operator==(const FormatRules&, const FormatRules&) = default;
};

/// What each row of a file means: a mapping file taken apart, or one of the default mappings. A
/// value; its expressions are compiled when the columns of the input are known.
struct Mapping {
    MappingText customer{};
    MappingText time{};
    std::string time_zone{};    ///< empty: the workspace's
    std::string time_format{};  ///< empty: ISO 8601
    MappingText skip{};
    std::vector<std::pair<std::string, ingest::ColumnType>> types{};
    FormatRules format{};
    std::vector<EventRule> events{};
    FieldRules traits{};
    std::vector<AccountRule> accounts{};
    std::vector<AccountTraitsRule> account_traits{};
    std::vector<ConsentRule> consents{};
    std::vector<MergeRule> merges{};
    /// A trait without a value is left as it was; else it is missing from then on.
    bool sparse = false;
    std::vector<std::string> one_event_per{};  ///< columns; empty: each row stands for itself
    std::string file{};                        ///< named in messages

    /// The file is no part of the meaning.
    [[nodiscard]] bool same_meaning(const Mapping& other) const;
};

/// What a file without a mapping file holds.
enum class DefaultKind : std::uint8_t {
    events,    ///< customer_id, timestamp, event, the rest properties
    traits,    ///< customer_id, perhaps timestamp, the rest traits (undated without a timestamp)
    accounts,  ///< customer_id, account_id, perhaps timestamp, the rest traits of the account
    consents,  ///< customer_id, purpose, granted, perhaps timestamp and source
    merges,    ///< customer_id, other_id
};

/// Returns the mapping for files that bring none.
[[nodiscard]] Mapping default_mapping(DefaultKind kind);

/// Prints a mapping as a mapping file, in one canonical form: equal mappings print equally,
/// comments and layout are gone. Its digest tells loads apart.
[[nodiscard]] std::string to_yaml(const Mapping& mapping);

}  // namespace fineline::mapping
