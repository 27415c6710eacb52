#include "engine/schema.h"

#include "base/text.h"

#include <algorithm>

namespace fineline::engine {

namespace {

/// A share of numbers below which a mixed property looks like a mistake rather than a mixture.
constexpr double stray_share_max = 0.01;

std::uint64_t values_of(const columns::KindCounts& kinds) {
    return kinds.booleans + kinds.numbers + kinds.strings + kinds.timestamps + kinds.durations +
           kinds.lists;
}

/// Says what is odd about the kinds of one property or trait.
void find_mixture(const std::string& where,
                  const columns::KindCounts& kinds,
                  std::vector<Oddity>& oddities) {
    const std::uint64_t all = values_of(kinds);
    if (kinds.numbers > 0 && kinds.strings > 0) {
        const bool mostly_numbers = kinds.numbers >= kinds.strings;
        const std::uint64_t few = mostly_numbers ? kinds.strings : kinds.numbers;
        const bool stray = static_cast<double>(few) <= stray_share_max * static_cast<double>(all);
        oddities.push_back(
            {where,
             with_commas(few) + (mostly_numbers ? " texts among " : " numbers among ") +
                 with_commas(all) + " values" + (stray ? ", perhaps a mistake" : "") +
                 (mostly_numbers ? ": sums and averages leave them out" : "")});
    }
    if (kinds.missing > 0 && all == 0) {
        oddities.push_back({where, "never has a value"});
    }
}

std::vector<EventSummary> event_summaries(const columns::Reader& reader,
                                          std::vector<Oddity>& oddities) {
    std::vector<EventSummary> summaries;
    for (std::uint32_t e = 0; e < reader.event_count(); ++e) {
        const EventNameId event{e};
        EventSummary summary{.event = reader.view().summary(event), .properties = {}};
        if (summary.event.name.empty()) {
            continue;  // only an erased person had it
        }
        for (std::uint32_t p = 0; p < reader.property_count(event); ++p) {
            const PropertyId property{p};
            FieldSummary field{std::string(reader.property_name(event, property)),
                               reader.view().kinds(event, property)};
            if (!field.name.empty()) {
                find_mixture(summary.event.name + "." + field.name, field.kinds, oddities);
                summary.properties.push_back(std::move(field));
            }
        }
        summaries.push_back(std::move(summary));
    }
    std::stable_sort(summaries.begin(), summaries.end(), [](const auto& a, const auto& b) {
        return a.event.count > b.event.count;
    });
    return summaries;
}

/// Names that differ only in case or in separators are one thing spelled twice, as a rule.
void find_twins(const std::vector<EventSummary>& events, std::vector<Oddity>& oddities) {
    const auto plain = [](std::string_view name) {
        std::string letters = lower_case(name);
        std::erase_if(letters, [](char c) { return c == ' ' || c == '_' || c == '-' || c == '.'; });
        return letters;
    };
    for (std::size_t i = 0; i < events.size(); ++i) {
        for (std::size_t j = i + 1; j < events.size(); ++j) {
            if (plain(events[i].event.name) == plain(events[j].event.name)) {
                oddities.push_back({"events",
                                    "'" + events[i].event.name + "' and '" + events[j].event.name +
                                        "' are different events: is it one, spelled twice?"});
            }
        }
    }
}

void find_whole(const columns::Totals& totals, Instant at, std::vector<Oddity>& oddities) {
    if (totals.future_events > 0) {
        oddities.push_back({"events",
                            with_commas(totals.future_events) + " lie after " + to_iso(at) +
                                ": they count for nothing until then"});
    }
    if (totals.customers_without_events > 0) {
        oddities.push_back({"customers",
                            with_commas(totals.customers_without_events) +
                                " have traits but no event: `did not …` is true of them"});
    }
    if (totals.merged_identities > 0) {
        oddities.push_back(
            {"customers",
             with_commas(totals.merged_identities) + " ids belong to a person with another id"});
    }
}

/// Amounts that an analyst would not expect in a sum: found by one pass over the numbers.
struct NumberRange {
    std::uint64_t negative = 0;
    std::uint64_t zero = 0;
    std::uint64_t count = 0;
};

NumberRange number_range(columns::Reader& reader, EventNameId event, PropertyId property) {
    NumberRange range;
    for (std::uint32_t ordinal = 0; ordinal < reader.ordinal_count(); ++ordinal) {
        const columns::EventRows rows = reader.events(CustomerOrdinal{ordinal}, event);
        for (std::uint32_t row = 0; row < rows.size(); ++row) {
            const Datum value = rows.value(property, row);
            if (value.kind() == ValueKind::number) {
                ++range.count;
                range.negative += value.number() < 0 ? 1U : 0U;
                range.zero += value.number() == 0 ? 1U : 0U;
            }
        }
    }
    return range;
}

void find_odd_numbers(columns::Reader& reader,
                      std::vector<EventSummary>& events,
                      std::vector<Oddity>& oddities) {
    for (const EventSummary& summary : events) {
        const auto event = reader.find_event(summary.event.name);
        for (const FieldSummary& field : summary.properties) {
            const auto property = event ? reader.find_property(*event, field.name) : std::nullopt;
            if (!property || field.kinds.numbers == 0) {
                continue;
            }
            const NumberRange range = number_range(reader, *event, *property);
            const std::string where = summary.event.name + "." + field.name;
            if (range.negative > 0 && range.negative < range.count) {
                oddities.push_back({where,
                                    with_commas(range.negative) + " of " +
                                        with_commas(range.count) + " are negative"});
            }
            if (range.zero > 0 && range.zero < range.count) {
                oddities.push_back(
                    {where,
                     with_commas(range.zero) + " of " + with_commas(range.count) + " are zero"});
            }
        }
    }
}

}  // namespace

Result<SchemaReport> describe(const std::shared_ptr<const columns::View>& view, Instant at) {
    columns::Reader reader(view);
    SchemaReport report;
    report.totals = view->totals(at);
    find_whole(report.totals, at, report.oddities);
    report.event_names = event_summaries(reader, report.oddities);
    find_twins(report.event_names, report.oddities);
    find_odd_numbers(reader, report.event_names, report.oddities);
    for (std::uint32_t i = 0; i < reader.trait_count(); ++i) {
        FieldSummary field{std::string(reader.trait_name(TraitId{i})), view->kinds(TraitId{i})};
        if (!field.name.empty()) {
            find_mixture("trait " + field.name, field.kinds, report.oddities);
            report.traits.push_back(std::move(field));
        }
    }
    for (std::uint32_t i = 0; i < reader.account_trait_count(); ++i) {
        const AccountTraitId trait{i};
        FieldSummary field{std::string(reader.account_trait_name(trait)), view->kinds(trait)};
        if (!field.name.empty()) {
            report.account_traits.push_back(std::move(field));
        }
    }
    for (std::uint32_t i = 0; i < reader.purpose_count(); ++i) {
        if (!reader.purpose_name(PurposeId{i}).empty()) {
            report.purposes.emplace_back(reader.purpose_name(PurposeId{i}));
        }
    }
    if (auto sound = view->health(); !sound) {
        return sound.error();
    }
    return report;
}

}  // namespace fineline::engine
