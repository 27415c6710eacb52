#include "base/require.h"
#include "engine/question.h"
#include "expr/parse.h"
#include "expr/view_subject.h"
#include "study/findings/check.h"
#include "study/patch.h"
#include "study/statistics/likeness.h"

#include <algorithm>
#include <cmath>

namespace fineline::study {

namespace {

constexpr double size_change_max = 0.3;
constexpr double stability_index_max = 0.2;

/// Fewer members than this at either snapshot: a change of size says nothing yet.
constexpr std::size_t members_min = 50;

bool is_member(const Panel& panel, std::uint32_t row, std::size_t segment) {
    return panel.sets.holds(panel.set[row], segment);
}

std::vector<std::uint32_t> members_at(const Panel& panel,
                                      std::size_t snapshot,
                                      std::size_t segment) {
    std::vector<std::uint32_t> members;
    for (std::uint32_t row = 0; row < panel.rows(); ++row) {
        if (panel.snapshot[row] == snapshot && is_member(panel, row, segment)) {
            members.push_back(row);
        }
    }
    return members;
}

/// A share with Wilson's 90 % interval (1927).
Estimate share_estimate(std::string name, double part, double whole) {
    const double z = 1.6448536269514722;
    const double p = part / whole;
    const double middle = (p + z * z / (2 * whole)) / (1 + z * z / whole);
    const double half =
        z / (1 + z * z / whole) * std::sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole));
    return {.name = std::move(name),
            .value = p,
            .interval = Interval{std::min(p, middle - half), std::max(p, middle + half)},
            .n = static_cast<std::uint64_t>(whole),
            .scale = Scale::share};
}

/// The snapshot that lies a review before the last, as near as there is one.
std::size_t snapshot_before(const AuditFacts& facts) {
    const auto& snapshots = facts.ground->protocol.snapshots;
    const double days = facts.purpose().review ? days_of(*facts.purpose().review)
                                               : days_of(facts.purpose().horizon);
    std::size_t nearest = 0;
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i + 1 < snapshots.size(); ++i) {
        const double back =
            std::chrono::duration<double, std::ratio<86400>>(snapshots.back() - snapshots[i])
                .count();
        if (std::abs(back - days) < best) {
            best = std::abs(back - days);
            nearest = i;
        }
    }
    return nearest;
}

/// How much one feature's distribution moved between two groups of rows, and how much of that the
/// sizes of the groups make by chance.
struct Shift {
    double index = 0;
    double chance = 0;
};

Shift shift_of(const Panel& panel,
               std::size_t feature,
               const std::vector<std::uint32_t>& before,
               const std::vector<std::uint32_t>& after) {
    std::vector<double> expected;
    std::vector<double> actual;
    for (const auto& [rows, values] : {std::pair{&before, &expected}, std::pair{&after, &actual}}) {
        for (const std::uint32_t row : *rows) {
            const double value = panel.features[feature][row];
            if (std::isfinite(value)) {
                values->push_back(value);
            }
        }
    }
    if (expected.size() < members_min || actual.size() < members_min) {
        return {};
    }
    constexpr double freedom = 9;  // of ten bins
    // Without a change the index is a chi-square over n: its mean and 1.64 standard deviations.
    const double chance =
        (freedom + 1.645 * std::sqrt(2 * freedom)) *
        (1 / static_cast<double>(expected.size()) + 1 / static_cast<double>(actual.size()));
    return {stability_index(TwoSamples{.expected = expected, .actual = actual}), chance};
}

/// Numbers in the catalogue of what the segment's expression reads.
std::vector<std::size_t> features_read(const AuditFacts& facts, std::size_t segment) {
    std::vector<std::size_t> found;
    const auto parsed = expr::parse(facts.purpose().segments[segment].when);
    if (!parsed) {
        return found;
    }
    const auto& catalogue = facts.ground->catalogue.features;
    for (const Feature& read : features_of(*parsed)) {
        for (std::size_t f = 0; f < catalogue.size(); ++f) {
            if (catalogue[f].text == read.text) {
                found.push_back(f);
            }
        }
    }
    return found;
}

