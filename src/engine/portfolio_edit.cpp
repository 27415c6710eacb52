#include "engine/portfolio_edit.h"

#include "base/text.h"
#include "engine/definition_change.h"
#include "engine/settings.h"
#include "model/limits.h"

#include <algorithm>
#include <map>

namespace fineline::engine {

namespace {

using Edits = std::map<std::string, const PortfolioEdit*, std::less<>>;

const char* word(PortfolioEdit::Kind kind) {
    switch (kind) {
        case PortfolioEdit::Kind::segment: return "segment";
        case PortfolioEdit::Kind::setting: return "setting";
        case PortfolioEdit::Kind::purpose: return "purpose";
    }
    return "";
}

Error about(const PortfolioEdit& edit, const Error& error) {
    return Error{error.code,
                 std::string(word(edit.kind)) + " '" + edit.name + "': " + error.message,
                 error.at};
}

/// The catalog as it will be when all edits are made.
expr::Catalog edited(const expr::Catalog& catalog, const Edits& edits) {
    expr::Catalog after = catalog;
    std::erase_if(after.segment_names,
                  [&](const std::string& name) { return edits.contains(name); });
    for (const auto& [name, edit] : edits) {
        if (edit->text) {
            after.segment_names.push_back(name);
        }
    }
    std::ranges::sort(after.segment_names);
    after.segment = [&edits, &catalog](std::string_view name) -> std::optional<std::string> {
        const auto found = edits.find(name);
        return found == edits.end() ? catalog.segment(name) : found->second->text;
    };
    return after;
}

Result<Defined> check_text(const PortfolioEdit& edit, const expr::Catalog& catalog) {
    Defined defined{.name = edit.name, .version = 0, .text = *edit.text, .warnings = {}};
    switch (edit.kind) {
        case PortfolioEdit::Kind::segment: {
            if (auto named = check_definition_name(segment_kind, edit.name); !named) {
                return named.error();
            }
            auto checked = expr::compile(*edit.text, expr::Use::segment, catalog);
            if (!checked) {
                return checked.error();
            }
            defined.text = checked->text();
            for (const expr::Warning& warning : checked->warnings()) {
                defined.warnings.push_back(warning.message);
            }
            return defined;
        }
        case PortfolioEdit::Kind::setting: {
            const auto row = find_setting(edit.name);
            if (!row) {
                return row.error();
            }
            auto canonical = (*row)->canonical(*edit.text);
            if (!canonical) {
                return canonical.error();
            }
            defined.text = std::move(*canonical);
            return defined;
        }
        case PortfolioEdit::Kind::purpose: return defined;
    }
    return defined;
}

/// Segments that will refer to one that is archived.
Status check_references(const expr::Catalog& after, const Edits& edits) {
    for (const auto& [name, edit] : edits) {
        if (edit->text) {
            continue;
        }
        std::string dependants;
        for (const std::string& other : after.segment_names) {
            const auto parsed = expr::compile(*after.segment(other), expr::Use::segment, after);
            const bool refers =
                parsed ? std::ranges::binary_search(parsed->dependencies().segments, name)
                       : parsed.error().message.find("'" + name + "'") != std::string::npos;
            if (refers) {
                dependants += (dependants.empty() ? "" : ", ") + other;
            }
        }
        if (!dependants.empty()) {
            return Error{ErrorCode::conflict,
                         "the segment '" + name + "' cannot be archived: " + dependants +
                             " refer to it; change or archive these first",
                         {}};
        }
    }
    return done;
}

Result<CheckedEdit> check_edit(const columns::View& view,
                               const PortfolioEdit& edit,
                               const expr::Catalog& after) {
    CheckedEdit checked;
    checked.edit.kind = word(edit.kind);
    checked.edit.name = edit.name;
    columns::DefinitionVersion& version = checked.edit.version;
    const auto* current = current_definition(view, checked.edit.kind, edit.name);
    if (edit.text) {
        auto defined = check_text(edit, after);
        if (!defined) {
            return defined.error();
        }
        checked.defined = std::move(*defined);
        version.text = checked.defined.text;
        version.warnings = checked.defined.warnings;
        if (current != nullptr) {
            version.details =
                current->details;  // its purpose and order are not this edit's business
        }
        checked.defined.unchanged = current != nullptr && same_definition(*current, version);
    } else if (current == nullptr || edit.kind == PortfolioEdit::Kind::setting) {
        return Error{
            ErrorCode::not_found,
            current != nullptr ? "a setting cannot be archived" : "there is none of that name",
            {}};
    } else {
        version = *current;
        version.archived = true;
        checked.defined = {
            .name = edit.name, .version = 0, .text = current->text, .warnings = current->warnings};
    }
    checked.defined.version =
        view.definition(checked.edit.kind, edit.name).size() + (checked.defined.unchanged ? 0 : 1);
    return checked;
}

}  // namespace

Result<std::vector<CheckedEdit>> check_edits(const std::shared_ptr<const columns::View>& view,
                                             const std::vector<PortfolioEdit>& edits) {
    Edits segments;
    for (const PortfolioEdit& edit : edits) {
        if (edit.kind == PortfolioEdit::Kind::segment &&
            !segments.emplace(edit.name, &edit).second) {
            return about(edit, {ErrorCode::invalid_argument, "edited twice at once", {}});
        }
    }
    const expr::Catalog before = make_catalog(view);
    const expr::Catalog after = edited(before, segments);
    if (after.segment_names.size() > limits::segments_max) {
        return Error{
            ErrorCode::limit_exceeded,
            "a workspace holds at most " + std::to_string(limits::segments_max) + " segments",
            {}};
    }
    if (auto kept = check_references(after, segments); !kept) {
        return kept.error();
    }
    std::vector<CheckedEdit> records;
    for (const PortfolioEdit& edit : edits) {
        auto record = check_edit(*view, edit, after);
        if (!record) {
            return edits.size() == 1 ? record.error() : about(edit, record.error());
        }
        records.push_back(std::move(*record));
    }
    return records;
}

}  // namespace fineline::engine
