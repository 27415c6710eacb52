#include "cli/arguments.h"

#include "cli/command.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace fineline::cli {

namespace {

void add_common(CLI::App& app, Option option, Arguments& into) {
    switch (option) {
        case Option::data:
            app.add_option("--data", into.data, "the data directory")->required()->type_name("DIR");
            break;
        case Option::maybe_data:
            app.add_option("--data", into.data, "the data directory")->type_name("DIR");
            break;
        case Option::at:
            app.add_option(
                   "--at", into.at, "the instant to answer for (ISO 8601); now if not given")
                ->type_name("INSTANT");
            break;
        case Option::customer:
            app.add_option("--customer", into.customer, "the customer's id")
                ->required()
                ->type_name("ID");
            break;
        case Option::purpose:
            app.add_option("--purpose", into.purpose, "read only who consented to this purpose")
                ->type_name("NAME");
            break;
        case Option::limit:
            app.add_option("--limit", into.limit, "at most so many lines; 0 is all")
                ->type_name("N");
            break;
        case Option::threads:
            app.add_option("--threads", into.threads, "threads to use")
                ->check(CLI::Range(1, 256))
                ->type_name("N");
            break;
        case Option::value:
            app.add_option(
                   "--value", into.value_expression, "a numeric expression to sum over the members")
                ->type_name("EXPRESSION");
            break;
        case Option::members:
            app.add_flag("--members", into.members, "print the customer ids, one a line");
            break;
        case Option::to:
            app.add_option("--to", into.to, "the form to print: text, json or sql:duckdb")
                ->check(CLI::IsMember({"text", "json", "sql:duckdb"}))
                ->type_name("FORM");
            break;
        case Option::files:
        case Option::one_file:
        case Option::load_kind:
        case Option::again:
        case Option::source:
        case Option::sparse:
        case Option::plan:
        case Option::version:
        case Option::any_purpose:
        case Option::expression:
        case Option::name:
        case Option::maybe_name:
        case Option::topic:
        case Option::purpose_name:
        case Option::seed:
        case Option::as_known:
        case Option::segments:
        case Option::capacity:
        case Option::method:
        case Option::html:
        case Option::svg:
        case Option::out:
        case Option::data_or_server:
        case Option::server:
        case Option::after:
        case Option::serve: break;
    }
}

/// What the commands of a study take.
void add_study(CLI::App& app, Option option, Arguments& into) {
    if (option == Option::purpose_name) {
        app.add_option("PURPOSE", into.name, "a portfolio file, or the name of a stored purpose")
            ->required();
    } else if (option == Option::seed) {
        app.add_option("--seed", into.seed, "of every random draw; the same seed, the same report")
            ->type_name("N");
    } else if (option == Option::as_known) {
        app.add_flag("--as-known",
                     into.as_known,
                     "look at customers as they were known at each snapshot: nothing that arrived "
                     "later, nobody merged since");
    } else if (option == Option::segments) {
        app.add_option(
               "--segments", into.segments, "propose exactly so many; as many as pay if not given")
            ->check(CLI::Range(1, 64))
            ->type_name("K");
    } else if (option == Option::capacity) {
        app.add_option(
               "--capacity", into.capacity, "at most so many; the purpose's capacity if not given")
            ->check(CLI::Range(1, 64))
            ->type_name("K");
    } else if (option == Option::topic) {
        app.add_option("TOPIC", into.name, "only the numbers of this topic");
    } else if (option == Option::method) {
        app.add_option("--method",
                       into.method,
                       "how segments are found: tree (by the metric), kmeans, kmedoids, lca, rfm, "
                       "value, occasions")
            ->type_name("NAME");
    } else if (option == Option::html) {
        app.add_option("--html", into.html, "write the report as a page")->type_name("FILE");
    } else if (option == Option::svg) {
        app.add_option("--svg", into.svg, "write the curve as a picture")->type_name("FILE");
    } else if (option == Option::out) {
        app.add_option("--out", into.out, "write the recommended portfolio")->type_name("FILE");
    }
}

/// What planning and applying a portfolio takes.
void add_portfolio(CLI::App& app, Option option, Arguments& into) {
    if (option == Option::plan) {
        app.add_option("--plan",
                       into.plan,
                       "the id of the plan that you have seen: anything else is refused")
            ->type_name("ID");
    } else if (option == Option::version) {
        app.add_option("VERSION", into.version, "the version to go back to")->required();
    } else if (option == Option::any_purpose) {
        app.add_option("PURPOSE", into.name, "the purpose to print as a portfolio file");
    }
}

/// What says where to ask, and what only a server answers.
void add_server(CLI::App& app, Option option, Arguments& into) {
    if (option == Option::data_or_server) {
        app.add_option("--data", into.data, "the data directory")->type_name("DIR");
        app.add_option("--server",
                       into.server,
                       "ask a running server instead; FINELINE_KEY holds an admin key")
            ->type_name("URL")
            ->excludes("--data");
    } else if (option == Option::server) {
        app.add_option("--server", into.server, "the server; FINELINE_KEY holds an admin key")
            ->required()
            ->type_name("URL");
    } else if (option == Option::after) {
        app.add_option("--after", into.after, "the last number already seen")->type_name("N");
    }
}

void add_serve(CLI::App& app, ServeArguments& into) {
    app.add_option("--listen", into.listen, "where to listen; port 0 is any free one")
        ->type_name("ADDRESS:PORT")
        ->capture_default_str();
    app.add_option("--tls-cert", into.tls_certificate, "serve https: the certificate chain (PEM)")
        ->type_name("FILE");
    app.add_option("--tls-key", into.tls_key, "serve https: the private key (PEM)")
        ->type_name("FILE");
    app.add_flag("--insecure", into.insecure, "listen without TLS where others can reach it");
    app.add_option("--host", into.hosts, "a name the server is called by (may be repeated)")
        ->type_name("NAME");
    app.add_option("--origin", into.origins, "a web page that may call the API (may be repeated)")
        ->type_name("URL");
    app.add_option("--limits", into.limits, "limits on messages: own, or segment's")
        ->check(CLI::IsMember({"own", "segment"}))
        ->capture_default_str();
    app.add_option(
           "--wrong-key", into.wrong_key, "messages under a wrong key: refuse (401) or accept")
        ->check(CLI::IsMember({"refuse", "accept"}))
        ->capture_default_str();
    app.add_option("--clock",
                   into.clock,
                   "serve as if it were this instant now, for data of the past; time runs on from "
                   "there")
        ->type_name("INSTANT");
}

/// What the rows of `load` are: at most one of these.
void add_load_kinds(CLI::App& app, Arguments& into) {
    auto* mapping = app.add_option("--mapping", into.mapping, "how rows become records (YAML)")
                        ->type_name("FILE");
    const auto kind = [&](const char* flag, LoadKind value, const char* help) {
        return app.add_flag_callback(
            flag, [&into, value] { into.kind = value; }, help);
    };
    auto* traits =
        kind("--traits", LoadKind::traits, "rows are traits: customer_id, the rest traits");
    auto* accounts =
        kind("--accounts", LoadKind::accounts, "rows are memberships: customer_id, account_id");
    auto* consents =
        kind("--consents", LoadKind::consents, "rows are consents: customer_id, purpose, granted");
    auto* merges = kind("--merges", LoadKind::merges, "rows are identities: customer_id, other_id");
    mapping->excludes(traits)->excludes(accounts)->excludes(consents)->excludes(merges);
    traits->excludes(accounts)->excludes(consents)->excludes(merges);
    accounts->excludes(consents)->excludes(merges);
    consents->excludes(merges);
}

void add_special(CLI::App& app, Option option, Arguments& into) {
    switch (option) {
        case Option::files:
            app.add_option("FILE",
                           into.files,
                           "files to read: .csv .jsonl, also .gz .zst; - is standard input")
                ->required();
            break;
        case Option::one_file:
            app.add_option("FILE", into.files, "the file")->required()->expected(1);
            break;
        case Option::load_kind: add_load_kinds(app, into); break;
        case Option::again:
            app.add_flag("--again", into.again, "load a file that was loaded before a second time");
            break;
        case Option::source:
            app.add_option("--source",
                           into.source,
                           "who the records are from; message ids are told apart within it "
                           "(messages: 'messages', CSV: the file's name)")
                ->type_name("NAME");
            break;
        case Option::sparse:
            app.add_flag("--sparse",
                         into.sparse,
                         "an empty cell leaves a trait as it was (else: missing from then on)");
            break;
        case Option::expression:
            app.add_option("EXPRESSION", into.expression, "an expression of the segment language")
                ->required();
            break;
        case Option::name:
            app.add_option("NAME", into.name, "the segment's name")->required();
            break;
        case Option::maybe_name:
            app.add_option("NAME", into.name, "the setting");
            app.add_option("VALUE", into.value, "its new value");
            break;
        case Option::data:
        case Option::maybe_data:
        case Option::at:
        case Option::customer:
        case Option::purpose:
        case Option::limit:
        case Option::threads:
        case Option::members:
        case Option::value:
        case Option::to:
        case Option::topic:
        case Option::purpose_name:
        case Option::seed:
        case Option::as_known:
        case Option::segments:
        case Option::capacity:
        case Option::method:
        case Option::html:
        case Option::svg:
        case Option::out:
        case Option::plan:
        case Option::version:
        case Option::any_purpose:
        case Option::data_or_server:
        case Option::server:
        case Option::after:
        case Option::serve: break;
    }
}

/// Indents the examples of a command for the foot of its help.
std::string examples_text(std::string_view examples) {
    std::string text = "Examples:\n";
    while (!examples.empty()) {
        const std::size_t end = examples.find('\n');
        text += "  " + std::string(examples.substr(0, end)) + "\n";
        examples = end == std::string_view::npos ? std::string_view() : examples.substr(end + 1);
    }
    return text;
}

void add_command(CLI::App& app, const Command& command, Arguments& into) {
    CLI::App* sub = app.add_subcommand(std::string(command.name), std::string(command.summary));
    sub->footer(examples_text(command.examples));
    for (const Option option : command.options) {
        add_common(*sub, option, into);
        add_special(*sub, option, into);
        add_study(*sub, option, into);
        add_portfolio(*sub, option, into);
        add_server(*sub, option, into);
        if (option == Option::serve) {
            add_serve(*sub, into.serve);
        }
    }
    sub->add_flag("--json", into.json, "print JSON");
    sub->callback([&into, &command] { into.command = command.name; });
}

}  // namespace

