#include "study/groundwork.h"

#include "base/text.h"
#include "engine/definitions.h"
#include "expr/parse.h"
#include "expr/walk.h"
#include "model/limits.h"
#include "study/lasting_features.h"

#include <algorithm>
#include <cctype>
#include <iterator>
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

Status check_rows(const Groundwork& ground, const Rotation& rotation) {
    for (const auto& [rows, role] : {std::pair{&rotation.fit_rows, Role::fit},
                                     std::pair{&rotation.choose.rows, Role::choose},
                                     std::pair{&rotation.judge.rows, Role::judge}}) {
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

/// The cap is one for all rotations, so that all judge the same outcome. It favours no model.
void winsorise(const std::vector<std::uint32_t>& fit_rows, Groundwork& ground) {
    ground.outcome = ground.panel.outcome;
    if (ground.purpose.metric_is_rate || fit_rows.empty()) {
        return;
    }
    std::vector<double> fitting;
    fitting.reserve(fit_rows.size());
    for (const std::uint32_t row : fit_rows) {
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
double leaf_rows_min(const Rotation& rotation) {
    return std::max(leaf_rows_floor,
                    leaf_share_floor * static_cast<double>(rotation.fit_rows.size()) / 2);
}

JudgedRows judged_rows(const Groundwork& ground,
                       const Rotation& rotation,
                       const std::vector<std::uint32_t>& rows) {
    JudgedRows judged{.cells = rotation.cells->size(), .fitted_mean = rotation.fit_all.mean()};
    for (const std::uint32_t row : rows) {
        judged.outcome.push_back(ground.outcome[row]);
        judged.cell.push_back(rotation.cells->of_row(row));
        if (ground.takes_turns()) {
            // Other customers judge in each rotation: their draws are their own.
            judged.unit.push_back(ground.panel.who[row].value());
        }
    }
    return judged;
}

/// What a tree is grown by.
void prepare_tree(const Groundwork& ground, Rotation& rotation) {
    for (const std::uint32_t row : rotation.fit_rows) {
        rotation.fit_all.add(ground.outcome[row]);
    }
    rotation.tree_settings.leaf_rows_min = leaf_rows_min(rotation);
    rotation.tree_settings.seed = ground.seed;
}

void grow(const Groundwork& ground, Rotation& rotation) {
    rotation.tree = grow_tree(ground.panel,
                              ground.binned,
                              {.rows = rotation.fit_rows, .outcome = ground.outcome, .weight = {}},
                              rotation.tree_settings);
}

/// Divides all rows by the tree of a rotation.
void divide(const Groundwork& ground, Rotation& rotation) {
    rotation.cells.emplace(ground.panel, rotation.tree.leaf_of_row());
    rotation.fit_cells = rotation.cells->sums(rotation.fit_rows, ground.outcome);
    for (JudgedRole* role : {&rotation.choose, &rotation.judge}) {
        role->cells = rotation.cells->sums(role->rows, ground.outcome);
    }
}

void prepare_judgements(const Groundwork& ground, Rotation& rotation) {
    for (JudgedRole* role : {&rotation.choose, &rotation.judge}) {
        role->judgement.emplace(
            judged_rows(ground, rotation, role->rows),
            BootstrapPlan{.seed = ground.seed + (role == &rotation.judge ? 1 : 2),
                          .draws = ground.draws,
                          .threads = ground.threads});
    }
}

/// Deals the rows to the roles of each rotation.
void deal(Groundwork& ground) {
    for (std::size_t i = 0; i < ground.protocol.rotations; ++i) {
        Rotation& rotation = ground.rotations.emplace_back();
        rotation.fit_rows = ground.panel.rows_of(Role::fit, i);
        rotation.choose.rows = ground.panel.rows_of(Role::choose, i);
        rotation.judge.rows = ground.panel.rows_of(Role::judge, i);
        const auto& judged = rotation.judge.rows;
        ground.judged_rows.insert(ground.judged_rows.end(), judged.begin(), judged.end());
    }
    std::sort(ground.judged_rows.begin(), ground.judged_rows.end());
}

/// The tree that is shown where customers take turns: how many leaves are usable is asked of the
/// same rows, since the only others are those that judge it.
void regrow(Groundwork& ground) {
    Rotation& rotation = ground.regrown.emplace();
    rotation.fit_rows = ground.first().earlier_rows();
    rotation.choose.rows = rotation.fit_rows;
    rotation.judge.rows = ground.first().judge.rows;
    prepare_tree(ground, rotation);
    grow(ground, rotation);
    divide(ground, rotation);
}

/// Errors: those of check_rows.
Status fit_rotations(Groundwork& ground) {
    deal(ground);
    std::vector<std::uint32_t> fit_rows;
    for (const Rotation& rotation : ground.rotations) {
        fit_rows.insert(fit_rows.end(), rotation.fit_rows.begin(), rotation.fit_rows.end());
    }
    std::sort(fit_rows.begin(), fit_rows.end());
    winsorise(fit_rows, ground);
    for (const Rotation& rotation : ground.rotations) {
        if (auto checked = check_rows(ground, rotation); !checked) {
            return checked;
        }
    }
    for (Rotation& rotation : ground.rotations) {
        prepare_tree(ground, rotation);
    }
    if (ground.takes_turns()) {
        // Where features are cut depends on no outcome, so that one way does for all rotations.
        ground.binned = bin_features(ground.panel, ground.catalogue.features, fit_rows);
        for (Rotation& rotation : ground.rotations) {
            grow(ground, rotation);
        }
    } else {
        grow_on_lasting_features(ground);
    }
    for (Rotation& rotation : ground.rotations) {
        divide(ground, rotation);
        prepare_judgements(ground, rotation);
    }
    if (ground.takes_turns()) {
        regrow(ground);
    }
    return done;
}

}  // namespace

std::vector<std::uint32_t> Rotation::earlier_rows() const {
    std::vector<std::uint32_t> rows;
    rows.reserve(fit_rows.size() + choose.rows.size());
    std::set_union(fit_rows.begin(),
                   fit_rows.end(),
                   choose.rows.begin(),
                   choose.rows.end(),
                   std::back_inserter(rows));
    return rows;
}

Skill Groundwork::judged(const std::function<Skill(const Rotation&)>& told) const {
    std::vector<Skill> skills;
    for (const Rotation& rotation : rotations) {
        skills.push_back(told(rotation));
    }
    return pooled(skills);
}

Skill Groundwork::judged(const Parts& parts) const {
    return judged([&](const Rotation& rotation) {
        return rotation.judge.judgement->of_cells(fitted_values(
            group_by_priority(panel.sets, *rotation.cells, parts), rotation.fit_cells));
    });
}

Grouping Rotation::tree_grouping(std::size_t k) const {
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
    auto protocol = plan_snapshots(request.view,
                                   ground.purpose,
                                   {.at = request.at,
                                    .seed = request.seed,
                                    .rows_max = request.rows_max,
                                    .first_rotation_only = request.first_rotation_only});
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
    if (!go_on(request, "growing the tree", 0)) {
        return stopped();
    }
    if (auto fitted = fit_rotations(ground); !fitted) {
        return fitted.error();
    }
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
