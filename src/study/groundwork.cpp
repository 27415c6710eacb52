#include "study/groundwork.h"

#include "base/text.h"
#include "engine/definitions.h"
#include "expr/parse.h"
#include "expr/walk.h"
#include "model/limits.h"
#include "study/lasting_features.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace fineline::study {

namespace {

/// Fewer customers in a role than this say nothing that an interval would not swallow.
constexpr std::size_t customers_min = 100;

/// Leaves of a tree hold at least this many rows, and this share of them, in each half.
constexpr double leaf_rows_floor = 30;
constexpr double leaf_share_floor = 0.01;

Error stopped() {
    return {ErrorCode::unavailable, "stopped; nothing was changed", {}};
}

bool go_on(const StudyRequest& request, const std::string& what, double share) {
    return !request.progress || request.progress(what, share);
}

void collect_aggregates(const expr::Node& node,
                        const History& history,
                        std::vector<Feature>& features) {
    if (const auto* call = std::get_if<expr::Aggregate>(&node.kind)) {
        const std::string text = expr::print(node);
        const bool is_span = call->function == "since_last" || call->function == "since_first" ||
                             call->function == "gap";
        std::string label = call->function + "_" + (call->event.any ? "any" : call->event.name);
        std::replace_if(
            label.begin(), label.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
        features.push_back({.text = text,
                            .label = label,
                            .subject = text,
                            .kind = is_span ? FeatureKind::duration : FeatureKind::number,
                            .grows = history.grows_with(*call)});
        return;
    }
    expr::for_each_child(
        node, [&](const expr::Node& child) { collect_aggregates(child, history, features); });
}

void add_unless_known(Feature feature, FeatureCatalogue& catalogue) {
    const bool known = std::any_of(catalogue.features.begin(),
                                   catalogue.features.end(),
                                   [&](const auto& other) { return other.text == feature.text; });
    if (!known && catalogue.features.size() < 2 * limits::study_features_max) {
        catalogue.features.push_back(std::move(feature));
    }
}

/// Adds what the segments themselves read, so that the tree and the ceiling may read it too.
void add_segment_features(const Purpose& purpose,
                          const History& history,
                          FeatureCatalogue& catalogue) {
    for (const PurposeSegment& segment : purpose.segments) {
        const auto parsed = expr::parse(segment.when);
        if (!parsed) {
            continue;
        }
        for (Feature& feature : features_of(*parsed, history)) {
            add_unless_known(std::move(feature), catalogue);
        }
    }
}

/// A segment that reads an undated trait may know the future: it is no input of a backtest.
void find_unusable(const StudyRequest& request, Groundwork& ground) {
    std::map<std::string, bool> undated;
    for (const PurposeSegment& segment : ground.purpose.segments) {
        std::string reason;
        for (const std::string& trait : segment.reads.traits) {
            const auto& allowed = ground.purpose.static_traits;
            if (std::find(allowed.begin(), allowed.end(), trait) != allowed.end()) {
                continue;
            }
            const auto known = undated.try_emplace(trait, false);
            if (known.second) {
                known.first->second = is_undated(request.view, trait);
            }
            if (known.first->second) {
                reason = "reads the trait '" + trait +
                         "', which has no dates: at a snapshot nobody knows whether it was so then";
            }
        }
        ground.unusable.push_back(reason);
    }
}

Status evaluate(const StudyRequest& request, Groundwork& ground) {
    PanelRequest panel{.purpose = &ground.purpose,
                       .protocol = &ground.protocol,
                       .features = {},
                       .segments = {},
                       .threads = request.threads,
                       .as_known = request.as_known,
                       .progress = [&](std::size_t finished, std::size_t total) {
                           return go_on(request,
                                        "looking at the customers, snapshot by snapshot",
                                        static_cast<double>(finished) / static_cast<double>(total));
                       }};
    for (const Feature& feature : ground.catalogue.features) {
        panel.features.push_back(feature.text);
    }
    for (std::size_t s = 0; s < ground.purpose.segments.size(); ++s) {
        panel.segments.push_back(ground.unusable[s].empty() ? ground.purpose.segments[s].when
                                                            : "false");
    }
    auto built = build_panel(request.view, panel);
    if (!built) {
        return built.error();
    }
    ground.panel = std::move(*built);
    return done;
}

std::string too_few_hint(const Groundwork& ground) {
    std::uint64_t unknown = 0;
    for (const Panel::Excluded& excluded : ground.panel.excluded) {
        unknown += excluded.unknown_then;
    }
    return unknown == 0
               ? "is the population '" + ground.purpose.population + "' what was meant?"
               : with_commas(unknown) +
                     " were heard of only later: as known, only data can be looked at that "
                     "arrived as it happened";
}

Status check_rows(const Groundwork& ground) {
    for (const auto& [rows, role] : {std::pair{&ground.fit_rows, Role::fit},
                                     std::pair{&ground.choose.rows, Role::choose},
                                     std::pair{&ground.judge.rows, Role::judge}}) {
        if (rows->size() < customers_min) {
            return Error{ErrorCode::invalid_argument,
                         "too few customers: " + std::to_string(rows->size()) + " to " +
                             to_string(role) + ", at least " + std::to_string(customers_min) +
                             " are needed; " + too_few_hint(ground),
                         {}};
        }
        const double first = ground.outcome[rows->front()];
        const bool constant = std::all_of(rows->begin(), rows->end(), [&](std::uint32_t row) {
            return ground.outcome[row] == first;
        });
        if (constant) {
            return Error{ErrorCode::invalid_argument,
                         "the metric '" + ground.purpose.metric + "' is " +
                             (ground.purpose.metric_is_rate ? (first > 0 ? "true" : "false")
                                                            : std::to_string(first)) +
                             " for every customer of the rows that " + to_string(role) +
                             ": nothing differs, so nothing can be told apart",
                         {}};
        }
    }
    return done;
}

void winsorise(Groundwork& ground) {
    ground.outcome = ground.panel.outcome;
    if (ground.purpose.metric_is_rate || ground.fit_rows.empty()) {
        return;
    }
    std::vector<double> fitting;
    for (const std::uint32_t row : ground.fit_rows) {
        fitting.push_back(ground.panel.outcome[row]);
    }
    const double cap = winsor_cap(fitting);
    // Where 99.5 % are alike, a cap would take away all there is to tell.
    if (cap <= *std::min_element(fitting.begin(), fitting.end())) {
        return;
    }
    ground.cap = cap;
    for (double& outcome : ground.outcome) {
        outcome = std::min(outcome, cap);
    }
}

/// Leaves may be smaller than a test needs: what it needs depends on the spread within the leaf,
/// which is known only once it is there. The recommendation asks for it.
double leaf_rows_min(const Groundwork& ground) {
    return std::max(leaf_rows_floor,
                    leaf_share_floor * static_cast<double>(ground.fit_rows.size()) / 2);
}

JudgedRows judged_rows(const Groundwork& ground, const std::vector<std::uint32_t>& rows) {
    JudgedRows judged{.cells = ground.cells->size(), .fitted_mean = ground.fit_all.mean()};
    for (const std::uint32_t row : rows) {
        judged.outcome.push_back(ground.outcome[row]);
        judged.cell.push_back(ground.cells->of_row(row));
    }
    return judged;
}

void prepare_judgements(Groundwork& ground) {
    ground.cells.emplace(ground.panel, ground.tree.leaf_of_row());
    ground.fit_cells = ground.cells->sums(ground.fit_rows, ground.outcome);
    for (JudgedRole* role : {&ground.choose, &ground.judge}) {
        role->cells = ground.cells->sums(role->rows, ground.outcome);
        role->judgement.emplace(judged_rows(ground, role->rows),
                                BootstrapPlan{.seed = ground.seed + (role == &ground.judge ? 1 : 2),
                                              .draws = ground.draws,
                                              .threads = ground.threads});
    }
}

}  // namespace

Grouping Groundwork::tree_grouping(std::size_t k) const {
    const std::vector<std::uint32_t> leaf = tree.pruned_to(k);
    Grouping grouping{.groups = k};
    for (std::size_t cell = 0; cell < cells->size(); ++cell) {
        grouping.group_of_cell.push_back(leaf[cells->leaf_of(cell)]);
    }
    return grouping;
}

Result<Groundwork> lay_groundwork(const StudyRequest& request) {
    Groundwork ground{.seed = request.seed, .threads = request.threads, .draws = request.draws};
    auto purpose = check_purpose(request.portfolio, engine::make_catalog(request.view));
    if (!purpose) {
        return purpose.error();
    }
    ground.purpose = std::move(*purpose);
    if (ground.purpose.segments.size() > limits::study_segments_max) {
        return Error{ErrorCode::limit_exceeded,
                     "a purpose has at most " + std::to_string(limits::study_segments_max) +
                         " segments, not " + std::to_string(ground.purpose.segments.size()),
                     {}};
    }
    auto protocol =
        plan_snapshots(request.view,
                       ground.purpose,
                       {.at = request.at, .seed = request.seed, .rows_max = request.rows_max});
    if (!protocol) {
        return protocol.error();
    }
    ground.protocol = std::move(*protocol);
    const Protocol& laid = ground.protocol;
    const History history{.at = laid.snapshots.back(),
                          .before = laid.snapshots.front() - laid.data_begin,
                          .after = laid.snapshots.back() - laid.snapshots.front()};
    auto catalogue = enumerate_features(request.view, ground.purpose, history);
    if (!catalogue) {
        return catalogue.error();
    }
    ground.catalogue = std::move(*catalogue);
    for (const Feature& feature : request.also) {
        add_unless_known(feature, ground.catalogue);
    }
    add_segment_features(ground.purpose, history, ground.catalogue);
    find_unusable(request, ground);
    if (request.arrived_until) {
        auto hindsight =
            measure_hindsight(request.view, laid.snapshots.back(), request.arrived_until);
        if (!hindsight) {
            return hindsight.error();
        }
        ground.hindsight = *hindsight;
    }
    ground.is_as_known = request.as_known != nullptr;
    if (auto evaluated = evaluate(request, ground); !evaluated) {
        return evaluated.error();
    }
    ground.fit_rows = ground.panel.rows_of(Role::fit);
    ground.choose.rows = ground.panel.rows_of(Role::choose);
    ground.judge.rows = ground.panel.rows_of(Role::judge);
    winsorise(ground);
    if (auto checked = check_rows(ground); !checked) {
        return checked.error();
    }
    if (!go_on(request, "growing the tree", 0)) {
        return stopped();
    }
    for (const std::uint32_t row : ground.fit_rows) {
        ground.fit_all.add(ground.outcome[row]);
    }
    ground.tree_settings.leaf_rows_min = leaf_rows_min(ground);
    ground.tree_settings.seed = request.seed;
    grow_on_lasting_features(ground);
    prepare_judgements(ground);
    return ground;
}

bool is_undated(const std::shared_ptr<const columns::View>& view, const std::string& trait) {
    columns::Reader reader(view);
    const auto id = reader.find_trait(trait);
    for (std::uint32_t i = 0; id && i < reader.ordinal_count(); ++i) {
        const columns::EventRows rows = reader.trait(CustomerOrdinal{i}, *id);
        if (!rows.empty() && rows.time(0) == instant_min) {
            return true;
        }
    }
    return false;
}

std::vector<Feature> features_of(const expr::Expression& expression, const History& history) {
    std::vector<Feature> features;
    collect_aggregates(expression.root, history, features);
    return features;
}

}  // namespace fineline::study
