#include "study/likeness_discovery.h"

#include "base/require.h"
#include "engine/definitions.h"
#include "expr/parse.h"
#include "expr/walk.h"
#include "study/audit_work.h"
#include "study/cards.h"
#include "study/distil.h"
#include "study/occasions.h"
#include "study/patch.h"
#include "study/statistics/distributions.h"
#include "study/statistics/moments.h"

#include <algorithm>
#include <cmath>

namespace fineline::study {

namespace {

/// Features beyond these, in the catalogue's order, mostly repeat the ones before.
constexpr std::size_t columns_max = 24;

/// The number of the metric's event that it reads; else the first number that the event has.
std::string amount_of(const Purpose& purpose,
                      const columns::Reader& reader,
                      const std::string& event) {
    std::string amount;
    const auto parsed = expr::parse(purpose.metric);
    const auto look = [&](const auto& self, const expr::Node& node) -> void {
        const auto* call = std::get_if<expr::Aggregate>(&node.kind);
        if (call != nullptr && call->event.name == event && call->property && amount.empty()) {
            amount = *call->property;
        }
        expr::for_each_child(node, [&](const expr::Node& child) { self(self, child); });
    };
    if (parsed) look(look, parsed->root);
    const auto id = reader.find_event(event);
    for (std::uint32_t p = 0; amount.empty() && id && p < reader.property_count(*id); ++p) {
        if (reader.view().kinds(*id, PropertyId{p}).numbers > 0) {
            amount = reader.property_name(*id, PropertyId{p});
        }
    }
    return amount;
}

/// The event that the metric reads. Errors: those of check_purpose; invalid_argument where the
/// metric reads none by name.
Result<MetricEvent> metric_event(const Method& method, const StudyRequest& request) {
    const auto purpose = check_purpose(request.portfolio, engine::make_catalog(request.view));
    if (!purpose) return purpose.error();
    if (purpose->metric_reads.events.empty()) {
        return Error{ErrorCode::invalid_argument,
                     std::string(method.title) + " needs " + std::string(method.needs) +
                         "; the metric '" + purpose->metric + "' reads no event by name",
                     {}};
    }
    const std::string& event = purpose->metric_reads.events.front();
    return MetricEvent{event, amount_of(*purpose, columns::Reader(request.view), event)};
}

/// What the method reads of its own. Errors: those of reads(), of metric_event.
Result<std::vector<Feature>> own_features(const Method& method, const StudyRequest& request) {
    if (method.reads == nullptr) return std::vector<Feature>();
    const auto event = metric_event(method, request);
    return event ? method.reads(*event) : event.error();
}

NumericTable own_table(const Groundwork& ground, const std::vector<Feature>& own) {
    NumericTable table(ground.panel.rows(), own.size());
    const auto& known = ground.catalogue.features;
    for (std::size_t at = 0; at < own.size(); ++at) {
        const auto found = std::find_if(known.begin(), known.end(), [&](const Feature& feature) {
            return feature.text == own[at].text;
        });
        require(found != known.end(), "what was asked for was evaluated");
        const auto& column = ground.panel.features[static_cast<std::size_t>(found - known.begin())];
        for (std::size_t row = 0; row < ground.panel.rows(); ++row) {
            table.at(row, at) = column[row];
        }
    }
    return table;
}

GroupingInput input_of(const Groundwork& ground, std::optional<std::size_t> segments) {
    std::vector<std::size_t> columns;
    for (const BinnedFeature& binned : ground.binned.features) {
        if (columns.size() < columns_max) columns.push_back(binned.feature);
    }
    GroupingInput input{.known = NumericTable(ground.panel.rows(), columns.size()),
                        .kinds = {},
                        .columns = {},
                        .fit_rows = ground.first().fit_rows,
                        .segments = segments.value_or(0),
                        .segments_max = static_cast<std::size_t>(
                            std::clamp(ground.purpose.capacity.value_or(8), 2, 12)),
                        .own = {},
                        .snapshot = ground.panel.snapshot,
                        .horizon_days = days_of(ground.purpose.horizon),
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

/// What a method made of the data; the panel it rests on is gone when this returns.
struct Proposed {
    mapping::Portfolio portfolio{};
    std::vector<Shape> told{};
    std::vector<std::string> left_out{};
    std::vector<OccasionMix> mix{};  ///< of occasions
};

/// What the method says stands before how the portfolio was measured.
void tell_method(const Method& method, const Proposed& proposed, AuditReport& report) {
    std::vector<Shape> told;
    told.emplace_back(Note{"Method: " + std::string(method.title) + ". " +
                           std::string(method.question) +
                           " It does not tell: " + std::string(method.does_not_tell) +
                           " Source: " + std::string(method.source) + "."});
    told.insert(told.end(), proposed.told.begin(), proposed.told.end());
    for (const std::string& one : proposed.left_out) {
        told.emplace_back(Note{"Left out: " + one + "."});
    }
    report.measured.insert(report.measured.begin(), told.begin(), told.end());
}

/// How customers' events divide among the occasions, on the judged customers who have any.
Table mix_table(const std::vector<OccasionMix>& mix, const Groundwork& ground) {
    Table table{.title = "A customer's mix of occasions: the mean share of each",
                .columns = {"occasion", "share", "expression"},
                .rows = {}};
    const auto& known = ground.catalogue.features;
    for (const OccasionMix& one : mix) {
        const auto found = std::find_if(known.begin(), known.end(), [&](const Feature& feature) {
            return feature.text == one.share;
        });
        require(found != known.end(), "what a segment reads was evaluated");
        const auto& column = ground.panel.features[static_cast<std::size_t>(found - known.begin())];
        Moments shares;
        for (const std::uint32_t row : ground.judged_rows) {
            if (!std::isnan(column[row])) shares.add(column[row]);
        }
        const double wide = normal_quantile(0.95) * shares.standard_error();
        table.rows.push_back({one.name,
                              Estimate{.name = "share",
                                       .value = shares.mean(),
                                       .interval = Interval{std::max(0.0, shares.mean() - wide),
                                                            std::min(1.0, shares.mean() + wide)},
                                       .n = shares.count(),
                                       .scale = Scale::share},
                              one.share});
    }
    return table;
}

Result<Proposed> propose_by_occasions(const Method& method,
                                      const StudyRequest& request,
                                      std::optional<std::size_t> segments) {
    const auto event = metric_event(method, request);
    if (!event) return event.error();
    auto proposal = propose_occasions(method, request, event->event, segments.value_or(0));
    if (!proposal) return proposal.error();
    return Proposed{.portfolio = std::move(proposal->portfolio),
                    .told = std::move(proposal->told),
                    .left_out = std::move(proposal->left_out),
                    .mix = std::move(proposal->mix)};
}

Result<Proposed> propose(const Method& method,
                         const StudyRequest& request,
                         std::optional<std::size_t> segments) {
    const auto own = own_features(method, request);
    if (!own) return own.error();
    StudyRequest with_own = request;
    with_own.also = *own;
    const auto ground = lay_groundwork(with_own);
    if (!ground) return ground.error();
    const std::size_t fitting = ground->first().fit_rows.size();
    if (fitting < method.rows_min) {
        return Error{ErrorCode::invalid_argument,
                     std::string(method.title) + " needs " + std::string(method.needs) +
                         "; there are " + std::to_string(fitting) + " customers to fit",
                     {}};
    }
    if (request.progress && !request.progress("grouping by " + std::string(method.title), 0)) {
        return Error{ErrorCode::unavailable, "stopped", {}};
    }
    GroupingInput input = input_of(*ground, segments);
    input.own = own_table(*ground, *own);
    auto groups = method.run(input);
    if (!groups) return groups.error();
    Distillation distillation = distil(*ground, *groups);
    if (distillation.groups.empty()) {
        return Error{ErrorCode::invalid_argument,
                     std::string(method.title) +
                         " found groups that no few conditions tell apart; ask for fewer segments",
                     {}};
    }
    Proposed proposed{.portfolio = portfolio_of(*ground, method, distillation),
                      .told = std::move(groups->told),
                      .left_out = std::move(distillation.left_out),
                      .mix = {}};
    proposed.told.emplace_back(std::move(distillation.fidelity));
    return proposed;
}

}  // namespace

Result<Discovery> discover_by(const Method& method,
                              const StudyRequest& request,
                              std::optional<std::size_t> segments) {
    // Groups are made once: whoever shaped them does not judge them.
    StudyRequest once = request;
    once.first_rotation_only = true;
    auto proposed = method.groups == Grouped::occasions
                        ? propose_by_occasions(method, once, segments)
                        : propose(method, once, segments);
    if (!proposed) return proposed.error();
    StudyRequest with_proposal = once;
    with_proposal.portfolio = proposed->portfolio;
    const auto work = do_audit(with_proposal);
    if (!work) return work.error();
    Discovery discovery{.report = report_of(**work), .cards = cards((*work)->facts)};
    AuditReport& report = discovery.report;
    if (!proposed->mix.empty()) {
        proposed->told.emplace_back(mix_table(proposed->mix, (*work)->ground));
    }
    tell_method(method, *proposed, report);
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
