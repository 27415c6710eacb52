#pragma once

#include "script.h"
#include "world.h"

#include <optional>
#include <string>
#include <vector>

namespace fineline::scripts {

/// Plays one script into a world and compares what it answers with what the script expects.
/// One thread at a time.
class Player {
  public:
    Player(const Script& script, World& world) : script_(script), world_(world) {}

    /// Plays all lines; each disagreement as "line N: …".
    [[nodiscard]] std::vector<std::string> play();

  private:
    /// What a line answered: text to compare, or an error.
    using Answer = Result<std::string>;

    std::size_t play_records(std::size_t from);
    void play_line(const ScriptLine& line);
    void expect_equal(const ScriptLine& line, const Answer& answer, const std::string& wanted);
    void expect_followed(const ScriptLine& line, const std::string& expression, Instant at);
    void expect_contains(const ScriptLine& line, const std::string& text);
    void expect_done(const ScriptLine& line, const Status& status);
    void complain(const ScriptLine& line, const std::string& message);

    [[nodiscard]] Answer members(const std::string& expression, Instant at) const;
    [[nodiscard]] Answer unknown(const std::string& expression, Instant at) const;
    [[nodiscard]] Answer difference(const ScriptLine& line, Instant from, Instant to) const;
    [[nodiscard]] Answer occasions(const ScriptLine& line, Instant at) const;
    [[nodiscard]] Answer value(const ScriptLine& line, Instant at) const;
    void play_verdict(const ScriptLine& line);
    void play_explanation(const ScriptLine& line);
    void play_refusal(const ScriptLine& line);
    void play_warning(const ScriptLine& line);
    void play_print(const ScriptLine& line);

    const Script& script_;
    World& world_;
    std::optional<Instant> clock_before_;
    std::size_t records_ = 0;
    std::vector<std::string> complaints_;
};

}  // namespace fineline::scripts
