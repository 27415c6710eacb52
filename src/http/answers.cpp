#include "http/answers.h"

#include "base/printing.h"

#include <array>

namespace fineline::http {

namespace {

Json value_json(const Value& value) {
    std::string storage;
    return to_json(borrow(value, storage));
}

Json since_json(Instant since) {
    return since == instant_min ? Json() : Json(to_iso(since));
}

Json trait_json(const engine::TraitEntry& trait) {
    return Json()
        .set("trait", trait.trait)
        .set("value", value_json(trait.value))
        .set("since", since_json(trait.since))
        .set("current", trait.current)
        .set("source", trait.source);
}

struct KindWord {
    const char* word;
    std::uint64_t columns::KindCounts::*count;
};

constexpr std::array kind_words{KindWord{"missing", &columns::KindCounts::missing},
                                KindWord{"boolean", &columns::KindCounts::booleans},
                                KindWord{"number", &columns::KindCounts::numbers},
                                KindWord{"string", &columns::KindCounts::strings},
                                KindWord{"timestamp", &columns::KindCounts::timestamps},
                                KindWord{"duration", &columns::KindCounts::durations},
                                KindWord{"list", &columns::KindCounts::lists}};

Json fields_json(const std::vector<engine::FieldSummary>& fields) {
    Json all{Json::Array{}};
    for (const engine::FieldSummary& field : fields) {
        Json kinds{Json::Object{}};
        for (const KindWord& kind : kind_words) {
            if (field.kinds.*kind.count > 0) {
                kinds.set(kind.word, field.kinds.*kind.count);
            }
        }
        all.push(Json().set("name", field.name).set("kinds", std::move(kinds)));
    }
    return all;
}

Json accounts_json(const engine::CustomerProfile& profile) {
    Json accounts{Json::Array{}};
    for (const auto& account : profile.accounts) {
        Json facts{Json::Object{}};
        for (const auto& trait : account.traits) {
            facts.set(trait.trait, value_json(trait.value));
        }
        accounts.push(Json()
                          .set("account", account.account)
                          .set("since", since_json(account.since))
                          .set("traits", std::move(facts)));
    }
    return accounts;
}

}  // namespace

const char* to_string(expr::Truth truth) {
    switch (truth) {
        case expr::Truth::yes: return "yes";
        case expr::Truth::no: return "no";
        case expr::Truth::unknown: return "unknown";
    }
    return "unknown";
}

Json strings_json(const std::vector<std::string>& texts) {
    return Json::Array(texts.begin(), texts.end());
}

Json warnings_json(const expr::CheckedExpression& checked) {
    Json::Array warnings;
    for (const expr::Warning& warning : checked.warnings()) {
        warnings.emplace_back(warning.message);
    }
    return warnings;
}

Json timeline_json(const engine::CustomerProfile& profile) {
    Json timeline{Json::Array{}};
    for (const auto& event : profile.timeline) {
        Json properties{Json::Object{}};
        for (const auto& [name, value] : event.properties) {
            properties.set(name, value_json(value));
        }
        timeline.push(Json()
                          .set("event", event.event)
                          .set("time", to_iso(event.time))
                          .set("properties", std::move(properties)));
    }
    return timeline;
}

Json profile_json(const engine::CustomerProfile& profile) {
    Json json;
    json.set("customer", profile.id);
    json.set("identities", strings_json(profile.identities));
    Json traits{Json::Array{}};
    for (const auto& trait : profile.traits) {
        traits.push(trait_json(trait));
    }
    Json consents{Json::Array{}};
    for (const auto& consent : profile.consents) {
        consents.push(Json()
                          .set("purpose", consent.purpose)
                          .set("granted", consent.granted ? Json(*consent.granted) : Json())
                          .set("since", since_json(consent.since)));
    }
    return json.set("traits", std::move(traits))
        .set("accounts", accounts_json(profile))
        .set("consents", std::move(consents))
        .set("events", profile.events)
        .set("future_events", profile.future_events)
        .set("timeline", timeline_json(profile));
}

Json explanation_json(const expr::Explanation& explanation) {
    Json json;
    json.set("text", explanation.text)
        .set("value", explanation.value)
        .set("truth", to_string(explanation.truth))
        .set("reason", explanation.reason)
        .set("holds_until", to_iso(explanation.holds_until))
        .set("evidence", strings_json(explanation.evidence));
    Json parts{Json::Array{}};
    for (const expr::Explanation& below : explanation.parts) {
        parts.push(explanation_json(below));
    }
    return json.set("parts", std::move(parts));
}

Json schema_json(const engine::SchemaReport& report) {
    Json events{Json::Array{}};
    for (const engine::EventSummary& summary : report.event_names) {
        events.push(Json()
                        .set("name", summary.event.name)
                        .set("count", summary.event.count)
                        .set("first_seen", to_iso(summary.event.first_seen))
                        .set("last_seen", to_iso(summary.event.last_seen))
                        .set("properties", fields_json(summary.properties)));
    }
    Json oddities{Json::Array{}};
    for (const engine::Oddity& oddity : report.oddities) {
        oddities.push(Json().set("where", oddity.where).set("what", oddity.what));
    }
    return Json()
        .set("events", report.totals.events)
        .set("customers", report.totals.customers)
        .set("customers_without_events", report.totals.customers_without_events)
        .set("merged_identities", report.totals.merged_identities)
        .set("future_events", report.totals.future_events)
        .set("event_names", std::move(events))
        .set("traits", fields_json(report.traits))
        .set("account_traits", fields_json(report.account_traits))
        .set("purposes", strings_json(report.purposes))
        .set("oddities", std::move(oddities));
}

Json defined_json(const engine::Defined& defined) {
    return Json()
        .set("name", defined.name)
        .set("version", defined.version)
        .set("expression", defined.text)
        .set("unchanged", defined.unchanged)
        .set("warnings", strings_json(defined.warnings));
}

Json segment_json(const engine::LiveSegment& segment) {
    const char* state = "ready";
    switch (segment.state) {
        case engine::SegmentState::ready: break;
        case engine::SegmentState::backfilling: state = "backfilling"; break;
        case engine::SegmentState::failed: state = "failed"; break;
    }
    return Json()
        .set("name", segment.name)
        .set("version", static_cast<double>(segment.version))
        .set("newest_version", static_cast<double>(segment.newest_version))
        .set("expression", segment.text)
        .set("size", segment.members)
        .set("state", state)
        .set("progress_percent", segment.progress_percent)
        .set("error", segment.error)
        .set("since", since_json(segment.since))
        .set("thresholds_at", since_json(segment.thresholds_at))
        .set("refers_to", strings_json(segment.refers_to))
        .set("dependants", strings_json(segment.dependants))
        .set("warnings", strings_json(segment.warnings));
}

namespace {

double seconds(Duration span) {
    constexpr double us_per_second = 1e6;
    return static_cast<double>(span.count()) / us_per_second;
}

/// Appends an instant behind what stands before it, as JSON.
void append_instant(std::string& out, std::string_view before, Instant at) {
    out.append(before).push_back('"');
    append_iso(out, at);
    out.push_back('"');
}

void append_count(std::string& out, std::string_view before, std::uint64_t number) {
    append_number(out.append(before), static_cast<double>(number));
}

/// What freshness_json() is, printed.
void append_freshness(std::string& out, const engine::LiveView& view, Instant now) {
    const Instant watermark = view.event_watermark();
    append_instant(out, R"({"as_of":)", view.as_of());
    append_count(out, R"(,"position":)", view.position().value());
    append_count(out, R"(,"last_change":)", view.last_change());
    if (watermark == instant_min) {
        out.append(R"(,"watermark":null,"lag_seconds":null)");
    } else {
        append_instant(out, R"(,"watermark":)", watermark);
        append_number(out.append(R"(,"lag_seconds":)"), seconds(now - watermark));
    }
    append_number(out.append(R"(,"due_lag_seconds":)"), seconds(view.due_lag(now)));
    out.push_back('}');
}

}  // namespace

std::string lookup_text(const engine::CustomerSegments& found,
                        const engine::LiveView& view,
                        Instant now) {
    constexpr std::size_t frame_expected = 448;
    constexpr std::size_t segment_expected = 96;
    std::string out;
    out.reserve(frame_expected + segment_expected * found.segments.size());
    out.append(R"({"customer":)");
    append_json_string(out, found.customer);
    out.append(R"(,"segments":[)");
    for (const engine::CustomerSegment& in : found.segments) {
        out.append(&in == found.segments.data() ? R"({"segment":)" : R"(,{"segment":)");
        append_json_string(out, in.segment);
        append_count(out, R"(,"version":)", in.version);
        append_instant(out, R"(,"since":)", in.since);
        out.push_back('}');
    }
    append_instant(out, R"(],"as_of":)", found.as_of);
    append_instant(out, R"(,"holds_until":)", found.holds_until);
    append_freshness(out.append(R"(,"freshness":)"), view, now);
    out.push_back('}');
    return out;
}

Json change_json(const engine::Change& change) {
    return Json()
        .set("number", static_cast<double>(change.number))
        .set("customer", change.customer)
        .set("segment", change.segment)
        .set("version", static_cast<double>(change.version))
        .set("direction", membership::to_string(change.direction))
        .set("at", to_iso(change.at))
        .set("cause", membership::to_string(change.cause));
}

void append_change(std::string& out, const engine::Change& change) {
    append_count(out, R"({"number":)", change.number);
    append_json_string(out.append(R"(,"customer":)"), change.customer);
    append_json_string(out.append(R"(,"segment":)"), change.segment);
    append_count(out, R"(,"version":)", change.version);
    append_json_string(out.append(R"(,"direction":)"), membership::to_string(change.direction));
    append_instant(out, R"(,"at":)", change.at);
    append_json_string(out.append(R"(,"cause":)"), membership::to_string(change.cause));
    out.push_back('}');
}

Json freshness_json(const engine::LiveView& view, Instant now) {
    const Instant watermark = view.event_watermark();
    return Json()
        .set("as_of", to_iso(view.as_of()))
        .set("position", view.position().value())
        .set("last_change", view.last_change())
        .set("watermark", since_json(watermark))
        .set("lag_seconds", watermark == instant_min ? Json() : Json(seconds(now - watermark)))
        .set("due_lag_seconds", seconds(view.due_lag(now)));
}

}  // namespace fineline::http
