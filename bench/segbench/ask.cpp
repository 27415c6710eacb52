// Times SegBench's questions in one process that holds the data in memory, as a server would.
//
// usage: segbench_ask DIRECTORY SUITE REPEATS
//
// Prints JSON: for each question its name, the count of its members and the time of every repeat in
// milliseconds, from the text of the question to the sorted ids of its members. Nothing is kept
// from one repeat to the next; the first repeat of all is a warm-up and is not printed.

#include "base/clock.h"
#include "base/json.h"
#include "engine/question.h"
#include "engine/workspace.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace fineline {
namespace {

using Steady = std::chrono::steady_clock;

double ms_since(Steady::time_point began) {
    return std::chrono::duration<double, std::milli>(Steady::now() - began).count();
}

Result<Json> read_suite(const std::string& file) {
    std::ifstream stream(file);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) {
        return Error{ErrorCode::io, "cannot read '" + file + "'", {}};
    }
    return parse_json(text.str());
}

/// Asks one question from its text on; returns how many members there are.
Result<std::size_t> ask_once(const std::shared_ptr<const columns::View>& view,
                             const engine::Question& question) {
    const auto prepared = engine::PreparedQuestion::prepare(view, question);
    if (!prepared) {
        return prepared.error();
    }
    const auto answer = engine::ask(*prepared, question.threads);
    if (!answer) {
        return answer.error();
    }
    return engine::customer_ids(view, answer->members).size();
}

Result<Json> time_question(const std::shared_ptr<const columns::View>& view,
                           const engine::Question& question,
                           int repeats) {
    Json times{Json::Array{}};
    std::size_t members = 0;
    for (int repeat = 0; repeat <= repeats; ++repeat) {
        const auto began = Steady::now();
        const auto asked = ask_once(view, question);
        if (!asked) {
            return asked.error();
        }
        members = *asked;
        if (repeat > 0) {
            times.push(ms_since(began));
        }
    }
    return Json().set("members", members).set("ms", std::move(times));
}

Status run(const std::string& directory, const std::string& suite_file, int repeats) {
    const auto suite = read_suite(suite_file);
    if (!suite) {
        return suite.error();
    }
    const auto now = parse_iso_time(*suite->find("now")->string());
    const FixedClock clock(Instant(now->local.time_since_epoch()));
    engine::OpenOptions options;
    options.log.access = eventlog::Access::reading;
    const auto began = Steady::now();
    const auto workspace = engine::Workspace::open(directory, options, clock);
    if (!workspace) {
        return workspace.error();
    }
    const auto view = (*workspace)->view();
    Json result;
    result.set("open_ms", ms_since(began))
        .set("from_checkpoint", (*workspace)->open_report().from_checkpoint);
    Json questions{Json::Array{}};
    for (const Json& row : *suite->find("questions")->array()) {
        const engine::Question question{
            .text = *row.find("segment")->string(), .at = clock.now(), .purpose = {}};
        auto timed = time_question(view, question, repeats);
        if (!timed) {
            return timed.error();
        }
        questions.push(std::move(timed->set("name", *row.find("name"))));
    }
    result.set("questions", std::move(questions));
    std::cout << result.text() << "\n";
    return done;
}

}  // namespace
}  // namespace fineline

int main(int count, char** texts) {
    const int repeats = count == 4 ? std::atoi(texts[3]) : 0;
    if (repeats < 1) {
        std::cerr << "usage: segbench_ask DIRECTORY SUITE REPEATS\n";
        return 2;
    }
    if (const auto status = fineline::run(texts[1], texts[2], repeats); !status) {
        std::cerr << "segbench_ask: " << status.error().message << "\n";
        return 1;
    }
    return 0;
}
