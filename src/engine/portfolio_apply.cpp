#include "engine/portfolio_apply.h"

#include "engine/definition_change.h"
#include "engine/portfolio_history.h"

#include <charconv>

namespace fineline::engine {

namespace {

/// Says why the plan made now is not the one that somebody has seen.
Error changed_meanwhile(const columns::View& view,
                        const PortfolioPlan& plan,
                        std::string_view expected) {
    std::uint64_t seen_base = 0;
    const auto read =
        std::from_chars(expected.data(), expected.data() + expected.size(), seen_base);
    if (read.ec != std::errc{} || read.ptr == expected.data() + expected.size() ||
        *read.ptr != '-' || seen_base > plan.base_change) {
        return {ErrorCode::invalid_argument,
                "no plan of this workspace has that id: '" + std::string(expected) + "'",
                {}};
    }
    std::string since;
    for (const HistoryChange& change : portfolio_history(view)) {
        if (change.change <= seen_base) {
            continue;
        }
        since += "\n  version " + std::to_string(change.change) + " at " + to_iso(change.at) +
                 " (" + change.note + "):";
        for (const HistoryEntry& entry : change.entries) {
            since += std::string(" ") + to_string(entry.what) + " " + entry.kind + " '" +
                     entry.name + "'";
        }
    }
    const std::string reason = since.empty()
                                   ? ": the portfolio says something else than it did then"
                                   : ": definitions were stored since" + since;
    return {ErrorCode::conflict,
            "nothing was applied: the plan " + std::string(expected) +
                " is not the one made now (" + plan.id + ")" + reason +
                "\nmake a plan anew and look at it",
            {}};
}

Result<AppliedPlan> store(Workspace& workspace, PortfolioPlan plan) {
    AppliedPlan applied{.plan = std::move(plan), .change = 0};
    applied.change = applied.plan.base_change;
    if (applied.plan.empty()) {
        return applied;
    }
    auto change = store_change(workspace, applied.plan.edits, applied.plan.note);
    if (!change) {
        return change.error();
    }
    applied.change = *change;
    return applied;
}

Result<AppliedPlan> store(Live& live, PortfolioPlan plan) {
    AppliedPlan applied{.plan = std::move(plan), .change = 0};
    applied.change = applied.plan.base_change;
    if (applied.plan.empty()) {
        return applied;
    }
    auto change =
        live.store_change(applied.plan.edits, applied.plan.note, applied.plan.base_change);
    if (!change) {
        return change.error();
    }
    applied.change = *change;
    return applied;
}

}  // namespace

Result<AppliedPlan> apply_portfolio(Workspace& workspace,
                                    const mapping::Portfolio& portfolio,
                                    const PlanOptions& options,
                                    std::string_view expected) {
    auto plan = workspace.answer([&](const std::shared_ptr<const columns::View>& view) {
        return plan_portfolio(view, portfolio, options);
    });
    if (!plan) {
        return plan.error();
    }
    if (!expected.empty() && expected != plan->id) {
        return changed_meanwhile(*workspace.view(), *plan, expected);
    }
    return store(workspace, std::move(*plan));
}

Result<AppliedPlan> apply_removal(Workspace& workspace,
                                  std::string_view segment,
                                  const PlanOptions& options) {
    auto plan = workspace.answer([&](const std::shared_ptr<const columns::View>& view) {
        return plan_removal(view, segment, options);
    });
    return plan ? store(workspace, std::move(*plan)) : plan.error();
}

Result<AppliedPlan> apply_rollback(Workspace& workspace,
                                   std::uint64_t change,
                                   const PlanOptions& options) {
    auto plan = workspace.answer([&](const std::shared_ptr<const columns::View>& view) {
        return plan_rollback(view, change, options);
    });
    return plan ? store(workspace, std::move(*plan)) : plan.error();
}

Result<AppliedPlan> apply_portfolio(Live& live,
                                    const mapping::Portfolio& portfolio,
                                    const PlanOptions& options,
                                    std::string_view expected) {
    const auto view = live.view()->columns();
    auto plan = plan_portfolio(view, portfolio, options);
    if (!plan) {
        return plan.error();
    }
    if (!expected.empty() && expected != plan->id) {
        return changed_meanwhile(*view, *plan, expected);
    }
    return store(live, std::move(*plan));
}

Result<AppliedPlan> apply_rollback(Live& live, std::uint64_t change, const PlanOptions& options) {
    auto plan = plan_rollback(live.view()->columns(), change, options);
    return plan ? store(live, std::move(*plan)) : plan.error();
}

}  // namespace fineline::engine
