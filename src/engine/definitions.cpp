#include "engine/definitions.h"

#include "base/text.h"
#include "engine/settings.h"
#include "model/limits.h"

#include <algorithm>

namespace fineline::engine {

namespace {

constexpr std::string_view segment_kind = "segment";
constexpr std::string_view setting_kind = "setting";

/// Stores a definition unless its newest version says the same.
Result<Defined> store(Workspace& workspace, std::string_view kind, Defined defined) {
    const auto before = workspace.view();
    if (const auto* newest = before->newest_definition(kind, defined.name)) {
        defined.version = newest->version;
        if (newest->text == defined.text && newest->warnings == defined.warnings &&
            !newest->archived) {
            defined.unchanged = true;
            return defined;
        }
    }
    auto appended = workspace.append(encode_definitions(
        {{.kind = std::string(kind), .defined = defined}}, workspace.clock().now()));
    if (!appended) {
        return appended.error();
    }
    workspace.publish();
    ++defined.version;
    return defined;
}

}  // namespace

Status check_segment_name(std::string_view name) {
    if (name.empty() || name.size() > limits::name_bytes_max || !is_utf8(name)) {
        return Error{ErrorCode::invalid_argument,
                     "a segment's name is 1 to " + std::to_string(limits::name_bytes_max) +
                         " bytes of UTF-8",
                     {}};
    }
    const bool printable = std::none_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '`';
    });
    if (!printable) {
        return Error{ErrorCode::invalid_argument,
                     "a segment's name has no control characters and no backticks: '" +
                         std::string(name) + "'",
                     {}};
    }
    return done;
}

std::string encode_definitions(const std::vector<DefinitionRecord>& records, Instant at) {
    RecordBatchBuilder builder;
    for (const DefinitionRecord& record : records) {
        std::string encoded_warnings;
        Value::List list;
        for (const std::string& warning : record.defined.warnings) {
            list.emplace_back(warning);
        }
        append_list_encoding(encoded_warnings, list);
        std::vector<NamedDatum> properties = {
            {.name = builder.name("text"),
             .value = Datum::of(std::string_view(record.defined.text))},
            {.name = builder.name("warnings"), .value = Datum::list_of(encoded_warnings)}};
        if (record.archived) {
            properties.push_back({.name = builder.name("archived"), .value = Datum::of(true)});
        }
        builder.add({.kind = RecordKind::definition,
                     .time = at,
                     .name = builder.name(record.kind),
                     .text = record.defined.name,
                     .properties = properties});
    }
    return builder.finish({.source = "definitions", .received_at = at, .sequence = {}});
}

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

Result<expr::CheckedExpression> stored_segment(const columns::View& view,
                                               const expr::Catalog& catalog,
                                               std::string_view name) {
    const auto* newest = view.newest_definition(segment_kind, name);
    if (newest == nullptr || newest->archived) {
        const std::vector<std::string_view> names(catalog.segment_names.begin(),
                                                  catalog.segment_names.end());
        const std::string_view near = nearest(name, names);
        return Error{ErrorCode::not_found,
                     "no segment '" + std::string(name) + "'" +
                         (near.empty() ? "" : ": did you mean '" + std::string(near) + "'?"),
                     {}};
    }
    return expr::compile(newest->text, expr::Use::segment, catalog);
}

Result<Defined> define_segment(Workspace& workspace, std::string_view name, std::string_view text) {
    if (auto named = check_segment_name(name); !named) {
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
    Defined defined{
        .name = std::string(name), .version = 0, .text = checked->text(), .warnings = {}};
    for (const expr::Warning& warning : checked->warnings()) {
        defined.warnings.push_back(warning.message);
    }
    return store(workspace, segment_kind, std::move(defined));
}

Result<Defined> define_setting(Workspace& workspace,
                               std::string_view name,
                               std::string_view value) {
    const auto row = find_setting(name);
    if (!row) {
        return row.error();
    }
    auto canonical = (*row)->canonical(value);
    if (!canonical) {
        return Error{ErrorCode::invalid_argument,
                     "setting " + std::string(name) + ": " + canonical.error().message,
                     {}};
    }
    return store(
        workspace,
        setting_kind,
        {.name = std::string(name), .version = 0, .text = std::move(*canonical), .warnings = {}});
}

}  // namespace fineline::engine
