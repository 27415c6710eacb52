#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <string>

namespace fineline {

namespace {

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug: return spdlog::level::debug;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::warning: return spdlog::level::warn;
        case LogLevel::error: return spdlog::level::err;
    }
    return spdlog::level::info;
}

}  // namespace

struct Log::State {
    spdlog::logger logger{"fineline", std::make_shared<spdlog::sinks::stderr_sink_mt>()};
};

Log::Log(LogLevel least) : state_(std::make_unique<State>()) {
    state_->logger.set_level(level_of(least));
    state_->logger.set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})",
                               spdlog::pattern_time_type::utc);
}

Log::~Log() = default;

bool Log::writes(LogLevel level) const {
    return state_->logger.should_log(level_of(level));
}

void Log::write(LogLevel level, std::string_view event, const Json& fields) const {
    if (!writes(level)) {
        return;
    }
    Json line;
    line.set("event", event);
    if (const Json::Object* members = fields.object()) {
        for (const auto& [name, value] : *members) {
            line.set(name, value);
        }
    }
    const std::string text = line.text();
    // Without the braces: the pattern brings its own.
    state_->logger.log(level_of(level), "{}", std::string_view(text).substr(1, text.size() - 2));
}

}  // namespace fineline
