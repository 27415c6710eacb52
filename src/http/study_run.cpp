#include "http/study_run.h"

#include "engine/definitions.h"
#include "engine/portfolio.h"
#include "mapping/portfolio_file.h"
#include "study/act_audit.h"
#include "study/curve.h"
#include "study/likeness_discovery.h"
#include "study/purpose.h"

namespace fineline::http {

namespace {

constexpr int segments_max = 64;  // as the program's --segments and --capacity

/// What is stored as text and cannot be read is the caller's to mend, not a broken store.
Result<mapping::Portfolio> purpose_of(const columns::View& view, const std::string& name) {
    auto portfolio = engine::stored_portfolio(view, name);
    if (!portfolio && portfolio.error().code == ErrorCode::corrupt) {
        return Error{ErrorCode::invalid_argument, portfolio.error().message, {}};
    }
    return portfolio;
}

Json with_mode(Json result, const char* mode, const mapping::Portfolio& recommended) {
    return result.set("mode", mode).set("yaml", mapping::to_yaml(recommended));
}

Result<Json> run_act(const study::StudyRequest& request, const StudyOrder& order) {
    const auto report = order.kind == StudyKind::discover
                            ? study::act_discover(request, order.segments)
                            : study::act_audit(request);
    if (!report) {
        return report.error();
    }
    return with_mode(study::to_json(*report), "act", report->recommended);
}

Result<Json> run_audit(const study::StudyRequest& request) {
    const auto report = study::audit(request);
    if (!report) {
        return report.error();
    }
    return with_mode(study::to_json(*report), "explain", report->recommended);
}

Result<Json> run_curve(const study::StudyRequest& request) {
    const auto line = study::fine_line(request);
    if (!line) {
        return line.error();
    }
    Json json = study::to_json(*line);
    return json.set("mode", "explain");
}

Result<Json> run_discover(const study::StudyRequest& request, const StudyOrder& order) {
    Result<study::Discovery> found = study::Discovery();
    if (order.method == "tree") {
        found = study::discover(request, order.segments);
    } else {
        const auto method = study::find_method(order.method);
        found = method ? study::discover_by(**method, request, order.segments)
                       : Result<study::Discovery>(method.error());
    }
    if (!found) {
        return found.error();
    }
    Json cards{Json::Array{}};
    for (const study::Finding& card : found->cards) {
        cards.push(study::to_json(card));
    }
    Json json = study::to_json(found->report);
    return with_mode(json.set("cards", std::move(cards)), "explain", found->report.recommended);
}

}  // namespace

const char* to_string(StudyKind kind) {
    switch (kind) {
        case StudyKind::audit: return "audit";
        case StudyKind::curve: return "curve";
        case StudyKind::discover: return "discover";
    }
    return "audit";
}

Status check_order(const std::shared_ptr<const columns::View>& view, const StudyOrder& order) {
    const auto portfolio = purpose_of(*view, order.purpose);
    if (!portfolio) {
        return portfolio.error();
    }
    const auto purpose = study::check_purpose(*portfolio, engine::make_catalog(view));
    if (!purpose) {
        return purpose.error();
    }
    if (order.method != "tree") {
        if (const auto method = study::find_method(order.method); !method) {
            return Error{ErrorCode::invalid_argument, method.error().message, {}};
        }
    }
    const auto is_beyond = [](std::size_t count) { return count < 1 || count > segments_max; };
    if ((order.segments && is_beyond(*order.segments)) ||
        (order.capacity && is_beyond(static_cast<std::size_t>(*order.capacity)))) {
        return Error{ErrorCode::invalid_argument,
                     "'segments' and 'capacity' must be from 1 to " + std::to_string(segments_max),
                     {}};
    }
    return done;
}

Result<Json> run_study(const StudyData& data,
                       const StudyOrder& order,
                       const std::function<bool(const std::string& what, double share)>& progress) {
    auto portfolio = purpose_of(*data.view, order.purpose);
    if (!portfolio) {
        return portfolio.error();
    }
    study::StudyRequest request;
    request.view = data.view;
    request.arrived_until = data.arrived_until;
    request.portfolio = std::move(*portfolio);
    request.at = order.at;
    request.seed = order.seed;
    // One: taking events and answering questions go on beside it.
    request.threads = 1;
    request.progress = progress;
    if (order.capacity) {
        request.portfolio.purpose.capacity = order.capacity;
    }
    if (study::has_exposures(request.portfolio) && order.kind != StudyKind::curve) {
        return run_act(request, order);
    }
    switch (order.kind) {
        case StudyKind::audit: return run_audit(request);
        case StudyKind::curve: return run_curve(request);
        case StudyKind::discover: return run_discover(request, order);
    }
    return run_audit(request);
}

}  // namespace fineline::http
