#include "base/text.h"
#include "expr/checker.h"
#include "expr/parse.h"
#include "expr/walk.h"
#include "expr/words.h"

#include <algorithm>
#include <map>

// Names: what they stand for, whether they were seen, and what they make the expression depend on.

namespace fineline::expr {

namespace {

std::vector<std::string_view> views(const std::vector<std::string>& names) {
    return {names.begin(), names.end()};
}

bool holds(const std::vector<std::string>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

/// The segments that an expression names directly, each once, in the order they are written.
void collect_references(const Node& node, std::vector<std::string>& names) {
    if (const auto* segment = std::get_if<SegmentRef>(&node.kind)) {
        if (!holds(names, segment->name)) {
            names.push_back(segment->name);
        }
    }
    for_each_child(node, [&](const Node& child) { collect_references(child, names); });
}

/// Depth-first search over stored segments. One thread at a time.
class CycleSearch {
  public:
    explicit CycleSearch(const Catalog& catalog) : catalog_(catalog) {}

    /// Returns the path of a cycle that can be reached from `start`. Iterative: chains of segments
    /// may be longer than the stack is deep.
    std::string from(std::string_view start) {
        open(start);
        while (!path_.empty()) {
            Step& step = path_.back();
            if (step.next == step.references.size()) {
                done_[step.name] = true;
                path_.pop_back();
                continue;
            }
            const std::string name = step.references[step.next++];
            const auto seen = done_.find(name);
            if (seen == done_.end()) {
                open(name);
            } else if (!seen->second) {
                return describe(name);
            }
        }
        return {};
    }

  private:
    struct Step {
        std::string name;
        std::vector<std::string> references;
        std::size_t next = 0;
    };

    void open(std::string_view name) {
        Step step{std::string(name), {}, 0};
        if (const auto text = catalog_.segment(name)) {
            if (const auto parsed = parse(*text)) {
                collect_references(parsed->root, step.references);
            }
        }
        done_[step.name] = false;
        path_.push_back(std::move(step));
    }

    [[nodiscard]] std::string describe(const std::string& name) const {
        std::string text;
        bool inside = false;
        for (const Step& step : path_) {
            inside = inside || step.name == name;
            text += inside ? step.name + " -> " : "";
        }
        return text + name;
    }

    const Catalog& catalog_;
    std::vector<Step> path_;
    std::map<std::string, bool, std::less<>> done_;  ///< false: on the path
};

}  // namespace

std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
    const std::vector<std::string_view> candidates = views(known);
    const std::string_view found = nearest(word, candidates);
    return found.empty() ? std::string() : ": did you mean '" + std::string(found) + "'?";
}

std::string find_segment_cycle(std::string_view name, const Catalog& catalog) {
    return CycleSearch(catalog).from(name);
}

Typed Checker::moment_field(std::string_view name) {
    if (name == "hour" || name == "day" || name == "month") {
        return {.type = StaticType::number, .at = {}};
    }
    if (name == "weekday") {
        return {.type = StaticType::string, .at = {}};
    }
    if (name == "weekend" || name == "holiday") {
        return {.type = StaticType::boolean, .at = {}};
    }
    if (name == "date" || name == "time") {
        return {.type = StaticType::timestamp, .at = {}};
    }
    return {};
}

std::optional<std::size_t> Checker::event_index(std::string_view name) const {
    const auto found = std::ranges::find(catalog_.events, name);
    if (found == catalog_.events.end()) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - catalog_.events.begin());
}

/// `trap` names the construct that an unknown event makes true for everyone; empty for others.
void Checker::see_event(const EventSelector& event, std::string_view trap) {
    if (event.any) {
        reads_.any_event = true;
        return;
    }
    reads_.events.push_back(event.name);
    if (!catalog_.names_known || event_index(event.name)) {
        return;
    }
    std::string message = "no event '" + event.name + "' so far";
    if (trap == "did not") {
        message += ", so that did not is true for everyone";
    } else if (trap == "no") {
        message += ", so that this step holds for everyone";
    }
    message += suggestion(event.name, catalog_.events);
    if (holds(catalog_.segment_names, event.name)) {
        message += ": to ask for the segment, write segment " + event.name;
    }
    warn(std::move(message), event.at.span);
}

void Checker::see_property(const EventSelector& event, std::string_view property, SourceSpan at) {
    if (!catalog_.names_known) {
        return;
    }
    std::vector<std::string> known;
    if (event.any) {
        for (const auto& names : catalog_.properties) {
            known.insert(known.end(), names.begin(), names.end());
        }
    } else if (const auto index = event_index(event.name);
               index && *index < catalog_.properties.size()) {
        known = catalog_.properties[*index];
    } else {
        return;  // the event itself is unknown and was reported
    }
    if (holds(known, property)) {
        return;
    }
    const std::string owner = event.any ? "no event" : "no event '" + event.name + "'";
    std::string message = owner + " has had a property '" + std::string(property) + "' so far";
    std::string advice = suggestion(property, known);
    if (advice.empty() && where_event_ != nullptr && holds(catalog_.traits, property)) {
        advice = ": for the trait, write customer." + std::string(property);
    }
    warn(message + advice, at);
}

void Checker::see_trait(std::string_view name, SourceSpan at) {
    reads_.traits.emplace_back(name);
    if (!catalog_.names_known || holds(catalog_.traits, name)) {
        return;
    }
    if (use_ == Use::mapping) {
        warn("no column '" + std::string(name) + "'" + suggestion(name, catalog_.traits), at);
        return;
    }
    std::string message = "no trait '" + std::string(name) + "' so far";
    if (event_index(name)) {
        message += ": it is an event, write did " + std::string(name) + " or count(" +
                   std::string(name) + ")";
    } else if (holds(catalog_.segment_names, name)) {
        message += ": it is a segment, write segment " + std::string(name);
    } else {
        message += suggestion(name, catalog_.traits);
    }
    warn(std::move(message), at);
}

void Checker::see_account_trait(std::string_view name, SourceSpan at) {
    reads_.account_traits.emplace_back(name);
    if (catalog_.names_known && !holds(catalog_.account_traits, name)) {
        warn("no account trait '" + std::string(name) + "' so far" +
                 suggestion(name, catalog_.account_traits),
             at);
    }
}

void Checker::see_purpose(std::string_view name, SourceSpan at) {
    reads_.purposes.emplace_back(name);
    if (catalog_.names_known && !holds(catalog_.purposes, name)) {
        warn("no consent for purpose '" + std::string(name) + "' so far" +
                 suggestion(name, catalog_.purposes),
             at);
    }
}

void Checker::see_holiday(std::string_view name, SourceSpan at) {
    if (catalog_.names_known && !holds(catalog_.holidays, name)) {
        warn("no holiday '" + std::string(name) + "' in the calendar of the workspace" +
                 suggestion(name, catalog_.holidays),
             at);
    }
}

void Checker::see_segment(std::string_view name, SourceSpan at) {
    reads_.segments.emplace_back(name);
    if (!catalog_.segment) {
        return;
    }
    if (!catalog_.segment(name)) {
        fail("unknown segment '" + std::string(name) + "'" +
                 suggestion(name, catalog_.segment_names),
             at);
        return;
    }
    if (const std::string cycle = find_segment_cycle(name, catalog_); !cycle.empty()) {
        fail("a segment cannot depend on itself '" + cycle + "': break the circle at one of them",
             at);
    }
}

}  // namespace fineline::expr
