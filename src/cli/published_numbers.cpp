#include "cli/published_numbers.h"

#include "base/text.h"
#include "study/reference/reference.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <vector>

namespace fineline::cli {

namespace {

using study::CheckedNumber;
using study::Nearness;
using study::ReferenceTopic;

struct Tally {
    std::size_t met = 0;
    std::size_t missed = 0;
    std::vector<std::string> skipped{};
};

std::string short_number(double number) {
    std::array<char, 64> text{};
    const auto end = std::to_chars(
        text.data(), text.data() + text.size(), number, std::chars_format::general, 8);
    return {text.data(), end.ptr};
}

std::string bar_of(const CheckedNumber& number) {
    switch (number.nearness) {
        case Nearness::within:
            return number.tolerance == 0 ? "exactly" : "± " + short_number(number.tolerance);
        case Nearness::relative: return "± " + short_number(number.tolerance * 100) + " %";
        case Nearness::at_least: return "or more, - " + short_number(number.tolerance);
        case Nearness::at_most: return "or less, + " + short_number(number.tolerance);
    }
    return {};
}

const char* word_of(Nearness nearness) {
    switch (nearness) {
        case Nearness::within: return "within";
        case Nearness::relative: return "relative";
        case Nearness::at_least: return "at_least";
        case Nearness::at_most: return "at_most";
    }
    return "";
}

void print(const ReferenceTopic& topic,
           const CheckedNumber& number,
           const Session& session,
           bool as_json) {
    if (as_json) {
        session.terminal.json(Json()
                                  .set("topic", topic.name)
                                  .set("what", number.what)
                                  .set("published", number.published)
                                  .set("ours", number.ours)
                                  .set("nearness", word_of(number.nearness))
                                  .set("tolerance", number.tolerance)
                                  .set("met", number.met())
                                  .set("source", number.source));
        return;
    }
    const std::string verdict = session.terminal.paint(number.met() ? "ok  " : "MISS",
                                                       number.met() ? Colour::green : Colour::red);
    session.terminal.line(verdict + "  " + padded(topic.name, 18) + padded(number.what, 50) +
                          right_aligned(short_number(number.ours), 14) + "  published " +
                          right_aligned(short_number(number.published), 12) + "  " +
                          padded(bar_of(number), 18) + "  " + std::string(number.source));
}

Status run_topic(const ReferenceTopic& topic,
                 const study::DataFolders& folders,
                 const Arguments& arguments,
                 const Session& session,
                 Tally& tally) {
    session.terminal.progress(std::string(topic.name) + ": " + std::string(topic.title));
    const auto numbers = topic.run(folders, arguments.threads);
    session.terminal.progress("");
    if (!numbers && numbers.error().code == ErrorCode::not_found) {
        tally.skipped.emplace_back(topic.name);
        if (arguments.json) {
            session.terminal.json(
                Json().set("topic", topic.name).set("skipped", numbers.error().message));
        } else {
            session.terminal.line(session.terminal.paint("skip", Colour::yellow) + "  " +
                                  padded(topic.name, 18) + numbers.error().message);
        }
        return done;
    }
    if (!numbers) return numbers.error();
    for (const CheckedNumber& number : *numbers) {
        print(topic, number, session, arguments.json);
        (number.met() ? tally.met : tally.missed) += 1;
    }
    return done;
}

/// The topics asked for. Errors: not_found, with the nearest name.
Result<std::vector<const ReferenceTopic*>> chosen_topics(const std::string& name) {
    std::vector<const ReferenceTopic*> chosen;
    std::vector<std::string_view> names;
    for (const ReferenceTopic& topic : study::reference_topics()) {
        names.push_back(topic.name);
        if (name.empty() || topic.name == name) chosen.push_back(&topic);
    }
    if (!chosen.empty()) return chosen;
    const std::string_view near = nearest(name, names);
    std::string list;
    for (const std::string_view one : names) {
        list += (list.empty() ? "" : ", ") + std::string(one);
    }
    return Error{ErrorCode::not_found,
                 "no numbers are published under '" + name + "'" +
                     (near.empty() ? "" : "; did you mean " + std::string(near) + "?") +
                     "\n  there are: " + list,
                 {}};
}

}  // namespace

Status verify_published_numbers(const Arguments& arguments, const Session& session) {
    const auto chosen = chosen_topics(arguments.name);
    if (!chosen) return chosen.error();
    const char* more = std::getenv("FINELINE_DATA");  // NOLINT(concurrency-mt-unsafe)
    const study::DataFolders folders = study::data_folders(more == nullptr ? "" : more);
    Tally tally;
    for (const ReferenceTopic* topic : *chosen) {
        if (session.stop) return Error{ErrorCode::unavailable, "stopped", {}};
        if (const auto ran = run_topic(*topic, folders, arguments, session, tally); !ran) {
            return ran.error();
        }
    }
    std::string skipped;
    Json::Array skipped_names;
    for (const std::string& name : tally.skipped) {
        skipped += (skipped.empty() ? "" : ", ") + name;
        skipped_names.emplace_back(name);
    }
    if (arguments.json) {
        session.terminal.json(Json()
                                  .set("met", tally.met)
                                  .set("missed", tally.missed)
                                  .set("skipped", std::move(skipped_names)));
    } else {
        session.terminal.line(with_commas(tally.met) + " numbers as published, " +
                              with_commas(tally.missed) + " missed" +
                              (skipped.empty() ? "" : "; skipped: " + skipped));
    }
    if (tally.missed > 0) {
        return Error{ErrorCode::internal,
                     with_commas(tally.missed) + " published numbers were not reproduced",
                     {}};
    }
    return done;
}

}  // namespace fineline::cli
