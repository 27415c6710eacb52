#include "cli/commands/rows.h"
#include "cli/server_question.h"

#include <algorithm>
#include <array>

namespace fineline::cli {

namespace {

constexpr std::size_t page_max = 10'000;

std::string text_of(const Json& change, std::string_view member) {
    const Json* value = change.find(member);
    return value == nullptr             ? std::string()
           : value->string() != nullptr ? *value->string()
                                        : value->text();
}

/// Walks over the pages of the feed until there is no more, or enough.
Status run_changes(const Arguments& arguments, const Session& session) {
    std::size_t left = arguments.limit == 0 ? static_cast<std::size_t>(-1) : arguments.limit;
    std::string after = std::to_string(arguments.after);
    while (left > 0 && !session.stop) {
        const auto page = call_server(
            arguments,
            http::Method::get,
            "/v1/changes?after=" + after + "&limit=" + std::to_string(std::min(left, page_max)));
        if (!page) {
            return page.error();
        }
        const Json* changes = page->find("changes");
        if (changes == nullptr || changes->array() == nullptr || changes->array()->empty()) {
            return done;
        }
        for (const Json& change : *changes->array()) {
            after = text_of(change, "number");
            if (arguments.json) {
                session.terminal.json(change);
            } else {
                session.terminal.line(
                    after + "\t" + text_of(change, "at") + "\t" + text_of(change, "direction") +
                    "\t" + text_of(change, "segment") + "\t" + text_of(change, "customer") + "\t" +
                    text_of(change, "cause"));
            }
        }
        left -= changes->array()->size();
    }
    return done;
}

constexpr std::array options{Option::server, Option::after, Option::limit};

}  // namespace

constinit const Command changes_command{
    .name = "changes",
    .summary = "List who entered and left which segment, as a running server tells it",
    .options = options,
    .examples =
        "FINELINE_KEY=fla_… fineline changes --server http://127.0.0.1:8080\n"
        "fineline changes --server http://127.0.0.1:8080 --after 1200 --limit 100 --json",
    .run = run_changes};

}  // namespace fineline::cli
