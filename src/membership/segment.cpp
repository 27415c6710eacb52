#include "membership/segment.h"

#include <algorithm>

namespace fineline::membership {

namespace {

/// Visits what a segment refers to before the segment itself. Iterative, since chains of segments
/// may be longer than the stack is deep; cycles were refused when they were defined.
class ReferenceWalk {
  public:
    explicit ReferenceWalk(const Portfolio& portfolio) : portfolio_(portfolio) {
        for (std::size_t i = 0; i < portfolio.segments.size(); ++i) {
            places_.emplace(portfolio.segments[i].name, i);
        }
        state_.assign(portfolio.segments.size(), Visit::not_yet);
    }

    std::vector<std::size_t> run() {
        for (std::size_t i = 0; i < portfolio_.segments.size(); ++i) {
            from(i);
        }
        return std::move(order_);
    }

  private:
    enum class Visit : std::uint8_t { not_yet, open, closed };

    void from(std::size_t start) {
        std::vector<std::size_t> path{start};
        while (!path.empty()) {
            const std::size_t at = path.back();
            if (state_[at] == Visit::closed) {
                path.pop_back();
                continue;
            }
            if (state_[at] == Visit::open) {
                close(at);
                path.pop_back();
                continue;
            }
            state_[at] = Visit::open;
            push_references(at, path);
        }
    }

    void push_references(std::size_t at, std::vector<std::size_t>& path) {
        const Definition& definition = portfolio_.segments[at];
        if (definition.checked == nullptr) {
            return;
        }
        for (const std::string& name : definition.checked->dependencies().segments) {
            const auto found = places_.find(name);
            if (found != places_.end() && state_[found->second] == Visit::not_yet) {
                path.push_back(found->second);
            }
        }
    }

    void close(std::size_t at) {
        state_[at] = Visit::closed;
        if (portfolio_.segments[at].checked != nullptr) {
            order_.push_back(at);
        }
    }

    const Portfolio& portfolio_;
    std::map<std::string_view, std::size_t> places_;
    std::vector<Visit> state_;
    std::vector<std::size_t> order_;
};

}  // namespace

const Definition* Portfolio::find(std::string_view name) const {
    const auto found =
        std::ranges::find_if(segments, [&](const Definition& one) { return one.name == name; });
    return found == segments.end() ? nullptr : &*found;
}

std::vector<std::size_t> in_order_of_reference(const Portfolio& portfolio) {
    return ReferenceWalk(portfolio).run();
}

std::map<std::string, Reads, std::less<>> transitive_reads(const Portfolio& portfolio) {
    std::map<std::string, Reads, std::less<>> all;
    for (const std::size_t place : in_order_of_reference(portfolio)) {
        const Definition& definition = portfolio.segments[place];
        Reads reads;
        reads.add(definition.checked->dependencies());
        for (const std::string& name : definition.checked->dependencies().segments) {
            if (const auto inner = all.find(name); inner != all.end()) {
                reads.add(inner->second);
            }
        }
        if (reads.population) {
            // The scores of rfm read it without naming it.
            reads.events.insert(portfolio.settings->purchase_event);
        }
        all.emplace(definition.name, std::move(reads));
    }
    return all;
}

expr::World world_of(const ActiveSegment& segment, const KeptThresholds& thresholds) {
    expr::World world;
    world.settings = segment.settings.get();
    world.thresholds = &thresholds.values;
    return world;
}

}  // namespace fineline::membership
