#include "engine/portfolio_history.h"

#include "engine/definition_change.h"

#include <map>

namespace fineline::engine {

namespace {

HistoryWhat what_of(const columns::DefinitionVersion* before,
                    const columns::DefinitionVersion& version) {
    if (version.archived) {
        return HistoryWhat::archived;
    }
    if (before == nullptr) {
        return HistoryWhat::added;
    }
    return before->archived ? HistoryWhat::restored : HistoryWhat::changed;
}

}  // namespace

const char* to_string(HistoryWhat what) {
    switch (what) {
        case HistoryWhat::added: return "added";
        case HistoryWhat::changed: return "changed";
        case HistoryWhat::archived: return "archived";
        case HistoryWhat::restored: return "restored";
    }
    return "changed";
}

std::vector<HistoryChange> portfolio_history(const columns::View& view) {
    std::map<std::uint64_t, HistoryChange> changes;
    for (const std::string_view kind : {purpose_kind, segment_kind}) {
        for (const std::string& name : view.all_definition_names(kind)) {
            const columns::DefinitionVersion* before = nullptr;
            for (const columns::DefinitionVersion& version : view.definition(kind, name)) {
                HistoryChange& change = changes[version.change];
                change.change = version.change;
                change.at = version.defined_at;
                change.note = version.detail(note_detail);
                change.entries.push_back({.kind = std::string(kind),
                                          .name = name,
                                          .what = what_of(before, version),
                                          .version = version.version,
                                          .text = version.text});
                before = &version;
            }
        }
    }
    std::vector<HistoryChange> history;
    for (auto& [number, change] : changes) {
        history.push_back(std::move(change));
    }
    return history;
}

}  // namespace fineline::engine
