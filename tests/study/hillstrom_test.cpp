// The arithmetic of act mode on the best known public test of three arms. Expected values were
// computed independently of this program from the same file.
#include "hillstrom.h"

#include "base/random.h"
#include "study/act_study.h"
#include "study/statistics/arms.h"
#include "study/statistics/permutation.h"
#include "study/statistics/uplift.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <random>

namespace fineline::study_tests {
namespace {

using study::ArmSums;
using study::Moments;
using study::Trial;

/// How often the long checks repeat: FINELINE_WORLDS, else few.
int repeats(int few, int all) {
    const char* wanted = std::getenv("FINELINE_WORLDS");  // NOLINT(concurrency-mt-unsafe)
    return wanted == nullptr ? few : std::min(all, std::atoi(wanted));
}

class HillstromTest : public testing::Test {
  protected:
    void SetUp() override {
        const auto path = find_data("hillstrom/hillstrom.csv.zst");
        if (!path) {
            GTEST_SKIP() << "hillstrom: not found; set FINELINE_DATA to the folder that holds it";
        }
        data_ = read_hillstrom(*path);
        ASSERT_EQ(data_.rows(), 64'000U);
    }

    Hillstrom data_;
};

TEST_F(HillstromTest, ArmMeansEffectsAndErrors) {
    struct Expected {
        const std::vector<double>& outcome;
        double means[3];
        double effects[2];
        double errors[2];
    };

    const Expected all[] = {
        {data_.visit, {.106167, .182757, .151400}, {.076590, .045233}, {.003386, .003234}},
        {data_.conversion, {.005726, .012531, .008837}, {.006805, .003111}, {.000921, .000823}},
        {data_.spend, {.652789, 1.422617, 1.077202}, {.769827, .424412}, {.145247, .130333}}};
    for (const Expected& expected : all) {
        const std::vector<Moments> arms = study::arm_moments(expected.outcome, data_.arm, 3);
        for (std::size_t a = 0; a < 3; ++a) {
            EXPECT_NEAR(arms[a].mean(), expected.means[a], 1e-6);
        }
        for (std::size_t a = 1; a < 3; ++a) {
            const auto effect = study::effect_of(arms[a], arms[0]);
            ASSERT_TRUE(effect);
            EXPECT_NEAR(effect->effect, expected.effects[a - 1], 1e-6);
            EXPECT_NEAR(effect->standard_error, expected.errors[a - 1], 1e-6);
        }
    }
}

TEST_F(HillstromTest, QiniOfFourScoresOnTheWomensArm) {
    std::vector<double> outcome;
    std::vector<std::uint8_t> treated;
    std::vector<double> womens, womens_recent, history, recent;
    for (std::size_t row = 0; row < data_.rows(); ++row) {
        if (data_.arm[row] == 1) {
            continue;
        }
        outcome.push_back(data_.visit[row]);
        treated.push_back(data_.arm[row] == 2 ? 1 : 0);
        const double recency = std::stod(data_.traits[0][row]);
        const double flag = std::stod(data_.traits[3][row]);
        womens.push_back(flag);
        womens_recent.push_back(flag * 100 - recency);
        history.push_back(data_.history[row]);
        recent.push_back(-recency);
    }
    ASSERT_EQ(outcome.size(), 42'693U);
    const auto qini = [&](const std::vector<double>& scores) {
        return *study::qini_coefficient({outcome, scores, treated});
    };
    EXPECT_NEAR(qini(womens), .064016, 1e-6);
    EXPECT_NEAR(qini(womens_recent), .060575, 1e-6);
    EXPECT_NEAR(qini(history), .002622, 1e-6);
    EXPECT_NEAR(qini(recent), -.004520, 1e-6);
    EXPECT_NEAR(study::qini_curve({outcome, womens, treated}).back().gained, 967.400, 1e-3);
}

// ---- The experiment of 100 random halves -------------------------------------------------------

/// The action of greatest mean in each segment; an action not seen there is not chosen there.
/// `prior` customers' worth of the arm's overall mean are added to each (0: as seen).
std::vector<std::uint32_t> best_arms(const study::SegmentArms& arms, double prior) {
    std::vector<std::uint32_t> best(arms.segments(), arms.best_for_all());
    for (std::size_t s = 0; s < arms.segments(); ++s) {
        double most = -1;
        for (std::uint32_t a = 0; a < arms.actions(); ++a) {
            const ArmSums& cell = arms.at(s, a);
            const double all = arms.of_all(a).mean();
            const double mean = (cell.n * cell.mean() + prior * all) / (cell.n + prior);
            if ((cell.seen() || prior > 0) && mean > most) {
                most = mean;
                best[s] = a;
            }
        }
    }
    return best;
}

/// Self-normalised: the mean outcome of those who happened to get what the policy says.
double value_of(const Trial& trial,
                std::span<const std::uint32_t> rows,
                const std::vector<std::uint32_t>& action_of_segment) {
    Moments got;
    for (const std::uint32_t row : rows) {
        if (trial.action[row] == action_of_segment[trial.segment[row]]) {
            got.add(trial.outcome[row]);
        }
    }
    return got.mean();
}

struct Halves {
    Moments train;
    Moments test;
    Moments shrunk;
};

Halves run_halves(const Trial& trial, int count, std::uint64_t seed) {
    Halves halves;
    for (int h = 0; h < count; ++h) {
        const auto order = study::random_order(trial.rows(), seed + static_cast<std::uint64_t>(h));
        const std::span<const std::uint32_t> rows(order);
        const auto train = rows.first(rows.size() / 2);
        const auto test = rows.subspan(rows.size() / 2);
        const study::SegmentArms arms(trial, train);
        const std::vector<std::uint32_t> chosen = best_arms(arms, 0);
        halves.train.add(value_of(trial, train, chosen));
        halves.test.add(value_of(trial, test, chosen));
        halves.shrunk.add(value_of(trial, test, best_arms(arms, 200)));
    }
    return halves;
}

struct Row {
    std::vector<std::string> by;
    std::size_t segments;
    double visit[3];  ///< train, test, test shrunk
    double spend[3];  ///< the same of spend less 0.50 per mail
};

const std::vector<Row>& published_rows() {
    static const std::vector<Row> rows{
        {{}, 1, {.1827, .1828, .1828}, {.936, .878, .878}},
        {{"womens"}, 2, {.1827, .1823, .1825}, {.949, .827, .827}},
        {{"mens", "womens"}, 3, {.1846, .1830, .1828}, {.988, .790, .792}},
        {{"history_segment"}, 7, {.1829, .1824, .1826}, {1.093, .770, .780}},
        {{"zip_code", "channel"}, 9, {.1827, .1826, .1828}, {1.101, .714, .718}},
        {{"recency"}, 12, {.1830, .1812, .1823}, {1.192, .814, .829}},
        {{"mens", "womens", "zip_code", "channel"}, 27, {.1879, .1821, .1825}, {1.342, .717, .732}},
        {{"mens", "womens", "recency"}, 36, {.1890, .1832, .1832}, {1.520, .901, .908}},
        {{"mens", "womens", "history_segment", "zip_code", "channel"},
         159,
         {.1971, .1771, .1837},
         {1.955, .714, .808}},
        {Hillstrom::trait_names(), 2655, {.2522, .1539, .1828}, {2.683, .731, .882}}};
    return rows;
}

TEST_F(HillstromTest, ApparentValueRisesWithSegmentsAndTrueValueDoesNot) {
    constexpr std::uint64_t seed = 20'080'320;
    const int count = repeats(30, 100);
    for (const Row& row : published_rows()) {
        const Trial trial = data_.trial(data_.visit, data_.crossed(row.by));
        ASSERT_EQ(trial.segments, row.segments);
        const Halves halves = run_halves(trial, count, seed);
        std::printf("%5zu  train %.4f  test %.4f (sd %.4f)  shrunk %.4f\n",
                    row.segments,
                    halves.train.mean(),
                    halves.test.mean(),
                    std::sqrt(halves.test.variance()),
                    halves.shrunk.mean());
        // Both ours and the published mean are of random halves: √(1/n + 1/100) of a spread.
        const double few = row.segments <= 100 ? std::sqrt(1.0 / count + 0.01) : 0;
        const auto near = [&](const Moments& ours, double published, const char* what) {
            const double allowed = few > 0 ? 3 * few * std::sqrt(ours.variance()) + 0.00005 : 0.003;
            EXPECT_NEAR(ours.mean(), published, allowed) << row.segments << " segments, " << what;
        };
        near(halves.train, row.visit[0], "train");
        near(halves.test, row.visit[1], "test");
        near(halves.shrunk, row.visit[2], "shrunk");
    }
    const auto everything =
        run_halves(data_.trial(data_.visit, data_.crossed(Hillstrom::trait_names())), count, seed);
    const auto nothing = run_halves(data_.trial(data_.visit, data_.crossed({})), count, seed);
    EXPECT_GT(everything.train.mean(), nothing.train.mean() + 0.05);
    EXPECT_LT(everything.test.mean(), nothing.test.mean() - 0.02);
}

TEST_F(HillstromTest, ApparentSpendRisesWithSegmentsAndTrueSpendDoesNot) {
    constexpr std::uint64_t seed = 20'080'321;
    // All rows share the halves, so few of them would miss together.
    constexpr int count = 100;
    std::vector<double> net;
    for (std::size_t row = 0; row < data_.spend.size(); ++row) {
        net.push_back(data_.spend[row] - (data_.arm[row] == 0 ? 0 : 0.50));
    }
    double seemed_before = 0;
    for (const Row& row : published_rows()) {
        const Halves halves = run_halves(data_.trial(net, data_.crossed(row.by)), count, seed);
        std::printf("%5zu  train %.3f  test %.3f (sd %.3f)  shrunk %.3f\n",
                    row.segments,
                    halves.train.mean(),
                    halves.test.mean(),
                    std::sqrt(halves.test.variance()),
                    halves.shrunk.mean());
        const double few = std::sqrt(1.0 / count + 0.01);
        const auto near = [&](const Moments& ours, double published, const char* what) {
            const double allowed = 3 * few * std::sqrt(ours.variance()) + 0.0005;
            EXPECT_NEAR(ours.mean(), published, allowed) << row.segments << " segments, " << what;
        };
        // Beyond 100 segments what is done where an arm was not seen decides: the direction only.
        if (row.segments <= 100) {
            near(halves.train, row.spend[0], "train");
            near(halves.test, row.spend[1], "test");
            near(halves.shrunk, row.spend[2], "shrunk");
        } else {
            EXPECT_GT(halves.train.mean(), seemed_before) << row.segments;
            EXPECT_LT(halves.test.mean(), halves.train.mean() / 2) << row.segments;
            EXPECT_GT(halves.shrunk.mean(), halves.test.mean()) << row.segments;
        }
        seemed_before = halves.train.mean();
    }
}

// ---- The study on the whole test ---------------------------------------------------------------

std::vector<std::uint64_t> customer_numbers(std::size_t count) {
    std::vector<std::uint64_t> numbers(count);
    std::iota(numbers.begin(), numbers.end(), std::uint64_t{0});
    return numbers;
}

TEST_F(HillstromTest, EverythingCrossedIsWorthOneToThreeSegments) {
    const Trial trial = data_.trial(data_.visit, data_.crossed(Hillstrom::trait_names()));
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const auto study = study::study_trial(
            trial, customer_numbers(trial.rows()), {.bootstrap = {seed, 200, 2}});
        ASSERT_TRUE(study) << study.error().message;
        EXPECT_GE(study->recommended, 1U);
        EXPECT_LE(study->recommended, 3U);
        EXPECT_EQ(study->floor_action, 1U) << "the men's e-mail for everybody";
        EXPECT_GT(study->today.apparent, study->floor.doubly_robust.value + 0.05);
        ASSERT_TRUE(study->today.gain.interval);
        EXPECT_LT(study->today.gain.interval->high, 0) << "worse than one mail for all";
    }
}

TEST_F(HillstromTest, ShuffledArmsAreMergedIntoOne) {
    const std::uint64_t seed = std::random_device{}();
    const int count = repeats(20, 200);
    int merged = 0;
    Trial trial =
        data_.trial(data_.visit, data_.crossed({"mens", "womens", "zip_code", "channel"}));
    for (int p = 0; p < count; ++p) {
        const std::uint64_t own = seed + static_cast<std::uint64_t>(p);
        const auto order = study::random_order(trial.rows(), own);
        for (std::size_t row = 0; row < trial.rows(); ++row) {
            trial.action[row] = data_.arm[order[row]];
        }
        const auto study =
            study::study_trial(trial, customer_numbers(trial.rows()), {.bootstrap = {own, 200, 2}});
        ASSERT_TRUE(study) << study.error().message;
        merged += study->recommended == 1 ? 1 : 0;
    }
    std::printf("measured: seed %llu: arms shuffled, merge all in %d of %d\n",
                static_cast<unsigned long long>(seed),
                merged,
                count);
    EXPECT_GE(merged, (count * 95 + 99) / 100 - (count < 100 ? 1 : 0));
}

}  // namespace
}  // namespace fineline::study_tests
