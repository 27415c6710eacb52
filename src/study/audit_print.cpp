#include "base/text.h"
#include "mapping/portfolio_file.h"
#include "study/audit_work.h"
#include "study/curve.h"

#include <algorithm>
#include <iterator>

namespace fineline::study {

namespace {

constexpr std::string_view definitions = "docs/fine_line.md";

/// Merges are printed up to this many steps; JSON has all of them.
constexpr std::size_t merges_shown = 40;

std::string separation_text(const Protocol& protocol) {
    switch (protocol.separation) {
        case Separation::out_of_time:
            return "out of time: fitted on the earlier snapshots, chosen on the last but one, "
                   "judged "
                   "on the last";
        case Separation::out_of_time_thirds:
            return "out of time: fitted on two thirds of the customers at the first snapshot, "
                   "chosen "
                   "on the other third, judged at the second";
        case Separation::out_of_sample:
            return protocol.rotations == 1
                       ? "out of sample: the data holds one horizon only, so thirds of the "
                         "customers, drawn at random, fit, choose and judge"
                       : "out of sample: the data holds one horizon only, so thirds of the "
                         "customers, drawn at random, take turns to fit, choose and judge; "
                         "everybody is judged once, by what was made without him";
    }
    return {};
}

std::size_t distinct_snapshots(const Groundwork& ground, Role role) {
    std::vector<bool> seen(ground.protocol.snapshots.size());
    for (const std::uint32_t row : ground.panel.rows_of(role)) {
        seen[ground.panel.snapshot[row]] = true;
    }
    return static_cast<std::size_t>(std::count(seen.begin(), seen.end(), true));
}

Table roles_table(const Groundwork& ground) {
    Table table{.title = "Rows (a customer at a snapshot)",
                .columns = {"role", "snapshots", "rows", "metric"},
                .rows = {}};
    for (const Role role : {Role::fit, Role::choose, Role::judge}) {
        OutcomeSums raw;
        for (std::size_t rotation = 0; rotation < ground.rotations.size(); ++rotation) {
            for (const std::uint32_t row : ground.panel.rows_of(role, rotation)) {
                raw.add(ground.panel.outcome[row]);
            }
        }
        table.rows.push_back(
            {std::string(to_string(role)),
             counted("snapshots", static_cast<double>(distinct_snapshots(ground, role))),
             counted("rows", raw.n),
             mean_estimate("metric", raw, ground.purpose)});
    }
    return table;
}

/// Of all rotations.
std::size_t fitting_rows(const Groundwork& ground) {
    std::size_t rows = 0;
    for (const Rotation& rotation : ground.rotations) {
        rows += rotation.fit_rows.size();
    }
    return rows;
}

std::string left_out_text(const Groundwork& ground) {
    std::string text;
    for (const auto* reasons : {&ground.catalogue.left_out, &ground.binned.merged}) {
        for (const std::string& reason : *reasons) {
            text += (text.empty() ? "Left out: " : "\n  ") + reason;
        }
    }
    return text;
}

std::string snapshot_dates(const Protocol& protocol) {
    std::string text;
    for (const Instant at : protocol.snapshots) {
        text += (text.empty() ? "" : ", ") + to_iso(at);
    }
    return text;
}

std::string excluded_text(const Groundwork& ground) {
    const auto& excluded = ground.panel.excluded.back();
    std::string text;
    if (excluded.unreachable > 0) {
        text += with_commas(excluded.unreachable) +
                " eligible customers at the last snapshot have not consented and were not read. ";
    }
    if (excluded.without_metric > 0) {
        text += with_commas(excluded.without_metric) +
                " at the last snapshot have no value of the metric and were left out. ";
    }
    return text;
}

std::string as_known_text(const Groundwork& ground) {
    if (!ground.is_as_known) {
        return "";
    }
    const auto& excluded = ground.panel.excluded.back();
    return "Customers are looked at as they were known at each snapshot. At the last one " +
           with_commas(excluded.unknown_then) + " who were heard of later and " +
           with_commas(excluded.merged_since) +
           " who were several persons then were left out; outcomes are what came to be known.";
}

Table segments_table(const AuditReport& report) {
    Table table{.title = "Segments, in order of priority",
                .columns = {"segment", "members", "metric", "marginal value"},
                .rows = {}};
    for (const SegmentValue& segment : report.segments) {
        Cell marginal;
        if (segment.marginal) {
            marginal = measured_estimate("marginal", *segment.marginal, segment.judged);
        }
        table.rows.push_back({segment.name,
                              counted("members", static_cast<double>(segment.members)),
                              segment.metric,
                              marginal});
    }
    return table;
}

std::string move_text(const MergeSummary& merge) {
    switch (merge.move) {
        case MergeMove::today: return "today";
        case MergeMove::join: return merge.first + " with " + merge.second;
        case MergeMove::drop:
            return merge.first + " dropped" +
                   (merge.second.empty() ? " into the rest" : ", mostly to " + merge.second);
    }
    return {};
}

const char* move_word(MergeMove move) {
    switch (move) {
        case MergeMove::today: return "today";
        case MergeMove::join: return "join";
        case MergeMove::drop: return "drop";
    }
    return "";
}

Table merges_table(const AuditReport& report) {
    Table table{.title = "Merge path: joined or dropped, whichever loses least, again and again",
                .columns = {"segments", "captured", "reversed priority", "step", "rests on"},
                .rows = {}};
    for (const MergeSummary& merge : report.merges) {
        if (table.rows.size() == merges_shown) {
            break;
        }
        const auto cell = [&](const std::optional<Measured>& captured) {
            return captured ? Cell(measured_estimate("captured", *captured, report.line.n))
                            : Cell();
        };
        table.rows.push_back({std::to_string(merge.segments),
                              cell(merge.captured),
                              cell(merge.reversed),
                              move_text(merge),
                              merge.ground});
    }
    return table;
}

Json measured_json(const std::optional<Measured>& measured, std::uint64_t n) {
    if (!measured) {
        return {};
    }
    Json json;
    json.set("value", measured->value).set("standard_error", measured->standard_error);
    json.set("n", std::size_t{n});
    if (!measured->interval) {
        json.set("why_no_interval", "too few draws could tell");
    }
    json.set("interval",
             measured->interval
                 ? Json(Json::Array{measured->interval->low, measured->interval->high})
                 : Json());
    return json;
}

Json shapes_json(const std::vector<Shape>& shapes) {
    Json json{Json::Array{}};
    for (const Shape& shape : shapes) {
        json.push(to_json(shape));
    }
    return json;
}

Json segments_json(const AuditReport& report) {
    Json json{Json::Array{}};
    for (const SegmentValue& segment : report.segments) {
        json.push(Json()
                      .set("name", segment.name)
                      .set("when", segment.when)
                      .set("members", static_cast<std::size_t>(segment.members))
                      .set("unreachable", static_cast<std::size_t>(segment.unreachable))
                      .set("metric", to_json(segment.metric))
                      .set("marginal", measured_json(segment.marginal, segment.judged)));
    }
    return json;
}

Json merges_json(const AuditReport& report) {
    Json json{Json::Array{}};
    for (const MergeSummary& merge : report.merges) {
        json.push(Json()
                      .set("segments", merge.segments)
                      .set("move", move_word(merge.move))
                      .set("first", merge.first)
                      .set("second", merge.second)
                      .set("rests_on", merge.ground)
                      .set("captured", measured_json(merge.captured, report.line.n))
                      .set("reversed", measured_json(merge.reversed, report.line.n)));
    }
    return json;
}

}  // namespace

std::vector<Shape> how_measured(const Groundwork& ground) {
    const Protocol& protocol = ground.protocol;
    std::vector<Shape> shapes;
    shapes.emplace_back(Note{"Metric: " + ground.purpose.metric +
                             "; population: " + ground.purpose.population + "."});
    shapes.emplace_back(Note{"Protocol: " + separation_text(protocol) + "."});
    shapes.emplace_back(Note{
        "Snapshots, " + to_text(protocol.horizon) + " apart: " + snapshot_dates(protocol) +
        "; data from " + to_iso(protocol.data_begin) + " to " + to_iso(protocol.data_end) + "."});
    shapes.emplace_back(roles_table(ground));
    shapes.emplace_back(Note{"Intervals are 90 %, from " + std::to_string(ground.draws) +
                             " bootstrap draws of customers given the fitted models, seed " +
                             std::to_string(ground.seed) + "; those of means are Student's."});
    for (std::size_t i = 0; i < ground.rotations.size(); ++i) {
        const JudgedRole& judge = ground.rotations[i].judge;
        const std::string which =
            ground.takes_turns() ? ", rotation " + std::to_string(i + 1) : std::string();
        Estimate level{.name = "factor that re-bases the level on the judging snapshot" + which,
                       .value = judge.judgement->level_factor(),
                       .why_no_interval = "recomputed in each draw of what rests on it",
                       .n = judge.rows.size()};
        shapes.emplace_back(std::move(level));
    }
    if (ground.cap > 0) {
        Estimate cap{
            .name = "amounts above this count as it (99.5th percentile of the fitting rows)",
            .value = ground.cap,
            .why_no_interval = "fixed by the fitting rows",
            .n = fitting_rows(ground),
            .scale = Scale::amount};
        shapes.emplace_back(std::move(cap));
    }
    if (protocol.customers_share < 1) {
        shapes.emplace_back(Note{"A random " +
                                 print_number(protocol.customers_share, Scale::share) +
                                 " of the customers was looked at; sizes are of that sample."});
    }
    if (ground.hindsight) {
        std::ranges::move(hindsight_shapes(*ground.hindsight), std::back_inserter(shapes));
    }
    for (const std::string& text :
         {as_known_text(ground), excluded_text(ground), left_out_text(ground)}) {
        if (!text.empty()) {
            shapes.emplace_back(Note{text});
        }
    }
    shapes.emplace_back(Note{"Definitions: " + std::string(definitions) + "."});
    return shapes;
}

std::string print(const AuditReport& report) {
    std::string out =
        report.purpose + (report.question.empty() ? "" : ": " + report.question) + "\n\n";
    out += report.sentence + "\n\n" + print_curve(report.line) + "\n";
    if (!report.segments.empty()) {
        out += print(Shape(segments_table(report))) + "\n";
    }
    out += "Findings: " + std::to_string(report.findings.size()) + "\n\n";
    for (const Finding& finding : report.findings) {
        out += print(finding) + "\n";
    }
    if (report.merges.size() > 1) {
        out += print(Shape(merges_table(report))) + "\n";
    }
    out += "Recommended: " + std::to_string(report.recommended.segments.size()) +
           (report.recommended.segments.size() == 1 ? " segment. " : " segments. ") +
           report.recommended_why + "\n";
    for (const auto& segment : report.recommended.segments) {
        out += "  " + segment.name + ": " + segment.when.text + "\n";
    }
    out += "\nHow this was measured\n";
    for (const auto* shapes : {&report.measured, &report.ceiling}) {
        for (const Shape& shape : *shapes) {
            out += print(shape);
        }
    }
    return out;
}

Json to_json(const AuditReport& report) {
    Json findings{Json::Array{}};
    for (const Finding& finding : report.findings) {
        Json json = to_json(finding);
        json.set("definition", std::string(definitions) + "#" + finding.code)
            .set("protocol", report.line.protocol);
        findings.push(std::move(json));
    }
    return Json()
        .set("purpose", report.purpose)
        .set("question", report.question)
        .set("sentence", report.sentence)
        .set("verdict", report.verdict)
        .set("anything_told", report.anything_told)
        .set("protocol", report.line.protocol)
        .set("definitions", definitions)
        .set("measured", shapes_json(report.measured))
        .set("ceiling", shapes_json(report.ceiling))
        .set("segments", segments_json(report))
        .set("findings", std::move(findings))
        .set("merges", merges_json(report))
        .set("curve", to_json(report.line))
        .set("recommended",
             Json()
                 .set("segments", report.recommended.segments.size())
                 .set("why", report.recommended_why)
                 .set("portfolio", mapping::to_yaml(report.recommended))
                 .set("patch", report.patch));
}

}  // namespace fineline::study
