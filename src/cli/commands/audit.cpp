#include "study/audit.h"

#include "cli/commands/rows.h"
#include "cli/study_request.h"
#include "mapping/portfolio_file.h"
#include "study/act_audit.h"
#include "study/likeness_discovery.h"
#include "study/report_page.h"

#include <array>

namespace fineline::cli {

namespace {

/// Writes what was asked for beside the printed answer.
template <class Report>
Status write_files(const Arguments& arguments, const Report& report, Terminal& terminal) {
    if (!arguments.html.empty()) {
        if (auto written = write_text_file(arguments.html, study::report_page(report)); !written) {
            return written;
        }
        terminal.remark("the report as a page: " + arguments.html);
    }
    if (!arguments.out.empty()) {
        if (auto written = write_text_file(arguments.out, mapping::to_yaml(report.recommended));
            !written) {
            return written;
        }
        terminal.remark("the recommended portfolio: " + arguments.out);
    }
    return done;
}

/// Prints what acting brings, where the purpose names exposures.
Status show_act(const Arguments& arguments,
                const Session& session,
                const Result<study::ActReport>& report) {
    if (!report) {
        return report.error();
    }
    if (arguments.json) {
        session.terminal.json(study::to_json(*report));
    } else {
        session.terminal.line(study::print(*report));
    }
    return write_files(arguments, *report, session.terminal);
}

Status run_audit(const Arguments& arguments, const Session& session) {
    auto opening = StudyOpening::open(arguments, session);
    if (!opening) {
        return opening.error();
    }
    if (study::has_exposures((*opening)->request().portfolio)) {
        const auto report = study::act_audit((*opening)->request());
        (*opening)->finish();
        return show_act(arguments, session, report);
    }
    const auto report = study::audit((*opening)->request());
    (*opening)->finish();
    if (!report) {
        return report.error();
    }
    if (arguments.json) {
        session.terminal.json(study::to_json(*report));
    } else {
        session.terminal.line(study::print(*report));
    }
    return write_files(arguments, *report, session.terminal);
}

/// Proposes by the tree, or by a method of the catalogue.
Result<study::Discovery> discovered(const std::string& method,
                                    const study::StudyRequest& request,
                                    std::optional<std::size_t> segments) {
    if (method == "tree") return study::discover(request, segments);
    const auto found = study::find_method(method);
    return found ? study::discover_by(**found, request, segments) : found.error();
}

Status run_discover(const Arguments& arguments, const Session& session) {
    auto opening = StudyOpening::open(arguments, session);
    if (!opening) {
        return opening.error();
    }
    const auto segments =
        arguments.segments > 0 ? std::optional<std::size_t>(arguments.segments) : std::nullopt;
    if (study::has_exposures((*opening)->request().portfolio)) {
        const auto report = study::act_discover((*opening)->request(), segments);
        (*opening)->finish();
        return show_act(arguments, session, report);
    }
    const auto discovery = discovered(arguments.method, (*opening)->request(), segments);
    (*opening)->finish();
    if (!discovery) {
        return discovery.error();
    }
    if (arguments.json) {
        Json cards{Json::Array{}};
        for (const study::Finding& card : discovery->cards) {
            cards.push(study::to_json(card));
        }
        session.terminal.json(study::to_json(discovery->report).set("cards", std::move(cards)));
    } else {
        session.terminal.line(study::print(discovery->report));
        for (const study::Finding& card : discovery->cards) {
            session.terminal.line(study::print(card));
        }
    }
    return write_files(arguments, discovery->report, session.terminal);
}

constexpr std::array options{Option::data,
                             Option::purpose_name,
                             Option::at,
                             Option::threads,
                             Option::seed,
                             Option::as_known,
                             Option::html,
                             Option::out};
constexpr std::array discover_options{Option::data,
                                      Option::purpose_name,
                                      Option::segments,
                                      Option::capacity,
                                      Option::method,
                                      Option::at,
                                      Option::threads,
                                      Option::seed,
                                      Option::as_known,
                                      Option::html,
                                      Option::out};

}  // namespace

constinit const Command audit_command{
    .name = "audit",
    .summary = "Say what the segments of a purpose are worth, and which to keep",
    .options = options,
    .examples =
        "fineline audit second-order.yaml --data shop --at 2011-12-10T00:00:00Z\n"
        "fineline audit second-order.yaml --data shop --html report.html\n"
        "fineline audit second-order.yaml --data shop --out recommended.yaml --json",
    .run = run_audit};

constinit const Command discover_command{
    .name = "discover",
    .summary = "Propose segments for a purpose: expressions, with what each is worth",
    .options = discover_options,
    .examples =
        "fineline discover second-order.yaml --data shop --out proposal.yaml\n"
        "fineline discover second-order.yaml --data shop --segments 6\n"
        "fineline discover second-order.yaml --data shop --method kmeans --out likeness.yaml\n"
        "fineline discover second-order.yaml --data shop --method occasions --segments 3",
    .run = run_discover};

}  // namespace fineline::cli
