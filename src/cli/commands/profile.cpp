#include "engine/profile.h"

#include "base/text.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "cli/server_question.h"
#include "http/answers.h"

#include <array>

namespace fineline::cli {

namespace {

constexpr std::size_t timeline_shown = 20;
constexpr std::size_t timeline_max = 1'000'000;

std::string value_text(const Value& value) {
    std::string storage;
    return to_display(borrow(value, storage));
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
        session.terminal.json(http::profile_json(*profile));
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
