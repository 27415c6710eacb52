#include "study/report_page.h"

#include "mapping/portfolio_file.h"
#include "study/act_picture.h"
#include "study/curve.h"
#include "study/drawing.h"

namespace fineline::study {

namespace {

constexpr std::string_view style =
    "body{font:16px/1.5 Helvetica,Arial,sans-serif;color:#1f2933;max-width:1100px;margin:40px "
    "auto;padding:0 20px}h1{font-size:28px;margin-bottom:0}h2{font-size:20px;margin-top:2em}"
    ".sentence{font-size:20px}.quiet{color:#66717d}table{border-collapse:collapse;margin:1em "
    "0}td,th{padding:4px 12px;border-bottom:1px solid "
    "#d5dae0;text-align:left}pre{background:#f4f6f8;padding:12px;overflow:auto;font-size:13px}"
    "code{background:#f4f6f8;padding:1px 4px}svg{width:100%;height:auto}"
    ".finding{border-left:3px solid #b4541a;padding-left:14px;margin:1.2em 0}";

std::string element(std::string_view name, std::string_view text) {
    return "<" + std::string(name) + ">" + escaped_markup(text) + "</" + std::string(name) + ">\n";
}

std::string table_row(const std::vector<std::string>& cells, std::string_view cell) {
    std::string row = "<tr>";
    for (const std::string& text : cells) {
        row +=
            "<" + std::string(cell) + ">" + escaped_markup(text) + "</" + std::string(cell) + ">";
    }
    return row + "</tr>\n";
}

std::string segments_table(const AuditReport& report) {
    std::string out =
        "<table>\n" +
        table_row({"segment", "members", "metric", "marginal value", "definition"}, "th");
    for (const SegmentValue& segment : report.segments) {
        std::string marginal = "-";
        if (segment.marginal) {
            marginal = print(Estimate{.value = segment.marginal->value,
                                      .interval = segment.marginal->interval,
                                      .scale = Scale::share});
        }
        out += table_row({segment.name,
                          print_number(static_cast<double>(segment.members), Scale::count),
                          print(segment.metric),
                          marginal,
                          segment.when},
                         "td");
    }
    return out + "</table>\n";
}

std::string finding_block(const Finding& finding) {
    std::string names;
    for (const std::string& name : finding.segments) {
        names += (names.empty() ? "" : ", ") + name;
    }
    std::string out = "<div class=\"finding\">\n<p><code>" + escaped_markup(finding.code) +
                      "</code> <b>" + escaped_markup(names) + "</b> " +
                      escaped_markup(finding.says) + "<br><span class=\"quiet\">" +
                      escaped_markup(finding.why) + "</span></p>\n";
    std::string evidence;
    for (const Shape& shape : finding.evidence) {
        evidence += print(shape);
    }
    out += element("pre", evidence);
    if (!finding.patch.empty()) {
        out += "<details><summary>patch</summary>" + element("pre", finding.patch) + "</details>\n";
    }
    return out + "</div>\n";
}

/// The head of a page and what stands first on it.
template <class Report>
std::string page_head(const Report& report) {
    std::string out = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>" +
                      escaped_markup(report.purpose) + "</title><style>" + std::string(style) +
                      "</style></head>\n<body>\n";
    out += element("h1", report.purpose);
    out += "<p class=\"quiet\">" + escaped_markup(report.question) + "</p>\n";
    return out + "<p class=\"sentence\">" + escaped_markup(report.sentence) + "</p>\n";
}

}  // namespace

std::string report_page(const AuditReport& report) {
    std::string out = page_head(report) + draw_curve(report.line);
    out += element("h2", "Segments, in order of priority") + segments_table(report);
    out += element("h2", "Findings");
    for (const Finding& finding : report.findings) {
        out += finding_block(finding);
    }
    out += element("h2", "Recommended") + element("p", report.recommended_why);
    out += element("pre", mapping::to_yaml(report.recommended));
    out += element("h2", "How this was measured");
    std::string measured;
    for (const auto* shapes : {&report.measured, &report.ceiling}) {
        for (const Shape& shape : *shapes) {
            measured += print(shape);
        }
    }
    return out + element("pre", measured) + "</body>\n</html>\n";
}

std::string report_page(const ActReport& report) {
    std::string out = page_head(report) + draw_act_curve(report);
    out += element("h2", "What acting brings");
    for (const Shape& shape : report.values) {
        out += element("pre", print(shape));
    }
    out += element("h2", "Findings");
    for (const Finding& finding : report.findings) {
        out += finding_block(finding);
    }
    out += element("h2", "Recommended") + element("pre", mapping::to_yaml(report.recommended));
    out += element("h2", "How this was measured");
    for (const Shape& shape : report.measured) {
        out += element("pre", print(shape));
    }
    return out + "</body>\n</html>\n";
}

}  // namespace fineline::study
