#include "study/statistics/policy_value.h"

#include "base/random.h"
#include "study/statistics/moments.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

namespace fineline::study {
namespace {

// By hand: w = 2, 0, 4; w r = 2, 0, 12.
TEST(PolicyValue, ByHand) {
    const std::vector<double> outcomes{1, 5, 3};
    const std::vector<double> logged{0.5, 0.5, 0.25};
    const std::vector<double> target{1, 0, 1};
    const std::vector<double> taken{1, 4, 2};
    const std::vector<double> chosen{1, 2, 2};
    const auto value = policy_value({outcomes, logged, target}, {taken, chosen});
    ASSERT_TRUE(value);
    EXPECT_DOUBLE_EQ(value->ips.value, 14.0 / 3);
    EXPECT_DOUBLE_EQ(value->snips.value, 14.0 / 6);
    EXPECT_DOUBLE_EQ(value->direct.value, 5.0 / 3);
    EXPECT_DOUBLE_EQ(value->doubly_robust.value, 5.0 / 3 + 4.0 / 3);
    EXPECT_DOUBLE_EQ(value->weights.mean, 2);
    EXPECT_DOUBLE_EQ(value->weights.effective_sample_size, 36.0 / 20);
    EXPECT_DOUBLE_EQ(value->weights.largest, 4);
}

/// Two actions worth 1 and 2 plus noise, chosen with probability 0.8 and 0.2.
struct World {
    std::vector<double> outcomes, logged, target, taken, chosen;
};

World make_world(std::uint64_t seed, double model_is_off_by) {
    Random random(seed);
    World world;
    for (int i = 0; i < 500; ++i) {
        const bool second = random.uniform() < 0.2;
        const double worth = second ? 2 : 1;
        world.outcomes.push_back(worth + random.uniform() - 0.5);
        world.logged.push_back(second ? 0.2 : 0.8);
        world.target.push_back(second ? 1 : 0);
        world.taken.push_back(worth + model_is_off_by);
        world.chosen.push_back(2 + model_is_off_by);
    }
    return world;
}

TEST(PolicyValue, EstimatesAreRightOnAverageAndSayTheirError) {
    Moments ips;
    Moments snips;
    Moments robust;
    double robust_error = 0;
    constexpr int repeats = 600;
    for (std::uint64_t seed = 0; seed < repeats; ++seed) {
        const World world = make_world(50 + seed, 0.5);
        const auto value =
            policy_value({world.outcomes, world.logged, world.target}, {world.taken, world.chosen});
        ASSERT_TRUE(value);
        ips.add(value->ips.value);
        snips.add(value->snips.value);
        robust.add(value->doubly_robust.value);
        robust_error += value->doubly_robust.standard_error / repeats;
        EXPECT_NEAR(value->direct.value, 2.5, 1e-9) << "the direct method keeps the model's error";
    }
    for (const Moments& estimates : {ips, snips, robust}) {
        EXPECT_NEAR(estimates.mean(), 2, 4 * estimates.standard_error());
    }
    EXPECT_LT(robust.variance(), ips.variance());
    EXPECT_NEAR(robust_error * robust_error / robust.variance(), 1, 0.25);
}

TEST(PolicyValue, ImpossiblePropensitiesAreErrorsThatNameTheDecision) {
    const std::vector<double> outcomes{1, 2};
    const std::vector<double> sure{1, 1};
    for (const double bad : {0.0, -0.5, 1.5, std::numeric_limits<double>::quiet_NaN()}) {
        const std::vector<double> logged{0.5, bad};
        const auto value = policy_value({outcomes, logged, sure});
        ASSERT_FALSE(value);
        EXPECT_EQ(value.error().code, ErrorCode::invalid_argument);
        EXPECT_NE(value.error().message.find("decision 1"), std::string::npos);
    }
    const std::vector<double> never{0, 0};
    EXPECT_FALSE(policy_value({outcomes, sure, never}));
    EXPECT_FALSE(policy_value({outcomes, sure, std::vector<double>{1, 2}}));
    EXPECT_FALSE(
        policy_value({std::vector<double>{1}, std::vector<double>{1}, std::vector<double>{1}}));
}

}  // namespace
}  // namespace fineline::study
