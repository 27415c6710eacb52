#include "engine/portfolio_plan.h"

#include "base/checksum.h"
#include "base/text.h"
#include "engine/definition_change.h"
#include "engine/definitions.h"
#include "engine/overlaps.h"
#include "engine/portfolio.h"
#include "engine/question.h"
#include "mapping/portfolio_file.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace fineline::engine {

namespace {

using columns::DefinitionEdit;
using columns::DefinitionVersion;
using columns::View;
using Members = std::vector<CustomerOrdinal>;

constexpr std::size_t id_digits = 12;

/// Names what is stored and what shall be: equal for equal changes of equal definitions.
std::string plan_id(std::uint64_t base_change, const std::vector<DefinitionEdit>& edits) {
    std::string all;
    for (const DefinitionEdit& edit : edits) {
        all += edit.kind + '\0' + edit.name + '\0' + edit.version.text + '\0';
        all += edit.version.archived ? "archived" : "";
        for (const auto& [name, text] : edit.version.details) {
            if (name != note_detail) {
                all += '\0' + name + '\0' + text;
            }
        }
        all += '\n';
    }
    return std::to_string(base_change) + "-" + to_hex(digest128(all)).substr(0, id_digits);
}

void compare(std::vector<FieldChange>& fields,
             std::string_view field,
             std::string_view before,
             std::string_view after) {
    if (before != after) {
        fields.push_back({std::string(field), std::string(before), std::string(after)});
    }
}

/// The keys of a purpose's canonical text and what they say; lists keep their lines.
std::map<std::string, std::string> purpose_fields(std::string_view yaml) {
    std::map<std::string, std::string> fields;
    std::string* last = nullptr;
    while (!yaml.empty()) {
        const std::size_t end = yaml.find('\n');
        const std::string_view line = yaml.substr(0, end);
        yaml = end == std::string_view::npos ? std::string_view() : yaml.substr(end + 1);
        const std::size_t colon = line.find(':');
        if (line.empty()) {
            continue;
        }
        if (line.front() == ' ' || colon == std::string_view::npos) {
            if (last != nullptr) {
                *last += (last->empty() ? "" : " ") + std::string(line.substr(2));
            }
            continue;
        }
        last = &fields[std::string(line.substr(0, colon))];
        *last = std::string(line.substr(std::min(line.size(), colon + 2)));
    }
    return fields;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) {
        all += (all.empty() ? "" : "; ") + text;
    }
    return all;
}

std::vector<FieldChange> changed_fields(const std::string& kind,
                                        const DefinitionVersion& before,
                                        const DefinitionVersion& after) {
    std::vector<FieldChange> fields;
    compare(fields, "warnings", joined(before.warnings), joined(after.warnings));
    if (kind == segment_kind) {
        compare(fields, "when", before.text, after.text);
        for (const std::string_view detail :
             {because_detail, action_detail, purpose_detail, order_detail}) {
            compare(fields, detail, before.detail(detail), after.detail(detail));
        }
        return fields;
    }
    auto was = purpose_fields(before.text);
    const auto is = purpose_fields(after.text);
    for (const auto& [field, text] : is) {
        compare(fields, field, was[field], text);
        was.erase(field);
    }
    for (const auto& [field, text] : was) {
        compare(fields, field, text, {});
    }
    return fields;
}

/// Fills in a plan from its edits. One thread at a time.
class PlanMaker {
  public:
    PlanMaker(const std::shared_ptr<const View>& before,
              PortfolioEdits edits,
              const PlanOptions& options)
        : before_(before), after_(std::move(edits.after)), options_(options) {
        plan_.edits = std::move(edits.edits);
        plan_.at = options.at;
        plan_.base_change = newest_change(*before);
        plan_.id = plan_id(plan_.base_change, plan_.edits);
    }

    Result<PortfolioPlan> run() {
        list_definitions();
        for (PlannedDefinition& planned : plan_.definitions) {
            if (planned.kind != segment_kind) {
                continue;
            }
            if (auto measured = measure(planned); !measured) {
                return measured.error();
            }
        }
        find_overlaps();
        if (auto judged = judge_purposes(); !judged) {
            return judged.error();
        }
        return std::move(plan_);
    }

