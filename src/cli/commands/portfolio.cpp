#include "cli/commands/portfolio.h"

#include "base/text.h"
#include "engine/definition_change.h"
#include "engine/portfolio_json.h"
#include "study/planned_purpose.h"

namespace fineline::cli {

namespace {

using engine::PlannedChange;

std::string mark_of(PlannedChange change, const Terminal& terminal) {
    switch (change) {
        case PlannedChange::added: return terminal.paint("+", Colour::green);
        case PlannedChange::changed: return terminal.paint("~", Colour::yellow);
        case PlannedChange::gone: return terminal.paint("-", Colour::red);
        case PlannedChange::follows: return terminal.paint(">", Colour::yellow);
        case PlannedChange::unchanged: return "=";
    }
    return "=";
}

std::string examples_text(std::uint64_t count, const std::vector<std::string>& examples) {
    std::string text;
    for (const std::string& id : examples) {
        text += (text.empty() ? "" : ", ") + id;
    }
    return text + (count > examples.size() ? " …" : "");
}

void show_membership(const engine::PlannedMembership& membership, Terminal& terminal) {
    if (membership.entering > 0) {
        terminal.line("      " + with_commas(membership.entering) + " enter: " +
                      examples_text(membership.entering, membership.entering_examples));
    }
    if (membership.leaving > 0) {
        terminal.line("      " + with_commas(membership.leaving) +
                      " leave: " + examples_text(membership.leaving, membership.leaving_examples));
    }
}

void show_definition(const engine::PlannedDefinition& planned, Terminal& terminal) {
    const bool is_segment = planned.kind == engine::segment_kind;
    std::string text = "  " + mark_of(planned.change, terminal) + " ";
    text += is_segment ? padded(planned.name, 24)
                       : "purpose " + terminal.paint(planned.name, Colour::bold);
    if (is_segment) {
        const engine::PlannedMembership& membership = planned.membership;
        const bool moves = membership.size_before != membership.size_after;
        text +=
            right_aligned((moves ? with_commas(membership.size_before) + " → " : std::string()) +
                              with_commas(membership.size_after),
                          18);
        text += "  " + terminal.paint(planned.text, Colour::grey);
    }
    terminal.line(text);
    for (const engine::FieldChange& field : planned.fields) {
        terminal.line("      " + field.field + ": " +
                      (field.before.empty() ? "(none)" : field.before) + " → " +
                      (field.after.empty() ? "(none)" : field.after));
    }
    if (planned.change == PlannedChange::follows) {
        terminal.line("      is built on a segment that changes");
    }
    if (is_segment) {
        show_membership(planned.membership, terminal);
    }
    for (const std::string& warning : planned.warnings) {
        terminal.line("      " + terminal.paint("warning: " + warning, Colour::yellow));
    }
}

std::string percent(double share) {
    return std::to_string(static_cast<int>(share * 100 + 0.5)) + " %";
}

std::string counts_text(const engine::PortfolioPlan& plan) {
    std::string text;
    for (const PlannedChange change : {PlannedChange::added,
                                       PlannedChange::changed,
                                       PlannedChange::gone,
                                       PlannedChange::follows,
                                       PlannedChange::unchanged}) {
        std::size_t count = 0;
        for (const engine::PlannedDefinition& planned : plan.definitions) {
            count += planned.change == change ? 1U : 0U;
        }
        if (count > 0) {
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + to_string(change);
        }
    }
    return text;
}

}  // namespace

void show_plan(const engine::PortfolioPlan& plan, Terminal& terminal) {
    for (const engine::PlannedDefinition& planned : plan.definitions) {
        show_definition(planned, terminal);
    }
    if (!plan.overlaps.empty()) {
        terminal.line(terminal.paint("New overlaps", Colour::bold));
    }
    for (const engine::PlannedOverlap& overlap : plan.overlaps) {
        const bool first_is_smaller = overlap.first_size <= overlap.second_size;
        terminal.line("  " + overlap.first + " and " + overlap.second + ": " +
                      with_commas(overlap.both) + " in both, " + percent(overlap.jaccard()) +
                      " of those in either; " + percent(overlap.containment()) + " of " +
                      (first_is_smaller ? overlap.first : overlap.second) + " is inside the other");
    }
    for (const std::string& warning : plan.warnings) {
        terminal.warning(warning);
    }
    if (plan.empty()) {
        terminal.line("Nothing to change");
        return;
    }
    terminal.line(counts_text(plan) + "; sizes of " + with_commas(plan.customers) +
                  " customers at " + to_iso(plan.at));
}

void show_applied(const engine::AppliedPlan& applied,
                  const Arguments& arguments,
                  Terminal& terminal) {
    if (arguments.json) {
        Json json = engine::to_json(applied.plan);
        terminal.json(json.set("version", applied.change));
        return;
    }
    show_plan(applied.plan, terminal);
    const std::string version = std::to_string(applied.change);
    terminal.line(applied.plan.empty() ? "Version " + version + " says all of this already"
                                       : "Applied as version " + version);
}

void show_history(const std::vector<engine::HistoryChange>& history, Terminal& terminal) {
    if (history.empty()) {
        terminal.remark("no segment or purpose was ever defined");
    }
    for (const engine::HistoryChange& change : history) {
        terminal.line("version " + std::to_string(change.change) + "  " + to_iso(change.at) + "  " +
                      change.note);
        for (const engine::HistoryEntry& entry : change.entries) {
            const bool is_segment = entry.kind == engine::segment_kind;
            terminal.line("  " + padded(to_string(entry.what), 10) + padded(entry.kind, 9) +
                          padded(entry.name, 24) +
                          terminal.paint(is_segment ? entry.text : "", Colour::grey));
        }
    }
}

engine::PlanOptions plan_options(const Arguments& arguments, Instant at) {
    engine::PlanOptions options;
    options.at = at;
    options.check_purpose = study::check_planned_purpose;
    if (!arguments.files.empty()) {
        options.file = arguments.files.front();
    }
    return options;
}

}  // namespace fineline::cli
