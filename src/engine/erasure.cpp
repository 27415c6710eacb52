#include "engine/erasure.h"

#include "base/checksum.h"
#include "base/json.h"
#include "columns/checkpoint.h"
#include "engine/definition_change.h"
#include "engine/durable_file.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

namespace fineline::engine {

namespace fs = std::filesystem;

namespace {

using Identities = std::set<std::string, std::less<>>;

constexpr auto old_views_wait_max = std::chrono::minutes(1);
constexpr auto old_views_wait_step = std::chrono::milliseconds(10);

std::string pending_path(const std::string& directory) {
    return (fs::path(directory) / "erasure.pending").string();
}

/// Says whether a record tells of one of the ids, as customer or as the other side of a merge.
bool concerns(const Identities& identities, const RecordView& record) {
    return identities.contains(record.customer) ||
           (record.kind == RecordKind::merge && identities.contains(record.text));
}

/// Logs that an erasure happened, by digest of the ids: the ids themselves must not stay in the
/// log.
Status log_erasure(Workspace& workspace,
                   const ErasureReceipt& receipt,
                   const std::vector<std::pair<std::string, double>>& noted,
                   const FoldWatch& watch) {
    RecordBatchBuilder builder;
    std::vector<NamedDatum> properties;
    for (const auto& [name, value] : noted) {
        properties.push_back({.name = builder.name(name), .value = Datum::of(value)});
    }
    RecordDraft draft;
    draft.kind = RecordKind::erasure;
    draft.time = receipt.erased_at;
    draft.text = receipt.receipt_id;
    draft.properties = properties;
    builder.add(draft);
    auto appended = workspace.append(
        builder.finish({.source = "erasure", .received_at = receipt.erased_at, .sequence = {}}),
        watch);
    return appended ? Status(done) : Status(appended.error());
}

std::string receipt_digest(const Identities& identities, Instant at) {
    std::string all = to_iso(at);
    for (const std::string& id : identities) {
        all += '\0' + id;
    }
    return to_hex(digest128(all));
}

/// Waits until no reader holds a view older than the erasure, then wipes what only the person used.
Status scrub_memory(Workspace& workspace) {
    const auto give_up = std::chrono::steady_clock::now() + old_views_wait_max;
    while (!workspace.store().scrub()) {
        if (std::chrono::steady_clock::now() > give_up) {
            return Error{ErrorCode::unavailable,
                         "a reader still holds a view from before the erasure; the rest is erased, "
                         "and the next "
                         "opening of the directory finishes",
                         {}};
        }
        std::this_thread::sleep_for(old_views_wait_step);
    }
    return done;
}

/// The steps that may be repeated after a crash: log, set-aside rows, checkpoint.
Status erase_from_files(Workspace& workspace,
                        const Identities& identities,
                        ErasureReceipt& receipt) {
    // A reader that was killed while it replaced a damaged checkpoint leaves an unfinished one.
    for (const std::string& path : {workspace.checkpoint_path(),
                                    columns::unfinished_checkpoint(workspace.checkpoint_path())}) {
        std::error_code failed;
        fs::remove(path, failed);
        if (failed) {
            return Error{ErrorCode::io, "cannot remove '" + path + "': " + failed.message(), {}};
        }
    }
    auto erased = workspace.log().erase(
        [&](const RecordBatch&, const RecordView& record) { return concerns(identities, record); });
    if (!erased) {
        return erased.error();
    }
    receipt.log_records = erased->records;
    receipt.log_batches = erased->batches_rewritten;
    auto purged = workspace.purge_set_aside({identities.begin(), identities.end()});
    if (!purged) {
        return purged.error();
    }
    receipt.reject_entries = *purged;
    return done;
}

Status write_pending(const Workspace& workspace, const Identities& identities) {
    Json ids{Json::Array{}};
    for (const std::string& id : identities) {
        ids.push(id);
    }
    return write_durably(pending_path(workspace.directory()), ids.text());
}

/// Names definitions whose text mentions an id: they are the workspace's own words and stay.
void name_what_stays(const Workspace& workspace,
                     const Identities& identities,
                     ErasureReceipt& receipt) {
    receipt.not_reached = {
        "backups made before " + to_iso(receipt.erased_at),
        "files this data was loaded from, and exports made of it",
        "copies that others received (audiences, webhooks, warehouses)",
        "blocks a file system or disk keeps beneath deleted files (snapshots, wear levelling)"};
    const auto view = workspace.view();
    for (const std::string_view kind : {segment_kind, purpose_kind}) {
        for (const std::string& name : view->all_definition_names(kind)) {
            const bool names_id = std::any_of(
                view->definition(kind, name).begin(),
                view->definition(kind, name).end(),
                [&](const columns::DefinitionVersion& version) {
                    return std::any_of(
                        identities.begin(), identities.end(), [&](const std::string& id) {
                            return version.text.find("'" + id + "'") != std::string::npos;
                        });
                });
            if (names_id) {
                receipt.not_reached.push_back("the " + std::string(kind) + " '" + name +
                                              "', of which a version names the id");
            }
        }
    }
}

}  // namespace

Result<ErasureReceipt> erase_customer(Workspace& workspace,
                                      std::string_view id,
                                      const ErasureWatch& watch) {
    // What is counted and removed below must be all there is.
    if (auto sound = workspace.make_sound(); !sound) {
        return sound.error();
    }
    Identities identities;
    std::vector<std::pair<std::string, double>> noted;
    {
        const columns::Reader reader(workspace.view());
        const auto who = reader.find_customer(id);
        if (!who) {
            return Error{ErrorCode::not_found, "no customer '" + std::string(id) + "'", {}};
        }
        for (const std::string_view identity : reader.identities(*who)) {
            identities.emplace(identity);
        }
        if (watch.before) {
            noted = watch.before(*who);
        }
    }
    ErasureReceipt receipt;
    receipt.erased_at = watch.at.value_or(workspace.clock().now());
    receipt.identities.assign(identities.begin(), identities.end());
    receipt.receipt_id = receipt_digest(identities, receipt.erased_at);
    if (auto written = write_pending(workspace, identities); !written) {
        return written.error();
    }
    const columns::ErasedFromColumns erased = workspace.store().erase(id);
    receipt.events = erased.events;
    receipt.trait_values = erased.trait_values;
    workspace.publish();
    if (auto logged = log_erasure(workspace, receipt, noted, watch.fold); !logged) {
        return logged.error();
    }
    if (auto from_files = erase_from_files(workspace, identities, receipt); !from_files) {
        return from_files.error();
    }
    if (auto scrubbed = scrub_memory(workspace); !scrubbed) {
        return scrubbed.error();
    }
    const auto checkpoint =
        watch.write_checkpoint ? watch.write_checkpoint() : workspace.write_checkpoint();
    if (!checkpoint) {
        return checkpoint.error();
    }
    if (auto removed = remove_durably(pending_path(workspace.directory())); !removed) {
        return removed.error();
    }
    workspace.publish();
    name_what_stays(workspace, identities, receipt);
    return receipt;
}

bool erasure_is_pending(const std::string& directory) {
    std::error_code unreadable;
    return fs::exists(pending_path(directory), unreadable);
}

Status finish_interrupted_erasure(Workspace& workspace) {
    if (!erasure_is_pending(workspace.directory())) {
        return done;
    }
    std::ifstream in(pending_path(workspace.directory()));
    std::ostringstream text;
    text << in.rdbuf();
    auto json = parse_json(text.str());
    if (!json || json->array() == nullptr) {
        // The note is written before anything is erased, in one rename: an unreadable one was never
        // finished.
        return remove_durably(pending_path(workspace.directory()));
    }
    Identities identities;
    for (const Json& id : *json->array()) {
        if (const std::string* name = id.string()) {
            identities.insert(*name);
        }
    }
    if (auto sound = workspace.make_sound(); !sound) {
        return sound;
    }
    for (const std::string& id : identities) {
        workspace.store().erase(id);
    }
    workspace.publish();
    ErasureReceipt receipt;
    if (auto from_files = erase_from_files(workspace, identities, receipt); !from_files) {
        return from_files;
    }
    if (auto scrubbed = scrub_memory(workspace); !scrubbed) {
        return scrubbed;
    }
    if (auto checkpoint = workspace.write_checkpoint(); !checkpoint) {
        return checkpoint;
    }
    workspace.publish();
    return remove_durably(pending_path(workspace.directory()));
}

}  // namespace fineline::engine