  private:
    void list_definitions() {
        std::set<std::string> purposes;
        std::set<std::string> changing;
        for (const DefinitionEdit& edit : plan_.edits) {
            if (edit.kind == purpose_kind) {
                purposes.insert(edit.name);
                list(edit.kind, edit.name);
            } else {
                changing.insert(edit.name);
                const auto* after = after_->newest_definition(segment_kind, edit.name);
                purposes.emplace(after->detail(purpose_detail));
            }
        }
        for (const std::string& purpose : purposes) {
            list_portfolio(purpose);
        }
        for (const std::string& name : changing) {
            list(std::string(segment_kind), name);
        }
        list_followers(changing);
    }

    /// The segments of a purpose as they will be, in order.
    void list_portfolio(const std::string& purpose) {
        const auto portfolio = stored_portfolio(*after_, purpose);
        if (!portfolio) {
            return;  // no purpose, or one that goes
        }
        for (const mapping::SegmentDefinition& segment : portfolio->segments) {
            portfolio_.insert(segment.name);
            list(std::string(segment_kind), segment.name);
        }
    }

    /// Segments that are built on one that changes.
    void list_followers(const std::set<std::string>& changing) {
        for (const std::string& name : after_->definition_names(segment_kind)) {
            const std::vector<std::string> parts = built_on(*after_, name);
            const bool follows =
                std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
                    return changing.contains(part);
                });
            if (follows && !changing.contains(name)) {
                list(std::string(segment_kind), name).change = PlannedChange::follows;
            }
        }
    }

    PlannedDefinition& list(const std::string& kind, const std::string& name) {
        for (PlannedDefinition& planned : plan_.definitions) {
            if (planned.kind == kind && planned.name == name) {
                return planned;
            }
        }
        PlannedDefinition& planned = plan_.definitions.emplace_back();
        planned.kind = kind;
        planned.name = name;
        const DefinitionVersion* before = current_definition(*before_, kind, name);
        const DefinitionVersion* after = current_definition(*after_, kind, name);
        const DefinitionVersion nothing;
        if (before == nullptr) {
            planned.change = PlannedChange::added;
        } else if (after == nullptr) {
            planned.change = PlannedChange::gone;
        } else {
            planned.change = same_definition(*before, *after) ? PlannedChange::unchanged
                                                              : PlannedChange::changed;
            planned.fields = changed_fields(kind, *before, *after);
        }
        const DefinitionVersion& shown = after != nullptr    ? *after
                                         : before != nullptr ? *before
                                                             : nothing;
        planned.text = shown.text;
        planned.warnings = shown.warnings;
        return planned;
    }

    /// The members of a segment in a view; nobody where it does not exist.
    Result<Answer> members(const std::shared_ptr<const View>& view, const std::string& name) {
        const DefinitionVersion* segment = current_definition(*view, segment_kind, name);
        if (segment == nullptr) {
            return Answer{};
        }
        auto question = PreparedQuestion::prepare(
            view,
            {.text = segment->text, .at = options_.at, .purpose = {}, .threads = options_.threads});
        if (!question) {
            return Error{
                question.error().code, "segment '" + name + "': " + question.error().message, {}};
        }
        auto answer = ask(*question, options_.threads);
        if (answer) {
            plan_.customers = answer->customers;
        }
        return answer;
    }

    Status measure(PlannedDefinition& planned) {
        auto after = members(after_, planned.name);
        if (!after) {
            return after.error();
        }
        const bool same = planned.change == PlannedChange::unchanged;
        auto before = same ? after : members(before_, planned.name);
        if (!before) {
            return before.error();
        }
        PlannedMembership& membership = planned.membership;
        membership.size_before = before->members.size();
        membership.size_after = after->members.size();
        membership.unknown_after = after->unknown;
        Members entering;
        Members leaving;
        std::set_difference(after->members.begin(),
                            after->members.end(),
                            before->members.begin(),
                            before->members.end(),
                            std::back_inserter(entering));
        std::set_difference(before->members.begin(),
                            before->members.end(),
                            after->members.begin(),
                            after->members.end(),
                            std::back_inserter(leaving));
        membership.entering = entering.size();
        membership.leaving = leaving.size();
        membership.entering_examples = examples(entering);
        membership.leaving_examples = examples(leaving);
        if (membership.size_after == 0 && planned.change != PlannedChange::gone) {
            planned.warnings.emplace_back("nobody is in it at this instant");
        }
        if (portfolio_.contains(planned.name)) {
            held_.push_back({.planned = &planned,
                             .before = std::move(before->members),
                             .after = std::move(after->members)});
        }
        return done;
    }

    /// The first few ids, bytewise.
    [[nodiscard]] std::vector<std::string> examples(const Members& members) const {
        return first_customer_ids(before_, members, options_.examples);
    }

    /// A segment of the portfolio and whom it holds.
    struct Held {
        const PlannedDefinition* planned = nullptr;
        Members before;
        Members after;
    };

    /// The overlaps of all pairs that share somebody, counted in one pass over the customers: of
    /// merged lists, two by two, most hold nothing new.
    std::map<std::pair<std::size_t, std::size_t>, PlannedOverlap> overlaps(Members Held::*when) {
        std::vector<Members> groups;
        groups.reserve(held_.size());
        for (Held& held : held_) {
            groups.push_back(std::move(held.*when));
        }
        std::map<std::pair<std::size_t, std::size_t>, PlannedOverlap> all;
        for (const GroupOverlap& pair : overlaps_of(groups).pairs) {
            all[{pair.a, pair.b}] = {.first = held_[pair.a].planned->name,
                                     .second = held_[pair.b].planned->name,
                                     .first_size = groups[pair.a].size(),
                                     .second_size = groups[pair.b].size(),
                                     .both = pair.both};
        }
        return all;
    }

    static bool counts(const PlannedOverlap& overlap) {
        return overlap.jaccard() >= overlap_jaccard_min ||
               overlap.containment() >= overlap_containment_min;
    }

    void find_overlaps() {
        const auto before = overlaps(&Held::before);
        for (const auto& [pair, after] : overlaps(&Held::after)) {
            const auto earlier = before.find(pair);
            if (counts(after) && (earlier == before.end() || !counts(earlier->second))) {
                plan_.overlaps.push_back(after);
            }
        }
    }

    /// Warns of what a purpose lacks or cannot hold.
    Status judge_purposes() {
        for (const PlannedDefinition& planned : plan_.definitions) {
            if (planned.kind != purpose_kind || planned.change == PlannedChange::gone) {
                continue;
            }
            const auto portfolio = stored_portfolio(*after_, planned.name);
            if (!portfolio) {
                return portfolio.error();
            }
            judge(*portfolio);
            if (!options_.check_purpose || portfolio->purpose.metric.empty()) {
                continue;
            }
            auto warnings = options_.check_purpose(after_, *portfolio);
            if (!warnings) {
                return warnings.error();
            }
            plan_.warnings.insert(plan_.warnings.end(), warnings->begin(), warnings->end());
        }
        return done;
    }

    void judge(const mapping::Portfolio& portfolio) {
        const mapping::Purpose& purpose = portfolio.purpose;
        const std::string who = "purpose '" + purpose.name + "' ";
        if (purpose.metric.empty()) {
            plan_.warnings.push_back(who + "names no metric: nothing can be said of its worth");
        }
        if (purpose.owner.empty()) {
            plan_.warnings.push_back(who + "names no owner");
        }
        const std::size_t count = portfolio.segments.size();
        if (purpose.capacity && count > static_cast<std::size_t>(*purpose.capacity)) {
            plan_.warnings.push_back(who + "has " + std::to_string(count) +
                                     " segments and a capacity of " +
                                     std::to_string(*purpose.capacity));
        }
    }

    const std::shared_ptr<const View>& before_;
    std::shared_ptr<const View> after_;
    const PlanOptions& options_;
    PortfolioPlan plan_;
    std::set<std::string> portfolio_;  ///< segments that belong to a purpose of the plan
    std::vector<Held> held_;
};

