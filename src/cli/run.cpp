#include "cli/command.h"

#include <algorithm>
#include <exception>
#include <string>
#include <string_view>

namespace fineline::cli {

namespace {

constexpr int exit_fine = 0;
constexpr int exit_failed = 1;
constexpr int exit_wrong_usage = 2;

int report(const Error& error, bool as_json, Terminal& terminal) {
    if (as_json) {
        Json body;
        body.set("code", to_string(error.code)).set("message", error.message);
        if (error.at) {
            body.set("begin", static_cast<double>(error.at->begin))
                .set("end", static_cast<double>(error.at->end));
        }
        terminal.json(Json().set("error", std::move(body)));
    }
    terminal.error(error.message);
    return error.code == ErrorCode::invalid_argument ? exit_wrong_usage : exit_failed;
}

int run_command(const Arguments& arguments, const Session& session) {
    for (const Command& command : commands()) {
        if (command.name == arguments.command) {
            const Status status = command.run(arguments, session);
            return status ? exit_fine : report(status.error(), arguments.json, session.terminal);
        }
    }
    return exit_wrong_usage;
}

}  // namespace

int run(int count, const char* const* texts, const Session& session) {
    try {
        const auto read = read_arguments(count, texts);
        if (const auto* print = std::get_if<PrintOnly>(&read)) {
            session.terminal.line(print->text);
            return exit_fine;
        }
        if (const auto* wrong = std::get_if<WrongUsage>(&read)) {
            const bool as_json = std::any_of(
                texts, texts + count, [](std::string_view text) { return text == "--json"; });
            return report(
                {ErrorCode::invalid_argument, wrong->message, {}}, as_json, session.terminal);
        }
        return run_command(std::get<Arguments>(read), session);
    } catch (const std::exception& bug) {
        session.terminal.error(std::string("a bug of fineline: ") + bug.what());
        return exit_failed;
    }
}

}  // namespace fineline::cli
