#include "study/curve.h"

#include "cli/commands/rows.h"
#include "cli/study_request.h"
#include "study/act_picture.h"

#include <array>

namespace fineline::cli {

namespace {

/// Prints and draws one curve.
template <class Line>
Status show(const Arguments& arguments,
            const Session& session,
            const Line& line,
            const std::string& picture) {
    if (arguments.json) {
        session.terminal.json(study::to_json(line));
    } else {
        session.terminal.line(study::print_curve(line));
    }
    if (arguments.svg.empty()) {
        return done;
    }
    if (auto written = write_text_file(arguments.svg, picture); !written) {
        return written;
    }
    session.terminal.remark("the picture: " + arguments.svg);
    return done;
}

Status run_curve(const Arguments& arguments, const Session& session) {
    auto opening = StudyOpening::open(arguments, session);
    if (!opening) {
        return opening.error();
    }
    if (study::has_exposures((*opening)->request().portfolio)) {
        const auto report = study::act_audit((*opening)->request());
        (*opening)->finish();
        return report ? show(arguments, session, report->curve, study::draw_act_curve(*report))
                      : report.error();
    }
    const auto line = study::fine_line((*opening)->request());
    (*opening)->finish();
    return line ? show(arguments, session, *line, study::draw_curve(*line)) : line.error();
}

constexpr std::array options{Option::data,
                             Option::purpose_name,
                             Option::at,
                             Option::threads,
                             Option::seed,
                             Option::as_known,
                             Option::svg};

}  // namespace

constinit const Command curve_command{
    .name = "curve",
    .summary = "Print the fine line: value captured against the number of segments",
    .options = options,
    .examples =
        "fineline curve second-order.yaml --data shop\n"
        "fineline curve second-order.yaml --data shop --svg fine-line.svg --json",
    .run = run_curve};

}  // namespace fineline::cli
