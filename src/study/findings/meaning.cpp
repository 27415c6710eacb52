#include "study/findings/check.h"
#include "study/patch.h"
#include "study/statistics/auc.h"

#include <algorithm>
#include <map>

namespace fineline::study {

namespace {

constexpr std::size_t conditions_max = 7;
constexpr double protected_area_min = 0.7;
constexpr std::size_t holders_min = 10;

/// Protected traits are compared with at most so many segments; each pair costs a sort.
constexpr std::size_t compared_segments_max = 256;

/// The value of a trait for each judged row, as a text; missing is empty.
std::vector<std::string> trait_values(const AuditFacts& facts, TraitId trait) {
    columns::Reader reader(facts.request->view);
    const Instant at = facts.ground->protocol.snapshots.back();
    std::vector<std::string> values;
    for (const std::uint32_t row : facts.ground->judged_rows) {
        const auto rows = reader.trait(facts.ground->panel.who[row], trait);
        const std::uint32_t seen = rows.count_until(at);
        const Datum value = seen > 0 ? rows.value(PropertyId{0}, seen - 1) : Datum();
        values.push_back(value.is_missing() ? "" : to_display(value));
    }
    return values;
}

/// How well membership predicts that somebody has a value; found where it does so too well.
void compare_with(const AuditFacts& facts,
                  const std::string& trait,
                  const std::vector<std::string>& values,
                  std::vector<Finding>& findings) {
    std::map<std::string, std::size_t> holders;
    for (const std::string& value : values) {
        ++holders[value];
    }
    for (std::size_t s = 0; s < std::min(facts.segments.size(), compared_segments_max); ++s) {
        std::vector<double> scores;
        for (const std::uint32_t row : facts.ground->judged_rows) {
            scores.push_back(facts.ground->panel.sets.holds(facts.ground->panel.set[row], s) ? 1
                                                                                             : 0);
        }
        for (const auto& [value, count] : holders) {
            if (value.empty() || count < holders_min || count + holders_min > values.size()) {
                continue;
            }
            std::vector<std::uint8_t> has;
            for (const std::string& one : values) {
                has.push_back(one == value ? 1 : 0);
            }
            const auto area = area_under_curve(scores, has);
            if (!area || area->value < protected_area_min) {
                continue;
            }
            Estimate estimate = measured_estimate(
                "chance to tell who has it from membership (AUC)", *area, values.size());
            estimate.scale = Scale::plain;
            findings.push_back(
                {.code = "sensitive",
                 .segments = {facts.name(s)},
                 .says = "Predicts the protected trait '" + trait + "' = '" + value + "'.",
                 .why = "Acting on it amounts to acting on the trait.",
                 .evidence = {std::move(estimate)},
                 .patch = patch_without(facts.purpose(), s)});
        }
    }
}

}  // namespace

void check_purposeless(const AuditFacts& facts, std::vector<Finding>& findings) {
    const Purpose& purpose = facts.purpose();
    if (purpose.owner.empty()) {
        findings.push_back(
            {.code = "purposeless",
             .segments = {},
             .says = "The purpose has no owner.",
             .why = "Nobody will review it, and nobody is asked when it stops paying.",
             .evidence = {Note{"Write `owner:` into the portfolio file."}}});
    }
    std::vector<std::string> without_action;
    for (const PurposeSegment& segment : purpose.segments) {
        if (segment.action.empty()) {
            without_action.push_back(segment.name);
        }
    }
    if (!without_action.empty()) {
        const auto count = static_cast<double>(without_action.size());
        findings.push_back(
            {.code = "purposeless",
             .segments = std::move(without_action),
             .says = "No action says what is done with it.",
             .why = "A segment that changes nothing anybody does is a number on a page.",
             .evidence = {counted("segments without an action", count)}});
    }
}

void check_sensitive(const AuditFacts& facts, std::vector<Finding>& findings) {
    const auto& protects = facts.purpose().protected_traits;
    for (std::size_t s = 0; s < facts.segments.size(); ++s) {
        for (const std::string& trait : facts.purpose().segments[s].reads.traits) {
            if (std::find(protects.begin(), protects.end(), trait) != protects.end()) {
                findings.push_back({.code = "sensitive",
                                    .segments = {facts.name(s)},
                                    .says = "Reads the protected trait '" + trait + "'.",
                                    .why = "Telling people apart by it is unlawful in many places, "
                                           "whatever it may be worth.",
                                    .evidence = {Note{facts.purpose().segments[s].when}},
                                    .patch = patch_without(facts.purpose(), s)});
            }
        }
    }
    const columns::Reader reader(facts.request->view);
    for (const std::string& trait : protects) {
        if (const auto id = reader.find_trait(trait)) {
            compare_with(facts, trait, trait_values(facts, *id), findings);
        }
    }
}

void check_explained(const AuditFacts& facts, std::vector<Finding>& findings) {
    for (const PurposeSegment& segment : facts.purpose().segments) {
        if (segment.conditions > conditions_max) {
            findings.push_back(
                {.code = "unexplained",
                 .segments = {segment.name},
                 .says = "Too long to explain to whoever acts on it.",
                 .why = "What cannot be told in a sentence is not followed for long.",
                 .evidence = {counted("conditions", static_cast<double>(segment.conditions)),
                              Note{segment.when}}});
        }
        if (!segment.warnings.empty()) {
            Finding finding{.code = "unexplained",
                            .segments = {segment.name},
                            .says = "Its definition has warnings.",
                            .why = "A name that the data does not hold is true of nobody."};
            for (const std::string& warning : segment.warnings) {
                finding.evidence.emplace_back(Note{warning});
            }
            findings.push_back(std::move(finding));
        }
    }
}

}  // namespace fineline::study
