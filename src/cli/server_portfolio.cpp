#include "cli/server_portfolio.h"

#include "cli/commands/portfolio.h"
#include "cli/server_question.h"
#include "mapping/portfolio_file.h"
#include "model/calendar.h"

#include <array>

namespace fineline::cli {

namespace {

using engine::PlannedChange;

// A server's answer has the shape that engine::to_json gives; a member that is not there reads as
// nothing.

std::string text_in(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    return value == nullptr || value->string() == nullptr ? std::string() : *value->string();
}

std::uint64_t count_in(const Json& json, std::string_view name) {
    const Json* value = json.find(name);
    const double* number = value == nullptr ? nullptr : value->number();
    return number == nullptr || *number < 0 ? 0 : static_cast<std::uint64_t>(*number);
}

const Json::Array& list_in(const Json& json, std::string_view name) {
    static const Json::Array none;
    const Json* value = json.find(name);
    const Json::Array* list = value == nullptr ? nullptr : value->array();
    return list == nullptr ? none : *list;
}

std::vector<std::string> texts_in(const Json& json, std::string_view name) {
    std::vector<std::string> texts;
    for (const Json& element : list_in(json, name)) {
        texts.push_back(element.string() == nullptr ? std::string() : *element.string());
    }
    return texts;
}

Instant instant_in(const Json& json, std::string_view name) {
    const auto read = parse_iso_time(text_in(json, name));
    return read ? TimeZone().resolve(*read) : Instant();
}

/// The one of the given words that a member holds, or the first.
template <class Word, std::size_t count>
Word word_in(const Json& json, std::string_view name, const std::array<Word, count>& words) {
    const std::string text = text_in(json, name);
    for (const Word word : words) {
        if (text == to_string(word)) {
            return word;
        }
    }
    return words.front();
}

engine::PlannedDefinition definition_in(const Json& json) {
    constexpr std::array changes{PlannedChange::unchanged,
                                 PlannedChange::added,
                                 PlannedChange::changed,
                                 PlannedChange::gone,
                                 PlannedChange::follows};
    engine::PlannedDefinition planned;
    planned.kind = text_in(json, "kind");
    planned.name = text_in(json, "name");
    planned.change = word_in(json, "change", changes);
    planned.text = text_in(json, "expression");
    planned.warnings = texts_in(json, "warnings");
    for (const Json& field : list_in(json, "fields")) {
        planned.fields.push_back(
            {text_in(field, "field"), text_in(field, "before"), text_in(field, "after")});
    }
    planned.membership = {.size_before = count_in(json, "size_before"),
                          .size_after = count_in(json, "size_after"),
                          .entering = count_in(json, "entering"),
                          .leaving = count_in(json, "leaving"),
                          .unknown_after = count_in(json, "unknown_after"),
                          .entering_examples = texts_in(json, "entering_examples"),
                          .leaving_examples = texts_in(json, "leaving_examples")};
    return planned;
}

engine::PortfolioPlan plan_in(const Json& json) {
    engine::PortfolioPlan plan;
    plan.id = text_in(json, "plan");
    plan.at = instant_in(json, "at");
    plan.customers = count_in(json, "customers");
    plan.base_change = count_in(json, "base_version");
    plan.warnings = texts_in(json, "warnings");
    for (const Json& definition : list_in(json, "definitions")) {
        plan.definitions.push_back(definition_in(definition));
    }
    for (const Json& overlap : list_in(json, "overlaps")) {
        plan.overlaps.push_back({.first = text_in(overlap, "first"),
                                 .second = text_in(overlap, "second"),
                                 .first_size = count_in(overlap, "first_size"),
                                 .second_size = count_in(overlap, "second_size"),
                                 .both = count_in(overlap, "both")});
    }
    const Json* nothing = json.find("nothing_to_change");
    const bool is_empty =
        nothing != nullptr && nothing->boolean() != nullptr && *nothing->boolean();
    // What would be stored is the server's; here it only counts whether there is anything.
    plan.edits.resize(is_empty ? 0 : 1);
    return plan;
}

std::vector<engine::HistoryChange> history_in(const Json& json) {
    using engine::HistoryWhat;
    constexpr std::array whats{
        HistoryWhat::added, HistoryWhat::changed, HistoryWhat::archived, HistoryWhat::restored};
    std::vector<engine::HistoryChange> history;
    for (const Json& change : list_in(json, "versions")) {
        engine::HistoryChange& read = history.emplace_back();
        read.change = count_in(change, "version");
        read.at = instant_in(change, "at");
        read.note = text_in(change, "note");
        for (const Json& entry : list_in(change, "definitions")) {
            read.entries.push_back({.kind = text_in(entry, "kind"),
                                    .name = text_in(entry, "name"),
                                    .what = word_in(entry, "what", whats),
                                    .version = count_in(entry, "definition_version"),
                                    .text = text_in(entry, "text")});
        }
    }
    return history;
}

Status show_answer(const Result<Json>& answer, const Arguments& arguments, Terminal& terminal) {
    if (!answer) {
        return answer.error();
    }
    if (arguments.json) {
        terminal.json(*answer);
        return done;
    }
    show_applied(
        {.plan = plan_in(*answer), .change = count_in(*answer, "version")}, arguments, terminal);
    return done;
}

/// A server plans as of its own now.
Status refuse_instant(const Arguments& arguments) {
    if (!arguments.at) {
        return done;
    }
    return Error{ErrorCode::invalid_argument,
                 "--at goes with --data alone: a server plans and applies as of now",
                 {}};
}

}  // namespace

Status plan_by_server(const mapping::Portfolio& portfolio,
                      const Arguments& arguments,
                      Terminal& terminal) {
    if (auto fine = refuse_instant(arguments); !fine) {
        return fine;
    }
    const auto answer = call_server(arguments,
                                    http::Method::post,
                                    "/v1/portfolio/plan",
                                    Json().set("yaml", mapping::to_yaml(portfolio)));
    if (!answer) {
        return answer.error();
    }
    if (arguments.json) {
        terminal.json(*answer);
        return done;
    }
    const engine::PortfolioPlan plan = plan_in(*answer);
    show_plan(plan, terminal);
    if (!plan.empty()) {
        terminal.line("Plan " + plan.id + ": `fineline apply " + arguments.files.front() +
                      " --server " + arguments.server + " --plan " + plan.id +
                      "` does exactly this");
    }
    return done;
}

Status apply_by_server(const mapping::Portfolio& portfolio,
                       const Arguments& arguments,
                       Terminal& terminal) {
    if (auto fine = refuse_instant(arguments); !fine) {
        return fine;
    }
    Json body;
    body.set("yaml", mapping::to_yaml(portfolio));
    if (!arguments.plan.empty()) {
        body.set("plan", arguments.plan);
    }
    return show_answer(call_server(arguments, http::Method::post, "/v1/portfolio/apply", body),
                       arguments,
                       terminal);
}

Status history_of_server(const Arguments& arguments, Terminal& terminal) {
    const auto answer = call_server(arguments, http::Method::get, "/v1/portfolio/history");
    if (!answer) {
        return answer.error();
    }
    if (arguments.json) {
        terminal.json(*answer->find("versions"));
        return done;
    }
    show_history(history_in(*answer), terminal);
    return done;
}

Status rollback_by_server(const Arguments& arguments, Terminal& terminal) {
    if (auto fine = refuse_instant(arguments); !fine) {
        return fine;
    }
    const Json body = Json().set("version", static_cast<double>(arguments.version));
    return show_answer(call_server(arguments, http::Method::post, "/v1/portfolio/rollback", body),
                       arguments,
                       terminal);
}

}  // namespace fineline::cli
