#include "http/openapi.h"

#include "base/text.h"
#include "http/routes/table.h"
#include "http/schemas.h"
#include "http/session_cookie.h"

#include <algorithm>

namespace fineline::http {

namespace {

std::string lower_name(Method method) {
    return lower_case(to_string(method));
}

Json schema_reference(std::string_view name) {
    return Json().set("$ref", "#/components/schemas/" + std::string(name));
}

Json parameter_schema(ParameterKind kind) {
    switch (kind) {
        case ParameterKind::text: return Json().set("type", "string");
        case ParameterKind::count: return Json().set("type", "integer").set("minimum", 0);
        case ParameterKind::instant:
            return Json().set("type", "string").set("description", "ISO 8601");
        case ParameterKind::flag: return Json().set("type", "boolean");
    }
    return Json(Json::Object{});
}

Json parameters_json(const Route& route) {
    Json all{Json::Array{}};
    for (const Parameter& parameter : route.parameters) {
        const bool in_path = parameter.place == Place::path;
        all.push(Json()
                     .set("name", parameter.name)
                     .set("in", in_path ? "path" : "query")
                     .set("required", in_path)
                     .set("description", parameter.about)
                     .set("schema", parameter_schema(parameter.kind))
                     .set("example", parameter.example));
    }
    return all;
}

Json content_json(std::string_view type, std::string_view schema) {
    Json media{Json::Object{}};
    if (!schema.empty()) {
        media.set("schema", schema_reference(schema));
    }
    return Json().set(type, std::move(media));
}

void add_answer(Json& answers, unsigned status, std::string_view about, Json content) {
    answers.set(std::to_string(status),
                Json().set("description", about).set("content", std::move(content)));
}

/// What the server itself may answer, whatever the route.
void add_common_answers(Json& answers, const Route& route) {
    const auto add = [&](unsigned status, std::string_view about) {
        if (answers.find(std::to_string(status)) == nullptr) {
            add_answer(answers, status, about, content_json("application/json", "error"));
        }
    };
    if (route.permission != Permission::open) {
        add(401, "no key, or none that is known");
        add(429, "too fast; Retry-After says when to come again");
    }
    add(400, "the request cannot be read");
    add(403, "the key, the Host or the Origin may not do this");
    add(408, "the request took too long to arrive");
    if (route.body_bytes_max > 0) {
        add(413, "the body is too large");
    }
    add(431, "the header is too large");
    add(503, "too much at once, or the disk is full; Retry-After says when to come again");
}

Json operation(const Route& route) {
    Json answers;
    for (const Answer& answer : route.answers) {
        add_answer(
            answers, answer.status, answer.about, content_json(answer.content_type, answer.schema));
    }
    add_common_answers(answers, route);
    Json operation;
    operation.set("summary", route.summary);
    operation.set("parameters", parameters_json(route));
    if (!route.body_schema.empty()) {
        Json media;
        media.set("schema", schema_reference(route.body_schema));
        if (auto example = parse_json(route.body_example)) {
            media.set("example", std::move(*example));
        }
        operation.set("requestBody",
                      Json()
                          .set("required", true)
                          .set("content", Json().set("application/json", std::move(media))));
    }
    operation.set("responses", std::move(answers));
    Json security{Json::Array{}};
    if (route.permission == Permission::admin) {
        security.push(Json().set("admin_key", Json(Json::Array{})));
        security.push(Json().set("session", Json(Json::Array{})));
    } else if (route.permission == Permission::tracking) {
        security.push(Json().set("write_key", Json(Json::Array{})));
    }
    return operation.set("security", std::move(security));
}

std::string_view permission_words(Permission permission) {
    switch (permission) {
        case Permission::open: return "no key";
        case Permission::tracking: return "a write key, as Basic user or `writeKey` in the body";
        case Permission::admin: return "an admin key: `Authorization: Bearer fla_…`, or a session";
    }
    return "";
}

void append_route(std::string& page, const Route& route) {
    page += "\n## " + std::string(to_string(route.method)) + " " + std::string(route.path) +
            "\n\n" + std::string(route.summary) + ".\n\nTakes " +
            std::string(permission_words(route.permission));
    if (!route.body_schema.empty()) {
        page += ", and a body of `" + std::string(route.body_schema) + "`, at most " +
                with_commas(route.body_bytes_max) + " bytes: `" + std::string(route.body_example) +
                "`";
    }
    page += ".\n";
    if (!route.parameters.empty()) {
        page += "\n| parameter | in | meaning | example |\n|---|---|---|---|\n";
    }
    for (const Parameter& parameter : route.parameters) {
        page += "| `" + std::string(parameter.name) + "` | " +
                (parameter.place == Place::path ? "path" : "query") + " | " +
                std::string(parameter.about) + " | " +
                (parameter.example.empty() ? std::string()
                                           : "`" + std::string(parameter.example) + "`") +
                " |\n";
    }
    page += "\n| answer | meaning | body |\n|---|---|---|\n";
    for (const Answer& answer : route.answers) {
        const std::string body = answer.schema.empty() ? std::string(answer.content_type)
                                                       : "`" + std::string(answer.schema) + "`";
        page += "| " + std::to_string(answer.status) + " | " + std::string(answer.about) + " | " +
                body + " |\n";
    }
}

}  // namespace

Json openapi() {
    Json paths;
    for (const Route& route : routes()) {
        const Json* known = paths.find(route.path);
        Json path = known == nullptr ? Json() : *known;
        path.set(lower_name(route.method), operation(route));
        paths.set(route.path, std::move(path));
    }
    Json shapes;
    for (const Schema& schema : schemas()) {
        auto shape = parse_json(schema.text);
        require(shape.has_value(), "a schema of the table is no JSON");
        shapes.set(schema.name, std::move(*shape));
    }
    Json keys;
    keys.set("admin_key", Json().set("type", "http").set("scheme", "bearer"));
    keys.set("write_key", Json().set("type", "http").set("scheme", "basic"));
    keys.set("session",
             Json().set("type", "apiKey").set("in", "cookie").set("name", session_cookie_name));
    return Json()
        .set("openapi", "3.1.0")
        .set("info", Json().set("title", "fineline").set("version", "1"))
        .set("paths", std::move(paths))
        .set("components",
             Json().set("schemas", std::move(shapes)).set("securitySchemes", std::move(keys)));
}

std::string api_page() {
    std::string page =
        "# The API\n\n"
        "This page is printed from the table of routes (`src/http/routes/table.h`), and a test "
        "holds\n"
        "it equal; `/openapi.json` of a running server says the same for programs, with the shape "
        "of\n"
        "every body.\n\n"
        "Every route may also answer 400 (unreadable), 401 and 403 (who asks), 408 (too slow), 413 "
        "and\n"
        "431 (too large), 429 and 503 (too much; `Retry-After` says when to come again). An error "
        "is\n"
        "`{\"code\", \"message\"}`, with `begin` and `end` where it points into an expression. "
        "Answers\n"
        "about customers carry `freshness`: the instant and log position they are of, the latest "
        "event\n"
        "time seen, and how far that lies behind.\n\n"
        "A browser shows its admin key once, to `POST /v1/session`, and gets a cookie that takes "
        "the\n"
        "key's place for twelve hours. What changes something then also needs the header "
        "`X-CSRF-Token`\n"
        "with the session's `csrf`.\n";
    for (const Route& route : routes()) {
        append_route(page, route);
    }
    return page;
}

}  // namespace fineline::http
