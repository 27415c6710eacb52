#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "engine/workspace.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::engine {

// The kinds of definitions, as the log's records name them.
inline constexpr std::string_view segment_kind = "segment";
inline constexpr std::string_view purpose_kind = "purpose";
inline constexpr std::string_view setting_kind = "setting";

// What a segment says besides its expression.
inline constexpr std::string_view purpose_detail = "purpose";
inline constexpr std::string_view order_detail = "order";  ///< its priority, from 1
inline constexpr std::string_view because_detail = "because";
inline constexpr std::string_view action_detail = "action";

/// Why a definition was stored; the same on all of a change.
inline constexpr std::string_view note_detail = "note";

/// Checks the name of a segment or purpose: what `segment NAME` can refer to without surprise.
/// Errors: invalid_argument; `what` is "segment" or "purpose".
[[nodiscard]] Status check_definition_name(std::string_view what, std::string_view name);

/// The number of the newest change of segments and purposes, 0 if there is none. O(definitions).
[[nodiscard]] std::uint64_t newest_change(const columns::View& view);

/// The newest version of a definition that is not archived; null if there is none.
[[nodiscard]] const columns::DefinitionVersion* current_definition(const columns::View& view,
                                                                   std::string_view kind,
                                                                   std::string_view name);

/// Says whether storing `b` over `a` would change nothing (the note is no part of it).
[[nodiscard]] bool same_definition(const columns::DefinitionVersion& a,
                                   const columns::DefinitionVersion& b);

/// A change as one batch of the log.
struct EncodedChange {
    std::uint64_t number = 0;  ///< settings alone have none (0)
    std::string batch;
};

/// Encodes a change to be stored on top of a view. What the definitions say must have been checked.
/// Errors: limit_exceeded (too many definitions, a text too long).
[[nodiscard]] Result<EncodedChange> encode_change(const columns::View& before,
                                                  const std::vector<columns::DefinitionEdit>& edits,
                                                  std::string_view note,
                                                  Instant at);

/// Stores definitions as one change: one batch of the log, durable and published when it returns,
/// or nothing of it. Returns its number; settings alone have none (0). What the definitions say
/// must have been checked. Errors: limit_exceeded (too many definitions, a text too long), io,
/// unavailable.
[[nodiscard]] Result<std::uint64_t> store_change(Workspace& workspace,
                                                 const std::vector<columns::DefinitionEdit>& edits,
                                                 std::string_view note);

}  // namespace fineline::engine
