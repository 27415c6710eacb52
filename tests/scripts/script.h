#pragma once

#include "base/instant.h"
#include "base/result.h"
#include "model/record_batch.h"
#include "model/value.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace fineline::scripts {

/// What one line of a script says. See README.md for how each is written.
enum class LineKind : std::uint8_t {
    record,       ///< an event, trait, account, consent or merge
    erase,        ///< erase ada
    clock,        ///< clock 2026-03-01
    setting,      ///< setting time_zone Europe/London
    segment,      ///< segment lapsed: did purchase
    purpose,      ///< purpose marketing, purpose none: what later questions are asked for
    ask,          ///< ask EXPRESSION: ada, ben
    unknown,      ///< unknown EXPRESSION: ada
    members,      ///< members lapsed: ada
    entered,      ///< entered lapsed: ben
    left,         ///< left lapsed: ben
    occasions,    ///< occasions EXPRESSION: ada 2025-11-03, ben 2026-02-20
    value,        ///< value ada EXPRESSION = 40
    metric,       ///< metric ada EXPRESSION = 40
    verdict,      ///< verdict ben EXPRESSION = yes until 2026-03-22
    explanation,  ///< explain ada EXPRESSION: words that it contains
    error,        ///< error EXPRESSION: words that it contains
    warning,      ///< warning EXPRESSION: words that it contains
    prints,       ///< prints EXPRESSION : canonical form
};

/// One record as a script tells it.
struct ScriptRecord {
    RecordKind kind = RecordKind::event;
    std::string customer;
    std::optional<Instant> time;
    std::string name;  ///< event or purpose
    std::string text;  ///< account, other identity
    std::vector<std::pair<std::string, Value>> properties;
};

struct ScriptLine {
    LineKind kind = LineKind::record;
    std::size_t number = 0;  ///< in its file, from 1
    std::string text;        ///< as written, without its comment
    ScriptRecord record;
    std::string subject;  ///< customer, segment, setting, or the day of a clock
    std::string expression;
    std::string expectation;    ///< what stands after the colon or the equals sign
    std::optional<Instant> at;  ///< of a clock; of `ask at …`
};

struct Script {
    std::string path;
    std::vector<ScriptLine> lines;
    bool arrival_matters = false;  ///< records must not be shuffled
};

/// Reads a script. Errors: invalid_argument with file and line.
[[nodiscard]] Result<Script> read_script(const std::string& path);

/// Reads an ISO time, in UTC where it has no offset.
[[nodiscard]] std::optional<Instant> read_instant(const std::string& text);

/// Splits at commas; `nobody` is no name.
[[nodiscard]] std::vector<std::string> read_names(const std::string& text);

}  // namespace fineline::scripts