/// Plans edits whose expressions were checked before.
Result<PortfolioPlan> plan_edits(const std::shared_ptr<const View>& view,
                                 std::vector<DefinitionEdit> edits,
                                 const PlanOptions& options,
                                 std::string note) {
    PortfolioEdits made{.edits = std::move(edits), .after = nullptr};
    made.after = columns::with_definitions(view, made.edits);
    if (auto sound = check_dependents(made.after, made.edits); !sound) {
        return sound.error();
    }
    auto plan = PlanMaker(view, std::move(made), options).run();
    if (plan) {
        plan->note = std::move(note);
    }
    return plan;
}

/// The version that held after a change; null if there was none, or it was archived.
const DefinitionVersion* version_after(const std::vector<DefinitionVersion>& versions,
                                       std::uint64_t change) {
    const DefinitionVersion* found = nullptr;
    for (const DefinitionVersion& version : versions) {
        if (version.change <= change) {
            found = &version;
        }
    }
    return found == nullptr || found->archived ? nullptr : found;
}

}  // namespace

const char* to_string(PlannedChange change) {
    switch (change) {
        case PlannedChange::added: return "added";
        case PlannedChange::changed: return "changed";
        case PlannedChange::unchanged: return "unchanged";
        case PlannedChange::gone: return "gone";
        case PlannedChange::follows: return "follows";
    }
    return "unchanged";
}

