#include "engine/definitions.h"

#include "base/text.h"
#include "engine/definition_change.h"
#include "engine/settings.h"
#include "model/limits.h"

namespace fineline::engine {

namespace {

/// Stores one definition unless its newest version says the same.
Result<Defined> store(Workspace& workspace, columns::DefinitionEdit edit, std::string_view note) {
    const auto before = workspace.view();
    Defined defined{.name = edit.name,
                    .version = before->definition(edit.kind, edit.name).size(),
                    .text = edit.version.text,
                    .warnings = edit.version.warnings};
    const auto* current = current_definition(*before, edit.kind, edit.name);
    if (current != nullptr && same_definition(*current, edit.version)) {
        defined.unchanged = true;
        return defined;
    }
    auto change = store_change(workspace, {std::move(edit)}, note);
    if (!change) {
        return change.error();
    }
    ++defined.version;
    return defined;
}

}  // namespace

expr::Catalog make_catalog(const std::shared_ptr<const columns::View>& view) {
    const columns::Reader reader(view);
    expr::Catalog catalog;
    for (std::uint32_t e = 0; e < reader.event_count(); ++e) {
        const EventNameId event{e};
        if (reader.event_name(event).empty()) {
            continue;  // only an erased person had it
        }
        catalog.events.emplace_back(reader.event_name(event));
        auto& properties = catalog.properties.emplace_back();
        for (std::uint32_t p = 0; p < reader.property_count(event); ++p) {
            properties.emplace_back(reader.property_name(event, PropertyId{p}));
        }
    }
    for (std::uint32_t i = 0; i < reader.trait_count(); ++i) {
        catalog.traits.emplace_back(reader.trait_name(TraitId{i}));
    }
    for (std::uint32_t i = 0; i < reader.account_trait_count(); ++i) {
        catalog.account_traits.emplace_back(reader.account_trait_name(AccountTraitId{i}));
    }
    for (std::uint32_t i = 0; i < reader.purpose_count(); ++i) {
        catalog.purposes.emplace_back(reader.purpose_name(PurposeId{i}));
    }
    if (const auto settings = evaluation_settings(*view)) {
        for (const Holiday& day : settings->holidays.days()) {
            catalog.holidays.push_back(day.name);
        }
    }
    catalog.segment_names = view->definition_names(segment_kind);
    catalog.segment = [view](std::string_view name) -> std::optional<std::string> {
        const auto* newest = view->newest_definition(segment_kind, name);
        return newest == nullptr || newest->archived ? std::nullopt : std::optional(newest->text);
    };
    catalog.names_known = reader.event_count() + reader.trait_count() > 0;
    return catalog;
}

Error unknown_segment(std::string_view name, const std::vector<std::string>& known) {
    const std::string_view near =
        nearest(name, std::vector<std::string_view>(known.begin(), known.end()));
    return {ErrorCode::not_found,
            "no segment '" + std::string(name) + "'" +
                (near.empty() ? "" : ": did you mean '" + std::string(near) + "'?"),
            {}};
}

Result<expr::CheckedExpression> stored_segment(const columns::View& view,
                                               const expr::Catalog& catalog,
                                               std::string_view name) {
    const auto* newest = view.newest_definition(segment_kind, name);
    if (newest == nullptr || newest->archived) {
        return unknown_segment(name, catalog.segment_names);
    }
    return expr::compile(newest->text, expr::Use::segment, catalog);
}

Result<Defined> define_segment(Workspace& workspace, std::string_view name, std::string_view text) {
    if (auto named = check_definition_name(segment_kind, name); !named) {
        return named.error();
    }
    const expr::Catalog catalog = make_catalog(workspace.view());
    // The checker sees the new text under its own name, so that a cycle through it is found.
    expr::Catalog with_new = catalog;
    with_new.segment = [&](std::string_view asked) -> std::optional<std::string> {
        return asked == name ? std::optional(std::string(text)) : catalog.segment(asked);
    };
    auto checked = expr::compile(text, expr::Use::segment, with_new);
    if (!checked) {
        return checked.error();
    }
    columns::DefinitionEdit edit{
        .kind = std::string(segment_kind), .name = std::string(name), .version = {}};
    if (const auto* current = current_definition(*workspace.view(), segment_kind, name)) {
        // What a portfolio says of it besides the expression stays.
        edit.version.details = current->details;
    }
    edit.version.text = checked->text();
    for (const expr::Warning& warning : checked->warnings()) {
        edit.version.warnings.push_back(warning.message);
    }
    return store(workspace, std::move(edit), "define");
}

Result<Defined> define_setting(Workspace& workspace,
                               std::string_view name,
                               std::string_view value) {
    const auto row = find_setting(name);
    if (!row) {
        return row.error();
    }
    if (value.size() > limits::setting_bytes_max) {
        return Error{ErrorCode::invalid_argument,
                     "setting " + std::string(name) + ": a value is at most " +
                         with_commas(limits::setting_bytes_max) + " bytes",
                     {}};
    }
    auto canonical = (*row)->canonical(value);
    if (!canonical) {
        return Error{ErrorCode::invalid_argument,
                     "setting " + std::string(name) + ": " + canonical.error().message,
                     {}};
    }
    columns::DefinitionEdit edit{
        .kind = std::string(setting_kind), .name = std::string(name), .version = {}};
    edit.version.text = std::move(*canonical);
    return store(workspace, std::move(edit), {});
}

}  // namespace fineline::engine
