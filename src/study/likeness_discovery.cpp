#include "study/likeness_discovery.h"

#include "study/audit_work.h"
#include "study/cards.h"
#include "study/distil.h"
#include "study/patch.h"

#include <algorithm>

namespace fineline::study {

namespace {

/// Features beyond these, in the catalogue's order, mostly repeat the ones before.
constexpr std::size_t columns_max = 24;

GroupingInput input_of(const Groundwork& ground, std::optional<std::size_t> segments) {
    std::vector<std::size_t> columns;
    for (const BinnedFeature& binned : ground.binned.features) {
        if (columns.size() < columns_max) columns.push_back(binned.feature);
    }
    GroupingInput input{.known = NumericTable(ground.panel.rows(), columns.size()),
                        .kinds = {},
                        .columns = {},
                        .fit_rows = ground.fit_rows,
                        .segments = segments.value_or(0),
                        .segments_max = static_cast<std::size_t>(
                            std::clamp(ground.purpose.capacity.value_or(8), 2, 12)),
                        .metric_events = ground.purpose.metric_reads.events,
                        .seed = ground.seed,
                        .threads = ground.threads};
    for (std::size_t at = 0; at < columns.size(); ++at) {
        const Feature& feature = ground.catalogue.features[columns[at]];
        input.columns.push_back(feature.text);
        input.kinds.push_back(feature.kind == FeatureKind::condition ? ColumnKind::category
                                                                     : ColumnKind::number);
        for (std::size_t row = 0; row < ground.panel.rows(); ++row) {
            input.known.at(row, at) = ground.panel.features[columns[at]][row];
        }
    }
    return input;
}

mapping::Portfolio portfolio_of(const Groundwork& ground,
                                const Method& method,
                                const Distillation& distillation) {
    mapping::Portfolio portfolio{.purpose = ground.purpose.portfolio.purpose, .segments = {}};
    for (const DistilledGroup& group : distillation.groups) {
        mapping::SegmentDefinition segment{
            .name = group.name, .when = {}, .because = {}, .action = {}};
        segment.when.text = group.when;
        segment.because = "Found by " + std::string(method.title) +
                          ", then told as an expression: it " + "finds " +
                          std::to_string(group.in_both) + " of the group's " +
                          std::to_string(group.in_group) + " judged customers.";
        portfolio.segments.push_back(std::move(segment));
    }
    return portfolio;
}

/// What the method says stands before how the portfolio was measured.
void tell_method(const Method& method,
                 const Groups& groups,
                 const Distillation& distillation,
                 AuditReport& report) {
    std::vector<Shape> told;
    told.emplace_back(Note{"Method: " + std::string(method.title) + ". " +
                           std::string(method.question) +
                           " It does not tell: " + std::string(method.does_not_tell) +
                           " Source: " + std::string(method.source) + "."});
    told.insert(told.end(), groups.told.begin(), groups.told.end());
    told.emplace_back(distillation.fidelity);
    for (const std::string& one : distillation.left_out) {
        told.emplace_back(Note{"Left out: " + one + "."});
    }
    report.measured.insert(report.measured.begin(), told.begin(), told.end());
}

/// Groups and their expressions; the panel they rest on is gone when this returns.
struct Proposed {
    Groups groups{};
    Distillation distillation{};
    mapping::Portfolio portfolio{};
};

Result<Proposed> propose(const Method& method,
                         const StudyRequest& request,
                         std::optional<std::size_t> segments) {
    const auto ground = lay_groundwork(request);
    if (!ground) return ground.error();
    if (ground->fit_rows.size() < method.rows_min) {
        return Error{ErrorCode::invalid_argument,
                     std::string(method.title) + " needs " + std::string(method.needs) +
                         "; there are " + std::to_string(ground->fit_rows.size()) +
                         " customers to fit",
                     {}};
    }
    if (request.progress && !request.progress("grouping by " + std::string(method.title), 0)) {
        return Error{ErrorCode::unavailable, "stopped", {}};
    }
    auto groups = method.run(input_of(*ground, segments));
    if (!groups) return groups.error();
    Proposed proposed{.groups = std::move(*groups), .distillation = {}, .portfolio = {}};
    proposed.distillation = distil(*ground, proposed.groups);
    if (proposed.distillation.groups.empty()) {
        return Error{ErrorCode::invalid_argument,
                     std::string(method.title) +
                         " found groups that no few conditions tell apart; ask for fewer segments",
                     {}};
    }
    proposed.portfolio = portfolio_of(*ground, method, proposed.distillation);
    return proposed;
}

}  // namespace

Result<Discovery> discover_by(const Method& method,
                              const StudyRequest& request,
                              std::optional<std::size_t> segments) {
    const auto proposed = propose(method, request, segments);
    if (!proposed) return proposed.error();
    StudyRequest with_proposal = request;
    with_proposal.portfolio = proposed->portfolio;
    const auto work = do_audit(with_proposal);
    if (!work) return work.error();
    Discovery discovery{.report = report_of(**work), .cards = cards((*work)->facts)};
    AuditReport& report = discovery.report;
    tell_method(method, proposed->groups, proposed->distillation, report);
    report.recommended = proposed->portfolio;
    report.recommended_why =
        "The groups of " + std::string(method.title) +
        " as expressions, whatever they capture of the metric: the method does "
        "not look at it.";
    report.patch = portfolio_patch(request.portfolio, proposed->portfolio);
    report.line.recommended = report.line.today;
    return discovery;
}

}  // namespace fineline::study
