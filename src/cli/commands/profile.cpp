#include "engine/profile.h"

#include "base/text.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "cli/server_question.h"

#include <array>

namespace fineline::cli {

namespace {

constexpr std::size_t timeline_shown = 20;
constexpr std::size_t timeline_max = 1'000'000;

Json value_json(const Value& value) {
    std::string storage;
    return to_json(borrow(value, storage));
}

std::string value_text(const Value& value) {
    std::string storage;
    return to_display(borrow(value, storage));
}

Json since_json(Instant since) {
    return since == instant_min ? Json() : Json(to_iso(since));
}

Json trait_json(const engine::TraitEntry& trait) {
    return Json()
        .set("trait", trait.trait)
        .set("value", value_json(trait.value))
        .set("since", since_json(trait.since))
        .set("current", trait.current)
        .set("source", trait.source);
}

Json profile_json(const engine::CustomerProfile& profile) {
    Json json;
    json.set("customer", profile.id);
    json.set("identities", Json::Array(profile.identities.begin(), profile.identities.end()));
    Json traits{Json::Array{}};
    for (const auto& trait : profile.traits) {
        traits.push(trait_json(trait));
    }
    Json accounts{Json::Array{}};
    for (const auto& account : profile.accounts) {
        Json facts{Json::Object{}};
        for (const auto& trait : account.traits) {
            facts.set(trait.trait, value_json(trait.value));
        }
        accounts.push(Json()
                          .set("account", account.account)
                          .set("since", since_json(account.since))
                          .set("traits", std::move(facts)));
    }
    Json consents{Json::Array{}};
    for (const auto& consent : profile.consents) {
        consents.push(Json()
                          .set("purpose", consent.purpose)
                          .set("granted", consent.granted ? Json(*consent.granted) : Json())
                          .set("since", since_json(consent.since)));
    }
    Json timeline{Json::Array{}};
    for (const auto& event : profile.timeline) {
        Json properties{Json::Object{}};
        for (const auto& [name, value] : event.properties) {
            properties.set(name, value_json(value));
        }
        timeline.push(Json()
                          .set("event", event.event)
                          .set("time", to_iso(event.time))
                          .set("properties", std::move(properties)));
    }
    return json.set("traits", std::move(traits))
        .set("accounts", std::move(accounts))
        .set("consents", std::move(consents))
        .set("events", profile.events)
        .set("future_events", profile.future_events)
        .set("timeline", std::move(timeline));
}

std::string since_text(Instant since) {
    return since == instant_min ? "undated" : "since " + to_iso(since);
}

void show_facts(const engine::CustomerProfile& profile, Terminal& terminal) {
    terminal.line(terminal.paint("Traits", Colour::bold));
    for (const auto& trait : profile.traits) {
        terminal.line("  " + padded(trait.trait, 24) + padded(value_text(trait.value), 24) +
                      (trait.current ? "" : "(earlier) ") + since_text(trait.since) + ", from " +
                      trait.source);
    }
    for (const auto& account : profile.accounts) {
        terminal.line("  account " + (account.account.empty() ? "left" : account.account) + ", " +
                      since_text(account.since));
        for (const auto& trait : account.traits) {
            terminal.line("    " + padded(trait.trait, 22) + value_text(trait.value));
        }
    }
    for (const auto& consent : profile.consents) {
        terminal.line("  consent " + consent.purpose + ": " +
                      (!consent.granted   ? "unstated"
                       : *consent.granted ? "granted"
                                          : "refused") +
                      ", " + since_text(consent.since));
    }
}

void show_timeline(const engine::CustomerProfile& profile, Terminal& terminal) {
    terminal.line(terminal.paint("Events", Colour::bold));
    for (const auto& total : profile.totals) {
        terminal.line("  " + padded(total.event, 24) + right_aligned(with_commas(total.count), 9) +
                      "  " + to_iso(total.first) + " … " + to_iso(total.last));
    }
    if (profile.future_events > 0) {
        terminal.line("  and " + with_commas(profile.future_events) +
                      " later than the instant asked for");
    }
    terminal.line(terminal.paint("Time line, newest first", Colour::bold));
    for (std::size_t i = 0; i < std::min(timeline_shown, profile.timeline.size()); ++i) {
        const auto& event = profile.timeline[i];
        std::string text = "  " + to_iso(event.time) + "  " + padded(event.event, 16);
        for (const auto& [name, value] : event.properties) {
            text += " " + name + "=" + value_text(value);
        }
        terminal.line(text);
    }
    if (profile.events > timeline_shown) {
        terminal.line("  … " + with_commas(profile.events - timeline_shown) +
                      " more (--json lists all)");
    }
}

Status run_profile(const Arguments& arguments, const Session& session) {
    if (!arguments.server.empty()) {
        return profile_of_server(arguments, session.terminal);
    }
    const auto opened = open_to_answer(arguments, session);
    if (!opened) {
        return opened.error();
    }
    engine::Workspace& workspace = *opened->workspace;
    const Instant at = opened->at;
    auto profile = workspace.answer([&](const std::shared_ptr<const columns::View>& view) {
        return engine::customer_profile(view, arguments.customer, at, timeline_max);
    });
    if (!profile) {
        return profile.error();
    }
    if (auto named = engine::name_sources(*profile, workspace.log()); !named) {
        return named.error();
    }
    if (arguments.json) {
        session.terminal.json(profile_json(*profile));
        return done;
    }
    std::string others;
    for (const std::string& id : profile->identities) {
        others += id == profile->id ? "" : (others.empty() ? ", also known as " : ", ") + id;
    }
    const bool exists = profile->events > 0 || !profile->traits.empty();
    session.terminal.line(session.terminal.paint(profile->id, Colour::bold) + others + ", as of " +
                          to_iso(at) + (exists ? "" : ", when this was no customer yet"));
    show_facts(*profile, session.terminal);
    show_timeline(*profile, session.terminal);
    return done;
}

constexpr std::array options{Option::data_or_server, Option::customer, Option::at};

}  // namespace

constinit const Command profile_command{
    .name = "profile",
    .summary = "Show one customer whole: traits with sources, accounts, consents, time line",
    .options = options,
    .examples =
        "fineline profile --data shop --customer 17850\n"
        "fineline profile --data shop --customer 17850 --at 2011-06-01 --json",
    .run = run_profile};

}  // namespace fineline::cli