std::variant<Arguments, PrintOnly, WrongUsage> read_arguments(int count, const char* const* texts) {
    Arguments into;
    CLI::App app(
        "fineline finds the few segments that earn their keep, over a durable log of events.",
        "fineline");
    app.set_version_flag("--version", FINELINE_VERSION);
    app.require_subcommand(1);
    app.footer(
        "`fineline COMMAND --help` shows a command's options and examples.\n"
        "Exit codes: 0 fine, 1 failed, 2 wrong usage or invalid input.");
    for (const Command& command : commands()) {
        add_command(app, command, into);
    }
    try {
        app.parse(count, texts);
    } catch (const CLI::CallForHelp&) {
        const auto chosen = app.get_subcommands();
        return PrintOnly{chosen.empty() ? app.help() : chosen.front()->help()};
    } catch (const CLI::CallForVersion&) {
        return PrintOnly{std::string("fineline ") + FINELINE_VERSION};
    } catch (const CLI::Error& error) {
        const auto chosen = app.get_subcommands();
        const std::string help = chosen.empty()
                                     ? "fineline --help"
                                     : "fineline " + chosen.front()->get_name() + " --help";
        return WrongUsage{std::string(error.what()) + "\n  `" + help + "` says what it takes"};
    }
    return into;
}

}  // namespace fineline::cli
