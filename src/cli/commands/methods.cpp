#include "cli/commands/rows.h"
#include "study/methods/catalogue.h"

#include <array>

namespace fineline::cli {

namespace {

Json as_json(const study::Method& method) {
    Json parameters{Json::Array{}};
    for (const study::MethodParameter& parameter : method.parameters) {
        parameters.push(Json()
                            .set("name", parameter.name)
                            .set("meaning", parameter.meaning)
                            .set("least", parameter.least)
                            .set("most", parameter.most)
                            .set("usual", parameter.usual));
    }
    return Json()
        .set("name", method.name)
        .set("title", method.title)
        .set("question", method.question)
        .set("needs", method.needs)
        .set("rows_min", method.rows_min)
        .set("does_not_tell", method.does_not_tell)
        .set("source", method.source)
        .set("parameters", std::move(parameters));
}

Status run_methods(const Arguments& arguments, const Session& session) {
    for (const study::Method& method : study::methods()) {
        if (arguments.json) {
            session.terminal.json(as_json(method));
            continue;
        }
        Terminal& out = session.terminal;
        out.line(out.paint(method.name, Colour::bold) + "  " + std::string(method.title));
        out.line("  answers        " + std::string(method.question));
        out.line("  needs          " + std::string(method.needs));
        out.line("  does not tell  " + std::string(method.does_not_tell));
        out.line("  source         " + std::string(method.source));
    }
    return done;
}

}  // namespace

constinit const Command methods_command{
    .name = "methods",
    .summary = "List the methods that propose segments: what each answers, needs and does not tell",
    .options = {},
    .examples = "fineline methods\nfineline methods --json",
    .run = run_methods};

}  // namespace fineline::cli
