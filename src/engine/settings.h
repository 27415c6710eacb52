#pragma once

#include "base/result.h"
#include "columns/view.h"
#include "expr/evaluate.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fineline::engine {

/// One setting of a workspace: what it means, its default, and how a text becomes valid.
struct SettingRow {
    std::string_view name;
    std::string_view default_value;
    std::string_view summary;
    std::string_view example;
    /// Checks and canonicalises a value. Errors: invalid_argument, saying what is accepted.
    Result<std::string> (*canonical)(std::string_view value);
};

/// All settings, in the order they are shown.
[[nodiscard]] std::span<const SettingRow> setting_rows();

/// Finds a setting. Errors: not_found, with the nearest name.
[[nodiscard]] Result<const SettingRow*> find_setting(std::string_view name);

/// The current value of a setting: the newest definition of it, or its default.
[[nodiscard]] std::string setting_value(const columns::View& view, std::string_view name);

/// Reads a value of thresholds_refresh; nullopt: never. Errors: invalid_argument.
[[nodiscard]] Result<std::optional<Duration>> parse_refresh(std::string_view value);

/// All settings together as evaluation reads them.
[[nodiscard]] Result<expr::Settings> evaluation_settings(const columns::View& view);

}  // namespace fineline::engine