double PlannedOverlap::jaccard() const {
    const std::uint64_t either = first_size + second_size - both;
    return either == 0 ? 0 : static_cast<double>(both) / static_cast<double>(either);
}

double PlannedOverlap::containment() const {
    const std::uint64_t smaller = std::min(first_size, second_size);
    return smaller == 0 ? 0 : static_cast<double>(both) / static_cast<double>(smaller);
}

Result<PortfolioPlan> plan_portfolio(const std::shared_ptr<const View>& view,
                                     const mapping::Portfolio& portfolio,
                                     const PlanOptions& options) {
    auto edits = edits_of(view, portfolio, options.file);
    if (!edits) {
        return edits.error();
    }
    auto plan = PlanMaker(view, std::move(*edits), options).run();
    if (plan) {
        plan->note = "apply " + portfolio.purpose.name;
    }
    return plan;
}

Result<PortfolioPlan> plan_removal(const std::shared_ptr<const View>& view,
                                   std::string_view segment,
                                   const PlanOptions& options) {
    const DefinitionVersion* current = current_definition(*view, segment_kind, segment);
    if (current == nullptr) {
        return unknown_segment(segment, view->definition_names(segment_kind));
    }
    DefinitionEdit edit{
        .kind = std::string(segment_kind), .name = std::string(segment), .version = *current};
    edit.version.archived = true;
    return plan_edits(view, {std::move(edit)}, options, "remove " + std::string(segment));
}

Result<PortfolioPlan> plan_rollback(const std::shared_ptr<const View>& view,
                                    std::uint64_t change,
                                    const PlanOptions& options) {
    const std::uint64_t newest = newest_change(*view);
    if (change < 1 || change > newest) {
        return Error{ErrorCode::invalid_argument,
                     newest == 0 ? "nothing was defined yet: there is no version to go back to"
                                 : "there are versions 1 to " + std::to_string(newest) +
                                       " (`fineline history`), not " + std::to_string(change),
                     {}};
    }
    std::vector<DefinitionEdit> edits;
    for (const std::string_view kind : {purpose_kind, segment_kind}) {
        for (const std::string& name : view->all_definition_names(kind)) {
            const DefinitionVersion* target = version_after(view->definition(kind, name), change);
            const DefinitionVersion* newest_one = view->newest_definition(kind, name);
            DefinitionEdit edit{.kind = std::string(kind),
                                .name = name,
                                .version = target == nullptr ? *newest_one : *target};
            edit.version.archived = target == nullptr;
            if (!same_definition(*newest_one, edit.version)) {
                edits.push_back(std::move(edit));
            }
        }
    }
    return plan_edits(view, std::move(edits), options, "rollback to " + std::to_string(change));
}

}  // namespace fineline::engine
