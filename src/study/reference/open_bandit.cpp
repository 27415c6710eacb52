#include "base/text.h"
#include "study/reference/topics.h"
#include "study/statistics/policy_value.h"

#include <array>
#include <map>
#include <numeric>
#include <utility>

namespace fineline::study {

namespace {

constexpr std::string_view own = "computed apart from this program, from the same file";

/// Impressions of one policy.
struct Log {
    std::vector<double> clicks{};
    std::vector<double> propensity{};
    std::vector<std::pair<int, int>> item_and_position{};
    bool sound = true;

    [[nodiscard]] double click_rate() const {
        return std::accumulate(clicks.begin(), clicks.end(), 0.0) /
               static_cast<double>(clicks.size());
    }
};

struct Fits {
    double rate_random = 0;
    double rate_bts = 0;
    PolicyValue uniform_from_bts{};
    PolicyValue bts_from_random{};
};

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;
constexpr auto relative = Nearness::relative;

constexpr std::array rows{
    Row{"click rate, random",
        .0046,
        within,
        1e-9,
        own,
        [](const Fits& f) { return f.rate_random; }},
    Row{"click rate, Thompson sampling",
        .0069,
        within,
        1e-9,
        own,
        [](const Fits& f) { return f.rate_bts; }},
    Row{"uniform from Thompson sampling, IPS",
        .00300863,
        relative,
        1e-5,
        own,
        [](const Fits& f) { return f.uniform_from_bts.ips.value; }},
    Row{"uniform from Thompson sampling, SNIPS",
        .00318942,
        relative,
        1e-5,
        own,
        [](const Fits& f) { return f.uniform_from_bts.snips.value; }},
    Row{"its mean weight",
        .943314,
        relative,
        1e-5,
        own,
        [](const Fits& f) { return f.uniform_from_bts.weights.mean; }},
    Row{"its effective sample size",
        655.71,
        relative,
        1e-4,
        own,
        [](const Fits& f) { return f.uniform_from_bts.weights.effective_sample_size; }},
    Row{"its largest weight",
        178.253,
        relative,
        1e-4,
        own,
        [](const Fits& f) { return f.uniform_from_bts.weights.largest; }},
    Row{"Thompson sampling from random, IPS",
        .00565627,
        relative,
        1e-5,
        own,
        [](const Fits& f) { return f.bts_from_random.ips.value; }},
    Row{"Thompson sampling from random, SNIPS",
        .00573986,
        relative,
        1e-5,
        own,
        [](const Fits& f) { return f.bts_from_random.snips.value; }},
    Row{"its effective sample size",
        2869.28,
        relative,
        1e-4,
        own,
        [](const Fits& f) { return f.bts_from_random.weights.effective_sample_size; }},
};

Result<Log> read_log(const DataFolders& folders, std::string_view name) {
    const auto path = find_data_file(folders, {name});
    if (!path) return path.error();
    Log log;
    constexpr std::array<std::string_view, 4> columns{
        "item_id", "position", "click", "propensity_score"};
    const auto read = read_csv_file(*path, columns, [&](std::span<const std::string_view> cells) {
        std::array<double, 4> numbers{};
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            log.sound = log.sound && parse_number(cells[i], numbers.at(i));
        }
        log.item_and_position.emplace_back(static_cast<int>(numbers[0]),
                                           static_cast<int>(numbers[1]));
        log.clicks.push_back(numbers[2]);
        log.propensity.push_back(numbers[3]);
    });
    if (!read) return read.error();
    if (!log.sound || log.clicks.empty()) {
        return Error{ErrorCode::invalid_argument, *path + " does not hold impressions", {}};
    }
    return log;
}

/// How often the policy showed each item, of the impressions at that position.
std::vector<double> shown_by(const Log& policy, const Log& asked) {
    std::map<std::pair<int, int>, double> shown;
    std::map<int, double> at_position;
    for (const auto& one : policy.item_and_position) {
        shown[one] += 1;
        at_position[one.second] += 1;
    }
    std::vector<double> shares;
    for (const auto& one : asked.item_and_position) {
        const auto found = shown.find(one);
        shares.push_back(found == shown.end() ? 0.0 : found->second / at_position.at(one.second));
    }
    return shares;
}

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned) {
    const auto random = read_log(folders, "open-bandit/random/men.csv");
    const auto bts = read_log(folders, "open-bandit/bts/men.csv");
    if (!random) return random.error();
    if (!bts) return bts.error();
    constexpr double items = 34;
    const std::vector<double> uniform(bts->clicks.size(), 1 / items);
    const std::vector<double> thompson = shown_by(*bts, *random);
    const auto uniform_from_bts = policy_value({.outcomes = bts->clicks,
                                                .logged_propensity = bts->propensity,
                                                .target_probability = uniform});
    const auto bts_from_random = policy_value({.outcomes = random->clicks,
                                               .logged_propensity = random->propensity,
                                               .target_probability = thompson});
    if (!uniform_from_bts) return uniform_from_bts.error();
    if (!bts_from_random) return bts_from_random.error();
    const Fits fits{.rate_random = random->click_rate(),
                    .rate_bts = bts->click_rate(),
                    .uniform_from_bts = *uniform_from_bts,
                    .bts_from_random = *bts_from_random};
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic open_bandit_topic{
    .name = "open-bandit",
    .title = "IPS and SNIPS of one policy from another's log, Open Bandit, men",
    .takes = RunningTime::seconds,
    .run = run};

}  // namespace fineline::study
