#pragma once

#include "base/clock.h"
#include "base/result.h"
#include "configuration.h"
#include "engine/live.h"
#include "engine/question.h"
#include "engine/workspace.h"
#include "script.h"

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace fineline::scripts {

/// A workspace in a directory of its own that a script is played into, under one configuration.
/// One thread at a time.
class World {
  public:
    World(std::string directory, Configuration configuration)
        : directory_(std::move(directory)), configuration_(configuration) {}

    /// Opens the workspace, new or again. Errors: of the engine.
    Status open();

    /// Errors: of the engine, where it lives.
    Status set_clock(Instant at);

    [[nodiscard]] Instant now() const { return clock_.now(); }

    void set_purpose(std::optional<std::string> purpose) { purpose_ = std::move(purpose); }

    /// Appends records in an order that the configuration chooses. `number` counts the records of
    /// the script before these.
    Status append(std::span<const ScriptRecord* const> records, std::size_t number);
    Status define(const std::string& name, const std::string& expression);
    Status set(const std::string& name, const std::string& value);
    Status erase(const std::string& customer);

    /// To be called after each line of the script; restarts where the configuration says so.
    Status end_of_line();

    /// The expression as the configuration rewrites it before it is used.
    [[nodiscard]] Result<std::string> rewritten(const std::string& expression) const;

    [[nodiscard]] Result<engine::PreparedQuestion> prepare(const std::string& expression,
                                                           Instant at,
                                                           expr::Use use) const;

    [[nodiscard]] std::shared_ptr<const columns::View> view() const {
        return live_ != nullptr ? live_->view()->columns() : workspace_->view();
    }

    /// Where it lives: has the expression's membership kept from now on, as a segment of its own.
    /// Does nothing elsewhere, and where the expression cannot be defined yet.
    void follow(const std::string& expression);

    /// Where it lives and follows the expression: the members as kept, if they must be those at
    /// `at`: it is the present, and no thresholds of another instant are read.
    [[nodiscard]] std::optional<std::vector<std::string>> followed(const std::string& expression,
                                                                   Instant at);

    /// Where it lives: whether what is kept is what evaluation says. Errors: internal.
    Status verify();

  private:
    Status store(std::string batch);
    Status append_one(const ScriptRecord& record, std::size_t number);
    Status append_csv(const ScriptRecord& record, std::size_t number);

    std::string directory_;
    Configuration configuration_;
    FixedClock clock_{Instant{}};
    std::optional<std::string> purpose_;
    std::unique_ptr<engine::Workspace> workspace_;
    std::unique_ptr<engine::Live> live_;
    std::map<std::string, std::string> followed_;  ///< segment by expression
};

}  // namespace fineline::scripts
