#include "engine/definition_change.h"

#include "base/text.h"
#include "model/limits.h"

#include <algorithm>
#include <set>

namespace fineline::engine {

namespace {

using columns::DefinitionEdit;
using columns::DefinitionVersion;
using columns::View;

/// A definition's details without the note.
std::vector<std::pair<std::string, std::string>> meaning_of(const DefinitionVersion& version) {
    auto details = version.details;
    std::erase_if(details, [](const auto& detail) { return detail.first == note_detail; });
    return details;
}

Status check_limits(const View& view, const std::vector<DefinitionEdit>& edits) {
    for (const std::string_view kind : {segment_kind, purpose_kind}) {
        std::set<std::string> names;
        for (const DefinitionEdit& edit : edits) {
            if (edit.kind == kind && view.definition(kind, edit.name).empty()) {
                names.insert(edit.name);
            }
        }
        if (!names.empty() &&
            view.all_definition_names(kind).size() + names.size() > limits::definitions_max) {
            return Error{ErrorCode::limit_exceeded,
                         "a workspace holds at most " + with_commas(limits::definitions_max) +
                             " definitions of kind " + std::string(kind) + ", archived ones too",
                         {}};
        }
    }
    for (const DefinitionEdit& edit : edits) {
        std::size_t bytes = edit.version.text.size();
        for (const auto& [name, text] : edit.version.details) {
            bytes += text.size();
        }
        if (bytes > limits::definition_text_bytes_max) {
            return Error{ErrorCode::limit_exceeded,
                         "a definition is at most " +
                             with_commas(limits::definition_text_bytes_max) + " bytes: the " +
                             edit.kind + " '" + edit.name + "'",
                         {}};
        }
    }
    return done;
}

/// Adds one definition to a batch.
void add_record(RecordBatchBuilder& builder,
                const DefinitionEdit& edit,
                std::uint64_t change,
                std::string_view note,
                Instant now) {
    std::string warnings;
    Value::List list;
    for (const std::string& warning : edit.version.warnings) {
        list.emplace_back(warning);
    }
    append_list_encoding(warnings, list);
    std::vector<NamedDatum> properties = {
        {.name = builder.name("text"), .value = Datum::of(std::string_view(edit.version.text))},
        {.name = builder.name("warnings"), .value = Datum::list_of(warnings)}};
    if (edit.version.archived) {
        properties.push_back({.name = builder.name("archived"), .value = Datum::of(true)});
    }
    if (edit.kind != setting_kind) {
        properties.push_back(
            {.name = builder.name("change"), .value = Datum::of(static_cast<double>(change))});
        properties.push_back({.name = builder.name(note_detail), .value = Datum::of(note)});
    }
    for (const auto& [name, text] : edit.version.details) {
        if (name != note_detail) {
            properties.push_back(
                {.name = builder.name(name), .value = Datum::of(std::string_view(text))});
        }
    }
    RecordDraft draft;
    draft.kind = RecordKind::definition;
    draft.time = now;
    draft.name = builder.name(edit.kind);
    draft.text = edit.name;
    draft.properties = properties;
    builder.add(draft);
}

}  // namespace

Status check_definition_name(std::string_view what, std::string_view name) {
    if (name.empty() || name.size() > limits::name_bytes_max || !is_utf8(name)) {
        return Error{ErrorCode::invalid_argument,
                     "a " + std::string(what) + "'s name is 1 to " +
                         std::to_string(limits::name_bytes_max) + " bytes of UTF-8",
                     {}};
    }
    const bool printable = std::none_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '`';
    });
    if (!printable) {
        return Error{ErrorCode::invalid_argument,
                     "a " + std::string(what) +
                         "'s name has no control characters and no backticks: '" +
                         std::string(name) + "'",
                     {}};
    }
    return done;
}

std::uint64_t newest_change(const View& view) {
    std::uint64_t newest = 0;
    for (const std::string_view kind : {segment_kind, purpose_kind}) {
        for (const std::string& name : view.all_definition_names(kind)) {
            newest = std::max(newest, view.newest_definition(kind, name)->change);
        }
    }
    return newest;
}

const DefinitionVersion* current_definition(const View& view,
                                            std::string_view kind,
                                            std::string_view name) {
    const DefinitionVersion* newest = view.newest_definition(kind, name);
    return newest == nullptr || newest->archived ? nullptr : newest;
}

bool same_definition(const DefinitionVersion& a, const DefinitionVersion& b) {
    return a.archived == b.archived &&
           (a.archived ||
            (a.text == b.text && a.warnings == b.warnings && meaning_of(a) == meaning_of(b)));
}

Result<EncodedChange> encode_change(const View& before,
                                    const std::vector<DefinitionEdit>& edits,
                                    std::string_view note,
                                    Instant at) {
    if (auto checked = check_limits(before, edits); !checked) {
        return checked.error();
    }
    const bool counted = std::any_of(edits.begin(), edits.end(), [](const DefinitionEdit& edit) {
        return edit.kind != setting_kind;
    });
    EncodedChange change;
    change.number = counted ? newest_change(before) + 1 : 0;
    RecordBatchBuilder builder;
    for (const DefinitionEdit& edit : edits) {
        add_record(builder, edit, change.number, note, at);
    }
    change.batch = builder.finish({.source = "definitions", .received_at = at, .sequence = {}});
    return change;
}

Result<std::uint64_t> store_change(Workspace& workspace,
                                   const std::vector<DefinitionEdit>& edits,
                                   std::string_view note) {
    auto change = encode_change(*workspace.view(), edits, note, workspace.clock().now());
    if (!change) {
        return change.error();
    }
    auto appended = workspace.append(std::move(change->batch));
    if (!appended) {
        return appended.error();
    }
    workspace.publish();
    return change->number;
}

}  // namespace fineline::engine
