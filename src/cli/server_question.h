#pragma once

#include "base/json.h"
#include "base/result.h"
#include "cli/arguments.h"
#include "cli/terminal.h"
#include "http/message.h"

#include <string>

namespace fineline::cli {

/// Calls a route of the server at `--server`, with the admin key of the environment's FINELINE_KEY.
/// Errors: invalid_argument (the URL, no key, or the server's 400 with its span), not_found,
/// forbidden, conflict, unavailable (no server there), internal.
[[nodiscard]] Result<Json> call_server(const Arguments& arguments,
                                       http::Method method,
                                       const std::string& path,
                                       const Json& body = {});

/// The body of a question: expression, and `at` and `purpose` where given.
[[nodiscard]] Json question_body(const Arguments& arguments);

/// Percent-encodes a text as one segment of a path or a query's value.
[[nodiscard]] std::string percent_encoded(std::string_view text);

/// The commands that only read, asked of a server instead of a directory.
[[nodiscard]] Status ask_of_server(const Arguments& arguments, Terminal& terminal);
[[nodiscard]] Status explain_by_server(const Arguments& arguments, Terminal& terminal);
[[nodiscard]] Status schema_of_server(const Arguments& arguments, Terminal& terminal);
[[nodiscard]] Status profile_of_server(const Arguments& arguments, Terminal& terminal);
[[nodiscard]] Status segments_of_server(const Arguments& arguments, Terminal& terminal);

}  // namespace fineline::cli
