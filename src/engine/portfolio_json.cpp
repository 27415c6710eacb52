#include "engine/portfolio_json.h"

#include "engine/definition_change.h"

namespace fineline::engine {

namespace {

Json texts_json(const std::vector<std::string>& texts) {
    return Json::Array(texts.begin(), texts.end());
}

Json definition_json(const PlannedDefinition& planned) {
    Json fields{Json::Array{}};
    for (const FieldChange& field : planned.fields) {
        fields.push(
            Json().set("field", field.field).set("before", field.before).set("after", field.after));
    }
    Json json;
    json.set("kind", planned.kind)
        .set("name", planned.name)
        .set("change", to_string(planned.change))
        .set("fields", std::move(fields))
        .set("warnings", texts_json(planned.warnings));
    if (planned.kind == segment_kind) {
        const PlannedMembership& membership = planned.membership;
        json.set("expression", planned.text)
            .set("size_before", membership.size_before)
            .set("size_after", membership.size_after)
            .set("unknown_after", membership.unknown_after)
            .set("entering", membership.entering)
            .set("entering_examples", texts_json(membership.entering_examples))
            .set("leaving", membership.leaving)
            .set("leaving_examples", texts_json(membership.leaving_examples));
    }
    return json;
}

}  // namespace

Json to_json(const PortfolioPlan& plan) {
    Json definitions{Json::Array{}};
    for (const PlannedDefinition& planned : plan.definitions) {
        definitions.push(definition_json(planned));
    }
    Json overlaps{Json::Array{}};
    for (const PlannedOverlap& overlap : plan.overlaps) {
        overlaps.push(Json()
                          .set("first", overlap.first)
                          .set("second", overlap.second)
                          .set("first_size", overlap.first_size)
                          .set("second_size", overlap.second_size)
                          .set("both", overlap.both)
                          .set("jaccard", overlap.jaccard())
                          .set("containment", overlap.containment()));
    }
    return Json()
        .set("plan", plan.id)
        .set("at", to_iso(plan.at))
        .set("customers", plan.customers)
        .set("base_version", plan.base_change)
        .set("nothing_to_change", plan.empty())
        .set("definitions", std::move(definitions))
        .set("overlaps", std::move(overlaps))
        .set("warnings", texts_json(plan.warnings));
}

Json to_json(const std::vector<HistoryChange>& history) {
    Json changes{Json::Array{}};
    for (const HistoryChange& change : history) {
        Json entries{Json::Array{}};
        for (const HistoryEntry& entry : change.entries) {
            entries.push(Json()
                             .set("kind", entry.kind)
                             .set("name", entry.name)
                             .set("what", to_string(entry.what))
                             .set("definition_version", entry.version)
                             .set("text", entry.text));
        }
        changes.push(Json()
                         .set("version", change.change)
                         .set("at", to_iso(change.at))
                         .set("note", change.note)
                         .set("definitions", std::move(entries)));
    }
    return changes;
}

}  // namespace fineline::engine
