#pragma once

#include "base/json.h"
#include "base/result.h"
#include "columns/view.h"
#include "study/hindsight.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace fineline::http {

enum class StudyKind : std::uint8_t {
    audit,     ///< what the segments of a purpose are worth, which to keep
    curve,     ///< the fine line alone
    discover,  ///< a portfolio proposed
};

/// Returns "audit", "curve" or "discover".
[[nodiscard]] const char* to_string(StudyKind kind);

/// What a study is asked for.
struct StudyOrder {
    StudyKind kind = StudyKind::audit;
    std::string purpose;
    std::string method = "tree";            ///< of a discovery
    std::optional<int> capacity{};          ///< in place of the purpose's own
    std::optional<std::size_t> segments{};  ///< of a discovery: exactly so many
    std::uint64_t seed = 1;
    Instant at{};  ///< nothing later is looked at
};

/// What a study looks at.
struct StudyData {
    std::shared_ptr<const columns::View> view{};  ///< that nobody changes
    study::ArrivedUntil arrived_until{};          ///< of the log behind it
};

/// Says whether a study can begin at all. Errors: not_found (no such purpose), invalid_argument
/// (the purpose as stored cannot be measured, no such method, no such number of segments).
[[nodiscard]] Status check_order(const std::shared_ptr<const columns::View>& view,
                                 const StudyOrder& order);

/// Runs a study on this thread. `progress` is told what is being
/// done and how far it is; false stops the work. Returns what the program's --json prints, with
/// "mode" and, where there is one, the recommended or proposed portfolio as "yaml". Errors: of the
/// study; unavailable when stopped.
[[nodiscard]] Result<Json> run_study(
    const StudyData& data,
    const StudyOrder& order,
    const std::function<bool(const std::string& what, double share)>& progress);

}  // namespace fineline::http