void add_size_drift(
    const AuditFacts& facts, std::size_t segment, double before, double after, Finding& finding) {
    const double change = after / before - 1;
    if (std::abs(change) <= size_change_max) {
        return;
    }
    // The log of a ratio of two counts has variance 1/a + 1/b.
    const double half = 1.645 * std::sqrt(1 / before + 1 / after);
    finding.evidence.emplace_back(
        Estimate{.name = "change of size since " +
                         to_iso(facts.ground->protocol.snapshots[snapshot_before(facts)]),
                 .value = change,
                 .interval = Interval{std::exp(std::log(after / before) - half) - 1,
                                      std::exp(std::log(after / before) + half) - 1},
                 .n = facts.segments[segment].members.size(),
                 .scale = Scale::share});
}

}  // namespace

namespace {

/// Instants at which it is looked whether a member is still there.
constexpr int looks = 4;

/// Counting stays costs a pass over the members per look.
constexpr std::size_t stay_segments_max = 256;

/// Of the members at the judging snapshot, those still there at every look up to `span` later.
Result<double> stayed_members(const AuditFacts& facts, std::size_t segment, Duration span) {
    std::vector<std::uint32_t> here = facts.segments[segment].customers;
    columns::Reader reader(facts.request->view);
    expr::ViewSubject subject(reader);
    expr::Evaluator evaluator;
    for (int look = 1; look <= looks; ++look) {
        const Instant at = facts.ground->protocol.snapshots.back() + span * look / looks;
        const auto question =
            engine::PreparedQuestion::prepare(facts.request->view,
                                              {.text = facts.purpose().segments[segment].when,
                                               .at = at,
                                               .purpose = {},
                                               .threads = facts.request->threads});
        if (!question) {
            return question.error();
        }
        const expr::World world = question->world();
        std::erase_if(here, [&](std::uint32_t customer) {
            subject.move_to(CustomerOrdinal{customer});
            return evaluator.truth(question->program(), subject, world, at) != expr::Truth::yes;
        });
    }
    return static_cast<double>(here.size());
}

}  // namespace

