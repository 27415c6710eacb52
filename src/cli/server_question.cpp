#include "cli/server_question.h"

#include "base/text.h"
#include "cli/open_workspace.h"
#include "http/client.h"

#include <array>
#include <cstdlib>

namespace fineline::cli {

namespace {

constexpr std::uint64_t all_members = 1'000'000;
constexpr std::chrono::minutes answer_time_max{10};

/// Undoes what the server made of an error: its code, message and span.
Error error_in(const Json& body, unsigned status) {
    Error error{ErrorCode::internal, "the server answered " + std::to_string(status), {}};
    const Json* code = body.find("code");
    const Json* message = body.find("message");
    constexpr std::array codes{ErrorCode::invalid_argument,
                               ErrorCode::not_found,
                               ErrorCode::conflict,
                               ErrorCode::limit_exceeded,
                               ErrorCode::forbidden,
                               ErrorCode::corrupt,
                               ErrorCode::io,
                               ErrorCode::unavailable};
    for (const ErrorCode known : codes) {
        if (code != nullptr && code->string() != nullptr && *code->string() == to_string(known)) {
            error.code = known;
        }
    }
    if (message != nullptr && message->string() != nullptr) {
        error.message = *message->string();
    }
    const Json* begin = body.find("begin");
    const Json* end = body.find("end");
    if (begin != nullptr && end != nullptr && begin->number() != nullptr &&
        end->number() != nullptr) {
        error.at = SourceSpan{static_cast<std::uint32_t>(*begin->number()),
                              static_cast<std::uint32_t>(*end->number())};
    }
    return error;
}

std::string text_of(const Json& object, std::string_view member) {
    const Json* value = object.find(member);
    if (value == nullptr || value->is_null()) {
        return "";
    }
    return value->string() != nullptr ? *value->string() : value->text();
}

std::string count_of(const Json& object, std::string_view member) {
    const Json* value = object.find(member);
    const double* number = value == nullptr ? nullptr : value->number();
    return number == nullptr ? "?" : with_commas(static_cast<std::uint64_t>(*number));
}

const Json::Array& list_of(const Json& object, std::string_view member) {
    static const Json::Array none;
    const Json* value = object.find(member);
    const Json::Array* list = value == nullptr ? nullptr : value->array();
    return list == nullptr ? none : *list;
}

void show_part(const Json& part, int depth, Terminal& terminal) {
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    terminal.line(indent + padded(text_of(part, "value"), 8) + " " + text_of(part, "text"));
    if (const std::string reason = text_of(part, "reason"); !reason.empty()) {
        terminal.line(indent + "         " + terminal.paint(reason, Colour::grey));
    }
    for (const Json& below : list_of(part, "parts")) {
        show_part(below, depth + 1, terminal);
    }
}

std::string with_at(const Arguments& arguments, const std::string& path) {
    return arguments.at ? path + "?at=" + percent_encoded(*arguments.at) : path;
}

/// Where a whole answer reads best as it is.
Status show_whole(const Result<Json>& answer, const Arguments& arguments, Terminal& terminal) {
    if (!answer) {
        return answer.error();
    }
    if (arguments.json) {
        terminal.json(*answer);
    } else {
        terminal.line(answer->pretty());
    }
    return done;
}

}  // namespace

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view hex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
        if (plain) {
            out.push_back(c);
        } else {
            out.push_back('%');
            out.push_back(hex[byte >> 4U]);
            out.push_back(hex[byte & 0xfU]);
        }
    }
    return out;
}

Result<Json> call_server(const Arguments& arguments,
                         http::Method method,
                         const std::string& path,
                         const Json& body) {
    std::string base = arguments.server;
    while (!base.empty() && base.back() == '/') {
        base.pop_back();
    }
    const auto url = http::parse_url(base + path);
    if (!url) {
        return url.error();
    }
    const char* key = std::getenv("FINELINE_KEY");  // NOLINT(concurrency-mt-unsafe)
    if (key == nullptr) {
        return Error{ErrorCode::invalid_argument,
                     "--server: set FINELINE_KEY to an admin key of that server",
                     {}};
    }
    http::Outgoing request{.method = method,
                           .body = body.is_null() ? std::string() : body.text(),
                           .headers = {{"Authorization", std::string("Bearer ") + key}},
                           .time_max = answer_time_max};
    const auto answered = http::send_request(*url, request);
    if (!answered) {
        return answered.error();
    }
    auto json = parse_json(answered->body);
    if (answered->status >= 200 && answered->status < 300 && json) {
        return json;
    }
    return error_in(json ? *json : Json(), answered->status);
}

Json question_body(const Arguments& arguments) {
    Json body;
    body.set("expression", arguments.expression);
    if (arguments.at) {
        body.set("at", *arguments.at);
    }
    if (arguments.purpose) {
        body.set("purpose", *arguments.purpose);
    }
    return body;
}

Status ask_of_server(const Arguments& arguments, Terminal& terminal) {
    Json body = question_body(arguments);
    body.set("limit", static_cast<double>(arguments.members ? all_members : 0));
    const auto answer = call_server(arguments, http::Method::post, "/v1/ask", body);
    if (!answer) {
        return with_caret(answer.error(), arguments.expression);
    }
    if (arguments.json) {
        terminal.json(*answer);
        return done;
    }
    for (const Json& warning : list_of(*answer, "warnings")) {
        terminal.warning(*warning.string());
    }
    for (const Json& member : list_of(*answer, "members")) {
        const std::string* id = member.string();
        terminal.line(id != nullptr ? *id
                                    : text_of(member, "customer") + "\t" + text_of(member, "at"));
    }
    if (!arguments.members) {
        terminal.line(text_of(*answer, "count"));
    }
    return done;
}

Status explain_by_server(const Arguments& arguments, Terminal& terminal) {
    Json body = question_body(arguments);
    body.set("customer", arguments.customer);
    const auto answer = call_server(arguments, http::Method::post, "/v1/explain", body);
    if (!answer) {
        return with_caret(answer.error(), arguments.expression);
    }
    if (arguments.json) {
        terminal.json(*answer);
        return done;
    }
    terminal.line(arguments.customer + " at " + text_of(*answer, "at") + ": " +
                  text_of(*answer, "truth") + "; holds until " + text_of(*answer, "holds_until"));
    show_part(*answer->find("explanation"), 0, terminal);
    return done;
}

Status schema_of_server(const Arguments& arguments, Terminal& terminal) {
    return show_whole(call_server(arguments, http::Method::get, with_at(arguments, "/v1/schema")),
                      arguments,
                      terminal);
}

Status profile_of_server(const Arguments& arguments, Terminal& terminal) {
    const std::string path = "/v1/customers/" + percent_encoded(arguments.customer);
    return show_whole(
        call_server(arguments, http::Method::get, with_at(arguments, path)), arguments, terminal);
}

Status segments_of_server(const Arguments& arguments, Terminal& terminal) {
    const auto answer = call_server(arguments, http::Method::get, "/v1/segments");
    if (!answer || arguments.json) {
        return show_whole(answer, arguments, terminal);
    }
    for (const Json& segment : list_of(*answer, "segments")) {
        terminal.line(padded(text_of(segment, "name"), 24) +
                      right_aligned(count_of(segment, "size"), 12) + "  " +
                      terminal.paint(text_of(segment, "expression"), Colour::grey));
    }
    return done;
}

}  // namespace fineline::cli
