#pragma once

#include "base/json.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace fineline {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// Writes what a server does to standard error, one JSON object a line: time (UTC), level, event
/// and the fields given. Secrets and what customers said have no place in it. Safe to share.
class Log {
  public:
    /// `least`: what is less important is left out.
    explicit Log(LogLevel least);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;
    Log(Log&&) = delete;
    Log& operator=(Log&&) = delete;

    /// Whether what is that important is written at all.
    [[nodiscard]] bool writes(LogLevel level) const;

    /// `event` is a stable lower-case name; `fields` an object, or null for none.
    void write(LogLevel level, std::string_view event, const Json& fields = {}) const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace fineline