void check_churn(const AuditFacts& facts, std::vector<Finding>& findings) {
    if (!facts.purpose().review || facts.segments.size() > stay_segments_max) {
        return;
    }
    const auto& protocol = facts.ground->protocol;
    const auto half_review =
        Duration(static_cast<std::int64_t>(days_of(*facts.purpose().review) / 2 * 86'400e6));
    const Duration span = std::min(half_review, protocol.data_end - protocol.snapshots.back());
    for (std::size_t s = 0; s < facts.segments.size(); ++s) {
        const auto then = static_cast<double>(facts.segments[s].members.size());
        if (facts.segments[s].members.size() < members_min) {
            continue;
        }
        const auto stayed = stayed_members(facts, s, span);
        require(stayed.has_value(), "an expression that was evaluated before can be again");
        const Estimate share = share_estimate(
            "members who were in it all along for the next " + to_words(span), *stayed, then);
        if (share.interval->high >= 0.5) {
            continue;
        }
        findings.push_back(
            {.code = "unstable",
             .segments = {facts.name(s)},
             .says =
                 "Members churn through: half of them are gone before half a review has passed.",
             .why = "Whoever plans for a segment plans for people who will no longer be in it.",
             .evidence = {share}});
    }
}

void check_drift(const AuditFacts& facts, std::vector<Finding>& findings) {
    const auto& snapshots = facts.ground->protocol.snapshots;
    if (snapshots.size() < 2) {
        return;
    }
    const Panel& panel = facts.ground->panel;
    const std::size_t early = snapshot_before(facts);
    for (std::size_t s = 0; s < facts.segments.size(); ++s) {
        const auto before = members_at(panel, early, s);
        const auto after = members_at(panel, snapshots.size() - 1, s);
        if (before.size() < members_min || after.size() < members_min) {
            continue;
        }
        Finding finding{
            .code = "drifting",
            .segments = {facts.name(s)},
            .says = "No longer who it was.",
            .why = "What was learned of its members before need not hold for them now."};
        add_size_drift(facts,
                       s,
                       static_cast<double>(before.size()),
                       static_cast<double>(after.size()),
                       finding);
        for (const std::size_t feature : features_read(facts, s)) {
            const Shift shift = shift_of(panel, feature, before, after);
            if (shift.index > stability_index_max && shift.index > shift.chance) {
                finding.evidence.emplace_back(Estimate{
                    .name = "population stability index of " +
                            facts.ground->catalogue.features[feature].text,
                    .value = shift.index,
                    .why_no_interval = "without a change it would stay below " +
                                       print_number(shift.chance, Scale::plain) + " in 95 of 100",
                    .n = before.size() + after.size()});
            }
        }
        if (!finding.evidence.empty()) {
            findings.push_back(std::move(finding));
        }
    }
}

void check_stale(const AuditFacts& facts, std::vector<Finding>& findings) {
    const Purpose& purpose = facts.purpose();
    if (purpose.review && purpose.reviewed) {
        const double days =
            std::chrono::duration<double, std::ratio<86400>>(facts.request->at - *purpose.reviewed)
                .count();
        if (days > days_of(*purpose.review)) {
            findings.push_back({.code = "stale",
                                .segments = {},
                                .says = "Not reviewed in time: last on " +
                                        to_iso(*purpose.reviewed) + ", due every " +
                                        to_text(*purpose.review) + ".",
                                .why = "Segments that nobody looks at go on costing.",
                                .evidence = {counted("days since the last review", days)}});
        }
    }
    const columns::Reader reader(facts.request->view);
    const double silent_days_max = days_of(purpose.review.value_or(purpose.horizon));
    for (std::size_t s = 0; s < facts.segments.size(); ++s) {
        for (const std::string& event : purpose.segments[s].reads.events) {
            const auto id = reader.find_event(event);
            const auto summary =
                id ? facts.request->view->summary(*id) : columns::NameSummary{.name = event};
            const bool ever = summary.count > 0;
            // What never happened was last seen at no time that could be subtracted.
            const Duration quiet =
                ever ? facts.ground->protocol.data_end - summary.last_seen : Duration{0};
            const double silent = std::chrono::duration<double, std::ratio<86400>>(quiet).count();
            if (ever && silent <= silent_days_max) {
                continue;
            }
            findings.push_back(
                {.code = "stale",
                 .segments = {facts.name(s)},
                 .says = ever ? "Reads the event '" + event + "', which stopped arriving."
                              : "Reads the event '" + event + "', which never arrived.",
                 .why = "Its members are decided by what is no longer told.",
                 .evidence = {ever ? Shape(counted("days since the last one", silent))
                                   : Shape(Note{"no such event in the data"})},
                 .patch = patch_without(purpose, s)});
        }
    }
}

void check_hindsight(const AuditFacts& facts, std::vector<Finding>& findings) {
    const Purpose& purpose = facts.purpose();
    for (std::size_t s = 0; s < facts.segments.size(); ++s) {
        if (facts.ground->unusable[s].empty()) {
            continue;
        }
        findings.push_back(
            {.code = "hindsight",
             .segments = {facts.name(s)},
             .says = "It " + facts.ground->unusable[s] +
                     ". It was left out of everything measured here.",
             .why = "What was learned later makes any segment look wise.",
             .evidence = {Note{"List the trait under `static` if it cannot change, or "
                               "load it with its dates."}},
             .patch = patch_without(purpose, s)});
    }
    for (const std::string& trait : purpose.static_traits) {
        if (is_undated(facts.request->view, trait)) {
            findings.push_back(
                {.code = "hindsight",
                 .segments = {},
                 .says = "The undated trait '" + trait +
                         "' was used in the backtest, as `static` says.",
                 .why = "If it changed after a snapshot, the backtest knew more than anybody then.",
                 .evidence = {Note{"trait " + trait}}});
        }
    }
    const auto& hindsight = facts.ground->hindsight;
    if (!hindsight || !hindsight->is_much() || facts.ground->is_as_known) {
        return;
    }
    findings.push_back(
        {.code = "hindsight",
         .segments = {},
         .says =
             "Leans on what was learned after the judging snapshot about what happened before it.",
         .why = "On the day itself it was not known; a history loaded in one go is the usual case. "
                "`--as-known` leaves it out.",
         .evidence = hindsight_shapes(*hindsight)});
}

}  // namespace fineline::study
