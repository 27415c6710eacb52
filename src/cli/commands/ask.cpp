#include "base/text.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "cli/server_question.h"
#include "engine/question.h"

#include <array>
#include <optional>

namespace fineline::cli {

namespace {

std::string percent(std::uint64_t part, std::uint64_t whole) {
    const std::uint64_t tenths = whole == 0 ? 0 : (part * 1000 + whole / 2) / whole;
    std::string text = std::to_string(tenths);
    text.insert(0, text.size() < 2 ? 2 - text.size() : 0, '0');
    text.insert(text.size() - 1, ".");
    return text + " %";
}

Json warnings_json(const expr::CheckedExpression& checked) {
    Json::Array warnings;
    for (const expr::Warning& warning : checked.warnings()) {
        warnings.emplace_back(warning.message);
    }
    return warnings;
}

void show_warnings(const expr::CheckedExpression& checked,
                   std::string_view text,
                   Terminal& terminal) {
    for (const expr::Warning& warning : checked.warnings()) {
        terminal.warning(expr::render_warning(warning, text));
    }
}

void show_members(const Arguments& arguments,
                  const engine::PreparedQuestion& question,
                  const engine::Answer& answer,
                  Terminal& terminal) {
    std::vector<std::string> ids;
    if (arguments.members) {
        ids = engine::customer_ids(question.view(), answer.members);
    }
    if (arguments.json) {
        Json body;
        body.set("expression", question.checked().text())
            .set("at", to_iso(question.at()))
            .set("count", answer.members.size())
            .set("customers", answer.customers)
            .set("unknown", answer.unknown)
            .set("warnings", warnings_json(question.checked()));
        if (arguments.members) {
            body.set("members", Json::Array(ids.begin(), ids.end()));
        }
        terminal.json(body);
        return;
    }
    for (const std::string& id : ids) {
        terminal.line(id);
    }
    if (!arguments.members) {
        terminal.line(std::to_string(answer.members.size()));
    }
    std::string remark = percent(answer.members.size(), answer.customers) + " of " +
                         with_commas(answer.customers) + " customers at " + to_iso(question.at());
    if (answer.unknown > 0) {
        remark += "; for " + with_commas(answer.unknown) + " the answer is unknown";
    }
    terminal.remark(remark);
}

void show_occasions(const Arguments& arguments,
                    const engine::PreparedQuestion& question,
                    const engine::OccasionsAnswer& answer,
                    Terminal& terminal) {
    const columns::Reader reader(question.view());
    if (arguments.json) {
        Json body;
        body.set("expression", question.checked().text())
            .set("at", to_iso(question.at()))
            .set("count", answer.members.size())
            .set("occasions", answer.occasions)
            .set("unknown", answer.unknown)
            .set("warnings", warnings_json(question.checked()));
        if (arguments.members) {
            Json members{Json::Array{}};
            for (const auto& occasion : answer.members) {
                members.push(Json()
                                 .set("customer", reader.customer_id(occasion.who))
                                 .set("at", to_iso(occasion.at)));
            }
            body.set("members", std::move(members));
        }
        terminal.json(body);
        return;
    }
    if (!arguments.members) {
        terminal.line(std::to_string(answer.members.size()));
    }
    for (std::size_t i = 0; arguments.members && i < answer.members.size(); ++i) {
        terminal.line(std::string(reader.customer_id(answer.members[i].who)) + "\t" +
                      to_iso(answer.members[i].at));
    }
    terminal.remark("of " + with_commas(answer.occasions) + " occasions up to " +
                    to_iso(question.at()));
}

/// What the command finds out before it prints.
struct Asked {
    engine::PreparedQuestion question;
    std::optional<engine::Answer> customers;
    std::optional<engine::OccasionsAnswer> occasions;
};

Result<Asked> ask_over(const std::shared_ptr<const columns::View>& view,
                       const Arguments& arguments,
                       Instant at) {
    auto question = engine::PreparedQuestion::prepare(view,
                                                      {.text = arguments.expression,
                                                       .at = at,
                                                       .purpose = arguments.purpose,
                                                       .threads = arguments.threads});
    if (!question) {
        return with_caret(question.error(), arguments.expression);
    }
    Asked asked{.question = std::move(*question), .customers = {}, .occasions = {}};
    if (asked.question.checked().expression().on) {
        auto occasions = engine::ask_occasions(asked.question);
        if (!occasions) {
            return occasions.error();
        }
        asked.occasions = std::move(*occasions);
        return asked;
    }
    auto customers = engine::ask(asked.question, arguments.threads);
    if (!customers) {
        return customers.error();
    }
    asked.customers = std::move(*customers);
    return asked;
}

Status run_ask(const Arguments& arguments, const Session& session) {
    if (!arguments.server.empty()) {
        return ask_of_server(arguments, session.terminal);
    }
    const auto opened = open_to_answer(arguments, session);
    if (!opened) {
        return opened.error();
    }
    engine::Workspace& workspace = *opened->workspace;
    const Instant at = opened->at;
    const auto asked = workspace.answer([&](const std::shared_ptr<const columns::View>& view) {
        return ask_over(view, arguments, at);
    });
    if (!asked) {
        return asked.error();
    }
    if (!arguments.json) {
        show_warnings(asked->question.checked(), arguments.expression, session.terminal);
    }
    if (asked->occasions) {
        show_occasions(arguments, asked->question, *asked->occasions, session.terminal);
    } else {
        show_members(arguments, asked->question, *asked->customers, session.terminal);
    }
    return done;
}

constexpr std::array options{Option::data_or_server,
                             Option::expression,
                             Option::at,
                             Option::purpose,
                             Option::members,
                             Option::threads};

}  // namespace

constinit const Command ask_command{
    .name = "ask",
    .summary = "Count or list the customers for whom an expression is true",
    .options = options,
    .examples =
        "fineline ask --data shop 'did purchase last 30 days'\n"
        "fineline ask --data shop --at 2011-12-10T00:00:00Z 'sum(purchase.amount) > 5000' "
        "--members\n"
        "fineline ask --data shop 'context.amount > 100 on purchase' --json",
    .run = run_ask};

}  // namespace fineline::cli
